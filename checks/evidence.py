"""What is known before anything is asked: findings, signals, and answers that need no question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from ameli_support.mail.providers import Family, Kind, Standing
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import Phase


class Outcome(StrEnum):
    """The three values of every piece of evidence."""

    FINDING = "finding"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe saw, or why it could not look; `text` is for the agent."""

    probe: str
    outcome: Outcome
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept mail: what reading it found, and how its link stood when it reached us.

    `state`: of the link, None when it was not this record's. `ended`: it worked until it was kept.
    """

    kind: str
    genuine: bool | None
    verdicts: frozenset[str] = frozenset()
    rewriters: tuple[str, ...] = ()
    bounce: str | None = None
    state: str | None = None
    ended: bool = False
    foreign: bool = False


_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Evidence:
    """`signals` are values of population.toml's [signals]; `answers` need no question; `hints` are
    names of its [hints]."""

    level: Level = Level.NOTHING
    phase: Phase | None = None
    family: Family | None = None
    domain: str | None = None
    standing: Standing | None = None
    signals: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    answers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    hints: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def provider(self) -> str | None:
        """The key of the provider's family."""
        return self.family.key if self.family is not None else None

    @property
    def of_a_company(self) -> bool:
        """Whether the mailbox is hosted for a domain of its own, or stands behind a filter."""
        return self.family is None or self.family.kind is not Kind.PROVIDER
