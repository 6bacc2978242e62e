"""The scenarios of the issue at the screens, on the real service; what follows is read from the mailbox."""

import pytest

from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.person import PersonStatus
from tests.sandbox.service import unique
from tests.scenarios.screens import at_the_screens
from tests.scenarios.world import ScenarioWorld


async def test_j3_the_mail_is_sent_again_and_its_link_confirmed(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    scenario_world.forward(days=3)
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.sees("lien actif, pas encore cliqué")
        await agent.resends(person)
        link = person.newest_link(after=1)
        assert browser.presses(browser.opens(link)).name == "confirmed"
        await agent.sees("compte activé")  # by itself, within a second or two
        await agent.conclude()
        await agent.sees("Appel conclu")


async def test_j11_a_new_link_to_the_same_address(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    old = person.newest_link()
    scenario_world.forward(days=11)
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.sees("lien inactif depuis 4 jours")
        await agent.resends(person)
        await agent.conclude()
    new = person.newest_link(after=1)
    assert browser.opens(old).name in ("newer_sent", "newer_queued")
    assert browser.presses(browser.opens(new)).name == "confirmed"


async def test_j25_only_level_2_reissues(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    assert browser.opens(person.newest_link()).name == "confirm"
    scenario_world.forward(days=25)
    assert browser.opens(person.newest_link()).name == "closed"
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.sees("délai de 21 jours dépassé")
        await agent.press("e")
        await agent.answers_level_2()
        await agent.on("Reissue")
        await agent.press("o", "2", "v")
        await agent.sees("√ Lien réémis à")
        await agent.conclude()
    assert browser.presses(browser.opens(person.newest_link(after=1))).name == "confirmed"


async def test_a_call_whose_app_was_killed_is_offered_again_with_its_text(
    scenario_world: ScenarioWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = scenario_world.person().signs_up()
    scenario_world.forward(days=3)
    text = "Attend un rappel de sa fille"
    async with at_the_screens(scenario_world) as agent:
        for other in agent.app.backend.desk.open_calls():  # type: ignore[union-attr]
            agent.app.backend.desk.leave(other.case)  # type: ignore[union-attr]
        await agent.is_called_by(person)
        case = agent.app.screen.state.case  # type: ignore[attr-defined]
        await agent.press("n")
        await agent.on("Note")
        await agent.type(text)
        await agent.until(
            lambda: agent.app.backend.desk.call_state(case).draft == text,  # type: ignore[union-attr]
            "the text is kept",
        )
        killed = agent.app.backend.desk
        agent.app.backend.desk = None  # nothing is ended or told: the process is gone
    async with at_the_screens(scenario_world) as agent:
        await agent.sees(f"Appel interrompu : dossier {case}.", "appel interrompu")
        await agent.press("down", "enter")
        await agent.on("Call")
        await agent.sees("Un texte commencé est gardé. N le retrouve.", "lien actif")
        await agent.press("n")
        await agent.on("Note")
        await agent.sees(text)
        await agent.press("tab", "v")
        await agent.sees("√ Note ajoutée")
        await agent.press("c")
        await agent.on("Conclude")
        await agent.press("2", "right")
        await agent.press("v")
        await agent.sees("Appel conclu")
    assert killed is not None
    killed.close_desk()


async def test_forty_hours_left_make_a_new_link(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    old = person.newest_link()
    scenario_world.forward(days=7, hours=-40)
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.sees("lien neuf, même adresse")
        await agent.resends(person)
    assert person.newest_link(after=1) != old
    assert browser.opens(old).name in ("newer_sent", "newer_queued")


async def test_another_address_said_is_corrected_at_level_2(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    old, address = person.newest_link(), f"{unique('juste')}@free.fr"
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.press("r")
        await agent.say_address("quelqu.un@free.fr")
        await agent.sees("Ce n’est pas l’adresse du compte.")
        await agent.press("escape")
        await agent.on("Call")
        await agent.press("a")
        await agent.answers_level_2()
        await agent.on("Correct")
        await agent.type(address)
        await agent.press("enter", "o", "1", "v")
        await agent.sees("√ Adresse corrigée à")
        await agent.conclude()
    assert browser.opens(old).name == "generic"
    assert browser.presses(browser.opens(person.newest_link(address=address))).name == "confirmed"


async def test_an_address_of_another_account_is_refused(scenario_world: ScenarioWorld) -> None:
    holder, browser = scenario_world.person().signs_up(), scenario_world.browser
    browser.presses(browser.opens(holder.newest_link()))
    person = scenario_world.person().signs_up()
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.press("a")
        await agent.answers_level_2()
        await agent.on("Correct")
        await agent.type(holder.address)
        await agent.press("enter", "o", "1", "v")
        await agent.sees("déjà utilisée par un autre compte ameli")


async def test_an_active_account_needs_no_mail(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    browser.presses(browser.opens(person.newest_link()))
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.sees("compte activé", "rien à envoyer")
        await agent.conclude()
    assert len(person.mails()) == 1


async def test_not_me_suspends_and_a_supervisor_cancels(scenario_world: ScenarioWorld) -> None:
    person, browser = scenario_world.person().signs_up(), scenario_world.browser
    link = person.newest_link()
    async with at_the_screens(scenario_world) as agent:
        await agent.is_called_by(person)
        await agent.press("s")
        await agent.sees("choisissez un motif")
        await agent.press("1", "v")
        await agent.sees("Demande suspendue à")
    assert browser.opens(link).name == "generic"
    async with at_the_screens(scenario_world, Role.SUPERVISOR) as supervisor:
        await supervisor.supervises(person, "annuler la demande")
        await supervisor.press("enter", "v")
        await supervisor.sees("Demande annulée à")


async def test_a_third_party_stays_at_level_0(scenario_world: ScenarioWorld) -> None:
    person = scenario_world.person().signs_up()
    async with at_the_screens(scenario_world) as agent:
        await agent.looks_up(person)
        await agent.press("4")
        await agent.on("Call")
        await agent.sees("Niveau 0")
        assert "Angela" not in agent.screen


async def test_a_provisional_number_opens_no_account(scenario_world: ScenarioWorld) -> None:
    async with at_the_screens(scenario_world) as agent:
        await agent.find("8020399988002")
        await agent.sees("numéro provisoire")


@pytest.mark.parametrize("status", [None, PersonStatus.DECEASED])
async def test_of_another_fund_or_a_deceased_person_nothing_is_told(
    scenario_world: ScenarioWorld, status: PersonStatus | None
) -> None:
    person = scenario_world.person(fund="381" if status else "691").signs_up()
    if status is not None:
        scenario_world.change(person, status)
    async with at_the_screens(scenario_world) as agent:
        await agent.looks_up(person)
        await agent.press("1")
        await agent.sees("rien n’en est dit" if status else "autre caisse")
        assert "Angela" not in agent.screen
        assert person.address not in agent.screen


async def test_three_failed_checks_lock_and_a_supervisor_unlocks(scenario_world: ScenarioWorld) -> None:
    person = scenario_world.person().signs_up()
    async with at_the_screens(scenario_world) as agent:
        await agent.find(person.nir)
        await agent.on("Check")
        await agent.sees("Qui parle")
        await agent.press("1")
        await agent.sees("niveau 1 à vérifier")
        for _comparison in range(9):
            await agent.answers_wrongly(person)
        await agent.sees("Dossier verrouillé", "« Je ne peux pas poursuivre. »")
    async with at_the_screens(scenario_world, Role.SUPERVISOR) as supervisor:
        await supervisor.supervises(person, "déverrouiller")
        await supervisor.press("enter", "v")
        await supervisor.sees("Dossier déverrouillé à")
