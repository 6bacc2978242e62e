"""From one screen to the next: who is on the line first, then the call."""

from typing import TYPE_CHECKING

from ameli_support.onboarding.identity import Role

if TYPE_CHECKING:
    from ameli_support.casework.lookup import SearchFacts
    from ameli_support.casework.views import CallState
    from screens.app import AmeliSupport


def begin(app: "AmeliSupport", state: "CallState", facts: "SearchFacts | None") -> None:
    """Opens the caller check of a found record, or the call at once where nothing is to be compared."""
    from screens.call import Call
    from screens.check import Check

    if app.behind.locked:
        app.behind.when_unlocked(lambda: begin(app, state, facts))
        return

    def checked(after: "CallState | None") -> None:
        if after is not None:
            app.push_screen(Call(after))

    desk = app.backend.desk
    supervisor = desk is not None and desk.me.role is Role.SUPERVISOR
    if state.record_found and not supervisor and not state.level and not state.level_0_chosen:
        app.push_screen(Check(state, facts=dict(facts.check_facts()) if facts else {}), checked)
    else:
        app.push_screen(Call(state))
