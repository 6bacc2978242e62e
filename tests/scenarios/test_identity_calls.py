"""Who is on the line, whose record it is, and what is told to whom (issue §8, rules §1, §8)."""

import pytest

from ameli_support.onboarding.identity import Direction, Role, Speaker
from ameli_support.onboarding.person import PersonStatus
from tests.scenarios.command_driver import CommandDriver
from tests.scenarios.conftest import Play
from tests.scenarios.driver import Call


def test_not_me_suspends_and_a_supervisor_cancels(play: Play) -> None:
    person = play.somebody().signs_up()
    link = person.newest_link()
    call = play.calls(person)  # at level 0
    call.checks(0)
    call.suspends().succeeds()
    assert play.browser.opens(link).name == "generic"
    call.concludes("fraud_report", "unknown").succeeds()

    supervisor = play.calls(person, Role.SUPERVISOR)
    assert supervisor.phase == "suspended"
    supervisor.supervises("cancel").succeeds()
    assert supervisor.phase == "ended"
    assert play.browser.opens(link).name == "generic"

    # the address is free again
    other = play.somebody()
    other.address = person.address
    other.signs_up()


def test_an_agent_cannot_lift_or_cancel(play: Play) -> None:
    person = play.somebody().signs_up()
    call = play.calls(person).reaches(1)
    call.suspends().succeeds()
    assert not call.supervises("cancel").done
    assert not call.supervises("lift").done
    assert call.phase == "suspended"


def test_a_lifted_suspension_goes_back_to_its_window_with_dead_links(play: Play) -> None:
    person = play.somebody().signs_up()
    link = person.newest_link()
    play.calls(person).reaches(1).suspends().succeeds()
    supervisor = play.calls(person, Role.SUPERVISOR)
    supervisor.supervises("lift").succeeds()
    assert supervisor.phase == "inactive"
    assert play.browser.opens(link).name == "inactive"
    play.later(hours=1)
    call = play.calls(person).reaches(1)
    call.resends().succeeds()
    assert play.browser.opens(link).name in ("newer_sent", "newer_queued")
    new = person.newest_link(after=1)
    assert play.browser.presses(play.browser.opens(new)).name == "confirmed"


def test_a_third_party_stays_at_level_0_whatever_they_know(play: Play) -> None:
    person = play.somebody().signs_up()
    call = play.calls(person)
    reached, _text = call.checks(1, speaker=Speaker.THIRD_PARTY)
    assert reached == 0
    assert call.phase is None
    assert not call.resends().done
    call.concludes("third_party", "none").succeeds()
    assert len(person.mails()) == 1


def test_on_an_outgoing_call_nothing_is_compared(play: Play) -> None:
    person = play.somebody().signs_up()
    call = play.calls(person)
    reached, _text = call.checks(1, direction=Direction.OUTGOING)
    assert reached == 0
    assert call.phase is None


def test_a_provisional_number_opens_no_account(play: Play) -> None:
    person = play.somebody(at_contact=False, nir="8020399988001")
    driver = play.agents[Role.AGENT]
    if isinstance(driver, CommandDriver):
        _code, answer = driver.command("find", given=person.nir)
        assert answer["provisional"]


def test_a_person_of_another_fund_is_sent_there(play: Play) -> None:
    person = play.somebody(fund="691").signs_up()
    call = play.calls(person)
    assert call.view["closed_because"] is None
    reached, text = call.checks(1)
    assert reached == 1
    assert "other_fund" in text
    nothing_told_or_done(call)


def test_nothing_is_told_or_done_for_a_deceased_person(play: Play) -> None:
    person = play.somebody().signs_up()
    play.world.change(person, status=PersonStatus.DECEASED)
    call = play.calls(person)
    assert call.view["closed_because"] is None
    reached, text = call.checks(1)
    assert reached == 1
    assert "person_deceased" in text
    assert "condol" in text  # the bereavement sentence
    nothing_told_or_done(call)
    call.checks(0)
    call.concludes("escalated", "none").succeeds()
    assert call.recorded()["row"]["queue"] == "bereavement"


@pytest.mark.parametrize(
    ("status", "born"), [(PersonStatus.RESTRICTED, "1962-08-24"), (PersonStatus.MINOR, "2012-04-17")]
)
def test_a_reserved_or_minor_record_allows_no_act(play: Play, status: PersonStatus, born: str) -> None:
    person = play.somebody(birth_date=born).signs_up()
    play.world.change(person, status=status)
    call = play.calls(person)
    call.checks(1)
    assert not call.resends().done
    assert len(person.mails()) == 1


def nothing_told_or_done(call: Call) -> None:
    """Neither where the person stands nor any act."""
    view = call.view
    assert (view["phase"], view["step"], view["link"], view["sends"]) == (None, None, None, [])
    for told in (call.resends(), call.reissues(), call.suspends()):
        assert not told.done
    assert len(call.person.mails()) == 1


def test_three_failed_checks_lock_the_record_until_a_supervisor_unlocks(play: Play) -> None:
    person = play.somebody().signs_up()
    call = play.calls(person)
    for _check in range(3):
        for _comparison in range(3):
            reached, text = call.checks(1, postcode="69000")
            assert reached == 0
            assert "postcode" not in text  # never which answer was wrong
    reached, _text = call.checks(1)
    assert reached == 0
    assert call.phase is None
    assert not call.resends().done

    supervisor = play.calls(person, Role.SUPERVISOR)
    supervisor.supervises("unlock").succeeds()
    call = play.calls(person).reaches(1)
    assert call.phase == "live"
    call.resends().succeeds()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR])
def test_an_administrator_reads_no_record(play: Play, role: Role) -> None:
    person = play.somebody().signs_up()
    driver = play.agents[role]
    if isinstance(driver, CommandDriver):
        code, answer = driver.command("find", given=person.nir)
        assert code == 6
        assert answer["kind"] == "not_allowed"
