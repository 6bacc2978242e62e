"""The checklist at the desk: on the case's timeline, with its version, taken up again by another agent."""

import pytest

from ameli_support.casework.case import Outcome
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import DeskError, NotInCall
from ameli_support.casework.lookup import SearchFacts
from ameli_support.onboarding.identity import LEVEL_1_FACTS, Direction, Level, Role, Speaker
from checks.run import Mode, Why
from tests.casework.office import Office, facts_of


@pytest.fixture
def desk(office: Office) -> Desk:
    return offline(office.desk())


def offline(desk: Desk) -> Desk:
    """Without questions to the machine's DNS, which is not part of these tests."""
    desk._diagnosing.offline = True
    return desk


@pytest.fixture
def record(office: Office) -> str:
    """Somebody whose mail was asked for."""
    return office.people.waiting()


def kinds(desk: Desk, case: int) -> list[str]:
    return [event.kind for event in desk.case(case).events if event.kind.startswith("checks.")]


def test_a_run_is_on_the_timeline_with_the_version_of_the_checklist(
    office: Office, desk: Desk, record: str
) -> None:
    case = office.identified(desk, record)
    run = desk.diagnose(case)
    assert run.mode is Mode.CHEAPEST
    assert run.evidence.signals["active"] == "no"
    desk.answer_check(case, "junk_folder", "yes")
    done = desk.conclude_checks(case)
    assert done.conclusion is not None
    events = [event for event in desk.case(case).events if event.kind.startswith("checks.")]
    assert [event.kind for event in events] == [
        "checks.started", "checks.answered", "checks.concluded",
    ]  # fmt: skip
    assert {event.payload["checklist"] for event in events} == {desk.checklist().version}
    assert events[-1].payload["cause"] == "junk_folder"
    assert events[-1].payload["not_asked"]["other_address"] == Why.NOT_REACHED
    assert any("diagnostic conclu" in line for line in desk.summary(case))


def test_the_close_proposes_the_cause_that_was_found(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    desk.diagnose(case)
    desk.answer_check(case, "junk_folder", "yes")
    desk.conclude_checks(case)
    proposal = desk.proposed_outcome(case)
    assert (proposal.outcome, proposal.cause) == (Outcome.ADVICE, "junk_folder")


def test_nothing_found_is_escalated_to_the_technical_queue(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    run = desk.diagnose(case)
    while run.current is not None:
        run = desk.skip_check(case, run.current, "l’appelant n’a pas le temps")
    assert desk.conclude_checks(case).conclusion is not None
    proposal = desk.proposed_outcome(case)
    assert (proposal.outcome, proposal.cause, proposal.queue) == (Outcome.ESCALATED, "unknown", "technical")


def test_what_the_service_said_of_the_address_is_evidence(office: Office, desk: Desk, record: str) -> None:
    case = office.said(desk, record)
    assert desk.diagnose(case).evidence.answers["address_exact"] == "yes"


def test_another_agent_goes_on_at_the_same_place(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    desk.diagnose(case, Mode.DOCUMENT)
    before = desk.skip_check(case, "junk_folder", "pas d’ordinateur ici")
    desk.pause_checks(case, "rappelle ce soir")
    desk.leave(case)
    colleague = offline(office.desk(agent="10043"))
    found = colleague.find(SearchFacts(nir=office.nir(record)))
    assert found.case == case
    colleague.speak(case, Direction.INCOMING, Speaker.SELF)
    colleague.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    after = colleague.diagnose(case)
    assert (after.mode, after.answers, after.skipped) == (before.mode, before.answers, before.skipped)
    assert after.current == before.current
    assert kinds(colleague, case)[-1] == "checks.paused"


def test_a_remedy_in_vain_and_a_changed_answer_are_replayed(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    desk.diagnose(case)
    desk.answer_check(case, "junk_folder", "yes")
    run = desk.remedy_in_vain(case)
    assert run.conclusion is None
    again = desk.diagnose(case)
    assert (again.in_vain, again.current) == (("junk_folder",), run.current)
    assert desk.answer_check(case, "old_mail", "yes").conclusion is not None
    assert desk.answer_check(case, "old_mail", "no").conclusion is None


def test_an_abandoned_run_begins_anew(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    desk.diagnose(case)
    desk.answer_check(case, "old_mail", "no")
    desk.abandon_checks(case, "autre demande")
    assert desk.diagnose(case).answers == ()


def test_reasons_are_texts_that_can_be_erased_and_never_in_the_event(
    office: Office, desk: Desk, record: str
) -> None:
    case = office.identified(desk, record)
    desk.diagnose(case)
    desk.skip_check(case, "old_mail", "sa fille Amandine rappelle")
    assert "Amandine" not in str([event.payload for event in desk.case(case).events])
    assert any(note.text == "sa fille Amandine rappelle" for note in desk.case(case).notes)


def test_what_is_no_check_no_answer_or_no_call_is_refused(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    with pytest.raises(DeskError):
        desk.answer_check(case, "junk_folder", "yes")  # no run is open
    desk.diagnose(case)
    for check, key in (("gremlins", "yes"), ("junk_folder", "perhaps")):
        with pytest.raises(DeskError):
            desk.answer_check(case, check, key)
    with pytest.raises(DeskError):
        desk.skip_check(case, "junk_folder", " ")
    with pytest.raises(DeskError):
        desk.skip_check(case, "gremlins", "x")
    desk.leave(case)
    with pytest.raises(NotInCall):
        desk.diagnose(case)


def test_without_a_record_the_list_is_general(desk: Desk) -> None:
    case = desk.find_no_record()
    desk.level_0(case)
    run = desk.diagnose(case)
    assert run.evidence.level is Level.NOTHING
    assert run.evidence.answers == {}
    assert run.current is not None


def test_an_administrator_runs_nothing(office: Office, desk: Desk, record: str) -> None:
    case = office.identified(desk, record)
    with pytest.raises(DeskError):
        office.desk(Role.ADMINISTRATOR).diagnose(case)
