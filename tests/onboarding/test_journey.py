"""Rules §1: the seven steps, where a person stands, what they see, and which script applies."""

from dataclasses import replace

import pytest

from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.journey import STEPS, Place, Position, Route, Step, place, position, sees
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import ProcedureError
from tests.onboarding.model import DAY, T0, P, at_step, confirm, submitted, suspend

SPOKEN = {"sent_day": "jeudi 12 novembre", "sent_time": "9 h 14"}


def test_there_are_seven_steps_in_the_documents_order() -> None:
    assert [str(step) for step in STEPS] == [
        "sign_up",
        "identity",
        "terms",
        "personal_code",
        "contact",
        "confirmation",
        "active",
    ]


@pytest.mark.parametrize("step", STEPS[:5])
def test_one_stands_at_the_step_under_way(step: Step) -> None:
    where = position(at_step(step), T0)
    assert where.here is step
    assert (*where.done, step, *where.to_come) == STEPS


def test_after_step_5_one_stands_at_the_confirmation_whatever_the_link_does() -> None:
    for at in (T0, T0 + 10 * DAY, T0 + 30 * DAY):
        assert position(submitted(), at) == Position(STEPS[:5], Step.CONFIRMATION, (Step.ACTIVE,))


def test_an_active_account_has_done_them_all_even_when_read_while_its_step_lags() -> None:
    active = confirm(submitted(), T0)
    assert position(active, T0) == Position(STEPS, None, ())
    assert position(replace(active, step=Step.CONFIRMATION), T0).here is None
    assert position(suspend(submitted(), T0), T0).here is Step.CONFIRMATION


@pytest.mark.parametrize("step", STEPS[:5])
def test_before_an_address_the_script_follows_the_step(step: Step) -> None:
    assert place(Phase.NOT_SENT, step, Route.FRANCECONNECT) == step.value


def test_the_form_has_a_script_of_its_own_at_step_2() -> None:
    assert place(Phase.NOT_SENT, Step.IDENTITY, Route.FORM) is Place.IDENTITY_FORM
    assert place(Phase.NOT_SENT, Step.TERMS, Route.FORM) is Place.TERMS
    assert place(Phase.NOT_SENT, None) is Place.SIGN_UP


def test_afterwards_it_follows_the_phase_and_the_fate_of_the_mail() -> None:
    assert place(None, None) is Place.NO_ENROLMENT
    for phase in Phase:
        if phase is not Phase.NOT_SENT:
            assert place(phase, Step.CONFIRMATION) == phase.value
    assert place(Phase.LIVE, Step.CONFIRMATION, queued=True) is Place.LIVE_QUEUED
    assert place(Phase.LIVE, Step.CONFIRMATION, refused=True) is Place.LIVE_REFUSED
    assert place(Phase.LIVE, Step.CONFIRMATION, queued=True, refused=True) is Place.LIVE_QUEUED
    assert place(Phase.INACTIVE, Step.CONFIRMATION, queued=True) is Place.INACTIVE


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.OTHER_SCHEME, Place.OTHER_SCHEME),
        (Reason.OTHER_FUND, Place.OTHER_FUND),
        (Reason.PERSON_DECEASED, Place.DECEASED),
        (Reason.PERSON_MINOR, Place.MINOR),
        (Reason.PERSON_RESTRICTED, Place.RESTRICTED),
        (Reason.CHECKS_LOCKED, Place.LOCKED),
        (Reason.THIRD_PARTY, Place.THIRD_PARTY),
        (Reason.OUTGOING_CALL, Place.OUTGOING),
    ],
)
def test_where_nothing_is_told_the_script_tells_nothing(reason: Reason, expected: Place) -> None:
    assert place(Phase.LIVE, Step.CONFIRMATION, closed_because=reason) is expected
    assert not expected.is_the_persons
    with pytest.raises(ProcedureError):
        sees(expected, P)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("where", [where for where in Place if where.is_the_persons])
def test_at_every_place_of_the_journey_one_knows_what_the_person_sees(where: Place, language: str) -> None:
    screenful = sees(where, P, language, **SPOKEN)
    assert screenful.lines
    assert all(screenful.buttons) or not screenful.buttons


def test_a_closed_window_names_the_mailbox_of_its_own_fund_only() -> None:
    mailbox = P.contacts.mailbox
    for fund in (None, P.contacts.fund):
        assert mailbox in " ".join(sees(Place.CLOSED, P, fund=fund).lines)
    elsewhere = " ".join(sees(Place.CLOSED, P, fund="691").lines)
    assert mailbox not in elsewhere
    assert P.contacts.call_centre in elsewhere


def test_the_document_gives_the_call_centre_and_the_mailbox() -> None:
    assert P.contacts.call_centre == "3646"
    assert P.contacts.mailbox == "moncompteameli.cpam-isere@assurance-maladie.fr"
