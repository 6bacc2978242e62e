"""What a confirmation link does: show a page, confirm once, ask for a new mail (rules §3).

Opening a page changes no enrolment, generation or account: openings are rows of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType
from ameli_support.clock import from_us, to_us
from ameli_support.onboarding.acts import Effect, Reason
from ameli_support.onboarding.contact import mask_address
from ameli_support.onboarding.journey import Step
from ameli_support.onboarding.link import DeadPage, live_generation, page_of
from ameli_support.onboarding.person import PersonStatus
from ameli_support.outbox import MailState
from ameli_support.sandbox import allowances, audit, claims, issuing, schema
from ameli_support.sandbox.enrolments import (
    ENROLMENT,
    PERSON,
    Dossier,
    dossier_of,
    generation_of,
)
from ameli_support.sandbox.problems import Refused, seconds_left
from ameli_support.sandbox.tokens import read_token
from ameli_support.sandbox.world import World

_enrolment, _generation, _person = schema.enrolment, schema.generation, schema.insured_person
_WAITING = (MailState.QUEUED.value, MailState.DEFERRED.value)

GENERATION = select(_generation).where(_generation.c.id == bindparam("generation"))
LOCK_ENROLMENT = ENROLMENT.with_for_update()
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


def _open(insert: Any) -> Any:
    opening = schema.page_opening
    statement = insert(opening)
    return statement.on_conflict_do_update(
        index_elements=[opening.c.generation],
        set_={"last_at": statement.excluded.last_at, "count": opening.c.count + 1},
    )


_OPEN_SQLITE = _open(sqlite.insert)
_OPEN_POSTGRESQL = _open(postgresql.insert)


@dataclass(frozen=True, slots=True)
class PageView:
    """What the page of a link shows, as of `at`.

    `expires_at`: the end of this link (CONFIRM). `newer_at`: when the newer mail left, or
    was queued (NEWER_*). `address_masked`: where a new mail would go (INACTIVE).
    `resend_wait`: seconds until the person may ask for one, 0 when they may (INACTIVE).
    `fund`: whose mailbox the page of a closed window names.
    """

    page: DeadPage
    at: datetime
    expires_at: datetime | None = None
    newer_at: datetime | None = None
    address_masked: str | None = None
    resend_wait: int = 0
    fund: str | None = None


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
    """Whether the person's own re-send queued a mail; else why not, and the seconds to wait."""

    queued: bool
    view: PageView
    reason: Reason | None = None
    wait: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    generation: Any
    dossier: Dossier


def open_page(world: World, token: str, method: str = "GET") -> PageView:
    """The page of a link; a GET is counted as an opening, a HEAD changes nothing at all.

    An unknown or altered token gets the generic page, and is counted per minute.
    """
    if method == "HEAD":
        with sql.read(world.engine) as conn:
            found = _find(conn, world, token)
            at = world.now()
            return _view(world, found, at) if found else PageView(DeadPage.GENERIC, at)
    with sql.write(world.engine) as conn:
        found = _find(conn, world, token)
        at = world.now()
        if found is None:
            _count_unknown(conn, at)
            return PageView(DeadPage.GENERIC, at)
        _count_opening(conn, found.generation.id, at)
        return _view(world, found, at)


@sql.retrying
def confirm(world: World, token: str) -> Confirmation:
    """Confirm the address, once: one conditional update decides, whatever happens at the same time."""
    try:
        with sql.write(world.engine) as conn:
            found = _find(conn, world, token, lock=True)
            at = world.now()
            if found is None:
                _count_unknown(conn, at)
                return Confirmation(Outcome.DEAD, PageView(DeadPage.GENERIC, at))
            view = _view(world, found, at)
            if view.page is not DeadPage.CONFIRM:
                return Confirmation(Outcome.DEAD, view)
            generation = found.generation
            claims.take(conn, generation.address, generation.enrolment, until=None, at=at)
            used = conn.execute(USE, {"generation_id": generation.id, "now": to_us(at)}).first()
            if used is None:
                raise _Overtaken
            _activate(conn, generation, at)
            return Confirmation(Outcome.CONFIRMED, view)
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
            found = _find(conn, world, token, lock=True)
            at = world.now()
            if found is None:
                _count_unknown(conn, at)
                return Resent(False, PageView(DeadPage.GENERIC, at))
            view = _view(world, found, at)
            if view.page is not DeadPage.INACTIVE:
                return Resent(False, view)
            counted = allowances.of_enrolment(found.dossier.sends, at)
            if refusal := allowances.person_refusal(counted, at, world.procedure):
                reason, until = refusal
                return Resent(False, view, reason, seconds_left(until, at))
            _send_new_link(conn, world, found, at)
            return Resent(True, view)
    except Refused as refused:
        if refused.kind is not ProblemType.ADDRESS_TAKEN:
            raise
        return Resent(False, PageView(DeadPage.GENERIC, world.now()))


class _Overtaken(Exception):
    """Something changed between reading and the conditional update: nothing is kept."""


def _find(conn: Connection, world: World, text: str, *, lock: bool = False) -> _Found | None:
    """The generation and dossier of a token that we made; None, after as much work, for any other."""
    token = read_token(text)
    if token is None:
        return None
    generation = conn.execute(GENERATION, {"generation": token.generation}).first()
    if generation is None:
        world.ring.spend(token)
        return None
    if not world.ring.seals(token, generation.address, generation.key_id):
        return None
    waits = lock and not sql.is_sqlite(conn)  # there a write transaction is alone from its beginning
    statement = LOCK_ENROLMENT if waits else ENROLMENT
    row = conn.execute(statement, {"enrolment": generation.enrolment}).one()
    if waits:
        generation = conn.execute(GENERATION, {"generation": token.generation}).one()
    person = conn.execute(PERSON, {"person": row.person}).one()
    return _Found(generation, dossier_of(conn, person, row))


def _view(world: World, found: _Found, at: datetime) -> PageView:
    dossier = found.dossier
    assert dossier.enrolment is not None
    if dossier.person.status == PersonStatus.DECEASED:
        return PageView(DeadPage.GENERIC, at)
    newer = _newer_mail(dossier, at)
    waiting = newer is not None and newer.state in _WAITING
    page = page_of(dossier.enrolment, generation_of(found.generation), at, queued=waiting)
    if page is DeadPage.CONFIRM:
        return PageView(page, at, expires_at=from_us(found.generation.expires_at))
    if page in (DeadPage.NEWER_SENT, DeadPage.NEWER_QUEUED):
        when = newer and from_us(newer.handed_over_at or newer.queued_at)
        return PageView(page, at, newer_at=when)
    if page is DeadPage.INACTIVE:
        counted = allowances.of_enrolment(dossier.sends, at)
        refusal = allowances.person_refusal(counted, at, world.procedure)
        address = mask_address(dossier.enrolment.address or "")
        wait = seconds_left(refusal[1], at) if refusal else 0
        return PageView(page, at, address_masked=address, resend_wait=wait)
    if page is DeadPage.CLOSED:
        return PageView(page, at, fund=dossier.person.fund)
    return PageView(page, at)


def _newer_mail(dossier: Dossier, at: datetime) -> Any | None:
    """The live generation's mail to speak of: the newest that left, else the newest that waits."""
    live = live_generation(dossier.enrolment, at) if dossier.enrolment else None
    if live is None:
        return None
    ids = [row.id for row in dossier.generations if row.number == live.number]
    mails = [send for send in dossier.sends if send.generation in ids]
    left = [mail for mail in mails if mail.handed_over_at is not None]
    waiting = [mail for mail in mails if mail.state in _WAITING]
    return next(iter(left + waiting), None)


def _activate(conn: Connection, generation: Any, at: datetime) -> None:
    conn.execute(ACTIVATE, {"of": generation.enrolment, "at": to_us(at)})
    conn.execute(
        STEP_DONE,
        {"enrolment": generation.enrolment, "step": Step.CONFIRMATION.value, "at": to_us(at)},
    )
    audit.write(
        conn,
        at=at,
        actor="person",
        action="confirm",
        outcome="done",
        enrolment=generation.enrolment,
        generation=generation.number,
    )


def _send_new_link(conn: Connection, world: World, found: _Found, at: datetime) -> None:
    row = found.dossier.row
    assert row is not None
    conn.execute(update(_enrolment).where(_enrolment.c.id == row.id).values(version=row.version + 1))
    issued = issuing.resend(conn, world, found.dossier, Effect.NEW_LINK_SAME_ADDRESS, at, None)
    audit.write(
        conn,
        at=at,
        actor="person",
        action="resend",
        outcome="done",
        enrolment=row.id,
        generation=issued.generation,
    )


def _count_opening(conn: Connection, generation: str, at: datetime) -> None:
    statement = _OPEN_SQLITE if sql.is_sqlite(conn) else _OPEN_POSTGRESQL
    now = to_us(at)
    conn.execute(statement, {"generation": generation, "first_at": now, "last_at": now, "count": 1})


def _count_unknown(conn: Connection, at: datetime) -> None:
    """One row a minute, however many strangers try."""
    unknown = schema.unknown_token
    upsert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
    minute = to_us(at) // 60_000_000
    statement = upsert(unknown).values(minute=minute, count=1)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[unknown.c.minute], set_={"count": unknown.c.count + 1}
        )
    )
