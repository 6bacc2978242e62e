"""`sandbox provisional-code`: what an invented person holds in hand, for a trainer who plays both sides."""

from ameli_support.onboarding.journey import Step
from ameli_support.sandbox.cast import CAST
from tests.cli.conftest import Run
from tests.scenarios.world import ScenarioWorld


def test_the_code_of_an_invented_person_is_shown_and_nobody_elses(
    run: Run, scenario_world: ScenarioWorld
) -> None:
    waits = next(m for m in CAST.values() if m.person.life and m.person.life.provisional_code == "sent")
    assert waits.person.life is not None
    assert waits.person.life.step is Step.IDENTITY
    told = run("sandbox", "provisional-code", waits.nir, "--json")
    assert told.code == 0
    assert len(told.json["code"]) == 4
    assert told.json["code"].isdigit()
    shown = run("sandbox", "provisional-code", f"{waits.nir[0]} {waits.nir[1:]}")
    assert told.json["code"] in shown.out
    # nobody with this number, and nobody's number
    assert run("sandbox", "provisional-code", "2620899999998").code == 3
    assert run("sandbox", "provisional-code", "12").code == 2
