"""The missing mail, by command and at the screens: the same answers leave the same case behind (rules §9)."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ameli_support.onboarding.identity import Role
from screens.diagnosis.screen import Diagnosis
from tests.scenarios.command_driver import CommandDriver
from tests.scenarios.conftest import Play
from tests.scenarios.screens import ScreenCall, at_the_screens
from tests.scenarios.world import Person, ScenarioWorld
from tests.screens.walk import COMPACT

REASON = "Pas devant sa messagerie"
ANSWERS = (
    ("address_exact.skip", REASON),
    ("junk_folder", "no"),
    ("other_address", "arrives"),
    ("outlook_without_provider_client", "no"),
    ("provider_block_list", "yes"),
)
KEYS = {"no": "2", "yes": "1", "arrives": "1"}


def told(history: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What a run left on the timeline, the way of asking aside."""
    kept = ("checks.answered", "checks.skipped", "checks.concluded")
    return [
        (
            event["kind"],
            event["payload"].get("check"),
            event["payload"].get("answer") or event["payload"].get("follow_up"),
        )
        for event in history["events"]
        if event["kind"] in kept
    ]


def by_command(driver: CommandDriver, play: Play, person: Person, folder: Path) -> int:
    """The caller is checked; the answers come from a file, the document's order; then the re-send."""
    call = play.calls(person).reaches(1)
    file = folder / "answers"
    answers = (*ANSWERS, ("provider_block_list.changed", "yes"))
    file.write_text("\n".join(f"{key}={value}" for key, value in answers), encoding="utf-8")
    given = ("--case", str(call.case), "--answers", str(file), "--order", "document")
    code, run = driver.command("checks", "run", *given)
    assert code == 0, run
    assert run["conclusion"]["cause"] == "provider_block_list"
    assert run["conclusion"]["change_first"]
    call.resends().succeeds()
    call.concludes().succeeds()
    return call.case


async def at_screen(agent: ScreenCall, person: Person) -> int:
    """The same at the screens: D, O, a digit a question, the remedy leads to the re-send."""
    await agent.is_called_by(person)
    case: int = agent.app.screen.state.case  # type: ignore[attr-defined]
    await agent.press("d")
    await agent.sees("question 1 sur")
    await agent.press("o")
    await agent.sees("► 1 Adresse exacte")
    for key, value in ANSWERS:
        screen = agent.app.screen
        assert isinstance(screen, Diagnosis)
        assert screen.at == key.removesuffix(".skip")
        if key.endswith(".skip"):
            await agent.press("p")
            await agent.on("LeaveOut")
            await agent.press("1", "v")
            await agent.on("Diagnosis")
        else:
            await agent.press(KEYS[value])
    await agent.sees("Cause trouvée : Réglages, filtres", "Rien n’est renvoyé à cette adresse")
    await agent.press("1")
    await agent.say_address(person.address)
    await agent.sees("√ la même")
    await agent.press("v")
    await agent.sees("√ Renvoi demandé à")
    await agent.press("c")
    await agent.on("Conclude")
    await agent.until(lambda: agent.app.screen.missing() == "", "proposed")  # type: ignore[attr-defined]
    await agent.sees("Réglages, filtres")
    await agent.press("v")
    await agent.sees("Appel conclu")
    return case


async def test_the_same_answers_by_command_and_at_the_screens(
    play: Play, scenario_world: ScenarioWorld, tmp_path: Path
) -> None:
    driver = CommandDriver(Role.AGENT)
    first, second = (scenario_world.person().signs_up() for _person in range(2))
    scenario_world.forward(days=1)
    commanded = driver.history(await asyncio.to_thread(by_command, driver, play, first, tmp_path))
    async with at_the_screens(scenario_world) as agent:
        shown = driver.history(await at_screen(agent, second))
    assert told(commanded) == told(shown)
    assert [check for __, check, __ in told(shown)][-1] == "provider_block_list"
    for name in ("outcome", "cause", "state"):
        assert commanded["row"][name] == shown["row"][name], name
    assert shown["row"]["cause"] == "provider_block_list"
    assert len(second.mails()) == 1 or second.newest_link(after=1)


async def test_a_run_begun_by_command_goes_on_at_the_screen_at_the_same_question(
    play: Play, scenario_world: ScenarioWorld, tmp_path: Path
) -> None:
    driver = CommandDriver(Role.AGENT)
    person = scenario_world.person().signs_up()
    call = play.calls(person).reaches(1)
    file = tmp_path / "answers"
    file.write_text("\n".join(f"{key}={value}" for key, value in ANSWERS[:2]), encoding="utf-8")
    given = ("--case", str(call.case), "--answers", str(file), "--order", "document")
    _code, run = await asyncio.to_thread(driver.command, "checks", "run", *given)
    assert run["conclusion"] is None
    async with at_the_screens(scenario_world, size=COMPACT) as agent:
        await agent.find(person.nir)  # one's own open call, at level 1
        await agent.on("Call")
        await agent.press("d")
        await agent.sees("question 3 sur", "√ 1 non", "○ 2 omise")
        screen = agent.app.screen
        assert isinstance(screen, Diagnosis)
        assert screen.at == run["next"]["check"] == "other_address"
        await agent.press("x")
        await agent.on("Halt")
        await agent.type("autre demande")
        await agent.press("enter", "v")
        await agent.on("Call")
    assert any(event["kind"] == "checks.abandoned" for event in driver.history(call.case)["events"])
