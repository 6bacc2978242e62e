"""How far a made-up person has come, as values: what `population` turns into rows.

Every duration is counted back from the instant at which the population is made.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ameli_support.accounts.contract import ProvisionalCode, SendKind
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended
from ameli_support.onboarding.person import PersonStatus

ISERE = "381"
GENERAL = "general"
FRANCE = "99100"
GRENOBLE = "38185"


def ago(days: float = 0, hours: float = 0, minutes: float = 0) -> timedelta:
    """A positive duration to count back."""
    return timedelta(days=days, hours=hours, minutes=minutes)


class Fate(StrEnum):
    """What became of one mail."""

    HANDED_OVER = "handed_over"
    DEFERRED = "deferred"
    REFUSED = "refused"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Issue:
    """One generation: why, how long ago, to which address (None: the final one) and its mail's fate.

    `again` holds how long ago the same link was mailed again.
    """

    kind: SendKind
    before: timedelta
    fate: Fate = Fate.HANDED_OVER
    address: str | None = None
    again: tuple[timedelta, ...] = ()
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """One enrolment: the step reached, since when, its links and how it went on."""

    step: Step
    since: timedelta
    route: Route = Route.FRANCECONNECT
    issues: tuple[Issue, ...] = ()
    openings: int = 0
    confirmed: timedelta | None = None
    disputed: timedelta | None = None
    suspended: timedelta | None = None
    ended: Ended | None = None
    ended_before: timedelta | None = None
    provisional_code: ProvisionalCode | None = None
    holds_address: bool = True


@dataclass(frozen=True, slots=True)
class Guardian:
    """A representative in the fund's file; days are counted back, negative ones lie ahead."""

    kind: str
    from_days: int
    until_days: int | None = None


@dataclass(frozen=True, slots=True)
class FundFile:
    """The fund's file as it stood before the enrolment (rules §8); None = not on file."""

    bank_last4: str | None = None
    card_serial: str | None = None
    declared_doctor: str | None = None
    last_payment_month: str | None = None
    address_line: str | None = None
    phone_before: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person as the fund knows them, and what they typed at step 5.

    `born_at` is the COG's code of a commune of birth, or of a foreign country (99…).
    """

    nir: str
    title: str
    birth_name: str
    first_names: str
    birth_date: str
    postcode: str
    used_name: str | None = None
    born_at: str = GRENOBLE
    address: str | None = None
    mailbox: str | None = None
    mobile: str | None = None
    landline: str | None = None
    consents: tuple[bool, bool, bool, bool] = (False, False, False, False)
    status: PersonStatus = PersonStatus.ORDINARY
    scheme: str = GENERAL
    fund: str = ISERE
    file: FundFile = field(default_factory=FundFile)
    guardians: tuple[Guardian, ...] = ()
    failed_checks: int = 0
    life: Life | None = None

    @property
    def sex(self) -> str:
        """As FranceConnect writes it."""
        return "male" if self.title == "M." else "female"

    @property
    def birth_place(self) -> str | None:
        """The commune of birth; None for who was born abroad."""
        return None if self.born_at.startswith("99") else self.born_at

    @property
    def birth_country(self) -> str:
        """The country of birth, by the COG's code."""
        return self.born_at if self.born_at.startswith("99") else FRANCE

    @property
    def name(self) -> str:
        """The name that the person goes by."""
        return self.used_name or self.birth_name


def first(before: timedelta, fate: Fate = Fate.HANDED_OVER, again: tuple[timedelta, ...] = ()) -> Issue:
    """The first confirmation mail."""
    return Issue(SendKind.FIRST, before, fate, again=again)


def waiting(*issues: Issue, route: Route = Route.FRANCECONNECT, openings: int = 0) -> Life:
    """At the confirmation: live, inactive or closed, as the age of the links says."""
    return Life(Step.CONFIRMATION, issues[0].before, route, issues, openings)


def active(submitted: timedelta, confirmed: timedelta, disputed: timedelta | None = None) -> Life:
    """Confirmed, `confirmed` ago."""
    return Life(
        Step.ACTIVE,
        confirmed,
        issues=(first(submitted),),
        openings=1,
        confirmed=confirmed,
        disputed=disputed,
    )
