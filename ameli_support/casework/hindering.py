"""What usually goes wrong where a contact stands, from what is known of the record and of the service."""

from collections.abc import Sequence

from ameli_support.accounts.contract import RecordView
from ameli_support.casework.script import place
from ameli_support.casework.views import CallState
from ameli_support.onboarding.difficulties import Difficulty, Facts, difficulties
from ameli_support.onboarding.procedure import Procedure


def hindrances(
    procedure: Procedure,
    state: CallState,
    view: RecordView | None,
    language: str,
    away: Sequence[str] = (),
) -> tuple[Difficulty, ...]:
    """What the record shows first, then what is usual; below level 1 what is general advice (rules §8).

    `away`: the labels of the identity providers that cannot be used now.
    """
    return difficulties(place(state, view), facts(view, away), procedure, language)


def facts(view: RecordView | None, away: Sequence[str] = ()) -> Facts:
    """What a record and the availability of the providers tell of difficulties."""
    if view is None or view.closed_because is not None:
        return Facts(away=tuple(away))
    openings = (generation for generation in view.generations if generation.state == "live")
    return Facts(
        away=tuple(away),
        step=view.step,
        route=view.route,
        provisional_code=view.provisional_code,
        ended=view.ended,
        addresses_refused=view.addresses_refused,
        opened_unconfirmed=any(generation.openings for generation in openings),
        login_closed_until=view.login_closed_until,
        reset_blocked_until=view.code_reset_blocked_until,
    )
