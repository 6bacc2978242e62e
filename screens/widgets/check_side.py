"""The sides of the caller check: the two levels at the left, keys and the scam reminder at the right."""

from textual.content import Content
from textual.widget import Widget

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Level
from screens.widgets.line import Part


class Levels(Widget):
    """What each level lets one do; rows, or one line when the terminal is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self._reached, self._at = Level.NOTHING, Level.SIMPLE

    def show(self, reached: Level, at: Level) -> None:
        """Draws where the check stands."""
        self._reached, self._at = reached, at
        self.refresh()

    def render(self) -> Content:
        """√ reached, ► here, · to come."""
        parts: list[Part] = []
        rows = self.app.size.width >= 118
        for level, label, allows in (
            (Level.SIMPLE, _("Simple"), (_("étape"), _("renvoi"))),
            (Level.REINFORCED, _("Renforcé"), (_("réémission"), _("adresse"))),
        ):
            done, here = level <= self._reached, level is self._at and level > self._reached
            sign, ink = ("√", "$ok") if done else ("►", "$accent") if here else ("·", "$muted")
            text = "$ink" if done else "bold $accent" if here else "$muted"
            number = "bold $accent" if here else "$muted"
            parts += [(sign + " ", ink), (f"{int(level)} ", number), (label, text)]
            if rows:
                parts += [(f"\n    {allowed}", "$muted") for allowed in allows]
                parts.append("\n\n")
            else:
                parts.append((_(" : {allowed}").format(allowed=", ".join(allows)) + "   ", "$muted"))
        return Content.assemble(*parts)


class Keys(Widget):
    """What can be pressed now, and what is never asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._stage, self._in_call = "who", False
        self._never: tuple[str, ...] = ()

    def show(self, stage: str, in_call: bool, never: tuple[str, ...]) -> None:
        """Draws the keys of a stage, and `never`: the reminder, its first line the heading."""
        self._stage, self._in_call, self._never = stage, in_call, never
        self.refresh()

    def render(self) -> Content:
        """Chips, then the reminder; side by side when the terminal is narrow."""
        rows = self.app.size.width >= 118
        back = (_("Retour à l’appel") if rows else _("Retour")) if self._in_call else _("Accueil")
        chips: list[tuple[str, str, bool]] = {
            "who": [("1 - 4", _("Qui parle"), True), ("0", _("Sans contrôle"), False)],
            "facts": [(_("Entrée"), _("Comparer"), True), ("Tab", _("Champ suivant"), False)],
            "over": [],
        }[self._stage]
        if self._stage != "who" and not self._in_call:
            back = _("Conseil général")
        if rows and self._stage == "who":
            chips.append(("← →", _("Sens"), False))
        chips.append((_("Échap"), back, False))
        parts: list[Part] = []
        for key, label, first in chips:
            style = "bold $on-accent on $accent" if first else "bold $ink on $raised"
            parts += [(f" {key} ", style), (f" {label}", "bold $ink" if first else "$ink")]
            parts.append("\n\n" if rows else "  ")
        heading, *never = self._never or ("",)
        parts += ["\n", (f"▲ {heading}", "bold $warn")]
        parts.append(("\n" + "\n".join(never) if rows else " " + " ".join(never), "$ink"))
        return Content.assemble(*parts)
