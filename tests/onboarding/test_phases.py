"""Rules §3: when a link works, when the window is open, and the phase at every boundary."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ameli_support.clock import PARIS, paris_day
from ameli_support.onboarding.link import (
    Effect,
    Ended,
    Phase,
    current_generation,
    holds_address,
    link_end,
    live_generation,
    new_window,
    phase,
    resend_effect,
    resend_ends_at,
)
from ameli_support.onboarding.procedure import Numbers
from ameli_support.onboarding.procedure import Procedure as Rules
from ameli_support.onboarding.steps import Step
from ameli_support.onboarding.wording import clock_time, spoken_day, spoken_time
from tests.onboarding.model import (
    DAY,
    SECOND,
    T0,
    N,
    P,
    at_step,
    cancel,
    confirm,
    current,
    issue,
    lift,
    submitted,
    suspend,
)

LINK, WINDOW = N.link_days * DAY, N.window_days * DAY


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"])
def host_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine whose own time zone is somewhere else."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_the_document_gives_7_and_21_days() -> None:
    assert (N.link_days, N.window_days) == (7, 21)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), Phase.LIVE),
        (LINK - SECOND, Phase.LIVE),
        (LINK, Phase.INACTIVE),
        (LINK + SECOND, Phase.INACTIVE),
        (WINDOW - SECOND, Phase.INACTIVE),
        (WINDOW, Phase.CLOSED),
        (WINDOW + SECOND, Phase.CLOSED),
    ],
)
def test_a_link_is_live_for_7_days_then_inactive_then_closed_from_day_21_on(
    after: timedelta, expected: Phase
) -> None:
    assert phase(submitted(), T0 + after) is expected
    assert (live_generation(submitted(), T0 + after) is not None) == (expected is Phase.LIVE)


def test_the_boundary_is_exact_to_the_microsecond() -> None:
    tick = timedelta(microseconds=1)
    assert phase(submitted(), T0 + LINK - tick) is Phase.LIVE
    assert phase(submitted(), T0 + WINDOW - tick) is Phase.INACTIVE


# 24 and 31 March 2027: summer time begins on the 28th; 22 and 29 October 2026: it ends on the 25th
@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        (datetime(2027, 3, 24, 10, 0, tzinfo=PARIS), datetime(2027, 3, 31, 11, 0, tzinfo=PARIS)),
        (datetime(2026, 10, 22, 10, 0, tzinfo=PARIS), datetime(2026, 10, 29, 9, 0, tzinfo=PARIS)),
        (datetime(2026, 11, 12, 9, 14, tzinfo=PARIS), datetime(2026, 11, 19, 9, 14, tzinfo=PARIS)),
    ],
)
def test_168_hours_whatever_the_clocks_do(issued: datetime, ends: datetime, host_in: str) -> None:
    at = issued.astimezone(UTC)
    enrolment = submitted(at)
    assert link_end(at, P) == ends
    assert link_end(at, P) - at == timedelta(hours=168)
    assert phase(enrolment, ends - SECOND) is phase(enrolment, ends.astimezone(UTC) - SECOND) is Phase.LIVE
    assert phase(enrolment, ends) is Phase.INACTIVE
    assert phase(enrolment, ends + SECOND) is Phase.INACTIVE


@pytest.mark.parametrize(
    ("opened", "closes"),
    [
        (datetime(2027, 3, 20, 10, 0, tzinfo=PARIS), datetime(2027, 4, 10, 11, 0, tzinfo=PARIS)),
        (datetime(2026, 10, 20, 10, 0, tzinfo=PARIS), datetime(2026, 11, 10, 9, 0, tzinfo=PARIS)),
    ],
)
def test_504_hours_whatever_the_clocks_do(opened: datetime, closes: datetime, host_in: str) -> None:
    at = opened.astimezone(UTC)
    assert new_window(at, P) == (at, closes)
    assert new_window(at, P)[1] - at == timedelta(hours=504)
    assert [phase(submitted(at), closes + by) for by in (-SECOND, 0 * SECOND, SECOND)] == [
        Phase.INACTIVE,
        Phase.CLOSED,
        Phase.CLOSED,
    ]


def test_a_paris_day_has_23_24_or_25_hours(host_in: str) -> None:
    def hours(day: datetime) -> float:
        begins, ends = paris_day(day)
        assert begins <= day < ends
        return (ends - begins) / timedelta(hours=1)

    assert hours(datetime(2027, 3, 28, 12, tzinfo=UTC)) == 23
    assert hours(datetime(2026, 10, 25, 12, tzinfo=UTC)) == 25
    assert hours(datetime(2026, 11, 12, 12, tzinfo=UTC)) == 24
    just_before = datetime(2026, 11, 12, 22, 59, 59, tzinfo=UTC)
    assert paris_day(just_before)[1] == just_before + SECOND == paris_day(just_before + SECOND)[0]


def test_people_read_paris_time_wherever_the_machine_stands(host_in: str) -> None:
    at = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    assert spoken_day(at, "fr").replace("\u00a0", " ") == "samedi 1er août"
    assert spoken_time(at, "fr").replace("\u00a0", " ") == "0 h 05"
    assert clock_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "02:30 (CEST)"
    assert clock_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "02:30 (CET)"
    assert clock_time(datetime(2026, 10, 25, 2, 30, tzinfo=UTC)) == "03:30"


def test_a_link_issued_late_in_the_window_keeps_its_7_days_past_day_21() -> None:
    late = issue(submitted(), T0 + 20 * DAY)
    assert phase(late, T0 + WINDOW) is Phase.LIVE
    assert phase(late, T0 + 27 * DAY - SECOND) is Phase.LIVE
    assert phase(late, T0 + 27 * DAY) is Phase.CLOSED


def test_a_resend_never_moves_the_window() -> None:
    again = issue(submitted(), T0 + 10 * DAY)
    assert phase(again, T0 + 17 * DAY) is Phase.INACTIVE
    assert phase(again, T0 + WINDOW) is Phase.CLOSED


def test_a_changed_duration_does_not_move_the_end_of_a_link_already_mailed() -> None:
    shorter = replace(N, link_days=1, window_days=2)
    rules = Rules(P.version, shorter, P.cells)
    enrolment = submitted()
    assert link_end(T0, rules) == T0 + DAY
    assert phase(enrolment, T0 + LINK - SECOND) is Phase.LIVE
    assert phase(enrolment, T0 + WINDOW - SECOND) is Phase.INACTIVE
    assert isinstance(rules.numbers, Numbers)


@pytest.mark.parametrize("step", list(Step)[:5])
def test_before_an_address_is_submitted_nothing_was_sent(step: Step) -> None:
    enrolment = at_step(step)
    assert phase(enrolment, T0) is Phase.NOT_SENT
    assert live_generation(enrolment, T0) is None
    assert current_generation(enrolment) is None
    assert resend_ends_at(enrolment, T0) is None


def test_without_an_enrolment_there_is_no_phase() -> None:
    assert phase(None, T0) is None


def test_ended_comes_before_suspended_before_active_before_all_others() -> None:
    active = confirm(submitted(), T0 + DAY)
    assert phase(active, T0 + DAY) is Phase.ACTIVE
    assert phase(active, T0 + 100 * DAY) is Phase.ACTIVE
    assert phase(suspend(active, T0 + 2 * DAY), T0 + 2 * DAY) is Phase.SUSPENDED
    assert phase(cancel(suspend(active, T0), T0), T0) is Phase.ENDED
    assert phase(replace(at_step(Step.TERMS), ended_at=T0, ended=Ended.TERMS_REFUSED), T0) is Phase.ENDED


def test_a_link_that_nobody_revoked_is_dead_all_the_same_once_ended_suspended_or_confirmed() -> None:
    enrolment = submitted()
    for dead in (
        replace(enrolment, ended_at=T0),
        replace(enrolment, suspended_at=T0),
        replace(enrolment, confirmed_at=T0),
    ):
        assert current_generation(dead) is not None
        assert live_generation(dead, T0) is None


def test_lifting_gives_back_the_stored_window_and_dead_links_stay_dead() -> None:
    lifted = lift(suspend(submitted(), T0 + DAY))
    assert phase(lifted, T0 + 2 * DAY) is Phase.INACTIVE
    assert phase(lifted, T0 + WINDOW) is Phase.CLOSED
    assert current_generation(lifted) is None
    assert phase(lift(suspend(confirm(submitted(), T0), T0)), T0) is Phase.ACTIVE


LIMIT = timedelta(hours=N.resend_same_link_hours)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (T0, Effect.SAME_LINK),
        (T0 + LINK - LIMIT - SECOND, Effect.SAME_LINK),
        (T0 + LINK - LIMIT, Effect.SAME_LINK),
        (T0 + LINK - LIMIT + SECOND, Effect.NEW_LINK_SAME_ADDRESS),
        (T0 + LINK - timedelta(hours=40), Effect.NEW_LINK_SAME_ADDRESS),
        (T0 + LINK - SECOND, Effect.NEW_LINK_SAME_ADDRESS),
        (T0 + LINK, Effect.NEW_LINK_SAME_ADDRESS),
        (T0 + WINDOW - SECOND, Effect.NEW_LINK_SAME_ADDRESS),
        (T0 + WINDOW, None),
        (T0 + WINDOW + SECOND, None),
    ],
)
def test_a_resend_mails_the_same_link_while_48_hours_are_left(at: datetime, expected: Effect | None) -> None:
    assert resend_effect(submitted(), at, P) is expected


def test_once_the_window_is_over_a_live_link_is_mailed_again_however_little_is_left() -> None:
    late = issue(submitted(), T0 + 15 * DAY)
    assert resend_effect(late, T0 + WINDOW - SECOND, P) is Effect.NEW_LINK_SAME_ADDRESS
    assert resend_effect(late, T0 + WINDOW, P) is Effect.SAME_LINK
    assert resend_effect(late, T0 + 22 * DAY - SECOND, P) is Effect.SAME_LINK
    assert resend_effect(late, T0 + 22 * DAY, P) is None


def test_resending_ends_with_the_window_or_with_a_later_link() -> None:
    assert resend_ends_at(submitted(), T0) == T0 + WINDOW
    late = issue(submitted(), T0 + 20 * DAY)
    assert resend_ends_at(late, T0 + 20 * DAY) == T0 + 27 * DAY


def test_an_address_is_taken_while_active_suspended_or_live() -> None:
    enrolment = submitted()
    assert holds_address(enrolment, T0 + LINK - SECOND)
    assert not holds_address(enrolment, T0 + LINK)
    assert holds_address(confirm(enrolment, T0), T0 + 100 * DAY)
    assert holds_address(suspend(enrolment, T0), T0 + 100 * DAY)
    assert not holds_address(cancel(suspend(enrolment, T0), T0), T0)
    assert not holds_address(at_step(Step.CONTACT), T0)


def test_the_newest_generation_is_the_current_one() -> None:
    twice = issue(submitted(), T0 + DAY)
    assert current(twice).number == 2
    assert current(twice).expires_at == T0 + DAY + LINK
