"""Link generations, the 7/21-day rule and the phases (rules §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ameli_support.onboarding.steps import Route, Step

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure


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


class Effect(StrEnum):
    """What an allowed act will do to the link."""

    SAME_LINK = "same_link"
    NEW_LINK_SAME_ADDRESS = "new_link_same_address"
    NEW_LINK_NEW_WINDOW = "new_link_new_window"
    NEW_ADDRESS_NEW_WINDOW = "new_address_new_window"
    LINKS_REVOKED = "links_revoked"
    BACK_TO_ACTIVE = "back_to_active"
    BACK_TO_WINDOW = "back_to_window"
    ENROLMENT_ENDED = "enrolment_ended"
    CHECKS_UNLOCKED = "checks_unlocked"


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


def link_end(at: datetime, procedure: Procedure) -> datetime:
    """When a link issued at `at` (UTC) stops working: 168 hours later, whatever the clocks do in between."""
    return at + timedelta(days=procedure.numbers.link_days)


def new_window(at: datetime, procedure: Procedure) -> tuple[datetime, datetime]:
    """The window that opens at `at` (UTC): its beginning, and its end 504 hours later."""
    return at, at + timedelta(days=procedure.numbers.window_days)


def current_generation(enrolment: Enrolment) -> Generation | None:
    """The newest generation neither superseded nor revoked, its time over or not."""
    for generation in reversed(enrolment.generations):
        if generation.superseded_at is None and generation.revoked_at is None:
            return generation
    return None


def live_generation(enrolment: Enrolment, at: datetime) -> Generation | None:
    """The generation whose link can still confirm at `at`; the end itself is outside (`at < expires_at`)."""
    if enrolment.ended_at or enrolment.suspended_at or enrolment.confirmed_at:
        return None
    generation = current_generation(enrolment)
    return generation if generation and at < generation.expires_at else None


def phase(enrolment: Enrolment | None, at: datetime) -> Phase | None:
    """Where the enrolment stands at `at`; None without one. Ended, suspended, active go first (rules §3)."""
    if enrolment is None:
        return None
    if enrolment.ended_at:
        return Phase.ENDED
    if enrolment.suspended_at:
        return Phase.SUSPENDED
    if enrolment.confirmed_at:
        return Phase.ACTIVE
    if live_generation(enrolment, at):
        return Phase.LIVE
    if enrolment.window_closes_at is None:
        return Phase.NOT_SENT
    return Phase.INACTIVE if at < enrolment.window_closes_at else Phase.CLOSED


def resend_ends_at(enrolment: Enrolment, at: datetime) -> datetime | None:
    """When re-sending stops and reissuing begins by itself: the later of window and live link; None before
    an address was submitted."""
    live = live_generation(enrolment, at)
    ends = [end for end in (enrolment.window_closes_at, live and live.expires_at) if end]
    return max(ends, default=None)


def resend_effect(enrolment: Enrolment, at: datetime, procedure: Procedure) -> Effect | None:
    """What a re-send at `at` mails: the same link while it has 48 hours left or the window is over, else a
    new one to the same address; None where nothing can be re-sent."""
    live = live_generation(enrolment, at)
    if live is None:
        return Effect.NEW_LINK_SAME_ADDRESS if phase(enrolment, at) is Phase.INACTIVE else None
    long_enough = live.expires_at - at >= timedelta(hours=procedure.numbers.resend_same_link_hours)
    window_over = enrolment.window_closes_at is not None and at >= enrolment.window_closes_at
    return Effect.SAME_LINK if long_enough or window_over else Effect.NEW_LINK_SAME_ADDRESS


def holds_address(enrolment: Enrolment, at: datetime) -> bool:
    """Whether its address is taken for everybody else (rules §7): active, suspended, or a live link."""
    return phase(enrolment, at) in (Phase.ACTIVE, Phase.SUSPENDED, Phase.LIVE)


def page_of(enrolment: Enrolment, generation: Generation, at: datetime, queued: bool) -> DeadPage:
    """The page that the link of `generation` shows at `at`, in the order of rules §3.

    `queued` says whether the mail of the newer generation is still waiting to leave.
    """
    where = phase(enrolment, at)
    if where in (Phase.ENDED, Phase.SUSPENDED):
        return DeadPage.GENERIC
    if where is Phase.ACTIVE:
        return DeadPage.ALREADY_ACTIVE
    if generation.superseded is Superseded.ADDRESS_CHANGED or generation.address != enrolment.address:
        return DeadPage.GENERIC
    live = live_generation(enrolment, at)
    if live and live.number == generation.number:
        return DeadPage.CONFIRM
    if live:
        return DeadPage.NEWER_QUEUED if queued else DeadPage.NEWER_SENT
    return DeadPage.INACTIVE if where is Phase.INACTIVE else DeadPage.CLOSED
