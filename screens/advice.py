"""Advice that needs no level: the usual obstacles of a step, and the codes of FranceConnect."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _, language
from screens.notice import Tone

if TYPE_CHECKING:
    from ameli_support.casework.views import CallState
    from ameli_support.onboarding.difficulties import Difficulty
    from screens.app import AmeliSupport
    from screens.call_palette import PaletteActs


def open_obstacles(call: "PaletteActs") -> None:
    """What usually goes wrong where this contact's person stands."""
    from screens.dialogs.obstacles import Obstacles

    found = obstacles(call)
    if not found:
        call.app.say(Tone.WARN, _("Blocages :"), _("aucun conseil à donner dans cette situation."))
        return
    call.app.push_screen(Obstacles(_where(call), found))


def obstacles(call: "PaletteActs") -> "tuple[Difficulty, ...]":
    """Those of this contact, what the record shows first."""
    from ameli_support.casework.hindering import hindrances

    view = call.last_look.view if call.last_look is not None else None
    return hindrances(call.desk.procedure, call.state, view, language(), call.app.told.away)


def _where(call: "PaletteActs") -> str:
    view = call.last_look.view if call.last_look is not None else None
    if view is None or view.step is None:
        return _("conseil général")
    return call.words.step(view.step, view.route)


def open_code(app: "AmeliSupport", code: str = "") -> None:
    """Explains a code; in an open contact it is noted there, else in one without a record."""
    from screens.dialogs.refused_code import RefusedCode

    desk = app.backend.desk
    if desk is None:
        return
    state = next((screen.state for screen in reversed(app.screen_stack) if hasattr(screen, "state")), None)
    case = state.case if state is not None else None

    def noted(after: "CallState | None") -> None:
        from screens.flow import begin

        if after is None:
            return
        app.say(Tone.OK, _("Code FranceConnect noté au dossier {number}.").format(number=after.case))
        if case is None:
            begin(app, after, None)
        elif hasattr(app.screen, "retry"):
            app.screen.retry()

    app.push_screen(RefusedCode(desk.procedure, case, code), noted)
