"""What a scenario asks of whoever plays it: an agent at the command line, or at the screens.

A scenario is written once, in these words, and played by each driver.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ameli_support.onboarding.identity import Direction, Fact, Level, Speaker
from tests.scenarios.world import Person

LEVEL_1 = (Fact.NIR, Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE)
LEVEL_2 = (Fact.BANK_LAST4, Fact.DECLARED_DOCTOR)


@dataclass(frozen=True)
class Told:
    """What the agent was told after an act: whether it was done, and if not, why (the rules' own name)."""

    done: bool
    why: str | None
    text: str

    def succeeds(self) -> "Told":
        """It was done."""
        assert self.done, self
        return self

    def is_refused(self, why: str) -> "Told":
        """It was refused, for this reason."""
        assert not self.done, self
        assert self.why == why, self
        return self


class Driver(Protocol):
    """One agent's hands. `said` is what stands in the box or on the line; answers are what is shown."""

    def find(self, said: str, purpose: str | None) -> int | None:
        """The number of the case that was opened, None when it was not."""
        ...

    def verify(
        self, case: int, level: Level, speaker: Speaker, direction: Direction, facts: Mapping[Fact, str]
    ) -> tuple[Level, str]:
        """The level reached and what the agent read."""
        ...

    def look(self, case: int) -> Mapping[str, Any]:
        """`phase`, `allowed` (act → allowed, reason), `sends`, as `status --json` gives them."""
        ...

    def resend(self, case: int, said: str) -> Told:
        """Says the address, then re-sends."""
        ...

    def reissue(self, case: int, reason: str, created: bool) -> Told:
        """A new link and window."""
        ...

    def correct(self, case: int, address: str, reason: str, created: bool) -> Told:
        """A new address."""
        ...

    def give_reason(self, act: str, case: int, reason: str) -> Told:
        """suspend, lift, cancel, unlock."""
        ...

    def close(self, case: int, outcome: str | None, cause: str | None, queue: str | None) -> Told:
        """Concludes the call."""
        ...

    def history(self, case: int) -> Mapping[str, Any]:
        """`row` and `events`, as `case --json` gives them."""
        ...


@dataclass
class Call:
    """One contact of one agent."""

    driver: Driver
    case: int
    person: Person

    def checks(
        self,
        level: int = 1,
        speaker: Speaker = Speaker.SELF,
        direction: Direction = Direction.INCOMING,
        **wrong: str,
    ) -> tuple[Level, str]:
        """The caller answers; `wrong` replaces answers by others (`postcode="69000"`)."""
        known = (*LEVEL_1, *(LEVEL_2 if level == Level.REINFORCED else ()))
        facts = {fact: wrong.get(fact.value, self.person.facts[fact]) for fact in known}
        return self.driver.verify(self.case, Level(level), speaker, direction, facts)

    def reaches(self, level: int, **how: Any) -> "Call":
        """The caller is checked and the level is reached."""
        reached, text = self.checks(level, **how)
        assert reached == level, text
        return self

    @property
    def view(self) -> Mapping[str, Any]:
        """The record as it is shown now."""
        return self.driver.look(self.case)

    @property
    def phase(self) -> str | None:
        """The record's phase as it is shown now."""
        found: str | None = self.view["phase"]
        return found

    def why_not(self, act: str) -> str | None:
        """The reason why an act is forbidden now; None when it is allowed."""
        verdict = self.view["allowed"][act]
        assert verdict["allowed"] == (verdict["reason"] is None)
        reason: str | None = verdict["reason"]
        return reason

    def resends(self, said: str | None = None) -> Told:
        """The caller says an address (their own, unless told otherwise), the agent re-sends."""
        return self.driver.resend(self.case, said or self.person.address)

    def reissues(self, reason: str = "absent", created: bool = True) -> Told:
        """« Avez-vous vous-même créé ce compte ? », then a new link."""
        return self.driver.reissue(self.case, reason, created)

    def corrects(self, address: str, reason: str = "typo", created: bool = True) -> Told:
        """The caller spells another address."""
        return self.driver.correct(self.case, address, reason, created)

    def suspends(self, reason: str = "dit ne pas avoir fait cette demande") -> Told:
        """« Ce n’est pas moi »."""
        return self.driver.give_reason("suspend", self.case, reason)

    def supervises(self, act: str, reason: str = "dossier revu avec la personne") -> Told:
        """lift, cancel or unlock."""
        return self.driver.give_reason(act, self.case, reason)

    def concludes(
        self, outcome: str | None = None, cause: str | None = None, queue: str | None = None
    ) -> Told:
        """The call ends through the one gate; what is not given is what the last act proposes."""
        return self.driver.close(self.case, outcome, cause, queue)

    def recorded(self) -> Mapping[str, Any]:
        """The case and its events."""
        return self.driver.history(self.case)
