"""A call from home to home, on the real account service and on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ameli_support.accounts.contract import CorrectReason, ReissueReason
from ameli_support.casework.case import Outcome, State
from ameli_support.casework.errors import ActRefused
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.views import Opened, Service
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Level, Role
from ameli_support.onboarding.link import Phase
from ameli_support.store.verifying import verify
from tests.casework.office import Office
from tests.sandbox.service import unique


def test_a_call_at_day_3_resends_the_link_and_leaves_the_case_waiting(office: Office) -> None:
    record = office.people.waiting()
    office.people.forward(days=3)
    desk = office.desk()
    case = office.said(desk, record)
    look = desk.look(case)
    assert look.service is Service.OK
    assert look.view is not None
    assert look.view.phase is Phase.LIVE
    done = desk.resend(case)
    assert done.answer.phase is Phase.LIVE
    assert desk.proposed_outcome(case).outcome is Outcome.RESENT
    assert desk.close(case, Outcome.RESENT, "junk_folder") is State.WAITING_PERSON
    row = desk.case(case).row
    assert (row.outcome, row.cause) == (Outcome.RESENT, "junk_folder")
    assert verify(desk.bench.store).findings == ()
    assert office.call(desk, record) == case
    assert desk.call_state(case).state is State.IN_PROGRESS


def test_a_call_at_day_25_wants_level_2_then_reissues(office: Office) -> None:
    record = office.people.waiting()
    office.people.forward(days=25)
    desk = office.desk()
    case = office.identified(desk, record)
    with pytest.raises(ActRefused) as refused:
        desk.reissue(case, ReissueReason.ABSENT, self_created=True)
    assert refused.value.reason is Reason.LEVEL_2_FIRST
    case = office.identified(desk, record, Level.REINFORCED)
    assert desk.reissue(case, ReissueReason.ABSENT, self_created=True).answer.phase is Phase.LIVE
    proposal = desk.proposed_outcome(case)
    assert (proposal.outcome, proposal.cause) == (Outcome.REISSUED, "window_closed")


def test_once_the_person_has_confirmed_during_the_call_nothing_is_awaited(office: Office) -> None:
    record = office.people.waiting()
    office.people.forward(days=11)
    desk = office.desk()
    case = office.said(desk, record)
    desk.look(case)
    desk.resend(case)
    desk.look(case)
    proposal = desk.proposed_outcome(case)
    assert (proposal.outcome, proposal.cause) == (Outcome.RESENT, "link_inactive")
    office.people.confirm(record)
    desk.look(case)
    proposal = desk.proposed_outcome(case)
    assert proposal.outcome is Outcome.RESENT
    assert desk.close(case, proposal.outcome, "link_inactive") is State.RESOLVED
    last = desk.case(case).events[-1]
    assert (last.kind, last.payload["because"]) == ("case.resolved", "confirmed")


def test_an_address_is_corrected_at_level_2(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.identified(desk, record, Level.REINFORCED)
    local = unique("neuve")
    desk.correct(case, f"{local.upper()}@Bücher.example", CorrectReason.TYPO, self_created=True)
    assert office.people.address(record) == f"{local}@xn--bcher-kva.example"
    look = desk.look(case)
    assert look.view is not None
    assert look.view.address_masked == "n•••@xn--bcher-kva.example"


def test_who_did_not_create_the_account_can_only_have_it_suspended(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.identified(desk, record, Level.REINFORCED)
    with pytest.raises(ActRefused) as refused:
        desk.correct(case, "autre@orange.fr", CorrectReason.TYPO, self_created=False)
    assert refused.value.reason is Reason.DID_NOT_CREATE
    with pytest.raises(ActRefused) as later:
        desk.correct(case, "autre@orange.fr", CorrectReason.TYPO, self_created=True)
    assert later.value.reason is Reason.DID_NOT_CREATE
    look = desk.look(case)
    assert look.view is not None
    assert look.view.allowed[Act.CORRECT].reason is Reason.DID_NOT_CREATE
    desk.suspend(case, "ce n’est pas moi")
    supervisor = office.desk(Role.SUPERVISOR)
    same = office.call(supervisor, record, purpose="signalement de fraude")
    assert same == case
    assert supervisor.look(same).view is not None
    assert supervisor.lift(same, "rappelée, c’était bien elle").answer.phase is Phase.INACTIVE


def test_a_new_call_of_the_same_person_joins_the_case_in_progress(office: Office) -> None:
    record = office.people.waiting()
    first, second = office.desk(), office.desk(agent="0999")
    case = office.call(first, record)
    found = second.find(SearchFacts(nir=office.nir(record)))
    assert (found.case, found.opened) == (case, Opened.JOINED)
    first.look(case)
    assert second.call_state(case).others == (first.me.agent,)


def test_eight_agents_who_find_one_record_at_once_meet_in_one_case(office: Office) -> None:
    record = office.people.waiting()
    facts = SearchFacts(nir=office.nir(record))
    desks = [office.desk(agent=f"08{number:02}") for number in range(8)]
    with ThreadPoolExecutor(len(desks)) as pool:
        found = list(pool.map(lambda desk: desk.find(facts), desks))
    assert len({one.case for one in found}) == 1
    assert [one.opened for one in found].count(Opened.NEW) == 1
    assert len({one.call for one in found}) == len(desks)
    assert verify(desks[0].bench.store).findings == ()


def test_one_desk_is_safe_for_several_threads(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.identified(desk, record)

    def use(turn: int) -> None:
        desk.look(case)
        desk.save_draft(case, f"texte {turn}")
        desk.note(case, f"note {turn}")
        desk.call_state(case)
        desk.summary(case)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(16)))
    assert len(desk.case(case).notes) == 16
    assert verify(desk.bench.store).findings == ()
