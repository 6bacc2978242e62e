"""The cheat-sheets: `python -m tests.screens.cheat_sheet` writes docs/keys.md and docs/keys.en.md from the
registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ameli_support.i18n import Language, _, language, set_language
from screens.actions import Scope, key_label, of_scope
from tests.architecture.tree import ROOT

FILES: dict[Language, Path] = {"fr": ROOT / "docs" / "keys.md", "en": ROOT / "docs" / "keys.en.md"}

# from home to home: every key but those of dictated text; the scenarios of test_calls.py press exactly these
CALLS: dict[str, str] = {
    "already_active": "enter 1 tab enter · c v",
    "resend_j3": "enter 1 tab enter · r enter v · c v",
    "resend_j11": "enter 1 tab enter · r enter v · c v",
    "reissue": "enter 1 tab enter · e tab enter o 1 v · c v",
    "correct": "enter 1 tab enter · a tab enter enter o 1 v · c v",
}
AIMS = {"already_active": 6, "resend_j3": 10, "resend_j11": 10, "reissue": 14, "correct": 14}


@dataclass(frozen=True, slots=True)
class Page:
    """The words of the page in one language; the actions' own come from the registry."""

    title: str
    intro: tuple[str, ...]
    columns: str
    scopes: dict[Scope, str]
    calls_title: str
    calls_intro: tuple[str, ...]
    calls_columns: str
    calls: dict[str, str]
    keys: dict[str, str]


PAGES: dict[Language, Page] = {
    "fr": Page(
        title="Les touches",
        intro=(
            "Cette page est écrite d’après le registre des actions (`make keys`). Les lettres n’agissent que",
            "hors d’un champ ; les chiffres d’une question se tapent aussi sans Maj. Chaque touche peut être",
            "changée : `[screen.keymap]` des réglages. [In English](keys.en.md)",
        ),
        columns="| touche | action | | identifiant |",
        scopes={
            Scope.APP: "Partout",
            Scope.HOME: "Accueil",
            Scope.CHECK: "Contrôle de l’appelant",
            Scope.CALL: "Appel",
            Scope.DIAGNOSIS: "Diagnostic",
            Scope.DIALOG: "Questions et confirmations",
            Scope.HISTORY: "Dossier entier",
        },
        calls_title="Les cinq appels les plus fréquents",
        calls_intro=(
            "De l’accueil à l’accueil, sans le texte dicté. Quatre éléments tapés d’un coup dans la case",
            "en épargnent deux.",
        ),
        calls_columns="| appel | touches | nombre | visé |",
        calls={
            "already_active": "Compte déjà activé",
            "resend_j3": "Renvoi à J+3",
            "resend_j11": "Renvoi à J+11",
            "reissue": "Réémission à J+25",
            "correct": "Adresse corrigée",
        },
        keys={"enter": "Entrée", "tab": "Tab", "escape": "Échap", "down": "↓"},
    ),
    "en": Page(
        title="The keys",
        intro=(
            "Written from the registry of actions (`make keys`). Letters act outside a field only; the",
            "digits of a question can be typed without Shift on an AZERTY keyboard. Each key can be changed:",
            "`[screen.keymap]` of the settings. [En français](keys.md)",
        ),
        columns="| key | action | | id |",
        scopes={
            Scope.APP: "Everywhere",
            Scope.HOME: "Home",
            Scope.CHECK: "Caller check",
            Scope.CALL: "Call",
            Scope.DIAGNOSIS: "Diagnostic",
            Scope.DIALOG: "Questions and confirmations",
            Scope.HISTORY: "Whole case",
        },
        calls_title="The five commonest calls",
        calls_intro=(
            "From home to home, without the dictated text. Four facts typed in one go into the box",
            "save two of them.",
        ),
        calls_columns="| call | keys | number | aim |",
        calls={
            "already_active": "Account already active",
            "resend_j3": "Re-send on day 3",
            "resend_j11": "Re-send on day 11",
            "reissue": "Reissue on day 25",
            "correct": "Address corrected",
        },
        keys={"enter": "Enter", "tab": "Tab", "escape": "Esc", "down": "↓"},
    ),
}


def keys_of(call: str) -> list[str]:
    """The keys of one of the five calls."""
    return [key for key in CALLS[call].split() if key != "·"]


def text(of: Language = "fr") -> str:
    """The page as it is checked in."""
    page = PAGES[of]
    lines = [f"# {page.title}", "", *page.intro, ""]
    with spoken(of):
        for scope, title in page.scopes.items():
            lines += [f"## {title}", "", page.columns, "|---|---|---|---|"]
            for action in of_scope(scope):
                key = key_label(action, {}) or "Ctrl+P"
                row = f"| **{key}** | {_(action.label)} | {_(action.tooltip)} | `{action.id}` |"
                lines.append(row.replace("\u00a0", " "))
            lines.append("")
    lines += [f"## {page.calls_title}", "", *page.calls_intro, "", page.calls_columns, "|---|---|---|---|"]
    for call, keys in CALLS.items():
        shown = " ".join(page.keys.get(key, key.upper()) for key in keys.split())
        lines.append(f"| {page.calls[call]} | {shown} | **{len(keys_of(call))}** | ≤ {AIMS[call]} |")
    return "\n".join(lines) + "\n"


@contextmanager
def spoken(of: Language) -> Iterator[None]:
    """Texts in another language for a while."""
    before = language()
    set_language(of)
    try:
        yield
    finally:
        set_language(before)


if __name__ == "__main__":
    for each, file in FILES.items():
        file.write_text(text(each), encoding="utf-8")
