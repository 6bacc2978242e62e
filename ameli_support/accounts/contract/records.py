"""One person as of now: step, links, mails and their fate, and what is allowed."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from ameli_support.accounts.contract.wire import Key, Wire
from ameli_support.onboarding.acts import Act, Ask, Effect, Reason
from ameli_support.onboarding.identity import (
    Level,
    Speaker,
)
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended, Phase
from ameli_support.onboarding.person import PersonStatus


class SendState(StrEnum):
    """The life of one mail (rules §4)."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


class SendKind(StrEnum):
    """Why a mail left; notices and « Code oublié ? » belong to no generation."""

    FIRST = "first"
    RESEND = "resend"
    REISSUE = "reissue"
    CORRECTION = "correction"
    NOTICE_ADDRESS_CHANGED = "notice_address_changed"
    CODE_RESET = "code_reset"


class SmtpAnswer(Wire):
    """What the receiving server said last; the text is stripped of addresses."""

    code: int | None
    enhanced: str | None = None
    text: str
    at: datetime


class SendView(Wire):
    """One mail and its fate."""

    kind: SendKind
    generation: int | None
    address_masked: str
    domain: str
    state: SendState
    queued_at: datetime
    state_at: datetime
    attempts: int
    next_try_at: datetime | None = None
    smtp: SmtpAnswer | None = None
    replaced_at: datetime | None = None
    confirmed_at: datetime | None = None


class GenerationView(Wire):
    """One generation; `state` is live, expired, superseded, revoked or used as of the answer."""

    number: int
    issued_at: datetime
    expires_at: datetime
    state: str
    superseded_at: datetime | None = None
    revoked_at: datetime | None = None
    openings: int = 0
    first_opened_at: datetime | None = None
    last_opened_at: datetime | None = None


class LinkView(Wire):
    """The newest generation that was neither revoked nor replaced."""

    generation: int
    issued_at: datetime
    expires_at: datetime


class VerdictView(Wire):
    """A verdict of `onboarding.acts` on the wire; `seconds_left` counts to `until` for a cool-down."""

    allowed: bool
    reason: Reason | None = None
    until: datetime | None = None
    effect: Effect | None = None
    asks: tuple[Ask, ...] = ()
    seconds_left: int | None = None


class PersonView(Wire):
    """Least data: what the top line of the call screen shows."""

    title: str
    name: str
    birth_date: date | None
    nir_masked: str


class ProvisionalCode(StrEnum):
    """Agents see that a provisional code exists, never the code."""

    SENT = "sent"
    USED = "used"
    VOID = "void"


class ConsentView(Wire):
    """Consents to promotional information."""

    email: bool = False
    mobile_phone: bool = False
    mobile_sms: bool = False
    landline_phone: bool = False


class RecordView(Wire):
    """One person as of now, for the one who asks.

    `phase` and `step` are null without an enrolment. On a deceased, restricted or
    other-scheme record most fields stay null: `closed_because` says why and nothing else is told.
    `address_elsewhere`: another account or enrolment holds the address on file; whose is told to nobody.
    `login_closed_until`: wrong codes have closed the login. `addresses_refused`: addresses that the person
    gave at step 5 within the last hour and that other accounts use.
    """

    record: Key
    person: PersonView | None
    person_status: PersonStatus
    scheme: str
    fund: str
    closed_because: Reason | None = None
    phase: Phase | None = None
    step: Step | None = None
    route: Route | None = None
    ended: Ended | None = None
    version: int = 0
    started_at: datetime | None = None
    step_since: datetime | None = None
    steps_done_at: dict[Step, datetime] = Field(default_factory=dict)
    address_masked: str | None = None
    address_domain: str | None = None
    address_elsewhere: bool = False
    mobile_masked: str | None = None
    landline_masked: str | None = None
    consents: ConsentView | None = None
    provisional_code: ProvisionalCode | None = None
    link: LinkView | None = None
    generations: tuple[GenerationView, ...] = ()
    window_opened_at: datetime | None = None
    window_closes_at: datetime | None = None
    confirmed_at: datetime | None = None
    suspended_at: datetime | None = None
    confirmation_disputed_at: datetime | None = None
    code_reset_blocked_until: datetime | None = None
    login_closed_until: datetime | None = None
    addresses_refused: int = 0
    sends: tuple[SendView, ...] = ()
    level: Level = Level.NOTHING
    speaker: Speaker | None = None
    check_expires_at: datetime | None = None
    locked_until: datetime | None = None
    allowed: dict[Act, VerdictView] = Field(default_factory=dict)
    procedure_version: str
    as_of: datetime
