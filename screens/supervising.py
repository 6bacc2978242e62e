"""The palette's commands for every screen of a supervisor: incident banner, providers' availability."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _
from screens.notice import Tone

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from screens.app import AmeliSupport


def set_banner(app: "AmeliSupport") -> None:
    """Asks for sentence, reason, from when to when, and which provider it is about."""
    from screens.dialogs.incident import Incident

    desk = app.backend.desk
    if desk is not None:
        dialog = Incident(tuple(_labels(desk).items()), app.now())
        app.push_screen(dialog, lambda sentence: _told(app, sentence or ""))


def clear_banner(app: "AmeliSupport") -> None:
    """Asks for the reason."""
    from screens.dialogs.reason import Reason

    def deed(desk: "Desk", reason: str) -> bool:
        desk.clear_banner(reason)
        return True

    app.push_screen(
        Reason(
            _("Retirer le message d’incident ?"),
            _("Le message disparaît de l’écran de tous les agents."),
            _("Retirer"),
            deed,
        ),
        lambda done: _told(app, _("Message d’incident retiré.") if done else ""),
    )


def providers(app: "AmeliSupport") -> None:
    """Shows the providers as last known, and changes one over."""
    from screens.dialogs.availability import Availability

    desk = app.backend.desk
    if desk is None:
        return
    rows = tuple((name, label, label not in app.told.away) for name, label in _labels(desk).items())
    app.push_screen(Availability(rows), lambda text: _told(app, text or ""))


def _labels(desk: "Desk") -> dict[str, str]:
    """Every provider's name with its label in the language in force."""
    from ameli_support.i18n import language

    names = desk.procedure.names("providers")
    return {name: desk.procedure.text(f"providers.{name}", language()) for name in names}


def _told(app: "AmeliSupport", sentence: str) -> None:
    if sentence:
        app.say(Tone.OK, sentence)
        app.listen()
