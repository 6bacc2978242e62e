"""What a confirmation link shows, and how its openings are counted (rules §3).

Opening a page changes no enrolment, generation or account: openings are rows of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.clock import from_us, to_us
from ameli_support.onboarding.contact import mask_address
from ameli_support.onboarding.link import DeadPage, Generation, Superseded, live_generation, page_of
from ameli_support.onboarding.person import PersonStatus
from ameli_support.sandbox import allowances, schema
from ameli_support.sandbox.enrolments import (
    ENROLMENT_COLUMNS,
    WAITING,
    Dossier,
    dossier_of,
    enrolment_of,
    instant,
)
from ameli_support.sandbox.problems import seconds_left
from ameli_support.sandbox.tokens import read_token
from ameli_support.sandbox.world import World

_enrolment, _generation, _person = schema.enrolment, schema.generation, schema.insured_person
LINK = (
    select(
        *ENROLMENT_COLUMNS,
        *(column.label(f"g_{column.name}") for column in _generation.c),
        _person.c.status.label("person_status"),
        _person.c.fund,
    )
    .select_from(
        _generation.join(_enrolment, _enrolment.c.id == _generation.c.enrolment).join(
            _person, _person.c.id == _enrolment.c.person
        )
    )
    .where(_generation.c.id == bindparam("generation"))
)
LOCKED_LINK = LINK.with_for_update(of=_enrolment)


def _open(insert: Any) -> Any:
    opening = schema.page_opening
    statement = insert(opening)
    return statement.on_conflict_do_update(
        index_elements=[opening.c.generation],
        set_={"last_at": statement.excluded.last_at, "count": opening.c.count + 1},
    )


def _unknown(insert: Any) -> Any:
    unknown = schema.unknown_token
    return insert(unknown).on_conflict_do_update(
        index_elements=[unknown.c.minute], set_={"count": unknown.c.count + 1}
    )


_OPEN_SQLITE, _UNKNOWN_SQLITE = _open(sqlite.insert), _unknown(sqlite.insert)
_OPEN_POSTGRESQL, _UNKNOWN_POSTGRESQL = _open(postgresql.insert), _unknown(postgresql.insert)


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


@dataclass(frozen=True, slots=True)
class Link:
    """A link that we made: its generation, and the row of `LINK` with its enrolment."""

    id: str
    generation: Generation
    row: Any


def open_page(world: World, token: str, method: str = "GET") -> PageView:
    """The page of a link; a GET is counted as an opening, a HEAD changes nothing at all.

    An unknown or altered token gets the generic page, and is counted per minute.
    """
    if method == "HEAD":
        with sql.read(world.engine) as conn:
            link = find(conn, world, token)
            at = world.now()
            return view(conn, world, link, at) if link else PageView(DeadPage.GENERIC, at)
    with sql.write(world.engine) as conn:
        link = find(conn, world, token)
        at = world.now()
        if link is None:
            return unknown_page(conn, at)
        _count_opening(conn, link.id, at)
        return view(conn, world, link, at)


def find(conn: Connection, world: World, text: str, *, lock: bool = False) -> Link | None:
    """The link of a token that we made; None, after as much work, for any other.

    `lock` keeps the enrolment from changing until the transaction ends.
    """
    token = read_token(text)
    if token is None:
        return None
    statement = LOCKED_LINK if lock and not sql.is_sqlite(conn) else LINK
    row = conn.execute(statement, {"generation": token.generation}).first()
    if row is None:
        world.ring.spend(token)
        return None
    if not world.ring.seals(token, row.g_address, row.g_key_id):
        return None
    return Link(token.generation, _generation_of(row), row)


def view(conn: Connection, world: World, link: Link, at: datetime) -> PageView:
    """What this link shows at `at`."""
    if link.row.person_status == PersonStatus.DECEASED:
        return PageView(DeadPage.GENERIC, at)
    # a generation that still stands is the current one: nothing else is needed to say so
    alone = enrolment_of(link.row, (link.generation,))
    if page_of(alone, link.generation, at, queued=False) is DeadPage.CONFIRM:
        return PageView(DeadPage.CONFIRM, at, expires_at=link.generation.expires_at)
    return _dead_view(world, dossier_of(conn, link.row, link.row), link, at)


def unknown_page(conn: Connection, at: datetime) -> PageView:
    """The generic page, with the try counted: one row a minute, however many strangers try."""
    statement = _UNKNOWN_SQLITE if sql.is_sqlite(conn) else _UNKNOWN_POSTGRESQL
    conn.execute(statement, {"minute": to_us(at) // 60_000_000, "count": 1})
    return PageView(DeadPage.GENERIC, at)


def _dead_view(world: World, dossier: Dossier, link: Link, at: datetime) -> PageView:
    assert dossier.enrolment is not None
    newer = _newer_mail(dossier, at)
    waiting = newer is not None and newer.state in WAITING
    page = page_of(dossier.enrolment, link.generation, at, queued=waiting)
    if page in (DeadPage.NEWER_SENT, DeadPage.NEWER_QUEUED):
        when = from_us(newer.handed_over_at or newer.queued_at) if newer else None
        return PageView(page, at, newer_at=when)
    if page is DeadPage.INACTIVE:
        counted = allowances.of_enrolment(dossier.sends, at)
        refusal = allowances.person_refusal(counted, at, world.procedure)
        address = mask_address(dossier.enrolment.address or "")
        wait = seconds_left(refusal[1], at) if refusal else 0
        return PageView(page, at, address_masked=address, resend_wait=wait)
    if page is DeadPage.CLOSED:
        return PageView(page, at, fund=link.row.fund)
    return PageView(page, at)


def _newer_mail(dossier: Dossier, at: datetime) -> Row[Any] | None:
    """The live generation's mail to speak of: the newest that left, else the newest that waits."""
    live = live_generation(dossier.enrolment, at) if dossier.enrolment else None
    if live is None:
        return None
    ids = [row.id for row in dossier.generations if row.number == live.number]
    mails = [send for send in dossier.sends if send.generation in ids]
    left = [mail for mail in mails if mail.handed_over_at is not None]
    waiting = [mail for mail in mails if mail.state in WAITING]
    return next(iter(left + waiting), None)


def _generation_of(row: Any) -> Generation:
    return Generation(
        number=row.g_number,
        issued_at=from_us(row.g_issued_at),
        expires_at=from_us(row.g_expires_at),
        address=row.g_address,
        superseded_at=instant(row.g_superseded_at),
        superseded=None if row.g_superseded is None else Superseded(row.g_superseded),
        revoked_at=instant(row.g_revoked_at),
        used_at=instant(row.g_used_at),
    )


def _count_opening(conn: Connection, generation: str, at: datetime) -> None:
    statement = _OPEN_SQLITE if sql.is_sqlite(conn) else _OPEN_POSTGRESQL
    now = to_us(at)
    conn.execute(statement, {"generation": generation, "first_at": now, "last_at": now, "count": 1})
