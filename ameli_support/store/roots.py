"""A Merkle root a day over the last hashes of the cases touched, in a file outside the database.

One line a day: the day (Paris), the root in hexadecimal. A day is sealed once it has been over
for ten minutes; from then on no event can bear its date.
"""

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, tuple_

from ameli_support.clock import PARIS, from_us, paris, to_us
from ameli_support.store.cases import CaseStore
from ameli_support.store.chain import GENESIS, merkle_root
from ameli_support.store.journal import Journal, insert_or_nothing
from ameli_support.store.schema import case_event, day_root, purged_leaf

GRACE = timedelta(minutes=10)


def bounds(day: date) -> tuple[int, int]:
    """The first microsecond of a Paris day and the first of the next."""
    start = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    after = day + timedelta(days=1)
    return to_us(start), to_us(datetime(after.year, after.month, after.day, tzinfo=PARIS))


def day_of(at: int) -> date:
    """The Paris day of an instant in microseconds."""
    return paris(from_us(at)).date()


def leaves(connection: Connection, day: date) -> list[tuple[int, bytes]]:
    """The last hash of each case touched on a day, purged cases included."""
    start, end = bounds(day)
    last = (
        select(case_event.c.case, func.max(case_event.c.seq).label("seq"))
        .where(case_event.c.at >= start, case_event.c.at < end)
        .group_by(case_event.c.case)
    )
    touched = [(row.case, row.seq) for row in connection.execute(last)]
    found = []
    for at in range(0, len(touched), 200):
        part = touched[at : at + 200]
        statement = select(case_event.c.case, case_event.c.hash).where(
            tuple_(case_event.c.case, case_event.c.seq).in_(part)
        )
        found += [(row.case, row.hash) for row in connection.execute(statement)]
    purged = select(purged_leaf.c.case, purged_leaf.c.hash).where(purged_leaf.c.day == day.isoformat())
    return found + [(row.case, row.hash) for row in connection.execute(purged)]


def seal(store: CaseStore) -> int:
    """Seals every day that is over, in the database and in the file; how many were sealed now."""
    sealed = 0
    while store.write(_seal_next):
        sealed += 1
    if store.roots is not None:
        write_missing(store.roots, store.read(known_roots))
    return sealed


def _seal_next(journal: Journal) -> bool:
    connection = journal.connection
    last = connection.execute(
        select(day_root).where(day_root.c.day > "").order_by(day_root.c.day.desc()).limit(1)
    ).one_or_none()
    first_after = (
        select(case_event.c.at)
        .where(case_event.c.at >= (last.ends_at if last else 0))
        .order_by(case_event.c.at)
        .limit(1)
    )
    at = connection.scalar(first_after)
    if at is None:
        return False
    day = day_of(at)
    ends_at = bounds(day)[1]
    if journal.now() < ends_at + GRACE // timedelta(microseconds=1):
        return False
    root = merkle_root(last.root if last else GENESIS, leaves(connection, day))
    row = {"day": day.isoformat(), "root": root, "ends_at": ends_at}
    connection.execute(insert_or_nothing(connection, day_root, row))
    return True


def known_roots(connection: Connection) -> list[tuple[str, bytes]]:
    """Every sealed day and its root, oldest first."""
    statement = select(day_root.c.day, day_root.c.root).where(day_root.c.day > "").order_by(day_root.c.day)
    return [(row.day, row.root) for row in connection.execute(statement)]


def write_missing(file: Path, roots: list[tuple[str, bytes]]) -> None:
    """Appends the days that the file does not hold yet; what is there is never rewritten."""
    held = {day for day, _root in read_file(file)}
    missing = [(day, root) for day, root in roots if day not in held]
    if not missing:
        return
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as out:
        out.writelines(f"{day} {root.hex()}\n" for day, root in missing)
        out.flush()
        os.fsync(out.fileno())


def read_file(file: Path) -> Iterator[tuple[str, bytes]]:
    """The days of the file; a line cut by a crash counts as missing."""
    if not file.exists():
        return
    for line in file.read_text("ascii", errors="replace").splitlines():
        day, _space, root = line.partition(" ")
        if len(day) == 10 and len(root) == 64:
            try:
                yield day, bytes.fromhex(root)
            except ValueError:
                continue
