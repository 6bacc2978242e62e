"""The scenarios' world, and who plays them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ameli_support.cli import place
from ameli_support.i18n import set_language
from ameli_support.onboarding.identity import Role
from tests.scenarios.command_driver import CommandDriver
from tests.scenarios.driver import Call, Driver
from tests.scenarios.world import Browser, Person, ScenarioWorld, running_world


@dataclass
class Play:
    """One scenario on one world: people, time, browsers, and agents of every role."""

    world: ScenarioWorld
    agents: dict[Role, Driver]

    def somebody(self, **other: Any) -> Person:
        """A person at step 5 of the journey."""
        return self.world.person(**other)

    def later(self, **by: float) -> None:
        """Time passes."""
        self.world.forward(**by)

    @property
    def browser(self) -> Browser:
        return self.world.browser

    def calls(self, person: Person, role: Role = Role.AGENT, purpose: str | None = None) -> Call:
        """The person calls (or a supervisor looks them up); the case is open."""
        driver = self.agents[role]
        if role is Role.SUPERVISOR:
            purpose = purpose or "contrôle du dossier"
        case = driver.find(person.nir, purpose)
        assert case is not None
        return Call(driver, case, person)


@pytest.fixture(scope="session")
def scenario_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScenarioWorld]:
    """One world for all scenarios of this process, in the home that every test is given."""
    home = tmp_path_factory.getbasetemp() / "home" / "demo"
    with running_world(home) as world:
        yield world


@pytest.fixture(params=["command"])
def play(scenario_world: ScenarioWorld, request: pytest.FixtureRequest) -> Iterator[Play]:
    """Each scenario is played by every driver."""
    yield Play(scenario_world, {role: CommandDriver(role) for role in Role})
    set_language("fr")
    place.world.demo, place.world.role = False, None
