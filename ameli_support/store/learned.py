"""Counts of causes per provider family: some hundred rows, whatever the number of cases."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from ameli_support.store.cases import AnyRow, CaseStore
from ameli_support.store.journal import Journal, insert_or_nothing
from ameli_support.store.schema import prior_count, prior_reset

_EVERY = select(prior_count).where(prior_count.c.family > "")


def counts(store: CaseStore) -> Sequence[AnyRow]:
    """Every count as it was at its instant."""
    return store.read(lambda c: c.execute(_EVERY).all())


def change(journal: Journal, family: str, cause: str, new: Callable[[float, timedelta], float]) -> None:
    """Replaces one count by `new(count, how long ago it was)`, safe against others who do the same."""
    at, connection = journal.now(), journal.connection
    row = {"family": family, "cause": cause, "cases": 0.0, "at": at}
    connection.execute(insert_or_nothing(connection, prior_count, row))
    where = (prior_count.c.family == family, prior_count.c.cause == cause)
    held = connection.execute(select(prior_count).where(*where).with_for_update()).one()
    since = timedelta(microseconds=max(0, at - held.at))
    now = {"cases": new(held.cases, since), "at": max(at, held.at)}
    connection.execute(update(prior_count).where(*where).values(now))


def reset(journal: Journal, actor: str, reason: str, family: str | None) -> int:
    """Forgets what was learned of a family, or of all; how many counts."""
    which = prior_count.c.family > "" if family is None else prior_count.c.family == family
    gone = journal.connection.execute(delete(prior_count).where(which)).rowcount
    row = {"at": journal.now(), "actor": actor, "reason": reason, "family": family}
    journal.connection.execute(insert(prior_reset).values(row))
    return int(gone)


def resets(store: CaseStore, limit: int = 20) -> Sequence[AnyRow]:
    """Who took back what, newest first."""
    newest = select(prior_reset).where(prior_reset.c.id > 0).order_by(prior_reset.c.id.desc())
    return store.read(lambda c: c.execute(newest.limit(limit)).all())
