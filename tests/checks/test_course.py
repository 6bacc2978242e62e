"""Taken up again: at once without the DNS, the pause told; below level 1 nothing of an earlier contact."""

from ameli_support.casework.lookup import SearchFacts
from ameli_support.onboarding.identity import LEVEL_1_FACTS, Direction, Level, Speaker
from tests.casework.office import Office, facts_of
from tests.checks.test_desk import offline


def test_a_run_is_taken_up_with_its_pause_and_shows_nothing_below_level_1(office: Office) -> None:
    record = office.people.waiting()
    desk = offline(office.desk())
    case = office.identified(desk, record)
    assert not desk.course(case).begun
    desk.explore(case)
    assert not desk.course(case).begun, "looking ahead writes nothing"
    desk.diagnose(case)
    desk.answer_check(case, "old_mail", "no")
    desk.skip_check(case, "junk_folder", "sa fille Amandine rappelle")
    desk.pause_checks(case, "Amandine rappelle ce soir")
    told = desk.course(case).pause
    assert told is not None
    assert (told.agent, told.reason) == (desk.me.agent, "Amandine rappelle ce soir")
    desk.leave(case)

    colleague = offline(office.desk(agent="10043"))
    assert colleague.find(SearchFacts(nir=office.nir(record))).case == case
    colleague.speak(case, Direction.INCOMING, Speaker.SELF)
    colleague.level_0(case)
    below = colleague.diagnose(case)
    assert (below.answers, below.skipped) == ((), ())
    assert below.evidence.level is Level.NOTHING
    hidden = colleague.course(case).pause
    assert hidden is not None
    assert hidden.reason == ""
    colleague.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    known = colleague.diagnose(case)
    assert dict(known.answers) == {"old_mail": "no"}
    assert dict(known.skipped) == {"junk_folder": "sa fille Amandine rappelle"}
    colleague.answer_check(case, "other_folders", "no")
    assert colleague.course(case).pause is None, "the run goes on"


def test_at_once_the_dns_is_not_asked_and_what_it_said_is_kept(office: Office) -> None:
    desk = office.desk()
    asked: list[bool] = []
    diagnosing = desk._diagnosing
    case = office.identified(desk, office.people.waiting())
    run = desk.diagnose(case, at_once=True)
    assert "domain" not in {one.probe for one in run.evidence.findings}
    assert not diagnosing.gathered, "not taken for the whole truth"
    diagnosing.offline = True
    asked.append("domain" in {one.probe for one in desk.diagnose(case).evidence.findings})
    asked.append("domain" in {one.probe for one in desk.diagnose(case, at_once=True).evidence.findings})
    assert asked == [True, True]
