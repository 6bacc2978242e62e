"""`append`: one transaction, an expected version where it matters, a key that makes it once only."""

import threading

import pytest
from sqlalchemy.exc import DBAPIError

from ameli_support.clock import FixedClock
from ameli_support.store.cases import CaseStore
from ameli_support.store.errors import NoCase, StaleVersion
from ameli_support.store.verifying import verify
from tests.store.making import new_case

THREADS, EACH = 16, 12


def test_a_state_change_moves_the_version_and_a_note_does_not(store: CaseStore) -> None:
    case = new_case(store)
    assert store.append(case, 0, "a", "case.opened", {}).version == 1
    assert store.append(case, None, "b", "note.added", {}).version == 1
    assert store.append(case, 1, "a", "case.handed_over", {}).version == 2
    assert [row.seq for row in store.events(case)] == [1, 2, 3]


def test_a_stale_version_writes_nothing(store: CaseStore) -> None:
    case = new_case(store)
    store.append(case, 0, "a", "case.opened", {})
    with pytest.raises(StaleVersion) as stale:
        store.append(case, 0, "b", "case.opened", {})
    assert (stale.value.expected, stale.value.actual) == (0, 1)
    assert len(store.events(case)) == 1


def test_a_key_is_written_once(store: CaseStore) -> None:
    case = new_case(store)
    first = store.append(case, None, "a", "act.outcome", {"result": "done"}, key="k:outcome")
    again = store.append(case, None, "b", "act.outcome", {"result": "void"}, key="k:outcome")
    assert again.duplicate
    assert again.seq == first.seq
    assert [row.payload for row in store.events(case)] == ['{"result":"done"}']


def test_no_event_without_a_case(store: CaseStore) -> None:
    with pytest.raises(NoCase):
        store.append(4_242, None, "a", "note.added", {})


def test_instants_of_a_case_never_decrease(store: CaseStore, clock: FixedClock) -> None:
    case = new_case(store)
    first = store.append(case, None, "a", "note.added", {})
    clock.at = clock.at.replace(year=2025)
    assert store.append(case, None, "a", "note.added", {}).at == first.at


def test_sixteen_threads_lose_and_double_nothing(store: CaseStore) -> None:
    shared = new_case(store)
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            own = new_case(store, record=f"record-{name}")
            for at in range(EACH):
                store.append(shared, None, f"t{name}", "note.added", {"n": at}, key=f"{name}-{at}")
                store.append(own, at, f"t{name}", "case.moved", {"n": at})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [row.seq for row in store.events(shared)] == list(range(1, THREADS * EACH + 1))
    verified = verify(store)
    assert verified.findings == ()
    assert verified.events == 2 * THREADS * EACH


def test_of_sixteen_that_expect_the_same_version_one_wins(store: CaseStore) -> None:
    case = new_case(store)
    won: list[int] = []
    lost: list[int] = []

    def work(name: int) -> None:
        try:
            store.append(case, 0, f"t{name}", "case.handed_over", {})
            won.append(name)
        except StaleVersion:
            lost.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(won), len(lost)) == (1, THREADS - 1)


def test_one_case_that_is_not_closed_per_record(store: CaseStore) -> None:
    first = new_case(store, "record-1")
    assert (
        store.write(lambda j: j.open_case(record="record-1", channel="call", state="new", owner="a")) is None
    )
    store.write(lambda j: j.append(first, 0, "system", "case.closed", {}, changes={"state": "closed"}))
    assert new_case(store, "record-1") > first


def test_a_transaction_that_fails_leaves_nothing(store: CaseStore) -> None:
    case = new_case(store)

    def fail(journal: object) -> None:
        store_journal = journal
        store_journal.append(case, 0, "a", "case.opened", {})  # type: ignore[attr-defined]
        raise DBAPIError("x", None, Exception("boom"))

    with pytest.raises(DBAPIError):
        store.write(fail)
    assert list(store.events(case)) == []
