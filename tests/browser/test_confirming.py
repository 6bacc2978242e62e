"""The pages behind the link of the mail: every dead one, the re-send from it, the keyboard alone."""

from ameli_support.clock import to_us
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.site import links
from tests.browser.conftest import Opener
from tests.browser.tab import P, Tab, named, plain
from tests.sandbox.public_site import PublicSite, until
from tests.sandbox.service import unique

NEW_LINK = plain(P.pages["inactive"].buttons[0])
CONFIRM = plain(P.pages["confirm"].buttons[0])


def link(site: PublicSite, record: str) -> str:
    return links.CONFIRM_PATH + site.token(record)


def asks_again(tab: Tab, record: str, address: str) -> None:
    """The button of the dead link's page; the newer mail then is what the old link names."""
    old = link(tab.site, record)
    tab.open(old).look(named("inactive"))
    assert f"{address[0]}•••@orange.fr" in tab.text
    tab.press(NEW_LINK).look(named("resent"))
    tab.site.mails_to(address, 2)
    until(lambda: tab.site.sends(record)[-1].state == MailState.HANDED_OVER or None)
    tab.open(old).look(named("newer_sent"))
    assert tab.site.token(record) not in old


def test_every_page_of_a_link(site: PublicSite, tab: Opener) -> None:
    here, address = tab(width=320, axe=True), f"{unique('d')}@orange.fr"
    closed, elsewhere = site.waiting(), site.waiting(fund="691")
    site.forward(days=14)
    inactive = site.waiting(address, delivered=False)
    site.mails_to(address, 1)
    site.forward(days=8)
    suspended, active = site.waiting(), site.active()
    mine = schema.enrolment.c.person == suspended
    site.change(schema.enrolment, mine, suspended_at=to_us(site.now()))
    pages = {closed: "closed", elsewhere: "closed_elsewhere", suspended: "generic", active: "already_active"}
    for record, page in pages.items():
        here.open(link(site, record)).look(named(page))
    assert "3646" in here.open(link(site, closed)).text
    asks_again(here, inactive, address)


def test_the_button_is_large_and_styled(site: PublicSite, tab: Opener) -> None:
    here = tab(width=320).open(link(site, site.waiting()))
    box = here.button(CONFIRM).bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44  # WCAG 2.5.5
    # the style sheet came through the policy
    colour = here.button(CONFIRM).evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(12, 74, 143)"


def test_the_keyboard_alone_confirms_once(site: PublicSite, tab: Opener) -> None:
    record = site.waiting()
    here = tab(scripts=False).open(link(site, record))
    here.page.keyboard.press("Tab")
    assert here.focus == CONFIRM
    assert here.button(CONFIRM).evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    here.enter()
    assert here.title == named("confirmed")
    assert here.open(link(site, record)).title == named("already_active")


def test_a_double_click_on_the_button_confirms_once(site: PublicSite, tab: Opener) -> None:
    record = site.waiting()
    here = tab().open(link(site, record))
    here.button(CONFIRM).dblclick()
    here.page.wait_for_function("document.querySelector('h1').classList.contains('done')")
    assert here.title in (named("confirmed"), named("already_active"))
    assert site.audited(record, "confirm") == 1
