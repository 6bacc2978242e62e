"""The states of a case, and the one close gate (rules §10)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from ameli_support.casework.case import (
    TRANSITIONS,
    Callback,
    Closing,
    ImpossibleMove,
    Missing,
    Move,
    Outcome,
    State,
    close_gate,
    closes_at,
    concluding_move,
    moved,
)
from ameli_support.onboarding.procedure import procedure

SOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def closing(**other: object) -> Closing:
    whole: dict[str, object] = {"outcome": Outcome.ADVICE, "cause": "none", "caller_checked": True}
    return Closing(**(whole | other))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "missing"),
    [
        (closing(), ()),
        (closing(outcome=None), (Missing.OUTCOME,)),
        (closing(cause=None), (Missing.CAUSE,)),
        (closing(cause=""), (Missing.CAUSE,)),
        (closing(caller_checked=False), (Missing.CALLER_CHECK,)),
        (closing(open_intents=1), (Missing.OPEN_INTENT,)),
        (closing(callback=Callback(None, "0612345678")), (Missing.CALLBACK_DATE,)),
        (closing(callback=Callback(SOON, " ")), (Missing.CALLBACK_NUMBER,)),
        (closing(callback=Callback(SOON, "0612345678")), ()),
        (closing(outcome=Outcome.ESCALATED), (Missing.QUEUE,)),
        (closing(outcome=Outcome.ESCALATED, queue="fraud"), ()),
        (
            Closing(None, None, caller_checked=False, open_intents=2, callback=Callback(None, "")),
            (
                Missing.OPEN_INTENT,
                Missing.CALLER_CHECK,
                Missing.OUTCOME,
                Missing.CAUSE,
                Missing.CALLBACK_DATE,
                Missing.CALLBACK_NUMBER,
            ),
        ),
    ],
)
def test_the_gate_tells_everything_that_is_missing_at_once(
    what: Closing, missing: tuple[Missing, ...]
) -> None:
    assert close_gate(what) == missing


@pytest.mark.parametrize("outcome", list(Outcome))
def test_concluding_leaves_the_case_where_the_rules_say(outcome: Outcome) -> None:
    waits = {Outcome.RESENT, Outcome.REISSUED, Outcome.ADDRESS_CORRECTED}
    state = moved(State.IN_PROGRESS, concluding_move(outcome, None))
    assert state is (
        State.WAITING_PERSON
        if outcome in waits
        else State.WAITING_THIRD_PARTY
        if outcome is Outcome.ESCALATED
        else State.RESOLVED
    )
    promised = concluding_move(outcome, Callback(SOON, "0612345678"))
    assert moved(State.IN_PROGRESS, promised) is State.SCHEDULED


def test_every_pair_that_the_table_does_not_hold_is_refused() -> None:
    for state, move in product(State, Move):
        if (state, move) not in TRANSITIONS:
            with pytest.raises(ImpossibleMove):
                moved(state, move)


def test_every_state_but_closed_can_be_left_and_every_one_but_new_reached() -> None:
    assert {state for state, _move in TRANSITIONS} == set(State) - {State.CLOSED}
    assert set(TRANSITIONS.values()) == set(State) - {State.NEW}


def test_the_outcomes_are_those_of_the_procedure() -> None:
    assert tuple(procedure().names("outcomes")) == tuple(Outcome)


def test_a_resolved_case_closes_after_the_days_of_the_procedure() -> None:
    days = procedure().numbers.resolved_close_days
    assert closes_at(SOON, days) == SOON + timedelta(days=days)
