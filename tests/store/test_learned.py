"""Counts of causes on each database: nothing is lost by many at once, resets are kept for good."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.exc import DBAPIError

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.store import learned
from ameli_support.store.cases import CaseStore

THREADS, EACH = 8, 10


def one_more(count: float, since: timedelta) -> float:
    return count + 1


def test_many_at_once_lose_no_count(store: CaseStore) -> None:
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for _turn in range(EACH):
                store.write(lambda journal: learned.change(journal, "orange", "old_mail", one_more))
                store.write(lambda journal: learned.change(journal, "orange", f"own_{name}", one_more))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    held = {row.cause: row.cases for row in learned.counts(store)}
    assert held == {"old_mail": THREADS * EACH, **{f"own_{name}": EACH for name in range(THREADS)}}


def test_a_count_knows_how_long_ago_it_was(store: CaseStore, clock: FixedClock) -> None:
    waited: list[timedelta] = []

    def note(count: float, since: timedelta) -> float:
        waited.append(since)
        return count + 1

    for _turn in range(2):
        store.write(lambda journal: learned.change(journal, "free", "old_mail", note))
        clock.forward(timedelta(days=3))
    assert waited == [timedelta(), timedelta(days=3)]


def test_a_reset_forgets_one_family_or_all_and_is_append_only(store: CaseStore) -> None:
    for family in ("orange", "free", "sfr"):
        store.write(partial(learned.change, family=family, cause="old_mail", new=one_more))
    assert store.write(lambda journal: learned.reset(journal, "0103", "panne", "orange")) == 1
    assert {row.family for row in learned.counts(store)} == {"free", "sfr"}
    assert store.write(lambda journal: learned.reset(journal, "0103", "tout", None)) == 2
    assert [(row.family, row.reason) for row in learned.resets(store)] == [
        (None, "tout"),
        ("orange", "panne"),
    ]
    for statement in (
        "UPDATE prior_reset SET reason = 'x'",
        "DELETE FROM prior_reset",
        "INSERT INTO prior_reset (id, at, actor, reason) VALUES (1, 1, 'x', 'x')",
    ):
        with pytest.raises(DBAPIError), sql.write(store.engine) as connection:
            connection.exec_driver_sql(statement)
