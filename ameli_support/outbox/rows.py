"""The outbox's statements: leasing due rows, recording results, giving rows back. For worker threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, Table, bindparam, or_, select

from ameli_support.mail.smtp_answers import Trouble
from ameli_support.outbox.table import MailState, QueuedMail, attempts_of, queued_mail
from ameli_support.sql import read, retrying, write


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt came to; instants in µs of the business clock."""

    mail: str
    number: int
    at: int
    state: MailState
    not_before: int | None
    smtp_code: int | None
    smtp_enhanced: str | None
    smtp_text: str | None
    trouble: Trouble | None
    duration_us: int


@retrying
def claim(
    engine: Engine,
    table: Table,
    *,
    lease: str,
    now: int,
    system_now: int,
    length: timedelta,
    limit: int,
) -> list[QueuedMail]:
    """Lease up to `limit` due rows, the longest due first, and count the attempt that begins.

    `now`: business µs, against `not_before`; `system_now`: system µs, against `lease_until`.
    Two workers never get one row: SQLite has one writer, PostgreSQL skips locked rows.
    """
    due = (
        select(table.c.id)
        .where(table.c.not_before <= now)
        .where(or_(table.c.lease_until.is_(None), table.c.lease_until <= system_now))
        .order_by(table.c.not_before)
        .limit(limit)
    )
    with read(engine) as conn:  # an idle worker takes no writer's place
        if conn.execute(due.limit(1)).first() is None:
            return []
    with write(engine) as conn:
        ids = conn.execute(due.with_for_update(skip_locked=True)).scalars().all()
        leased = conn.execute(
            table.update()
            .where(table.c.id.in_(ids))
            .values(
                lease=lease,
                lease_until=system_now + length // timedelta(microseconds=1),
                attempts=table.c.attempts + 1,
            )
            .returning(*table.c)
        ).mappings()
        by_id = {row["id"]: queued_mail(row) for row in leased}
    return [by_id[mail] for mail in ids]


@retrying
def record(engine: Engine, table: Table, lease: str, results: Sequence[Result]) -> None:
    """Append the attempts, and move the rows that are still under `lease`."""
    attempts = attempts_of(table)
    with write(engine) as conn:
        conn.execute(
            attempts.insert(),
            [
                {
                    "mail": result.mail,
                    "number": result.number,
                    "at": result.at,
                    "state": result.state.value,
                    "smtp_code": result.smtp_code,
                    "smtp_enhanced": result.smtp_enhanced,
                    "smtp_text": result.smtp_text,
                    "trouble": None if result.trouble is None else result.trouble.value,
                    "duration_us": result.duration_us,
                }
                for result in results
            ],
        )
        conn.execute(
            table.update()
            .where(table.c.id == bindparam("b_mail"))
            .where(table.c.lease == lease)
            .values(
                state=bindparam("b_state"),
                state_at=bindparam("b_at"),
                not_before=bindparam("b_not_before"),
                handed_over_at=bindparam("b_handed_over_at"),
                smtp_code=bindparam("b_code"),
                smtp_enhanced=bindparam("b_enhanced"),
                smtp_text=bindparam("b_text"),
                trouble=bindparam("b_trouble"),
                lease=None,
                lease_until=None,
            ),
            [
                {
                    "b_mail": result.mail,
                    "b_state": result.state.value,
                    "b_at": result.at,
                    "b_not_before": result.not_before,
                    "b_handed_over_at": result.at if result.state is MailState.HANDED_OVER else None,
                    "b_code": result.smtp_code,
                    "b_enhanced": result.smtp_enhanced,
                    "b_text": result.smtp_text,
                    "b_trouble": None if result.trouble is None else result.trouble.value,
                }
                for result in results
            ],
        )


@retrying
def release(engine: Engine, table: Table, lease: str, mails: Sequence[str]) -> None:
    """Give back rows that were leased and not tried."""
    with write(engine) as conn:
        conn.execute(
            table.update()
            .where(table.c.id.in_(list(mails)))
            .where(table.c.lease == lease)
            .values(lease=None, lease_until=None, attempts=table.c.attempts - 1)
        )
