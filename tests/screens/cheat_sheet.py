"""The cheat-sheet: `python -m tests.screens.cheat_sheet` writes docs/keys.md from the registry."""

from ameli_support.i18n import _
from screens.actions import Scope, key_label, of_scope
from tests.architecture.tree import ROOT

FILE = ROOT / "docs" / "keys.md"

# from home to home: every key but those of dictated text; the scenarios of test_calls.py press exactly these
CALLS: dict[str, tuple[str, str]] = {
    "already_active": ("Compte déjà activé", "enter 1 tab enter · c v"),
    "resend_j3": ("Renvoi à J+3", "enter 1 tab enter · r enter v · c v"),
    "resend_j11": ("Renvoi à J+11", "enter 1 tab enter · r enter v · c v"),
    "reissue": ("Réémission à J+25", "enter 1 tab enter · e tab enter o 1 v · c v"),
    "correct": ("Adresse corrigée", "enter 1 tab enter · a tab enter enter o 1 v · c v"),
}
AIMS = {"already_active": 6, "resend_j3": 10, "resend_j11": 10, "reissue": 14, "correct": 14}
SHOWN = {"enter": "Entrée", "tab": "Tab", "escape": "Échap", "down": "↓"}
SCOPES = {
    Scope.APP: "Partout",
    Scope.HOME: "Accueil",
    Scope.CHECK: "Contrôle de l’appelant",
    Scope.CALL: "Appel",
    Scope.DIAGNOSIS: "Diagnostic",
    Scope.DIALOG: "Questions et confirmations",
    Scope.HISTORY: "Dossier entier",
}


def keys_of(call: str) -> list[str]:
    """The keys of one of the five calls."""
    return [key for key in CALLS[call][1].split() if key != "·"]


def text() -> str:
    """The page as it is checked in."""
    lines = [
        "# Les touches",
        "",
        "Cette page est écrite d’après le registre des actions (`make keys`). Les lettres n’agissent que",
        "hors d’un champ ; les chiffres d’une question se tapent aussi sans Maj. Chaque touche peut être",
        "changée : `[screen.keymap]` des réglages.",
        "",
    ]
    for scope, title in SCOPES.items():
        lines += [f"## {title}", "", "| touche | action | | identifiant |", "|---|---|---|---|"]
        for action in of_scope(scope):
            key = key_label(action, {}) or "Ctrl+P"
            row = f"| **{key}** | {_(action.label)} | {_(action.tooltip)} | `{action.id}` |"
            lines.append(row.replace("\u00a0", " "))
        lines.append("")
    lines += [
        "## Les cinq appels les plus fréquents",
        "",
        "De l’accueil à l’accueil, sans le texte dicté. Quatre éléments tapés d’un coup dans la case",
        "en épargnent deux.",
        "",
        "| appel | touches | nombre | visé |",
        "|---|---|---|---|",
    ]
    for call, (title, keys) in CALLS.items():
        shown = " ".join(SHOWN.get(key, key.upper()) for key in keys.split())
        lines.append(f"| {title} | {shown} | **{len(keys_of(call))}** | ≤ {AIMS[call]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
