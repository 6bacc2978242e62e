"""The end of a contact: the one gate, call-backs, hand-over, what is taken up again, what closes alone."""

from datetime import timedelta

import pytest

from ameli_support.accounts.contract import Who
from ameli_support.casework.case import Callback, Missing, Outcome, State
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import (
    Conflict,
    DeskError,
    GateClosed,
    NoSuchCase,
    NotAllowed,
    NotInCall,
)
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.views import CaseFilter, Opened, ResumeReason
from ameli_support.i18n import set_language
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.sandbox.agents import register
from ameli_support.store.verifying import verify
from tests.casework.faults import FaultyWay, refuse
from tests.casework.office import Office
from tests.sandbox.service import FUND


def last(desk: Desk, case: int) -> str:
    return desk.case(case).events[-1].kind


def test_a_call_without_a_record_is_a_case_at_level_0(office: Office) -> None:
    desk = office.desk()
    case = desk.find_no_record()
    state = desk.call_state(case)
    assert (state.record_found, state.level_0_chosen) == (False, True)
    assert desk.look(case).view is None
    assert desk.proposed_outcome(case).outcome is Outcome.ADVICE
    assert desk.close(case, Outcome.NO_MAILBOX, "none") is State.RESOLVED


def test_the_gate_is_told_whole_and_nothing_is_written(office: Office) -> None:
    desk = office.desk()
    case = office.call(desk, office.people.waiting())
    before = desk.case(case).events
    with pytest.raises(GateClosed) as closed:
        desk.close(case, None, None, Callback(None, ""))
    assert closed.value.missing == (
        Missing.CALLER_CHECK,
        Missing.OUTCOME,
        Missing.CAUSE,
        Missing.CALLBACK_DATE,
        Missing.CALLBACK_NUMBER,
    )
    assert closed.value.sentence.startswith("Pour conclure, il manque\u00a0:")
    assert desk.case(case).events == before
    desk.level_0(case)
    assert desk.close(case, Outcome.CALL_LOST, "unknown") is State.RESOLVED


@pytest.mark.parametrize("cause", ["nonsense", "Spam"])
def test_a_cause_is_one_of_the_procedures(office: Office, cause: str) -> None:
    desk = office.desk()
    with pytest.raises(DeskError, match="n’existe pas"):
        desk.close(desk.find_no_record(), Outcome.ADVICE, cause)


def test_a_promised_call_back_lies_ahead_and_comes_up_at_its_hour(office: Office) -> None:
    desk = office.desk()
    case = desk.find_no_record()
    now = office.clock.now()
    with pytest.raises(GateClosed):
        desk.close(case, Outcome.ADVICE, "none", Callback(now, "0612345678"))
    promised = Callback(now + timedelta(days=1), "06 12 34 56 78")
    assert desk.close(case, Outcome.ADVICE, "none", promised) is State.SCHEDULED
    (row,) = desk.to_resume()
    assert (row.case, row.reason, row.at, row.overdue) == (case, ResumeReason.CALLBACK, promised.at, False)
    assert row.label == "rappel promis"
    office.clock.forward(timedelta(days=1, seconds=1))
    assert desk.to_resume()[0].overdue
    texts = desk.bench.store.texts(case).values()
    assert [text.text for text in texts if text.what == "callback"] == ["06 12 34 56 78"]
    assert all("06 12" not in str(event.payload) for event in desk.case(case).events)
    assert desk.resume(case).state is State.IN_PROGRESS
    assert desk.close(case, Outcome.ADVICE, "none") is State.RESOLVED
    assert desk.to_resume() == []


def test_escalating_asks_for_its_queue_and_waits_there(office: Office) -> None:
    desk = office.desk()
    case = desk.find_no_record()
    assert desk.proposed_outcome(case).likely_queue == "fund"
    with pytest.raises(GateClosed) as closed:
        desk.close(case, Outcome.ESCALATED, "unknown")
    assert closed.value.missing == (Missing.QUEUE,)
    assert desk.close(case, Outcome.ESCALATED, "unknown", queue="technical") is State.WAITING_THIRD_PARTY
    assert [row.number for row in desk.cases(CaseFilter(queue="technical"))] == [case]


def test_a_draft_survives_and_is_never_lost(office: Office) -> None:
    desk = office.desk()
    case = desk.find_no_record()
    desk.save_draft(case, "elle attend ")
    desk.save_draft(case, "elle attend un mail")
    again = office.desk()  # another start of the program
    (call,) = again.open_calls()
    assert (call.case, call.draft) == (case, "elle attend un mail")
    again.close(case, Outcome.ADVICE, "none")
    history = again.case(case)
    assert [note.text for note in history.notes] == ["elle attend un mail"]
    assert again.bench.store.draft(case, again.me.agent) == ""


def test_a_note_drops_its_draft_and_keeps_what_no_database_holds_out(office: Office) -> None:
    desk = office.desk()
    case = desk.find_no_record()
    desk.save_draft(case, "boîte pleine")
    desk.note(case, "boîte\x00 pleine \ud800[/] ")
    assert [note.text for note in desk.case(case).notes] == ["boîte pleine [/]"]
    assert desk.call_state(case).draft == ""
    for empty in ("", " \n"):
        with pytest.raises(DeskError):
            desk.note(case, empty)
    with pytest.raises(DeskError, match="trop long"):
        desk.note(case, "x" * 10_001)


def test_notes_of_earlier_calls_wait_for_level_1(office: Office) -> None:
    record = office.people.waiting()
    first = office.desk()
    case = office.identified(first, record)
    first.note(case, "a changé de boîte")
    first.close(case, Outcome.ADVICE, "junk_folder")
    second = office.desk(agent="0999")
    assert office.call(second, record) == case
    history = second.case(case)
    assert (history.notes_hidden, [note.text for note in history.notes]) == (True, [None])
    office.identified(second, record)
    assert [note.text for note in second.case(case).notes] == ["a changé de boîte"]


def test_handing_over_ends_the_level_and_comes_up_with_the_other(office: Office) -> None:
    record = office.people.waiting()
    first, second = office.desk(), office.desk(agent="0999")
    case = office.identified(first, record)
    first.hand_over(case, "0999", "rappeler avant midi")
    with pytest.raises(NotInCall):
        first.call_state(case)
    assert first.to_resume() == []
    (row,) = second.to_resume()
    assert (row.case, row.reason) == (case, ResumeReason.HANDED_OVER)
    state = second.resume(case)
    assert (state.level, state.speaker) == (Level.NOTHING, None)
    with pytest.raises(DeskError):
        second.hand_over(case, "pas un agent !")


def test_a_case_is_given_only_to_an_agent_of_its_fund_who_works_on_cases(office: Office) -> None:
    desk, supervisor = office.desk(), office.desk(Role.SUPERVISOR)
    office.desk(Role.HANDLER)
    office.desk(Role.ADMINISTRATOR)
    register(office.service.world, Who(agent="0777", role=Role.AGENT, funds=(FUND, "382")), "Nora Blanc")
    register(office.service.world, Who(agent="0778", role=Role.AGENT, funds=("382",)))
    case = office.identified(desk, office.people.waiting())
    for to, told in (
        ("0472", "Aucun agent de vos caisses ne porte le numéro 0472. Le plus proche : 0427."),
        ("0787", "Aucun agent de vos caisses ne porte le numéro 0787. Le plus proche : 0777 (Nora Blanc)."),
        ("0001", "L’agent 0001 ne suit pas de dossiers."),
        ("0778", "Aucun agent de vos caisses ne porte le numéro 0778."),
    ):
        for give in (desk.hand_over, supervisor.reassign):
            with pytest.raises(DeskError) as refused:
                give(case, to, "congé")
            assert refused.value.sentence.replace("\u00a0", " ").startswith(told)
    assert desk.case(case).row.owner == "0427"
    register(office.service.world, Who(agent="0777", role=Role.AGENT, funds=("382",)))
    with pytest.raises(DeskError, match="0777"):
        desk.hand_over(case, "0777", "")
    desk.hand_over(case, " 0512 ", "à suivre")
    assert supervisor.case(case).row.owner == "0512"


def test_a_case_can_be_handed_over_while_the_service_is_away(office: Office) -> None:
    way = FaultyWay()
    desk = office.desk(accounts=office.service.client(transport=way))
    case = desk.find_no_record()
    way.break_at("", refuse)
    with pytest.raises(DeskError):
        desk.hand_over(case, "pas un agent !", "")
    desk.hand_over(case, "0999", "")
    assert desk.case(case).row.owner == "0999"


def test_leaving_keeps_the_case_and_the_draft_to_be_taken_up_again(office: Office) -> None:
    desk = office.desk()
    case = desk.find_no_record()
    desk.save_draft(case, "à finir")
    desk.leave(case)
    assert desk.open_calls() == []
    (row,) = desk.to_resume()
    assert (row.case, row.reason) == (case, ResumeReason.LEFT_OPEN)
    assert desk.resume(case).draft == "à finir"
    assert desk.to_resume()[0].reason is ResumeReason.CALL_INTERRUPTED


def test_a_call_left_while_the_service_is_missing_is_ended_later(office: Office) -> None:
    way = FaultyWay()
    desk = office.desk(accounts=office.service.client(transport=way))
    case = office.identified(desk, office.people.waiting())
    way.break_at("", refuse)
    desk.close(case, Outcome.ADVICE, "junk_folder")
    way.mend()
    way.asked.clear()
    desk.recover()
    assert [asked for asked in way.asked if asked.endswith("/end")]
    way.asked.clear()
    desk.recover()
    assert way.asked == []


def test_a_supervisor_reassigns_with_a_reason(office: Office) -> None:
    agent, other = office.desk(), office.desk(agent="0999")
    case = agent.find_no_record()
    agent.leave(case)
    with pytest.raises(NotAllowed):
        other.reassign(case, "0999", "je le veux")
    supervisor = office.desk(Role.SUPERVISOR)
    with pytest.raises(DeskError):
        supervisor.reassign(case, "0999", " ")
    supervisor.reassign(case, "0999", "congé de 0427")
    assert [row.case for row in other.to_resume()] == [case]
    assert agent.to_resume() == []


def test_two_agents_close_one_case_the_second_sees_it_and_then_may(office: Office) -> None:
    record = office.people.waiting()
    first, second = office.desk(), office.desk(agent="0999")
    case = office.identified(first, record)
    office.identified(second, record)
    assert first.close(case, Outcome.ADVICE, "junk_folder") is State.RESOLVED
    second.save_draft(case, "mon texte")
    with pytest.raises(Conflict) as conflict:
        second.close(case, Outcome.ADVICE, "outlook_without_provider_client")
    assert conflict.value.others[-1].kind == "contact.concluded"
    assert second.call_state(case).draft == "mon texte"
    assert second.close(case, Outcome.ADVICE, "outlook_without_provider_client") is State.RESOLVED
    assert second.case(case).row.cause == "outlook_without_provider_client"
    assert verify(second.bench.store).findings == ()


def test_a_resolved_case_is_reopened_by_a_call_and_closes_after_its_days(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    days = timedelta(days=desk.procedure.numbers.resolved_close_days)
    case = office.identified(desk, record)
    desk.close(case, Outcome.ADVICE, "junk_folder")
    found = desk.find(SearchFacts(nir=office.nir(record)))
    assert (found.case, found.opened) == (case, Opened.REOPENED)
    desk.speak(case, Direction.INCOMING, Speaker.THIRD_PARTY)
    desk.close(case, Outcome.THIRD_PARTY, "none")
    office.clock.forward(days - timedelta(microseconds=1))
    assert desk.recover().closed == 0
    office.clock.forward(timedelta(microseconds=1))
    assert desk.recover().closed == 1
    assert desk.case(case).row.state is State.CLOSED
    new = desk.find(SearchFacts(nir=office.nir(record)))
    assert new.opened is Opened.NEW
    assert new.case != case


def test_a_case_is_found_by_its_number_and_a_closed_one_leads_to_a_new_one(office: Office) -> None:
    desk = office.desk()
    case = office.identified(desk, office.people.waiting())
    desk.close(case, Outcome.ADVICE, "junk_folder")
    assert desk.find(SearchFacts(case_number=case)).opened is Opened.REOPENED
    desk.level_0(case)
    desk.close(case, Outcome.ADVICE, "junk_folder")
    office.clock.forward(timedelta(days=30))
    desk.recover()
    found = desk.find(SearchFacts(case_number=case))
    assert (found.opened, found.record_found) == (Opened.NEW, True)
    with pytest.raises(NoSuchCase):
        desk.find(SearchFacts(case_number=9_999_999))


def test_lists_page_by_the_newest_contact(office: Office) -> None:
    desk = office.desk()
    numbers = []
    for _case in range(5):
        office.clock.forward(timedelta(minutes=1))
        numbers.append(desk.find_no_record())
    first = desk.cases(CaseFilter(limit=2))
    assert [row.number for row in first] == numbers[:-3:-1]
    second = desk.cases(CaseFilter(limit=2, before=first[-1].number))
    assert [row.number for row in second] == [numbers[2], numbers[1]]
    desk.close(numbers[0], Outcome.ADVICE, "none")
    resolved = CaseFilter(states=(State.RESOLVED, State.CLOSED), mine=True)
    assert [row.number for row in desk.cases(resolved)] == [numbers[0]]


def test_a_case_is_told_in_both_languages_from_its_events(office: Office) -> None:
    record = office.people.waiting()
    office.people.forward(hours=1)
    desk = office.desk()
    case = office.said(desk, record)
    desk.resend(case)
    desk.close(case, Outcome.RESENT, "junk_folder")
    french = desk.summary(case)
    try:
        set_language("en")
        english = desk.summary(case)
    finally:
        set_language("fr")
    assert "conclu\u00a0: " in french[-1]
    assert len(french) == len(english)
    assert all(fr.split(" · ")[2] != en.split(" · ")[2] for fr, en in zip(french, english, strict=True))
    assert not any("{" in line for line in french + english)
