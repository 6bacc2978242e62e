"""From browser to agent: an account created in Chromium, each step on the call screen as it happens."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import provisional
from tests.browser.chromium import FLAGS, LACK, chromium
from tests.conftest import missing
from tests.sandbox.public_site import CODE
from tests.scenarios.screens import at_the_screens
from tests.scenarios.world import Person, ScenarioWorld, eventually

P = procedure()
SOON = 2.0


@asynccontextmanager
async def chromium_at(base: str) -> AsyncIterator[Page]:
    """A page of a real browser at the site, without cookies."""
    program = chromium()
    if program is None:
        missing(LACK)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=program, args=list(FLAGS))
        page = await browser.new_page(base_url=base)
        page.set_default_timeout(30_000)
        yield page
        await browser.close()


async def presses(page: Page, button: str, **typed: str) -> None:
    """Types into fields by id, presses, waits for the page that follows."""
    for field, value in typed.items():
        await page.fill(f"#{field}", value)
    async with page.expect_navigation():
        await page.get_by_role("button", name=button, exact=True).click()


def provisional_code(world: ScenarioWorld, person: Person) -> str:
    """What the person found in their letter box."""
    with world.database() as database:
        told = provisional.reveal(database, person.nir)
    assert told is not None
    return told[0]


@pytest.fixture
def person(scenario_world: ScenarioWorld) -> Person:
    """Somebody who has not begun."""
    return scenario_world.person(at_contact=False)


async def test_the_agent_sees_each_step_of_a_browser_within_two_seconds(
    scenario_world: ScenarioWorld, person: Person
) -> None:
    world, address = scenario_world, person.address
    async with chromium_at(world.demo.public_url) as page, at_the_screens(world) as agent:
        await agent.is_called_by(person)

        async def shows(sentence: str) -> None:
            began = time.monotonic()
            await agent.sees(sentence)
            assert time.monotonic() - began < SOON, sentence

        def in_progress(number: int, step: str) -> str:
            text = P.text("bands.not_sent.left", step_number=number, step=P.text(f"steps.{step}"))
            return text.replace("\u00a0", " ")

        await page.goto("/inscription")
        four = {"name": "Roche", "nir": person.nir, "birth_date": "24/08/1962"}
        await presses(page, "CONTINUER", **four, postcode=person.facts[Fact.POSTCODE])
        await shows(in_progress(2, "identity_form"))
        await presses(page, "ME CONNECTER", nir=person.nir, code=provisional_code(world, person))
        await shows(in_progress(3, "terms"))
        await page.check("#terms-yes")
        await presses(page, "CONTINUER")
        await shows(in_progress(4, "personal_code"))
        await presses(page, "CONTINUER", new_code=CODE, new_code_again=CODE)
        await shows(in_progress(5, "contact"))
        await presses(page, "CONTINUER", email=address, email_again=address)
        await shows("● En attente à l’étape 6 : lien actif, pas encore cliqué")

        eventually(lambda: person.mails(), "the mail arrives")
        await page.goto("/webmail/")
        await presses(page, "Ouvrir", adresse=address)
        await page.get_by_role("link", name=P.mail.subject).click()
        async with page.context.expect_page() as opened:
            await page.frame_locator("iframe").get_by_role("link", name=P.mail.button).click()
        confirmation = await opened.value
        await confirmation.wait_for_load_state()
        await shows("page ouverte le")  # and the button not pressed
        await presses(confirmation, P.pages["confirm"].buttons[0])
        await shows("Parcours terminé : compte activé")
        await agent.conclude()
