"""Finding a person and checking the caller: searches, caller checks, the address that is said or read."""

from datetime import date, datetime

from pydantic import Field

from ameli_support.accounts.contract.wire import Key, LongText, ShortText, Wire
from ameli_support.onboarding.identity import (
    Comparison,
    Direction,
    Fact,
    Level,
    Representation,
    Speaker,
)


class SearchRequest(Wire):
    """At least one of NIR, e-mail, phone, or name with birth date.

    They are looked at in this order, a further one (then the postcode) only while several match.
    """

    call: Key
    nir: ShortText | None = None
    email: ShortText | None = None
    phone: ShortText | None = None
    name: ShortText | None = None
    birth_date: date | None = None
    postcode: ShortText | None = None
    purpose: LongText | None = None


class SearchAnswer(Wire):
    """How many match, at most `11` counted; the handle only when exactly one does."""

    matches: int
    record: Key | None = None
    as_of: datetime


class CheckRequest(Wire):
    """One comparison of a caller check; `check` continues one, else a new one begins.

    Facts are as typed; the service normalises. An empty `facts` records the speaker and
    direction only (level 0).
    """

    call: Key
    record: Key
    direction: Direction
    speaker: Speaker
    representation: Representation | None = None
    level: Level = Level.SIMPLE
    facts: dict[Fact, ShortText] = Field(default_factory=dict, max_length=10)
    check: Key | None = None


class CheckAnswer(Wire):
    """What a comparison gave. `results` is for the record; screens show level, `not_on_file`
    and `comparisons_left` only."""

    check: Key
    level: Level
    results: dict[Fact, Comparison]
    comparisons_left: int
    failed: bool
    expires_at: datetime
    locked_until: datetime | None = None
    as_of: datetime


class SaidAddressRequest(Wire):
    """The address that the caller said, as typed by the agent."""

    address: ShortText


class SaidAddressAnswer(Wire):
    """Yes or no, and the tries left in this call."""

    matches: bool
    tries_left: int
    as_of: datetime


class UnmaskRequest(Wire):
    """Level 2 asks to read the address on file; logged."""

    purpose: LongText


class UnmaskAnswer(Wire):
    """The address on file, to a level-2 check."""

    address: str
    as_of: datetime
