"""The incident banner's rows: appended, never changed; the last one is in force."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from ameli_support.clock import to_us
from ameli_support.store.cases import AnyRow, CaseStore
from ameli_support.store.schema import banner

_NEWEST_FIRST = select(banner).where(banner.c.id > 0).order_by(banner.c.id.desc())


def last(store: CaseStore) -> AnyRow | None:
    """The last row, be it in force or not; found by its primary key."""
    return store.read(lambda c: c.execute(_NEWEST_FIRST.limit(1)).one_or_none())


def history(store: CaseStore, limit: int = 50) -> Sequence[AnyRow]:
    """The last rows, newest first."""
    return store.read(lambda c: c.execute(_NEWEST_FIRST.limit(limit)).all())


def append(
    store: CaseStore,
    actor: str,
    reason: str,
    *,
    text: str | None = None,
    provider: str | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Sets a banner, or clears it (`text` None); on the business clock."""
    row = {
        "at": to_us(store.business.now()),
        "actor": actor,
        "reason": reason,
        "text": text,
        "provider": provider,
        "starts_at": None if starts_at is None else to_us(starts_at),
        "ends_at": None if ends_at is None else to_us(ends_at),
    }
    store.write(lambda journal: journal.connection.execute(insert(banner).values(row)))
