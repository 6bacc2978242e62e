"""One person's record as stored, read by primary keys and turned into the values that the rules know."""

from collections import namedtuple
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from ameli_support.clock import from_us
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended, Enrolment, Generation, Superseded
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema

# sends read with a record, newest first: more than any cap lets leave in a month
SENDS_READ = 60

_enrolment, _generation, _send = schema.enrolment, schema.generation, schema.send
_opening, _mail = schema.page_opening, schema.mail
WAITING = (MailState.QUEUED.value, MailState.DEFERRED.value)

_person, _checks = schema.insured_person, schema.caller_check
ENROLMENT_COLUMNS = tuple(column for column in _enrolment.c if column.name != "code_hash")

PERSON = select(_person).where(_person.c.id == bindparam("person"))
NEWEST_ENROLMENT = (
    select(*ENROLMENT_COLUMNS)
    .where(_enrolment.c.person == bindparam("person"))
    .order_by(_enrolment.c.started_at.desc(), _enrolment.c.ended_at.is_(None).desc())
    .limit(1)
)
ENROLMENT = select(*ENROLMENT_COLUMNS).where(_enrolment.c.id == bindparam("enrolment"))
# one person, their newest enrolment under names with e_, and their newest failed caller check
_newest = _enrolment.alias("newest")
RECORD = (
    select(
        _person,
        *(column.label(f"e_{column.name}") for column in ENROLMENT_COLUMNS),
        select(func.max(_checks.c.failed_at))
        .where(_checks.c.person == _person.c.id)
        .scalar_subquery()
        .label("last_failed_at"),
    )
    .select_from(
        _person.outerjoin(
            _enrolment,
            _enrolment.c.id
            == select(_newest.c.id)
            .where(_newest.c.person == _person.c.id)
            .order_by(_newest.c.started_at.desc(), _newest.c.ended_at.is_(None).desc())
            .limit(1)
            .scalar_subquery(),
        )
    )
    .where(_person.c.id == bindparam("person"))
)
GENERATIONS = (
    select(_generation, _opening.c.first_at, _opening.c.last_at, _opening.c.count.label("openings"))
    .select_from(_generation.outerjoin(_opening, _opening.c.generation == _generation.c.id))
    .where(_generation.c.enrolment == bindparam("enrolment"))
    .order_by(_generation.c.number)
)
SENDS = (
    select(
        _send.c.kind,
        _send.c.generation,
        _send.c.address,
        _send.c.at,
        _mail.c.state,
        _mail.c.queued_at,
        _mail.c.state_at,
        _mail.c.not_before,
        _mail.c.attempts,
        _mail.c.smtp_code,
        _mail.c.smtp_enhanced,
        _mail.c.smtp_text,
        _mail.c.handed_over_at,
    )
    .join(_mail, _mail.c.id == _send.c.mail)
    .where(_send.c.enrolment == bindparam("enrolment"))
    .order_by(_send.c.at.desc())
    .limit(SENDS_READ)
)
STEPS_DONE = select(schema.step_done.c.step, schema.step_done.c.at).where(
    schema.step_done.c.enrolment == bindparam("enrolment")
)


_PERSON_WIDTH = len(_person.c)
_EnrolmentRow = namedtuple("_EnrolmentRow", [column.name for column in ENROLMENT_COLUMNS])  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One person and their newest enrolment; `sends` newest first, `generations` oldest first.

    `person` and `row` have the columns of `insured_person` and `enrolment` as attributes.
    """

    person: Any
    row: Any = None
    enrolment: Enrolment | None = None
    generations: tuple[Row[Any], ...] = ()
    sends: tuple[Row[Any], ...] = ()

    @property
    def version(self) -> int:
        """The version that an act must expect; 0 without an enrolment."""
        return 0 if self.row is None else int(self.row.version)


def read_person(conn: Connection, person: str) -> Row[Any] | None:
    """The person with this id, if any."""
    return conn.execute(PERSON, {"person": person}).first()


def read_dossier(conn: Connection, person: Row[Any]) -> Dossier:
    """The person's newest enrolment, the one that has not ended first, with its links and mails."""
    row = conn.execute(NEWEST_ENROLMENT, {"person": person.id}).first()
    return Dossier(person) if row is None else dossier_of(conn, person, row)


@dataclass(frozen=True, slots=True)
class Found:
    """One row of `RECORD` taken apart; `enrolment` is None for who never began one."""

    person: Any
    enrolment: Any
    last_failed_at: datetime | None


def find(conn: Connection, record: str) -> Found | None:
    """A person and their newest enrolment by one statement."""
    row = conn.execute(RECORD, {"person": record}).first()
    if row is None:
        return None
    enrolment: Any = _EnrolmentRow._make(row[_PERSON_WIDTH:-1])
    return Found(row, None if enrolment.id is None else enrolment, instant(row.last_failed_at))


def dossier_of(conn: Connection, person: Any, row: Any) -> Dossier:
    """The dossier of one row of `enrolment`, with its links and mails."""
    of = {"enrolment": row.id}
    generations = tuple(conn.execute(GENERATIONS, of))
    return Dossier(
        person,
        row,
        enrolment_of(row, tuple(map(generation_of, generations))),
        generations,
        tuple(conn.execute(SENDS, of)),
    )


def enrolment_of(row: Any, generations: tuple[Generation, ...]) -> Enrolment:
    """The value that the rules know, from a row and its generations, oldest first."""
    return Enrolment(
        step=Step(row.step),
        route=Route(row.route),
        address=row.address,
        window_opened_at=instant(row.window_opened_at),
        window_closes_at=instant(row.window_closes_at),
        generations=generations,
        confirmed_at=instant(row.confirmed_at),
        suspended_at=instant(row.suspended_at),
        ended_at=instant(row.ended_at),
        ended=None if row.ended is None else Ended(row.ended),
    )


def generation_of(row: Row[Any]) -> Generation:
    """One generation as the rules know it."""
    return Generation(
        number=row.number,
        issued_at=from_us(row.issued_at),
        expires_at=from_us(row.expires_at),
        address=row.address,
        superseded_at=instant(row.superseded_at),
        superseded=None if row.superseded is None else Superseded(row.superseded),
        revoked_at=instant(row.revoked_at),
        used_at=instant(row.used_at),
    )


def instant(microseconds: int | None) -> datetime | None:
    """A nullable column of instants."""
    return None if microseconds is None else from_us(microseconds)
