"""The five themes: tokens of ux-design §3 as Textual variables; every allowed pair is 4.5:1 or better."""

from typing import Final

from textual.theme import Theme

DEFAULT: Final = "nuit"

_TOKENS: Final = (
    *("base", "plane", "raised", "sel", "ink", "muted", "accent", "on-accent"),
    *("ok", "ok-plane", "warn", "warn-plane", "bad", "bad-plane", "bar"),
)

_NUIT: Final = (
    "#14161a #1d2025 #292d34 #333a44 #e6e9ee #a3adba #6fb7ff #0b1118 "
    "#7fce93 #162a1d #f0b75c #2f2509 #ff8b80 #3d1c20 #66717f"
)
_JOUR: Final = (
    "#fbfbf9 #f0f1f2 #e5e7e9 #cfe0f3 #1a1f27 #525c69 #0a55a8 #ffffff "
    "#1b6a34 #dff1e4 #7d4d00 #fbecd0 #ae1f1f #fbe1de #7f8a97"
)
_CONTRASTE: Final = (
    "#000000 #161616 #262626 #003f8a #ffffff #d6d6d6 #ffdd33 #000000 "
    "#7dff9b #00330f #ffb84d #2f2200 #ff9d94 #4a0000 #a0a0a0"
)
_DALTONIEN: Final = (
    "#14161a #1d2025 #292d34 #333a44 #e6e9ee #a3adba #ffffff #0b1118 "
    "#63b4f4 #12283b #f2d13c #2f2b0c #f58a42 #3f2310 #66717f"
)
_DALTONIEN_JOUR: Final = (
    "#fbfbf9 #f0f1f2 #e5e7e9 #d5dbe2 #1a1f27 #525c69 #1a1f27 #ffffff "
    "#0062b8 #dcebfa #786209 #f6f0c4 #661400 #fde3d6 #7f8a97"
)


def _theme(name: str, colours: str, *, dark: bool) -> Theme:
    """One theme from its fifteen colours, Textual's own roles mapped onto them."""
    token = dict(zip(_TOKENS, colours.split(), strict=True))
    return Theme(
        name=name,
        primary=token["accent"],
        secondary=token["bar"],
        accent=token["accent"],
        success=token["ok"],
        warning=token["warn"],
        error=token["bad"],
        foreground=token["ink"],
        background=token["base"],
        surface=token["plane"],
        panel=token["raised"],
        dark=dark,
        variables=token
        | {
            "input-cursor-background": token["accent"],
            "input-cursor-foreground": token["on-accent"],
            "input-cursor-text-style": "none",
            "input-selection-background": token["accent"],
            "input-selection-foreground": token["on-accent"],
            "block-cursor-background": token["sel"],
            "block-cursor-foreground": token["ink"],
            "block-cursor-text-style": "bold",
            "block-hover-background": token["raised"],
            "scrollbar": token["bar"],
            "scrollbar-hover": token["muted"],
            "scrollbar-active": token["accent"],
            "scrollbar-background": token["plane"],
            "scrollbar-background-hover": token["plane"],
            "scrollbar-background-active": token["plane"],
            "scrollbar-corner-color": token["plane"],
            "screen-selection-background": token["sel"],
            "screen-selection-foreground": token["ink"],
        },
    )


THEMES: Final[dict[str, Theme]] = {
    theme.name: theme
    for theme in (
        _theme("nuit", _NUIT, dark=True),
        _theme("jour", _JOUR, dark=False),
        _theme("contraste", _CONTRASTE, dark=True),
        _theme("daltonien", _DALTONIEN, dark=True),
        _theme("daltonien-jour", _DALTONIEN_JOUR, dark=False),
    )
}
