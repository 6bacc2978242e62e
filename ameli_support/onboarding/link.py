"""Link generations, the 7/21-day rule and the phases (rules §3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ameli_support.onboarding.journey import Route, Step


class Phase(StrEnum):
    """Where an enrolment stands; where several fit, the order is ENDED … NOT_SENT of rules §3."""

    NOT_SENT = "not_sent"
    LIVE = "live"
    INACTIVE = "inactive"
    CLOSED = "closed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Ended(StrEnum):
    """Why an enrolment ended."""

    TERMS_REFUSED = "terms_refused"
    CANCELLED = "cancelled"


class Superseded(StrEnum):
    """Why a generation was superseded; an address change must not be told to the old address."""

    NEWER = "newer"
    ADDRESS_CHANGED = "address_changed"


class DeadPage(StrEnum):
    """What opening a link shows, in the order of rules §3; CONFIRM is the only page with the button."""

    CONFIRM = "confirm"
    GENERIC = "generic"
    ALREADY_ACTIVE = "already_active"
    NEWER_SENT = "newer_sent"
    NEWER_QUEUED = "newer_queued"
    INACTIVE = "inactive"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Generation:
    """One issue of the link of one enrolment; its end is stored, never recomputed."""

    number: int
    issued_at: datetime
    expires_at: datetime
    address: str
    superseded_at: datetime | None = None
    superseded: Superseded | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One way through the journey, as the rules need it; `generations` oldest first."""

    step: Step
    route: Route
    address: str | None = None
    window_opened_at: datetime | None = None
    window_closes_at: datetime | None = None
    generations: tuple[Generation, ...] = ()
    confirmed_at: datetime | None = None
    suspended_at: datetime | None = None
    ended_at: datetime | None = None
    ended: Ended | None = None
