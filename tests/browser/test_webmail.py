"""The webmail in a real Chromium: a hostile mail asks for and runs nothing, a click leads to our page."""

from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import webmail
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.maildirs import deliver
from tests.browser.conftest import Opener
from tests.browser.tab import Tab, named
from tests.sandbox.public_site import PublicSite
from tests.sandbox.test_webmail import HOSTILE, letter

BUTTON = procedure().mail.button


def open_newest(tab: Tab, address: str) -> None:
    tab.open(webmail.PATH).press("Ouvrir", adresse=address)
    with tab.page.expect_navigation():
        tab.page.locator(".mails a").first.click()


def test_a_hostile_mail_reaches_nobody_and_runs_nothing(site: PublicSite, tab: Opener) -> None:
    deliver(site.maildir, "mechant@exemple.fr", "", letter("<p>Bonjour</p>" + "".join(HOSTILE)))
    asked: list[str] = []
    said: list[str] = []
    here = tab(width=320)
    here.page.on("request", lambda request: asked.append(request.url))
    here.page.on("dialog", lambda dialog: said.append(dialog.message))
    open_newest(here, "mechant@exemple.fr")
    assert "Bonjour" in here.page.frame_locator("iframe").locator("body").inner_text()
    assert any(url.endswith("/html") for url in asked)
    assert [url for url in asked if not url.startswith(f"{site.world.base_url}/")] == []
    assert said == []


def test_from_junk_to_the_inbox_to_our_page_at_320_px(tab: Opener) -> None:
    here = tab(width=320, axe=True)
    open_newest(here, CAST["mail_in_junk"].address or "")
    link = here.page.frame_locator("iframe").get_by_role("link", name=BUTTON)
    assert link.count() == 0
    here.look(here.title)
    here.press("Remettre dans la boîte de réception").look(here.title)
    with here.page.context.expect_page() as opened:
        link.click()
    there = Tab(opened.value, here.site, here.how)
    there.page.wait_for_load_state()
    # what it shows depends on how far other tests moved the clock
    assert there.title in {named(page) for page in ("confirm", "inactive", "closed")}
    assert there.path.startswith("/confirmer/")
    assert there.page.evaluate("document.referrer") == ""


def test_the_webmails_own_pages(tab: Opener) -> None:
    here = tab(width=320, axe=True)
    here.open(webmail.PATH).press("Ouvrir", adresse="sans arobase").look("Ouvrir une boîte mail")
    assert here.value("adresse") == "sans arobase"
    here.press("Ouvrir", adresse="personne@exemple.fr").look("personne@exemple.fr")
    red = CAST["red_list"].address or ""
    here.open(webmail.PATH).press("Ouvrir", adresse=red).look(red)
    here.press("Retirer « confirm » de la liste rouge").look(red)
    here.press("Remettre « confirm » sur la liste rouge")
    here.open(f"{webmail.PATH}inconnue/").look("Rien ici")
