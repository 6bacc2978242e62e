"""The registry of actions: keys, words, permissions; bindings, key bar, help and palette derive from it.

Labels are msgids; they are translated when they are shown. Keys are Textual key names, the first
one is the one shown; digits carry their unshifted AZERTY twins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from textual.binding import Binding, BindingType

from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act


def N_(msgid: str) -> str:
    """Marks a msgid for extraction; translated when shown."""
    return msgid


class Scope(StrEnum):
    """Where an action works."""

    APP = "app"
    HOME = "home"
    CHECK = "check"
    CALL = "call"
    DIALOG = "dialog"
    HISTORY = "history"
    DIAGNOSIS = "diagnosis"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do. `act` names the permission that the account service decides;
    `handler` is the method `action_<handler>` of the scope's screen; `shown` puts it in the key bar."""

    id: str
    scope: Scope
    handler: str
    label: str
    tooltip: str
    keys: tuple[str, ...] = ()
    key_label: str = ""
    short: str = ""
    act: Act | None = None
    dangerous: bool = False
    shown: bool = False
    palette: bool = True


# Textual names of 1…9, 0 on an unshifted AZERTY row: & é " ' ( - è _ ç à
DIGIT_TWINS: Final = (
    ("1", "ampersand"),
    ("2", "é"),
    ("3", "quotation_mark"),
    ("4", "apostrophe"),
    ("5", "left_parenthesis"),
    ("6", "minus"),
    ("7", "è"),
    ("8", "underscore"),
    ("9", "ç"),
    ("0", "à"),
)


def _letter(letter: str) -> tuple[str, str]:
    return letter, letter.upper()


ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        "app.help", Scope.APP, "explain", N_("Aide"),
        N_("Explique ce qui a le focus et donne les touches de l’écran."),
        ("f1",), "F1", shown=True,
    ),
    Action(
        "app.palette", Scope.APP, "command_palette", N_("Commandes"),
        N_("Toutes les commandes, à chercher par leur nom."),
        ("ctrl+p",), "Ctrl+P", shown=True, palette=False,
    ),
    Action(
        "app.call_mode", Scope.APP, "call_mode", N_("Appel"),
        N_("Revient au mode Appel."), ("f2",), "F2",
    ),
    Action(
        "app.retry", Scope.APP, "retry", N_("Actualiser"),
        N_("Relit l’état auprès du service des comptes, ou réessaie s’il est coupé."),
        ("f5",), "F5",
    ),
    Action(
        "app.theme", Scope.APP, "next_theme", N_("Changer de thème"),
        N_("Passe au thème suivant : nuit, jour, contraste, daltonien, daltonien-jour."),
    ),
    Action(
        "app.lock", Scope.APP, "lock", N_("Verrouiller l’écran"),
        N_("Cache l’écran jusqu’à votre code PIN."),
    ),
    Action(
        "app.set_banner", Scope.APP, "set_banner", N_("Afficher un incident"),
        N_("Superviseur : une phrase sur l’écran de tous les agents, à la place de la précédente."),
    ),
    Action(
        "app.clear_banner", Scope.APP, "clear_banner", N_("Retirer l’incident"),
        N_("Superviseur : plus aucun message sur l’écran des agents."),
    ),
    Action(
        "app.providers", Scope.APP, "providers", N_("Fournisseurs d’identité"),
        N_("Superviseur : dit qu’un fournisseur est indisponible, ou qu’il est rétabli."),
    ),
    Action(
        "app.refusal_code", Scope.APP, "refusal_code", N_("Code d’erreur FranceConnect"),
        N_("Un code Y… que l’appelant lit : ce qu’il veut dire, quoi dire, quoi faire ; noté au dossier."),
    ),
    Action(
        "app.addresses", Scope.APP, "addresses", N_("Adresses de la démonstration"),
        N_("Démonstration : les pages du site, la messagerie, et qui jouer de l’autre côté."),
    ),
    Action(
        "app.quit", Scope.APP, "leave_app", N_("Quitter"),
        N_("Ferme l’application ; un appel ouvert reste à reprendre."),
        ("ctrl+q",), "Ctrl+Q",
    ),
    Action(
        "home.no_record", Scope.HOME, "no_record", N_("Appel sans dossier"),
        N_("Conseil général, sans chercher de dossier ; l’appel est compté."),
    ),
    Action(
        "home.resume", Scope.HOME, "resume", N_("Reprendre"),
        N_("Descend dans la liste des dossiers à reprendre."),
        ("down",), "↓", shown=True, palette=False,
    ),
    Action(
        "home.skip_tour", Scope.HOME, "skip_tour", N_("Passer la visite"),
        N_("Arrête la visite de la démonstration ; elle ne revient pas."),
        ("escape",), N_("Échap"), palette=False,
    ),
    Action(
        "check.leave", Scope.CHECK, "leave", N_("Retour"),
        N_("Quitte le contrôle ; rien de ce qui est saisi n’est conservé."),
        ("escape",), N_("Échap"), shown=True, palette=False,
    ),
    Action(
        "check.direction", Scope.CHECK, "direction", N_("Sens de l’appel"),
        N_(
            "Appel entrant, appel sortant ou mail : sortant ou par mail, personne ne demande de numéro."
        ),
        ("left", "right"), "← →", palette=False,
    ),
    Action(
        "call.resend", Scope.CALL, "resend", N_("Renvoyer le mail"),
        N_("Renvoie le mail de confirmation à l’adresse du dossier, que l’appelant dit d’abord."),
        _letter("r"), "R", N_("Renvoyer"), Act.RESEND, dangerous=True,
    ),
    Action(
        "call.reissue", Scope.CALL, "reissue", N_("Réémettre un lien"),
        N_("Ouvre un nouveau délai avec un lien neuf ; niveau 2 et motif demandés."),
        _letter("e"), "E", N_("Réémettre"), Act.REISSUE, dangerous=True,
    ),
    Action(
        "call.correct", Scope.CALL, "correct", N_("Corriger l’adresse"),
        N_("Change l’adresse mail du dossier ; niveau 2 et motif demandés."),
        _letter("a"), "A", N_("Adresse"), Act.CORRECT, dangerous=True,
    ),
    Action(
        "call.suspend", Scope.CALL, "suspend", N_("Suspendre"),
        N_("« Ce n’est pas moi » : tous les liens cessent de fonctionner pour de bon."),
        _letter("s"), "S", N_("Suspendre"), Act.SUSPEND, dangerous=True,
    ),
    Action(
        "call.diagnose", Scope.CALL, "diagnose", N_("Diagnostic"),
        N_("Mail introuvable : les questions à poser, la cause la plus probable, le remède à dire."),
        _letter("d"), "D", N_("Diagnostic"),
    ),
    Action(
        "call.note", Scope.CALL, "note", N_("Noter"),
        N_("Ajoute une note au dossier ; enregistrée pendant la saisie."),
        _letter("n"), "N", N_("Noter"),
    ),
    Action(
        "call.keep_mail", Scope.CALL, "keep_mail", N_("Joindre un mail"),
        N_("Un mail gardé par l’appelant ou un collègue (.eml, en-têtes) : lu, puis scellé au dossier."),
        _letter("j"), "J", N_("Joindre"),
    ),
    Action(
        "call.conclude", Scope.CALL, "conclude", N_("Conclure"),
        N_("Termine l’appel : issue, cause, rappel promis."),
        _letter("c"), "C", N_("Conclure"),
    ),
    Action(
        "call.check", Scope.CALL, "check", N_("Identité"),
        N_("Ouvre le contrôle de l’appelant : qui parle, niveau 1, niveau 2."),
        _letter("i"), "I", shown=True,
    ),
    Action(
        "call.obstacles", Scope.CALL, "obstacles", N_("Blocages"),
        N_("Ce qui échoue souvent à cette étape : ce que dit la page, quoi dire, quoi faire."),
        _letter("b"), "B", shown=True,
    ),
    Action(
        "call.history", Scope.CALL, "history", N_("Dossier entier"),
        N_("Tous les événements et notes de ce dossier."),
        _letter("h"), "H", N_("Dossier"), shown=True,
    ),
    Action(
        "call.dispute", Scope.CALL, "dispute", N_("« Je n’ai jamais cliqué »"),
        N_("Signale au superviseur une confirmation que l’assuré conteste."),
    ),
    Action(
        "call.agree", Scope.CALL, "agree", N_("La personne accepte la présence d’un tiers"),
        N_("La personne, contrôlée seule, accepte à voix haute qu’un tiers participe à cet appel."),
    ),
    Action(
        "call.unmask", Scope.CALL, "unmask", N_("Afficher l’adresse entière"),
        N_("Niveau 2 ; la consultation est journalisée."),
    ),
    Action(
        "call.hand_over", Scope.CALL, "hand_over", N_("Transmettre l’appel"),
        N_("Confie le dossier à un autre agent, avec un mot."),
    ),
    Action(
        "call.unlock", Scope.CALL, "unlock", N_("Déverrouiller le dossier"),
        N_("Superviseur : lève le blocage après trois contrôles échoués."), act=Act.UNLOCK,
    ),
    Action(
        "call.lift", Scope.CALL, "lift", N_("Lever la suspension"),
        N_("Superviseur : rend le dossier à son état ; les liens révoqués restent morts."),
        act=Act.LIFT, dangerous=True,
    ),
    Action(
        "call.cancel", Scope.CALL, "cancel", N_("Annuler la demande"),
        N_("Superviseur : libère l’adresse et permet une nouvelle inscription."),
        act=Act.CANCEL, dangerous=True,
    ),
    Action(
        "call.reassign", Scope.CALL, "reassign", N_("Réattribuer le dossier"),
        N_("Superviseur : donne le dossier à un autre agent."),
    ),
    Action(
        "call.leave", Scope.CALL, "leave", N_("Accueil"),
        N_("Deux fois : quitte l’appel sans conclure ; il reste à reprendre."),
        ("escape",), N_("Échap"), shown=True,
    ),
    Action(
        "call.copy", Scope.CALL, "copy", N_("Copier"),
        N_("Copie le numéro du dossier, ou l’affiche si le terminal ne sait pas copier."),
        _letter("y"), "Y", shown=True,
    ),
    Action(
        "dialog.validate", Scope.DIALOG, "validate", N_("Valider"),
        N_("Fait ce que la phrase annonce."), _letter("v"), "V", palette=False,
    ),
    Action(
        "dialog.leave", Scope.DIALOG, "leave", N_("Annuler"),
        N_("Ferme sans rien changer."), ("escape",), N_("Échap"), palette=False,
    ),
    Action(
        "history.copy", Scope.HISTORY, "copy", N_("Copier le résumé"),
        N_("Copie le résumé écrit d’après les événements ; il reste sélectionnable ici."),
        _letter("y"), "Y", palette=False,
    ),
    Action(
        "diagnosis.answer", Scope.DIAGNOSIS, "answer", N_("Répondre"),
        N_("Note la réponse de l’appelant ; une réponse déjà donnée se change de la même façon."),
        (), N_("1 à 4"), shown=True, palette=False,
    ),
    Action(
        "diagnosis.skip", Scope.DIAGNOSIS, "skip", N_("Passer"),
        N_("Laisse la question de côté, avec un motif ; elle peut encore être posée."),
        _letter("p"), "P", shown=True,
    ),
    Action(
        "diagnosis.before", Scope.DIAGNOSIS, "before", N_("Question d’avant"),
        N_("Revient à la question d’avant pour la relire ou changer sa réponse."),
        ("left", "up"), "←", N_("Avant"), shown=True, palette=False,
    ),
    Action(
        "diagnosis.next", Scope.DIAGNOSIS, "next", N_("Question suivante"),
        N_("Va à la question suivante de la liste, même à celles que le programme écarte."),
        ("right", "down"), "→", palette=False,
    ),
    Action(
        "diagnosis.leave", Scope.DIAGNOSIS, "leave", N_("Appel"),
        N_("Revient à l’appel ; le diagnostic reste ouvert à la même question."),
        ("escape",), N_("Échap"), shown=True, palette=False,
    ),
    Action(
        "diagnosis.leaflet", Scope.DIAGNOSIS, "leaflet", N_("Fiche"),
        N_("Ce que l’appelant peut faire chez lui, sans donnée personnelle : à copier ou à enregistrer."),
        _letter("f"), "F", shown=True,
    ),
    Action(
        "diagnosis.order", Scope.DIAGNOSIS, "order", N_("Ordre du document"),
        N_("Pose les questions dans l’ordre du document, ou dans l’ordre le plus court."),
        _letter("o"), "O", N_("Ordre"), shown=True,
    ),
    Action(
        "diagnosis.pause", Scope.DIAGNOSIS, "pause", N_("Mettre en pause"),
        N_("Arrête ici avec un motif, montré à l’agent qui reprendra."),
        _letter("m"), "M", N_("Pause"),
    ),
    Action(
        "diagnosis.abandon", Scope.DIAGNOSIS, "abandon", N_("Abandonner le diagnostic"),
        N_("Termine sans conclusion, avec un motif ; les réponses restent au dossier."),
        _letter("x"), "X",
    ),
)  # fmt: skip

BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}

# the order of the call screen's column, the same everywhere (ux.md)
COLUMN: Final = (
    "call.resend", "call.reissue", "call.correct", "call.suspend",
    "call.diagnose", "call.note", "call.conclude",
)  # fmt: skip


def of_scope(scope: Scope) -> tuple[Action, ...]:
    """The actions of one scope, in the registry's order."""
    return tuple(action for action in ACTIONS if action.scope is scope)


def bindings(scope: Scope) -> list[BindingType]:
    """Textual bindings of a scope; their ids are the registry's, so a keymap can move them."""
    return [
        Binding(
            ",".join(action.keys),
            action.handler,
            _(action.label),
            show=False,
            tooltip=_(action.tooltip),
            id=action.id,
            priority=scope is Scope.APP,
        )
        for action in of_scope(scope)
        if action.keys
    ]


def digit_bindings(handler: Callable[[int], str], count: int = 10) -> list[BindingType]:
    """Bindings of the first `count` digits with their AZERTY twins; `handler(n)` names the action of n."""
    return [
        Binding(f"{digit},{twin}", handler(int(digit)), show=False, id=f"digit.{digit}")
        for digit, twin in DIGIT_TWINS[:count]
    ]


def key_label(action: Action, keymap: Mapping[str, str]) -> str:
    """The key as a person reads it, the settings' keymap included."""
    moved = keymap.get(action.id)
    if not moved:
        return _(action.key_label) if action.key_label else ""
    first = moved.split(",")[0]
    return "+".join(part.capitalize() for part in first.split("+"))
