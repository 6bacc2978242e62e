"""FranceConnect in a real Chromium: the whole way in, its pages whole at 320 px and clean under axe."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from ameli_support.onboarding.procedure import procedure
from tests.conftest import missing
from tests.sandbox.browser import chromium
from tests.sandbox.fc import GO_ON, NOT_YOU, cast_service
from tests.service import RunningService

PAGES = procedure().pages
BUTTON = "S’identifier avec FranceConnect"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with cast_service(tmp_path_factory.mktemp("fc")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        missing("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


def tab(browser: Browser, service: RunningService, width: int = 1280, scripts: bool = True) -> Page:
    context = browser.new_context(
        base_url=service.base_url, viewport={"width": width, "height": 900}, java_script_enabled=scripts
    )
    page: Page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def sign_in(page: Page, person: str, provider: str = "la_poste") -> None:
    page.locator(f"button[value={provider}]").click()
    page.select_option("#person", person)
    page.get_by_role("button", name="Me connecter").click()


def path(page: Page) -> str:
    return page.url.partition("//")[2].partition("/")[2]


def test_the_whole_way_without_scripts(browser: Browser, service: RunningService) -> None:
    page = tab(browser, service, scripts=False)
    page.goto("/inscription")
    page.get_by_role("button", name=BUTTON).click()
    assert page.locator("button[value=impots]").is_disabled()
    sign_in(page, "corse_2b")
    assert "née le 20/01/1953" in page.locator("main").inner_text()
    page.get_by_role("button", name=GO_ON).click()
    assert page.locator("h1").inner_text() == PAGES["terms"].title
    page.get_by_label("Oui, j’accepte").check()
    page.get_by_role("button", name="CONTINUER").click()
    assert path(page) == "code"
    page.context.close()


def test_back_reload_and_not_you(browser: Browser, service: RunningService) -> None:
    page = tab(browser, service)
    page.goto("/connexion")
    page.get_by_role("button", name=BUTTON).click()
    page.reload()
    assert page.locator("h1").inner_text().startswith("Je choisis un compte")
    sign_in(page, "active")
    page.go_back()
    page.go_forward()
    page.get_by_role("button", name=NOT_YOU).click()
    assert page.locator("h1").inner_text().startswith("Je choisis un compte")
    sign_in(page, "active", "msa")
    page.get_by_role("button", name=GO_ON).dblclick()
    page.wait_for_url("**/compte")
    page.go_back()
    page.goto("/compte")
    assert path(page) == "compte"
    page.context.close()


def test_every_page_is_whole_at_320_px_and_clean_under_axe(browser: Browser, service: RunningService) -> None:
    page = tab(browser, service, width=320)
    seen: list[str] = []

    def look() -> None:
        seen.append(page.locator("h1").inner_text())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, seen[-1]
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["impact"]) for one in found] == [], seen[-1]

    page.goto("/inscription")
    page.get_by_role("button", name=BUTTON).click()
    look()
    page.locator("button[value=msa]").click()
    look()
    page.get_by_role("button", name="Me connecter").click()
    look()  # with its fault
    page.fill("#login", "etat_civil_inconnu")
    page.get_by_role("button", name="Me connecter").click()
    look()  # with its code
    page.get_by_role("link", name="Choisir un autre compte").click()
    sign_in(page, "nom_50")
    look()
    page.get_by_role("button", name=GO_ON).click()
    look()
    assert len(set(seen)) == 5
    page.goto("/fc/api/v2/session/end")
    look()
    page.context.close()
