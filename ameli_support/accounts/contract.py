"""The contract of the account service: requests, answers and problems, the one definition both sides share.

HTTP, JSON, UTF-8. `Authorization: Bearer <token>` carries agent, role and funds; no body or
query ever does. A *record* is the opaque handle of one insured person; it opens nothing by
itself. Reading or acting carries `Ameli-Check: <check id>` (agents, handlers) or
`Ameli-Purpose: <text>` (supervisors). Acts carry `Idempotency-Key` and `expected_version`.
Instants are ISO 8601 with an offset, in UTC. Errors are RFC 9457 problems (`Problem`).
No answer contains a token, a link, a code or a compared value.

| method and path | body → answer |
|---|---|
| GET  /v1/status | → ServiceStatus |
| GET  /v1/agents | → AgentsAnswer (who shares a fund with the one who asks) |
| POST /v1/searches | SearchRequest → SearchAnswer |
| POST /v1/checks | CheckRequest → CheckAnswer |
| POST /v1/calls/{call}/end | → 204 (ends the levels of the call, counts unfinished checks) |
| GET  /v1/records/{record} | → RecordView, with ETag; 304 to If-None-Match |
| POST /v1/records/{record}/said-address | SaidAddressRequest → SaidAddressAnswer |
| POST /v1/records/{record}/unmask | UnmaskRequest → UnmaskAnswer (level 2, logged) |
| POST /v1/records/{record}/resend | ResendRequest → ActAnswer |
| POST /v1/records/{record}/reissue | ReissueRequest → ActAnswer |
| POST /v1/records/{record}/correct | CorrectRequest → ActAnswer |
| POST /v1/records/{record}/suspend | SuspendRequest → ActAnswer |
| POST /v1/records/{record}/{lift,cancel,unlock} | SupervisorRequest → ActAnswer |
| POST /v1/records/{record}/dispute | DisputeRequest → ActAnswer ("je n'ai jamais cliqué") |
| POST /v1/records/{record}/kept-link | KeptLinkRequest → ActAnswer (a link that reached us ends; level 1) |
| PUT  /v1/acts/{key}/settle | SettleRequest, or nothing for one's own act → SettleAnswer |
| PUT  /v1/providers/{provider} | ProviderRequest → ProviderAnswer (supervisors) |
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ameli_support.onboarding.acts import Act, Ask, Effect, Reason
from ameli_support.onboarding.identity import (
    Comparison,
    Direction,
    Fact,
    Level,
    Representation,
    Role,
    Speaker,
)
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended, Phase
from ameli_support.onboarding.person import PersonStatus

CHECK_HEADER = "Ameli-Check"
PURPOSE_HEADER = "Ameli-Purpose"
IDEMPOTENCY_HEADER = "Idempotency-Key"
REQUEST_HEADER = "X-Request-Id"


def _storable(text: str) -> str:
    """Refuses what no database or page can hold: lone surrogates and NUL."""
    if any("\ud800" <= c <= "\udfff" or c == "\x00" for c in text):
        raise ValueError("unstorable character")
    return text


_Text = Annotated[str, AfterValidator(_storable)]
ShortText = Annotated[_Text, Field(max_length=320)]
LongText = Annotated[_Text, Field(min_length=1, max_length=2000)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
AgentNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,32}$")]
ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,48}$")]


class Wire(BaseModel):
    """Strict about unknown fields, immutable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ── requests ────────────────────────────────────────────────────────────────


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


class SaidAddressRequest(Wire):
    """The address that the caller said, as typed by the agent."""

    address: ShortText


class UnmaskRequest(Wire):
    """Level 2 asks to read the address on file; logged."""

    purpose: LongText


class ResendRequest(Wire):
    """Send the confirmation mail again, to the address on file."""

    expected_version: int


class ReissueReason(StrEnum):
    """Why a new link is issued after the window (rules §10)."""

    MAIL_NOT_FOUND = "mail_not_found"
    ABSENT = "absent"
    CLICKED_TOO_LATE = "clicked_too_late"
    OTHER = "other"


class CorrectReason(StrEnum):
    """Why the address is corrected (rules §10)."""

    TYPO = "typo"
    TEST_OTHER_ADDRESS = "test_other_address"
    MAILBOX_LOST = "mailbox_lost"
    OTHER = "other"


class ReissueRequest(Wire):
    """New generation and new window; `self_created` answers « Avez-vous vous-même créé ce compte ? »."""

    expected_version: int
    reason: ReissueReason
    self_created: bool


class CorrectRequest(Wire):
    """New address, new generation, new window."""

    expected_version: int
    reason: CorrectReason
    self_created: bool
    address: ShortText


class SuspendRequest(Wire):
    """The insured person denies the request, or a stranger reports the mail.

    Without a check (level 0) the handle alone is enough, and no version is known.
    """

    expected_version: int | None = None
    reason: LongText


class DisputeRequest(Wire):
    """« Je n'ai jamais cliqué » on an active account: a flag for the supervisor."""

    expected_version: int


class KeptLinkRequest(Wire):
    """The token of a link in a mail that the caller or a colleague kept; it is stored nowhere."""

    expected_version: int
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,256}$", repr=False)]


class SupervisorRequest(Wire):
    """Lift, cancel, unlock: a supervisor's reason, no check."""

    expected_version: int
    reason: LongText


class SettleRequest(Wire):
    """Whose act it was, when a colleague of the fund or a supervisor settles it in their place."""

    agent: AgentNumber


class ProviderRequest(Wire):
    """Whether an identity provider can be used now, and a supervisor's reason for saying so."""

    available: bool
    reason: LongText


# ── answers ─────────────────────────────────────────────────────────────────


class ServiceStatus(Wire):
    """What the service says of itself; `unavailable_providers` are identity providers switched off."""

    service: str
    as_of: datetime
    procedure_version: str
    unavailable_providers: tuple[str, ...] = ()


class ProviderAnswer(Wire):
    """An identity provider as it now is."""

    name: ProviderName
    available: bool
    as_of: datetime


class SearchAnswer(Wire):
    """How many match, at most `11` counted; the handle only when exactly one does."""

    matches: int
    record: Key | None = None
    as_of: datetime


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


class SaidAddressAnswer(Wire):
    """Yes or no, and the tries left in this call."""

    matches: bool
    tries_left: int
    as_of: datetime


class UnmaskAnswer(Wire):
    """The address on file, to a level-2 check."""

    address: str
    as_of: datetime


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
    sends: tuple[SendView, ...] = ()
    level: Level = Level.NOTHING
    speaker: Speaker | None = None
    check_expires_at: datetime | None = None
    locked_until: datetime | None = None
    allowed: dict[Act, VerdictView] = Field(default_factory=dict)
    procedure_version: str
    as_of: datetime


class KeptLinkState(StrEnum):
    """How a link stood when it reached us."""

    LIVE = "live"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    USED = "used"
    ENDED = "ended"


class KeptLinkView(Wire):
    """What a kept link was. Not `ours`: unknown, altered, or not this record's, which look the same.

    `superseded`: it was live and ended in this very step, so a new one is due.
    """

    ours: bool
    generation: int | None = None
    state: KeptLinkState | None = None
    superseded: bool = False


class ActAnswer(Wire):
    """What an act did; stored under its idempotency key."""

    act: str
    record: Key
    version: int
    phase: Phase | None
    effect: Effect | None = None
    generation: int | None = None
    expires_at: datetime | None = None
    window_closes_at: datetime | None = None
    mail_queued_at: datetime | None = None
    kept_link: KeptLinkView | None = None
    procedure_version: str
    as_of: datetime


class Settled(StrEnum):
    """Whether an act with that key took place, or never will."""

    DONE = "done"
    VOID = "void"


class SettleAnswer(Wire):
    """`done` with the stored answer, or `void`: a late request with that key is refused."""

    settled: Settled
    answer: ActAnswer | None = None
    as_of: datetime


# ── problems ────────────────────────────────────────────────────────────────


class ProblemType(StrEnum):
    """Stable problem types; on the wire `urn:ameli-support:problem:<value>`."""

    ADDRESS_NOT_CONFIRMED = "address-not-confirmed"
    ADDRESS_TAKEN = "address-taken"
    ADDRESS_INVALID = "address-invalid"
    ALREADY_ACTIVE = "already-active"
    ALREADY_QUEUED = "already-queued"
    BAD_REQUEST = "bad-request"
    COOLDOWN = "cooldown"
    DAY_CAP = "day-cap"
    FORBIDDEN_ROLE = "forbidden-role"
    HOUR_CAP = "hour-cap"
    IDENTITY_LEVEL = "identity-level"
    IDENTITY_EXPIRED = "identity-expired"
    IN_FLIGHT = "in-flight"
    KEY_REUSED = "key-reused"
    KEY_VOID = "key-void"
    LOCKED = "locked"
    NOT_FOUND = "not-found"
    NOT_CREATED_BY_CALLER = "not-created-by-caller"
    OTHER_FUND = "other-fund"
    OTHER_SCHEME = "other-scheme"
    PERSON_STATUS = "person-status"
    PHASE_FORBIDS = "phase-forbids"
    PURPOSE_MISSING = "purpose-missing"
    RATE_LIMITED = "rate-limited"
    STALE_VERSION = "stale-version"
    UNAUTHENTICATED = "unauthenticated"
    UNAVAILABLE = "unavailable"


PROBLEM_URN = "urn:ameli-support:problem:"
PROBLEM_STATUS: dict[ProblemType, int] = {
    ProblemType.ADDRESS_NOT_CONFIRMED: 409,
    ProblemType.ADDRESS_TAKEN: 409,
    ProblemType.ADDRESS_INVALID: 422,
    ProblemType.ALREADY_ACTIVE: 409,
    ProblemType.ALREADY_QUEUED: 409,
    ProblemType.BAD_REQUEST: 400,
    ProblemType.COOLDOWN: 429,
    ProblemType.DAY_CAP: 429,
    ProblemType.FORBIDDEN_ROLE: 403,
    ProblemType.HOUR_CAP: 429,
    ProblemType.IDENTITY_LEVEL: 403,
    ProblemType.IDENTITY_EXPIRED: 403,
    ProblemType.IN_FLIGHT: 409,
    ProblemType.KEY_REUSED: 422,
    ProblemType.KEY_VOID: 409,
    ProblemType.LOCKED: 423,
    ProblemType.NOT_FOUND: 404,
    ProblemType.NOT_CREATED_BY_CALLER: 409,
    ProblemType.OTHER_FUND: 403,
    ProblemType.OTHER_SCHEME: 403,
    ProblemType.PERSON_STATUS: 403,
    ProblemType.PHASE_FORBIDS: 409,
    ProblemType.PURPOSE_MISSING: 400,
    ProblemType.RATE_LIMITED: 429,
    ProblemType.STALE_VERSION: 412,
    ProblemType.UNAUTHENTICATED: 401,
    ProblemType.UNAVAILABLE: 503,
}


class Problem(BaseModel):
    """RFC 9457. `reason` repeats the verdict's reason; `version` the present one when stale;
    `retry_after` whole seconds, at least 1, when waiting helps."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    title: str
    status: int
    detail: str | None = None
    reason: Reason | None = None
    retry_after: int | None = None
    version: int | None = None
    contact: str | None = None

    @property
    def kind(self) -> ProblemType | None:
        """The stable type, or None for one that this version does not know."""
        try:
            return ProblemType(self.type.removeprefix(PROBLEM_URN))
        except ValueError:
            return None


class Who(Wire):
    """What a bearer token says of its holder; never taken from a body or an option."""

    agent: AgentNumber
    role: Role
    funds: tuple[str, ...]


class AgentView(Wire):
    """One agent, to colleagues of a fund: a case can be given to them."""

    agent: AgentNumber
    name: str = ""
    role: Role
    funds: tuple[str, ...]


class AgentsAnswer(Wire):
    """The agents who share a fund with the one who asks, themselves included."""

    agents: tuple[AgentView, ...]
    as_of: datetime
