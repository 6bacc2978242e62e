"""What a verdict is made of: acts, effects, reasons in their order, and the situation that decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.link import Effect, Enrolment
from ameli_support.onboarding.person import PersonStatus


class Act(StrEnum):
    """The acts on the account service."""

    RESEND = "resend"
    REISSUE = "reissue"
    CORRECT = "correct"
    SUSPEND = "suspend"
    LIFT = "lift"
    CANCEL = "cancel"
    UNLOCK = "unlock"


class Ask(StrEnum):
    """What the dialog of an allowed act still has to ask (rules §3)."""

    SAID_ADDRESS = "said_address"
    SELF_CREATED = "self_created"


class Reason(StrEnum):
    """Why an act is forbidden, in the order in which the first applicable one is told:
    what no act of the caller can lift first (status, phase, cool-down, then level)."""

    # the record
    OTHER_SCHEME = "other_scheme"
    OTHER_FUND = "other_fund"
    PERSON_DECEASED = "person_deceased"
    PERSON_MINOR = "person_minor"
    PERSON_RESTRICTED = "person_restricted"
    CHECKS_LOCKED = "checks_locked"
    FORBIDDEN_ROLE = "forbidden_role"
    # the phase
    NO_ENROLMENT = "no_enrolment"
    PHASE_ENDED = "phase_ended"
    PHASE_SUSPENDED = "phase_suspended"
    PHASE_ACTIVE = "phase_active"
    PHASE_LIVE = "phase_live"
    PHASE_INACTIVE = "phase_inactive"
    PHASE_CLOSED = "phase_closed"
    PHASE_NOT_SENT = "phase_not_sent"
    NOT_SUSPENDED = "not_suspended"
    NOT_LOCKED = "not_locked"
    # the caps
    ALREADY_QUEUED = "already_queued"
    COOLDOWN = "cooldown"
    DAY_CAP = "day_cap"
    HOUR_CAP = "hour_cap"
    # the call
    OUTGOING_CALL = "outgoing_call"
    NOT_AN_INCOMING_CALL = "not_an_incoming_call"
    THIRD_PARTY = "third_party"
    DID_NOT_CREATE = "did_not_create"
    ADDRESS_NOT_CONFIRMED = "address_not_confirmed"
    LEVEL_1_FIRST = "level_1_first"
    LEVEL_2_FIRST = "level_2_first"


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a verdict depends on, besides the instant.

    `sends_today` counts those of the enrolment on the Paris day; `sends_this_hour`
    those of the acting agent in the last 60 minutes; neither counts first mails, notices,
    or sends that were refused or cancelled. `last_send_at` is the newest send but first
    mails and notices, refused and cancelled ones included. `mail_queued_since` is that of
    the live link's own mail. `said_address` and `self_created` are None until asked;
    `level`, `speaker`, `direction` are those of the caller check that the act would carry,
    None without one.
    """

    role: Role
    enrolment: Enrolment | None
    person_status: PersonStatus = PersonStatus.ORDINARY
    same_scheme: bool = True
    same_fund: bool = True
    level: Level = Level.NOTHING
    speaker: Speaker | None = None
    direction: Direction | None = None
    said_address: bool | None = None
    said_address_tries_left: int = 3
    self_created: bool | None = None
    mail_queued_since: datetime | None = None
    last_send_at: datetime | None = None
    sends_today: int = 0
    day_ends_at: datetime | None = None
    sends_this_hour: int = 0
    hour_frees_at: datetime | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an act is possible now; a refusal always has a reason, a permission always an effect.

    `until` is when the verdict changes by itself (UTC), if it does. `asks` names what the
    dialog of an allowed act must still ask before the service carries it out.
    """

    act: Act
    allowed: bool
    reason: Reason | None = None
    until: datetime | None = None
    effect: Effect | None = None
    asks: tuple[Ask, ...] = ()

    @property
    def ready(self) -> bool:
        """Allowed, and nothing is left to ask: the service may carry it out."""
        return self.allowed and not self.asks
