"""What is said in a contact: one sentence on a locked record, « just done » only while it is."""

from dataclasses import replace
from typing import Any

import pytest

from ameli_support.accounts.contract import RecordView, SendKind, SendState, SendView
from ameli_support.casework.case import Outcome
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import ActRefused
from ameli_support.casework.script import newest_mail, place, says_at_the_end, script
from ameli_support.casework.views import CallState, Look, Service
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.identity import LEVEL_1_FACTS, Direction, Level, Role, Speaker
from ameli_support.onboarding.journey import Place
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.person import PersonStatus
from ameli_support.onboarding.procedure import Moment
from tests.casework.office import Office, facts_of
from tests.casework.test_identity import wrong

# what is said does not depend on where cases live
pytestmark = pytest.mark.parametrize("store_place", ["sqlite"], indirect=True)


def said(desk: Desk, case: int, language: str = "fr") -> tuple[str, ...]:
    found = script(desk.procedure, desk.call_state(case), desk.look(case), language)
    return found.says(desk.procedure, language)


def fails_three_checks(office: Office, desk: Desk, record: str) -> int:
    for _check in range(desk.procedure.numbers.failed_checks_lock):
        case = office.call(desk, record)
        desk.speak(case, Direction.INCOMING, Speaker.SELF)
        for _comparison in range(desk.procedure.numbers.comparisons_per_check):
            checked = desk.verify(case, Level.SIMPLE, wrong(office, record))
        if checked.locked_until is None:
            desk.leave(case)
    return case


def test_a_supervisor_does_not_pass_a_suspended_request_on_to_a_supervisor(office: Office) -> None:
    record = office.people.waiting()
    agent, supervisor = office.desk(), office.desk(Role.SUPERVISOR)
    case = office.identified(agent, record)
    agent.suspend(case, "n’a rien demandé")
    assert "Un responsable examine la demande." in said(agent, case)
    assert office.call(supervisor, record, "réclamation") == case
    for moment in ("possible", "done"):
        found = script(
            supervisor.procedure,
            supervisor.call_state(case),
            supervisor.look(case),
            "fr",
            purposeful=True,
        )
        told = found.says(supervisor.procedure, "fr")
        assert "responsable" not in " ".join(told), moment
        assert told[0].startswith("C’est fait" if moment == "done" else "Cette demande est **suspendue**")
        if moment == "possible":
            supervisor.lift(case, "erreur")
            supervisor.suspend(case, "à nouveau")


def test_on_a_locked_record_only_one_sentence_is_said_until_it_is_unlocked(office: Office) -> None:
    record = office.people.waiting()
    failing, desk = office.desk(), office.desk()
    fails_three_checks(office, failing, record)
    only = (desk.procedure.text("reminders.cannot_continue"),)

    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    with pytest.raises(ActRefused):
        desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    assert said(desk, case) == only
    view = desk.look(case).view
    assert view is not None
    assert (view.person, view.phase, view.sends) == (None, None, ())

    supervisor = office.desk(Role.SUPERVISOR)
    supervisor.unlock(office.call(supervisor, record, "rappel"), "identité vérifiée")
    assert desk.look(case).view is None
    assert desk.call_state(case).locked_until is None
    assert said(desk, case) != only
    assert desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS)).level is Level.SIMPLE


@pytest.mark.parametrize(
    ("person", "where"),
    [
        ({"status": PersonStatus.DECEASED.value}, Place.DECEASED),
        ({"birth_date": "2012-04-17"}, Place.MINOR),
        ({"status": PersonStatus.RESTRICTED.value}, Place.RESTRICTED),
        ({"fund": "691"}, Place.OTHER_FUND),
        ({"scheme": "msa"}, Place.OTHER_SCHEME),
    ],
)
def test_a_closed_record_says_why_for_the_rest_of_the_contact(
    office: Office, person: dict[str, Any], where: Place
) -> None:
    record = office.people.waiting(**person)
    desk = office.desk()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    assert place(desk.call_state(case), desk.look(case).view) is Place.UNIDENTIFIED
    desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    assert place(desk.call_state(case), desk.look(case).view) is where
    for language in ("fr", "en"):
        assert not any("…" in sentence for sentence in said(desk, case, language))


def test_just_done_lasts_as_long_as_what_was_done(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.said(desk, record)
    desk.resend(case)
    state, look = desk.call_state(case), desk.look(case)
    assert look.view is not None

    def moment(
        last_act: Act | None = Act.RESEND, newest: SendState = SendState.QUEUED, **view: object
    ) -> Moment:
        told = look.view
        assert told is not None
        first = told.sends[0].model_copy(update={"state": newest})
        told = told.model_copy(update={"sends": (first, *told.sends[1:]), **view})
        return script(
            desk.procedure, replace(state, last_act=last_act), replace(look, view=told), "fr"
        ).moment

    assert moment() is Moment.DONE
    assert moment(newest=SendState.HANDED_OVER) is Moment.DONE
    for waits_or_lost in (SendState.DEFERRED, SendState.REFUSED, SendState.BOUNCED):
        assert moment(newest=waits_or_lost) is Moment.POSSIBLE
    assert moment(last_act=None) is Moment.POSSIBLE
    assert moment(last_act=Act.UNLOCK) is Moment.POSSIBLE
    assert moment(phase=Phase.INACTIVE) is Moment.POSSIBLE  # nobody lifted anything
    down = script(desk.procedure, state, replace(look, service=Service.DOWN), "fr")
    assert down.moment is Moment.SERVICE_CUT


def test_a_notice_is_not_the_mail_that_is_waited_for(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.identified(desk, record)
    view = desk.look(case).view
    assert view is not None
    mail = view.sends[0]
    notice: SendView = mail.model_copy(
        update={"kind": SendKind.NOTICE_ADDRESS_CHANGED, "queued_at": desk.business_clock.now()}
    )
    both: RecordView = view.model_copy(update={"sends": (notice, mail)})
    assert newest_mail(both) == mail


def test_without_a_mailbox_it_is_said_that_paper_continues(office: Office) -> None:
    procedure = office.desk().procedure
    said = " ".join(says_at_the_end(procedure, Outcome.NO_MAILBOX, "fr"))
    assert "France services" in said
    assert "papier" in said
    assert says_at_the_end(procedure, Outcome.ADVICE, "fr") == ()


def test_without_a_look_there_is_a_script_too(office: Office) -> None:
    desk = office.desk()
    state: CallState = desk.call_state(desk.find_no_record())
    found = script(desk.procedure, state, None, "fr")
    assert (found.place, found.sees(desk.procedure, "fr")) == (Place.NO_RECORD, None)
    look: Look = desk.look(state.case)
    assert script(desk.procedure, state, look, "fr").place is Place.NO_RECORD
