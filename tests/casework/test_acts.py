"""Intent, HTTP, outcome: what is refused, what is lost, and what is settled later."""

from datetime import timedelta

import pytest

from ameli_support.accounts.contract import ProblemType
from ameli_support.casework.case import Outcome
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import (
    ActRefused,
    ActUnknown,
    Conflict,
    GateClosed,
    NotInCall,
    ServiceCut,
)
from ameli_support.casework.views import ResumeReason, Service
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Level, Role
from ameli_support.store.leases import LEASE_SECONDS
from ameli_support.store.verifying import verify
from tests.casework.faults import FaultyWay, lose_the_answer, lose_the_request, refuse
from tests.casework.office import Office


def resends(office: Office, record: str) -> int:
    return sum(send.kind == "resend" for send in office.people.sends(record))


def events(desk: Desk, case: int) -> list[str]:
    return [event.kind for event in desk.case(case).events]


def outcomes(desk: Desk, case: int) -> list[str]:
    return [e.payload["result"] for e in desk.case(case).events if e.kind == "act.outcome"]


def waiting(office: Office) -> str:
    record = office.people.waiting()
    office.people.forward(hours=1)
    return record


def faulty_desk(office: Office) -> tuple[Desk, FaultyWay]:
    way = FaultyWay()
    return office.desk(accounts=office.service.client(transport=way)), way


def test_an_act_is_an_intent_then_an_outcome_with_the_verdict_that_was_shown(office: Office) -> None:
    record = waiting(office)
    desk = office.desk()
    case = office.said(desk, record)
    done = desk.resend(case)
    intent, outcome = desk.case(case).events[-2:]
    assert (intent.kind, outcome.kind) == ("act.intent", "act.outcome")
    assert intent.payload["verdict"]["allowed"] is True
    assert intent.payload["procedure"] == desk.procedure.version
    assert outcome.payload["key"] == intent.payload["key"] == done.key
    assert outcome.payload["generation"] == done.answer.generation


def test_no_resend_before_the_address_was_said(office: Office) -> None:
    record = waiting(office)
    desk = office.desk()
    case = office.identified(desk, record)
    with pytest.raises(ActRefused) as refused:
        desk.resend(case)
    assert refused.value.reason is Reason.ADDRESS_NOT_CONFIRMED
    assert not desk.say_address(case, "autre@orange.fr").matches
    with pytest.raises(ActRefused):
        desk.resend(case)
    assert "act.intent" not in events(desk, case)
    assert resends(office, record) == 0


def test_a_refusal_of_the_service_is_an_outcome_with_its_reason_and_its_wait(office: Office) -> None:
    record = waiting(office)
    desk = office.desk()
    case = office.said(desk, record)
    desk.resend(case)
    with pytest.raises(ActRefused) as refused:
        desk.resend(case)
    problem = refused.value.problem
    assert problem is not None
    assert problem.kind in (ProblemType.COOLDOWN, ProblemType.ALREADY_QUEUED)
    assert outcomes(desk, case) == ["done", "refused"]
    assert resends(office, record) == 1


def test_a_service_that_is_not_there_leaves_nothing_unknown(office: Office) -> None:
    record = waiting(office)
    desk, way = faulty_desk(office)
    case = office.said(desk, record)
    desk.look(case)
    way.break_at("", refuse)
    with pytest.raises(ServiceCut) as cut:
        desk.resend(case)
    assert "injoignable depuis" in cut.value.sentence
    assert outcomes(desk, case) == ["not_sent"]
    look = desk.look(case)
    assert look.service is Service.DOWN
    assert look.view is not None, "the last known state stays"
    office.clock.forward(timedelta(seconds=7))
    assert desk.look(case).age == 7
    way.mend()
    assert desk.look(case).service is Service.OK
    assert desk.resend(case).answer.act == "resend"


@pytest.mark.parametrize("arrives", [True, False])
def test_an_act_whose_answer_is_lost_is_unknown_until_settled(office: Office, arrives: bool) -> None:
    record = waiting(office)
    desk, way = faulty_desk(office)
    case = office.said(desk, record)
    way.break_at("/resend", lose_the_answer if arrives else lose_the_request)
    with pytest.raises(ActUnknown) as unknown:
        desk.resend(case)
    assert desk.call_state(case).unknown_acts == (unknown.value.key,)
    assert desk.to_resume()[0].reason is ResumeReason.ACT_UNKNOWN
    way.break_at("/settle", refuse)
    with pytest.raises(GateClosed):
        desk.close(case, Outcome.RESENT, "junk_folder")
    way.mend()
    (settled,) = desk.settle(case)
    assert settled.took_place is arrives
    assert desk.call_state(case).unknown_acts == ()
    assert desk.settle(case) == ()
    assert outcomes(desk, case) == ["done" if arrives else "void"]
    assert desk.proposed_outcome(case).outcome is (Outcome.RESENT if arrives else None)
    if not arrives:
        desk.resend(case)
    assert resends(office, record) == 1


def test_only_what_nobody_owns_any_more_is_settled_by_another(office: Office) -> None:
    record = waiting(office)
    desk, way = faulty_desk(office)
    case = office.said(desk, record)
    way.break_at("/resend", lose_the_answer)
    with pytest.raises(ActUnknown):
        desk.resend(case)
    other = office.desk(agent="0999")
    assert other.recover().settled == ()
    office.clock.forward(timedelta(seconds=LEASE_SECONDS + 1))
    (settled,) = other.recover().settled
    assert settled.took_place
    assert settled.answer is None, "an answer is for its own agent"
    assert desk.settle(case) == ()
    assert outcomes(desk, case) == ["done"]
    assert verify(desk.bench.store).findings == ()


def test_two_agents_at_once_one_acts_and_the_other_sees_it(office: Office) -> None:
    record = waiting(office)
    first, second = office.desk(), office.desk(agent="0999")
    case = office.said(first, record)
    office.said(second, record)
    first.resend(case)
    second.save_draft(case, "ce que je tape")
    with pytest.raises(Conflict) as conflict:
        second.resend(case)
    assert [event.kind for event in conflict.value.others][-1] == "act.outcome"
    assert second.call_state(case).draft == "ce que je tape"
    assert resends(office, record) == 1
    with pytest.raises(ActRefused):  # having seen it, the service's own refusal is told
        second.resend(case)
    assert resends(office, record) == 1


def test_a_supervisor_needs_a_purpose_and_a_reason_but_no_check(office: Office) -> None:
    record = waiting(office)
    agent = office.desk()
    case = office.call(agent, record)
    agent.suspend(case, "mail reçu par un inconnu")
    assert agent.proposed_outcome(case).likely_queue == "fraud"
    supervisor = office.desk(Role.SUPERVISOR)
    assert office.call(supervisor, record, "signalement") == case
    view = supervisor.look(case).view
    assert view is not None
    assert supervisor.cancel(case, "fraude avérée").act == "cancel"
    texts = {text.what: text.text for text in agent.bench.store.texts(case).values()}
    assert texts["purpose"] == "signalement"
    assert texts["reason"] == "fraude avérée"
    assert all("fraude avérée" not in str(event.payload) for event in agent.case(case).events)


def test_nothing_is_done_without_a_call_of_ones_own(office: Office) -> None:
    record = waiting(office)
    first, second = office.desk(), office.desk(agent="0999")
    case = office.said(first, record)
    for act in (second.resend, second.look, second.call_state, second.leave):
        with pytest.raises(NotInCall):
            act(case)


def test_a_level_ends_with_the_call_and_with_time(office: Office) -> None:
    record = waiting(office)
    desk = office.desk()
    case = office.identified(desk, record)
    assert desk.look(case).view is not None
    desk.leave(case)
    desk.resume(case)
    assert desk.call_state(case).level is Level.NOTHING
    assert desk.look(case).view is None
    case = office.identified(desk, record)
    office.clock.forward(timedelta(minutes=desk.procedure.numbers.check_minutes))
    assert desk.call_state(case).level is Level.NOTHING
    assert desk.look(case).view is None
