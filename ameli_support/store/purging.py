"""Deletes a case for good: a `purge` row keeps its last hash, leaves keep its place in the daily roots."""

from sqlalchemy import delete, insert, select

from ameli_support.store.errors import NoCase
from ameli_support.store.journal import Journal
from ameli_support.store.roots import day_of
from ameli_support.store.schema import (
    case_event,
    contact,
    draft,
    erasable,
    intent,
    kept_mail,
    presence,
    purge,
    purged_leaf,
    support_case,
)


def purge_case(journal: Journal, case: int, actor: str, reason: str) -> None:
    """Purges one case; `reason` is a code. Raises `NoCase`."""
    connection = journal.connection
    head = connection.execute(
        select(support_case.c.last_seq, support_case.c.last_hash)
        .where(support_case.c.number == case)
        .with_for_update()
    ).one_or_none()
    if head is None:
        raise NoCase(case)
    last_of_day: dict[str, bytes] = {}
    for row in connection.execute(
        select(case_event.c.at, case_event.c.hash).where(case_event.c.case == case).order_by(case_event.c.seq)
    ):
        last_of_day[day_of(row.at).isoformat()] = row.hash
    connection.execute(
        insert(purge).values(
            case=case,
            at=journal.now(),
            actor=actor,
            reason=reason,
            last_seq=head.last_seq,
            last_hash=head.last_hash,
        )
    )
    leaves = [{"day": day, "case": case, "hash": last_hash} for day, last_hash in last_of_day.items()]
    if leaves:
        connection.execute(insert(purged_leaf), leaves)
    for table in (case_event, erasable, kept_mail, draft, presence, intent, contact):
        connection.execute(delete(table).where(table.c.case == case))
    connection.execute(delete(support_case).where(support_case.c.number == case))
