"""What the insured person does with a link: confirm, once, or ask for a new mail (rules §3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, exists, insert, update

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType
from ameli_support.clock import to_us
from ameli_support.onboarding.acts import Effect, Reason
from ameli_support.onboarding.journey import Step
from ameli_support.onboarding.link import DeadPage
from ameli_support.sandbox import allowances, audit, claims, issuing, schema
from ameli_support.sandbox.enrolments import dossier_of
from ameli_support.sandbox.link_pages import Link, PageView, find, open_page, unknown_page, view
from ameli_support.sandbox.problems import Refused, seconds_left
from ameli_support.sandbox.world import World

__all__ = [
    "Confirmation",
    "Outcome",
    "PageView",
    "Resent",
    "confirm",
    "open_page",
    "person_resend",
]

_enrolment, _generation = schema.enrolment, schema.generation
_CAN_CONFIRM = exists().where(
    _enrolment.c.id == _generation.c.enrolment,
    _enrolment.c.address == _generation.c.address,
    _enrolment.c.confirmed_at.is_(None),
    _enrolment.c.suspended_at.is_(None),
    _enrolment.c.ended_at.is_(None),
)
USE = (
    update(_generation)
    .where(
        _generation.c.id == bindparam("generation_id"),
        _generation.c.superseded_at.is_(None),
        _generation.c.revoked_at.is_(None),
        _generation.c.used_at.is_(None),
        _generation.c.expires_at > bindparam("now"),
        _CAN_CONFIRM,
    )
    .values(used_at=bindparam("now"))
    .returning(_generation.c.number)
)
ACTIVATE = (
    update(_enrolment)
    .where(_enrolment.c.id == bindparam("of"))
    .values(
        version=_enrolment.c.version + 1,
        confirmed_at=bindparam("at"),
        step=Step.ACTIVE.value,
        step_since=bindparam("at"),
    )
)
STEP_DONE = insert(schema.step_done)


class Outcome(StrEnum):
    """What pressing the button of the confirmation page did."""

    CONFIRMED = "confirmed"
    DEAD = "dead"
    ADDRESS_TAKEN = "address_taken"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An outcome, and for a dead link the page to show."""

    outcome: Outcome
    view: PageView


@dataclass(frozen=True, slots=True)
class Resent:
    """Whether the person's own re-send queued a mail; else why not, and the seconds to wait.

    `taken`: another enrolment holds the address by now.
    """

    queued: bool
    view: PageView
    reason: Reason | None = None
    wait: int = 0
    taken: bool = False


@sql.retrying
def confirm(world: World, token: str) -> Confirmation:
    """Confirm the address, once: one conditional update decides, whatever happens at the same time."""
    try:
        with sql.write(world.engine) as conn:
            link = find(conn, world, token, lock=True)
            at = world.now()
            if link is None:
                return Confirmation(Outcome.DEAD, unknown_page(conn, at))
            shown = view(conn, world, link, at)
            if shown.page is not DeadPage.CONFIRM:
                return Confirmation(Outcome.DEAD, shown)
            claims.take(conn, link.generation.address, link.row.id, until=None, at=at)
            if conn.execute(USE, {"generation_id": link.id, "now": to_us(at)}).first() is None:
                raise _Overtaken
            _activate(conn, link, at)
            return Confirmation(Outcome.CONFIRMED, shown)
    except Refused as refused:
        if refused.kind is not ProblemType.ADDRESS_TAKEN:
            raise
        return Confirmation(Outcome.ADDRESS_TAKEN, PageView(DeadPage.GENERIC, world.now()))
    except _Overtaken:
        return Confirmation(Outcome.DEAD, open_page(world, token, "HEAD"))


@sql.retrying
def person_resend(world: World, token: str) -> Resent:
    """The person's own re-send from the dead link's page: a new link to the same address, while inactive.

    Anywhere else nothing is sent and the page of the link is shown again.
    """
    try:
        with sql.write(world.engine) as conn:
            link = find(conn, world, token, lock=True)
            at = world.now()
            if link is None:
                return Resent(False, unknown_page(conn, at))
            shown = view(conn, world, link, at)
            if shown.page is not DeadPage.INACTIVE:
                return Resent(False, shown)
            return _resend(conn, world, link, shown, at)
    except Refused as refused:
        if refused.kind is not ProblemType.ADDRESS_TAKEN:
            raise
        return Resent(False, PageView(DeadPage.GENERIC, world.now()), taken=True)


class _Overtaken(Exception):
    """Something changed between reading and the conditional update: nothing is kept."""


def _activate(conn: Connection, link: Link, at: datetime) -> None:
    enrolment = link.row.id
    conn.execute(ACTIVATE, {"of": enrolment, "at": to_us(at)})
    conn.execute(STEP_DONE, {"enrolment": enrolment, "step": Step.CONFIRMATION.value, "at": to_us(at)})
    audit.write(
        conn,
        at=at,
        actor="person",
        action="confirm",
        outcome="done",
        enrolment=enrolment,
        generation=link.generation.number,
    )


def _resend(conn: Connection, world: World, link: Link, shown: PageView, at: datetime) -> Resent:
    dossier = dossier_of(conn, link.row, link.row)
    counted = allowances.of_enrolment(dossier.sends, at)
    if refusal := allowances.person_refusal(counted, at, world.procedure):
        reason, until = refusal
        return Resent(False, shown, reason, seconds_left(until, at))
    moved = _enrolment.c.id == link.row.id
    conn.execute(update(_enrolment).where(moved).values(version=_enrolment.c.version + 1))
    issued = issuing.resend(conn, world, dossier, Effect.NEW_LINK_SAME_ADDRESS, at, None)
    audit.write(
        conn,
        at=at,
        actor="person",
        action="resend",
        outcome="done",
        enrolment=link.row.id,
        generation=issued.generation,
    )
    return Resent(True, shown)
