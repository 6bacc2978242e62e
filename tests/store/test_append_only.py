"""What the database itself refuses, and what `verify` finds when somebody goes round it."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.store import banners, roots
from ameli_support.store.cases import CaseStore
from ameli_support.store.purging import purge_case
from ameli_support.store.verifying import verify
from tests.store.making import new_case, with_note

COLUMNS = '"case", seq, at, actor, kind, version, payload, key, prev_hash, hash'
FORGED = f"SELECT {COLUMNS.replace('actor', 'kind')} FROM case_event WHERE seq = 1"


def run(store: CaseStore, *statements: str) -> None:
    with sql.write(store.engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def without_triggers(store: CaseStore, *statements: str) -> None:
    """As somebody would who owns the database."""
    if sql.is_sqlite(store.engine):
        names = ("event_update", "event_delete", "event_insert", "purge_update", "purge_delete")
        run(store, *(f"DROP TRIGGER {name}" for name in names), *statements)
    else:
        run(store, "SET LOCAL session_replication_role = replica", *statements)


def two_events(store: CaseStore) -> int:
    case = new_case(store)
    store.append(case, 0, "0427", "case.opened", {}, key="first")
    store.append(case, None, "0427", "note.added", {})
    return case


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET actor = 'x'",
        "DELETE FROM case_event",
        "DELETE FROM case_event WHERE seq = 2",
        f'INSERT INTO case_event ({COLUMNS}) SELECT "case", 9, at, actor, kind, version, payload, '
        "NULL, prev_hash, hash FROM case_event WHERE seq = 1",
    ],
)
def test_events_are_append_only(store: CaseStore, statement: str) -> None:
    two_events(store)
    with pytest.raises(DBAPIError, match="append-only"):
        run(store, statement)
    assert verify(store).findings == ()


def test_replacing_and_truncating_are_refused(store: CaseStore) -> None:
    two_events(store)
    if sql.is_sqlite(store.engine):
        tricks = [
            f"INSERT OR REPLACE INTO case_event ({COLUMNS}) {FORGED}",
            f'REPLACE INTO case_event ({COLUMNS}) SELECT "case", 3, at, kind, kind, version, payload, '
            "key, prev_hash, hash FROM case_event WHERE seq = 1",
        ]
    else:
        tricks = [
            "TRUNCATE case_event",
            "TRUNCATE purge",
            f"INSERT INTO case_event ({COLUMNS}) {FORGED} "
            'ON CONFLICT ("case", seq) DO UPDATE SET actor = EXCLUDED.actor',
        ]
    for trick in tricks:
        with pytest.raises(DBAPIError, match="append-only"):
            run(store, "PRAGMA recursive_triggers=OFF" if sql.is_sqlite(store.engine) else "SELECT 1", trick)
    assert verify(store).findings == ()


def test_only_a_case_with_a_purge_row_can_be_deleted_and_the_days_still_hold(
    store: CaseStore, clock: FixedClock
) -> None:
    kept, gone = two_events(store), new_case(store, "record-1")
    with_note(store, gone, "un mot")
    clock.forward(timedelta(days=2))
    store.append(kept, None, "0427", "note.added", {})
    assert roots.seal(store) == 1
    store.write(lambda journal: purge_case(journal, gone, "admin", "retention"))
    assert list(store.events(gone)) == []
    assert store.texts(gone) == {}
    assert verify(store).findings == ()
    assert new_case(store) > gone, "a number is never given twice"
    for statement in ("DELETE FROM purge", "UPDATE purge SET reason = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"):
            run(store, statement)
    with pytest.raises(DBAPIError, match="append-only"):
        run(
            store,
            f"INSERT INTO case_event ({COLUMNS}) SELECT {gone}, 1, at, actor, kind, version, payload, NULL, "
            f'prev_hash, hash FROM case_event WHERE "case" = {kept} AND seq = 1',
        )


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE case_event SET payload = '[]' WHERE seq = 1", "event 1 altered"),
        ("UPDATE case_event SET at = at + 1 WHERE seq = 2", "event 2 altered"),
        ("DELETE FROM case_event WHERE seq = 2", "events missing at the end"),
        ("DELETE FROM support_case", "row missing"),
        ("UPDATE erasable SET text = 'autre'", "text of event 2 altered"),
        ("DELETE FROM erasable", "text of event 2 missing"),
    ],
)
def test_what_goes_round_the_triggers_is_found(store: CaseStore, statement: str, finding: str) -> None:
    case = new_case(store)
    store.append(case, 0, "0427", "case.opened", {})
    with_note(store, case, "un mot")
    if "support_case" in statement:
        run(store, "DELETE FROM erasable")
    without_triggers(store, statement)
    assert any(finding in found for found in verify(store).findings)


def test_a_case_that_vanished_whole_is_missed_by_its_day(store: CaseStore, clock: FixedClock) -> None:
    case = two_events(store)
    clock.forward(timedelta(days=1))
    assert roots.seal(store) == 1
    without_triggers(
        store,
        f'DELETE FROM case_event WHERE "case" = {case}',
        f"DELETE FROM support_case WHERE number = {case}",
    )
    assert verify(store).findings == ("day 2026-11-23: root does not match",)


def test_a_forged_root_in_the_database_is_found_by_the_file(store: CaseStore, clock: FixedClock) -> None:
    two_events(store)
    clock.forward(timedelta(days=1))
    roots.seal(store)
    assert store.roots is not None
    assert len(store.roots.read_text().splitlines()) == 1
    run(store, "DELETE FROM day_root")
    assert verify(store).findings == ("day 2026-11-23: root does not match",)


def test_a_day_is_sealed_once_over_and_no_event_bears_its_date_any_more(
    store: CaseStore, clock: FixedClock
) -> None:
    case = two_events(store)
    assert roots.seal(store) == 0, "the day is not over"
    clock.forward(timedelta(days=3))
    assert roots.seal(store) == 1
    assert roots.seal(store) == 0
    clock.at -= timedelta(days=3)  # another workstation's clock is behind
    late = store.append(case, None, "0427", "note.added", {})
    assert roots.day_of(late.at).isoformat() == "2026-11-24"
    clock.at += timedelta(days=3)
    assert roots.seal(store) == 1
    assert verify(store).findings == ()


def test_a_line_cut_by_a_crash_is_written_again(store: CaseStore, clock: FixedClock) -> None:
    two_events(store)
    clock.forward(timedelta(days=1))
    roots.seal(store)
    assert store.roots is not None
    whole = store.roots.read_text()
    store.roots.write_text(whole[:30] + "\n")
    roots.seal(store)
    assert whole in store.roots.read_text()
    assert verify(store).findings == ()


def test_erasing_a_text_leaves_the_chain_whole(store: CaseStore) -> None:
    case = new_case(store)
    ref = with_note(store, case, "ma fille s’appelle Zoé")
    assert store.text(ref) == "ma fille s’appelle Zoé"
    store.erase([ref])
    assert store.text(ref) is None
    assert verify(store).findings == ()
    assert all("Zoé" not in row.payload for row in store.events(case))


def test_the_banners_rows_are_append_only(store: CaseStore) -> None:
    banners.append(store, "0103", "panne", text="FranceConnect est lent")
    tricks = ["UPDATE banner SET actor = 'x'", "DELETE FROM banner"]
    columns = "id, at, actor, reason"
    if sql.is_sqlite(store.engine):
        tricks.append(f"INSERT OR REPLACE INTO banner ({columns}) SELECT id, at, 'x', reason FROM banner")
    else:
        tricks.append("TRUNCATE banner")
    for trick in tricks:
        with pytest.raises(DBAPIError, match="append-only"):
            run(store, trick)
    banners.append(store, "0104", "fini")
    assert [(row.actor, row.text) for row in banners.history(store)] == [
        ("0104", None),
        ("0103", "FranceConnect est lent"),
    ]
