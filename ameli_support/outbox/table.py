"""The rows of an outbox: one per send, one more per attempt; neither body nor token is ever stored.

Instants are integer microseconds since the epoch: business time, except `lease_until`,
which is the system clock's (the business clock can be moved, a lease must not be).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    text,
)

from ameli_support.clock import from_us, to_us

# RFC 5321 §4.5.4.1: a sender gives up after four to five days
GIVE_UP_AFTER = timedelta(days=5)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class MailState(StrEnum):
    """Where a mail stands (rules §4); `handed_over` never reads as received."""

    QUEUED = "queued"
    DEFERRED = "deferred"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A mail whose turn has come, as `wanted` and `render` receive it."""

    id: str
    owner_ref: str
    message_id: str
    recipient: str
    queued_at: datetime
    expires_at: datetime
    attempts: int


def define(metadata: MetaData, name: str = "mail") -> Table:
    """Add the tables `name` and `<name>_attempt` to `metadata`; returns the first.

    `not_before` is null once nothing is left to do, so its partial index holds only the
    rows that still wait and picking the due ones never scans.
    """
    mail = Table(
        name,
        metadata,
        Column("id", String(32), primary_key=True),
        Column("owner_ref", String(64), nullable=False),
        Column("message_id", String(255), nullable=False, unique=True),
        Column("recipient", Text, nullable=False),
        Column("state", String(12), nullable=False),
        Column("queued_at", BigInteger, nullable=False),
        Column("state_at", BigInteger, nullable=False),
        Column("not_before", BigInteger),
        Column("expires_at", BigInteger, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("lease", String(32)),
        Column("lease_until", BigInteger),
        Column("smtp_code", Integer),
        Column("smtp_enhanced", String(12)),
        Column("smtp_text", Text),
        Column("trouble", String(16)),
        Column("handed_over_at", BigInteger),
        Index(f"{name}_owner", "owner_ref"),
    )
    Index(
        f"{name}_due",
        mail.c.not_before,
        sqlite_where=text("not_before IS NOT NULL"),
        postgresql_where=text("not_before IS NOT NULL"),
    )
    Table(
        f"{name}_attempt",
        metadata,
        Column("mail", ForeignKey(f"{name}.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("state", String(12), nullable=False),
        Column("smtp_code", Integer),
        Column("smtp_enhanced", String(12)),
        Column("smtp_text", Text),
        Column("trouble", String(16)),
        Column("duration_us", BigInteger, nullable=False),
    )
    return mail


def attempts_of(mail: Table) -> Table:
    """The append-only table of attempts that `define` put beside `mail`."""
    return mail.metadata.tables[f"{mail.name}_attempt"]


def enqueue(
    conn: Connection,
    table: Table,
    *,
    id: str,
    owner_ref: str,
    message_id: str,
    recipient: str,
    queued_at: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Queue one mail in the caller's own transaction; `id` is new, `message_id` one per send.

    `not_before`: earliest hand-over (default at once). `expires_at`: from then on it is
    cancelled instead of sent (default five days later, RFC 5321 §4.5.4.1). Instants are
    aware and on the business clock.
    """
    conn.execute(
        table.insert(),
        {
            "id": id,
            "owner_ref": owner_ref,
            "message_id": message_id,
            "recipient": recipient,
            "state": MailState.QUEUED.value,
            "queued_at": to_us(queued_at),
            "state_at": to_us(queued_at),
            "not_before": to_us(not_before or queued_at),
            "expires_at": to_us(expires_at or queued_at + GIVE_UP_AFTER),
            "attempts": 0,
        },
    )


def record_bounce(
    conn: Connection,
    table: Table,
    *,
    message_id: str,
    at: datetime,
    code: int | None,
    enhanced: str | None,
    answer: str | None,
) -> bool:
    """Note that a handed-over mail came back (`at`: business clock); false when none matches.

    `answer` must already be stripped of addresses and tokens (`mail.smtp_answers.strip`).
    """
    changed = conn.execute(
        table.update()
        .where(table.c.message_id == message_id)
        .where(table.c.state == MailState.HANDED_OVER.value)
        .values(
            state=MailState.BOUNCED.value,
            state_at=to_us(at),
            smtp_code=code,
            smtp_enhanced=enhanced,
            smtp_text=answer,
        )
    )
    return changed.rowcount == 1


def queued_mail(row: RowMapping | Any) -> QueuedMail:
    """The value that the owner's functions see, from a row of `define`'s table."""
    return QueuedMail(
        id=row["id"],
        owner_ref=row["owner_ref"],
        message_id=row["message_id"],
        recipient=row["recipient"],
        queued_at=_instant(row["queued_at"]),
        expires_at=_instant(row["expires_at"]),
        attempts=row["attempts"],
    )


def _instant(microseconds: int) -> datetime:
    """An instant as stored; beyond any calendar it is the calendar's end: one bad row stops no other."""
    try:
        return from_us(microseconds)
    except OverflowError:
        return _LAST if microseconds > 0 else _FIRST
