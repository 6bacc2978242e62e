"""The trial with another address (rules §9, 3), and the course of a run: what its events say beside it."""

from datetime import timedelta
from typing import Any

import pytest

from ameli_support.accounts.contract import SendKind, SendState, SendView
from ameli_support.casework.course import Course, Pause, course
from ameli_support.casework.views import EventRow
from ameli_support.mail.providers import load
from checks.check import CANNOT
from checks.trial import Trial, answer, under_way
from tests.screens.fake_desk import NOW, FakeDesk


def sends(*kinds_and_domains: tuple[SendKind, str]) -> Any:
    """A record whose mails left in this order."""
    desk = FakeDesk("j3")
    desk._begin(record_found=True)
    view = desk.view()
    rows = tuple(
        SendView(
            kind=kind,
            generation=at,
            address_masked="a•••@x.fr",
            domain=domain,
            state=SendState.HANDED_OVER,
            queued_at=NOW + timedelta(minutes=at),
            state_at=NOW + timedelta(minutes=at),
            attempts=1,
        )
        for at, (kind, domain) in enumerate(kinds_and_domains, 1)
    )
    return view.model_copy(update={"sends": rows})


FIRST, CORRECTION, NOTICE = SendKind.FIRST, SendKind.CORRECTION, SendKind.NOTICE_ADDRESS_CHANGED


@pytest.mark.parametrize(
    ("domain", "same", "arrived", "missing"),
    [
        ("orange.fr", True, "same_provider", CANNOT),  # the old mailbox's settings; or try elsewhere
        ("wanadoo.fr", True, "same_provider", CANNOT),  # a domain of the same provider
        ("gmail.com", False, "only_elsewhere", "nowhere"),  # the provider; our side
        ("mairie-exemple.fr", False, "only_elsewhere", "nowhere"),
    ],
)
def test_the_program_concludes_from_where_the_mail_arrived(
    domain: str, same: bool, arrived: str, missing: str
) -> None:
    view = sends((FIRST, "orange.fr"), (CORRECTION, domain), (NOTICE, "orange.fr"))
    trial = under_way(view, 1, load())
    assert trial == Trial(domain, same)
    assert (answer(trial, True), answer(trial, False)) == (arrived, missing)


def test_a_second_trial_is_compared_with_the_mailbox_before_the_first() -> None:
    view = sends((FIRST, "orange.fr"), (CORRECTION, "orange.fr"), (CORRECTION, "free.fr"))
    assert under_way(view, 2, load()) == Trial("free.fr", same_provider=False)
    view = sends((FIRST, "gmail.co"), (CORRECTION, "gmail.com"), (CORRECTION, "gmail.com"))
    assert under_way(view, 1, load()) == Trial("gmail.com", same_provider=True), "a typo is no trial"


@pytest.mark.parametrize("trials", [0, 1])
def test_without_a_correction_there_is_no_trial(trials: int) -> None:
    assert under_way(sends((FIRST, "orange.fr")), trials, load()) is None
    assert under_way(None, trials, load()) is None


def events(*kinds: str | tuple[str, dict[str, Any]]) -> list[EventRow]:
    """A timeline."""
    rows = []
    for seq, kind in enumerate(kinds):
        name, payload = kind if isinstance(kind, tuple) else (kind, {})
        rows.append(EventRow(seq, NOW, "0427", name, payload))
    return rows


PAUSED = ("checks.paused", {"text": "rappelle ce soir"})
INTENT = ("act.intent", {"act": "correct", "reason": "test_other_address", "key": "k1"})
DONE = ("act.outcome", {"key": "k1", "result": "done"})


@pytest.mark.parametrize(
    ("timeline", "told"),
    [
        ([], Course()),
        (["checks.started"], Course(begun=True)),
        (["checks.started", PAUSED], Course(True, Pause(NOW, "0427", "rappelle ce soir"))),
        (["checks.started", PAUSED, "note.added", "checks.answered"], Course(True)),
        (["checks.started", INTENT, DONE], Course(True, None, 1)),
        (["checks.started", INTENT, ("act.outcome", {"key": "k1", "result": "refused"})], Course(True)),
        (["checks.started", ("act.intent", {**INTENT[1], "reason": "typo"}), DONE], Course(True)),
        (["checks.started", INTENT, DONE, "checks.concluded"], Course()),
        (["checks.started", INTENT, DONE, "checks.abandoned", "checks.started"], Course(True)),
    ],
)
def test_the_course_of_the_open_run(timeline: list[Any], told: Course) -> None:
    assert course(events(*timeline), str) == told
