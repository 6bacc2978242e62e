"""The main job, end to end on the real service: mails that do not arrive, links that are too old."""

from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import procedure
from tests.scenarios.conftest import Play


def test_j3_the_mail_is_sent_again_and_its_link_confirmed(play: Play) -> None:
    person = play.somebody().signs_up()
    first = person.newest_link()
    play.later(days=3)

    call = play.calls(person).reaches(1)
    assert call.phase == "live"
    call.resends().succeeds()
    again = person.newest_link(after=1)
    assert again == first  # the same link, mailed again

    page = play.browser.opens(again)
    assert page.name == "confirm"
    assert call.phase == "live"  # opening a page confirms nothing
    assert play.browser.presses(page).name == "confirmed"
    assert call.phase == "active"

    call.concludes().succeeds()
    case = call.recorded()
    assert case["row"]["outcome"] == "resent"
    assert case["row"]["state"] == "resolved"  # what it would wait for came during the call
    kinds = [event["kind"] for event in case["events"]]
    assert kinds.index("act.intent") < kinds.index("act.outcome")


def test_j11_a_new_link_to_the_same_address_replaces_the_old_one(play: Play) -> None:
    person = play.somebody().signs_up()
    old = person.newest_link()
    play.later(days=11)
    assert play.browser.opens(old).name == "inactive"

    call = play.calls(person).reaches(1)
    assert call.phase == "inactive"
    call.resends().succeeds()
    call.concludes().succeeds()
    assert call.recorded()["row"]["cause"] == "link_inactive"
    new = person.newest_link(after=1)
    assert new != old

    assert play.browser.opens(old).name in ("newer_sent", "newer_queued")
    assert play.browser.presses(play.browser.opens(new)).name == "confirmed"
    call = play.calls(person).reaches(1)
    assert call.phase == "active"
    assert play.browser.opens(old).name == "already_active"


def test_j25_the_window_is_over_and_only_level_2_reissues(play: Play) -> None:
    person = play.somebody().signs_up()
    old = person.newest_link()
    play.later(days=25)
    page = play.browser.opens(old)
    assert page.name == "closed"
    assert procedure().contacts.call_centre in page.text

    call = play.calls(person).reaches(1)
    assert call.phase == "closed"
    assert call.why_not("resend") == "phase_closed"
    assert call.why_not("reissue") == "level_2_first"
    call.resends().is_refused("phase_closed")
    call.reissues().is_refused("level_2_first")

    call.reaches(2).reissues().succeeds()
    new = person.newest_link(after=1)
    assert play.browser.presses(play.browser.opens(new)).name == "confirmed"
    assert call.phase == "active"
    call.concludes().succeeds()
    assert call.recorded()["row"]["outcome"] == "reissued"


def test_with_40_hours_left_a_re_send_is_a_new_link(play: Play) -> None:
    person = play.somebody().signs_up()
    old = person.newest_link()
    play.later(days=7, hours=-40)

    call = play.calls(person).reaches(1)
    assert call.view["allowed"]["resend"]["effect"] == "new_link_same_address"
    call.resends().succeeds()
    new = person.newest_link(after=1)
    assert new != old
    assert play.browser.opens(old).name in ("newer_sent", "newer_queued")
    assert play.browser.presses(play.browser.opens(new)).name == "confirmed"


def test_an_active_account_needs_no_mail(play: Play) -> None:
    person = play.somebody().signs_up()
    link = person.newest_link()
    play.browser.presses(play.browser.opens(link))
    assert play.browser.opens(link).name == "already_active"

    call = play.calls(person).reaches(1)
    assert call.phase == "active"
    call.resends().is_refused("phase_active")
    call.concludes(cause="none").succeeds()
    assert call.recorded()["row"]["outcome"] == "already_active"
    assert len(person.mails()) == 1


def test_the_person_re_sends_from_the_dead_links_page(play: Play) -> None:
    person = play.somebody().signs_up()
    old = person.newest_link()
    play.later(days=9)
    assert play.browser.presses(play.browser.opens(old)).name == "resent"
    new = person.newest_link(after=1)
    assert play.browser.presses(play.browser.opens(new)).name == "confirmed"
    assert play.calls(person).reaches(1).phase == "active"


def test_a_supervisor_reads_a_record_with_a_purpose_and_sends_nothing(play: Play) -> None:
    person = play.somebody().signs_up()
    call = play.calls(person, Role.SUPERVISOR)
    assert call.phase == "live"
    assert call.why_not("resend") == "forbidden_role"
    call.resends().is_refused("forbidden_role")
