"""An office for tests: one account service, one case store on each database, as many desks as wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ameli_support.accounts.client import AccountsClient
from ameli_support.casework.desk import Desk
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.permissions import Me
from ameli_support.clock import FixedClock
from ameli_support.onboarding.identity import (
    FILE_FACTS,
    LEVEL_1_FACTS,
    Direction,
    Fact,
    Level,
    Role,
    Speaker,
)
from ameli_support.onboarding.procedure import procedure
from ameli_support.store.cases import CaseStore
from tests.sandbox.service import FUND, Service
from tests.sandbox.service import facts_of as said_of
from tests.service import AGENTS, RunningService
from tests.stores import Place


@dataclass
class Office:
    """One clock for everybody; desks are closed at the end."""

    service: RunningService
    place: Place
    clock: FixedClock
    desks: list[Desk] = field(default_factory=list)

    @property
    def people(self) -> Service:
        return self.service.people

    def store(self) -> CaseStore:
        """A store of its own, as another program has."""
        return self.place.open(self.clock)

    def desk(
        self, role: Role = Role.AGENT, agent: str | None = None, accounts: AccountsClient | None = None
    ) -> Desk:
        """One more desk, as a program of its own."""
        agent = agent or AGENTS[role]
        accounts = accounts or self.service.client(role, agent)
        me = Me(agent, role, (FUND,))
        desk = Desk(accounts, self.store(), me, procedure(), self.clock, self.clock)
        self.desks.append(desk)
        return desk

    def close(self) -> None:
        """Closes every desk."""
        for desk in self.desks:
            desk.close_desk()

    # ── short cuts of a call ────────────────────────────────────────────────

    def nir(self, record: str) -> str:
        return facts_of(self, record, Fact.NIR)[Fact.NIR]

    def call(self, desk: Desk, record: str, purpose: str | None = None) -> int:
        """Finds the record and opens its case."""
        found = desk.find(SearchFacts(nir=self.nir(record)), purpose)
        assert found.case is not None
        return found.case

    def identified(
        self, desk: Desk, record: str, level: Level = Level.SIMPLE, speaker: Speaker = Speaker.SELF
    ) -> int:
        """A call whose caller has reached a level."""
        case = self.call(desk, record)
        desk.speak(case, Direction.INCOMING, speaker)
        which = LEVEL_1_FACTS + (FILE_FACTS if level is Level.REINFORCED else ())
        checked = desk.verify(case, level, facts_of(self, record, *which))
        assert checked.level is level
        return case

    def said(self, desk: Desk, record: str) -> int:
        """A call in which the address was said, right."""
        case = self.identified(desk, record)
        assert desk.say_address(case, self.people.address(record)).matches
        return case


def facts_of(office: Office, record: str, *which: Fact) -> dict[Fact, str]:
    """What the person would say, right."""
    return said_of(office.people, record, *which)


@contextmanager
def an_office(service: RunningService, place: Place) -> Iterator[Office]:
    """An office on a running service; `place` is where its cases live."""
    clock = service.clock
    assert isinstance(clock, FixedClock)
    office = Office(service, place, clock)
    try:
        yield office
    finally:
        office.close()
