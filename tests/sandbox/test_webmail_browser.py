"""The webmail in a real Chromium: a hostile mail asks for and runs nothing, a click leads to our page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import demo, webmail
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.maildirs import deliver
from tests.conftest import missing
from tests.sandbox.browser import chromium
from tests.sandbox.test_webmail import HOSTILE, letter

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
BUTTON = procedure().mail.button


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo.DemoWorld]:
    if chromium() is None:
        missing("no Chromium on this machine: apt-get install chromium")
    with demo.start_or_attach(tmp_path_factory.mktemp("webmail"), people=0) as started:
        yield started


@pytest.fixture(scope="module")
def page(world: demo.DemoWorld) -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        opened = browser.new_page(base_url=world.base_url, viewport={"width": 320, "height": 700})
        opened.set_default_timeout(20_000)
        yield opened
        browser.close()


def open_newest(page: Page, address: str) -> None:
    page.goto(webmail.PATH)
    page.fill("input", address)
    page.get_by_role("button", name="Ouvrir").click()
    page.locator(".mails a").first.click()


def test_a_hostile_mail_reaches_nobody_and_runs_nothing(page: Page, world: demo.DemoWorld) -> None:
    deliver(Path(world.maildir), "mechant@exemple.fr", "", letter("<p>Bonjour</p>" + "".join(HOSTILE)))
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    open_newest(page, "mechant@exemple.fr")
    assert "Bonjour" in page.frame_locator("iframe").locator("body").inner_text()
    assert any(url.endswith("/html") for url in asked)
    assert [url for url in asked if not url.startswith(f"{world.base_url}/")] == []
    assert said == []


def test_from_junk_to_the_inbox_to_our_page_at_320_px(page: Page) -> None:
    open_newest(page, CAST["mail_in_junk"].address or "")
    frame = page.frame_locator("iframe")
    assert frame.get_by_role("link", name=BUTTON).count() == 0
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Remettre dans la boîte de réception").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name=BUTTON).click()
    assert opened.value.locator("h1").inner_text().replace("\xa0", " ") == procedure().pages["confirm"].title
    assert opened.value.evaluate("document.referrer") == ""
