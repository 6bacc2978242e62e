"""Addresses that are wrong, taken, or not the caller's (issue §8, rules §3, §7)."""

from tests.sandbox.service import unique
from tests.scenarios.conftest import Play
from tests.scenarios.world import eventually


def test_another_address_said_means_no_re_send_but_a_correction(play: Play) -> None:
    person = play.somebody().signs_up()
    old = person.newest_link()
    play.later(days=1)
    call = play.calls(person).reaches(1)
    call.resends(said="quelqu.un@free.fr").is_refused("address_not_confirmed")
    assert len(person.mails()) == 1

    new_address = f"{unique('juste')}@free.fr"
    call.reaches(2).corrects(new_address, "mailbox_lost").succeeds()
    new = person.newest_link(address=new_address)
    assert play.browser.opens(old).name == "generic"
    assert play.browser.presses(play.browser.opens(new)).name == "confirmed"
    # the old address worked and the reason is no error of typing: it is told, without a link
    told = eventually(lambda: person.mails()[1:], "the old address is told")[0]
    assert not told.links
    for secret in (person.nir, "Dubois", new_address):
        assert secret not in told.text
    call.concludes(cause="address_exact").succeeds()
    assert call.recorded()["row"]["outcome"] == "address_corrected"


def test_a_mistyped_address_is_not_told_of_its_correction(play: Play) -> None:
    person = play.somebody().signs_up()
    new_address = f"{unique('juste')}@free.fr"
    call = play.calls(person).reaches(2)
    call.corrects(new_address, "typo").succeeds()
    person.newest_link(address=new_address)
    assert len(person.mails()) == 1


def test_an_address_of_another_account_is_refused(play: Play) -> None:
    holder = play.somebody().signs_up()
    play.browser.presses(play.browser.opens(holder.newest_link()))
    person = play.somebody().signs_up()
    call = play.calls(person).reaches(2)
    told = call.corrects(holder.address).is_refused("address-taken")
    assert holder.address not in told.text
    assert call.phase == "live"


def test_who_did_not_create_the_account_gets_no_link(play: Play) -> None:
    person = play.somebody().signs_up()
    call = play.calls(person).reaches(2)
    call.corrects(f"{unique('autre')}@free.fr", created=False).is_refused("did_not_create")
    call.corrects(f"{unique('autre')}@free.fr").is_refused("did_not_create")
    call.suspends().succeeds()
    assert call.phase == "suspended"
