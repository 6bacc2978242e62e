"""The two databases, opened one right way: concurrency, durability settings, snapshots, retries."""

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from ameli_support import sql
from tests import parts

metadata = MetaData()
counter = Table(
    "counter", metadata, Column("id", Integer, primary_key=True), Column("value", Integer, nullable=False)
)
note = Table("note", metadata, Column("id", String(8), primary_key=True), Column("text", String))


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    metadata.create_all(any_engine)
    with sql.write(any_engine) as connection:
        connection.execute(insert(counter), [{"id": 1, "value": 0}, {"id": 2, "value": 0}])
    return any_engine


def value(engine: Engine, row: int = 1) -> int:
    with sql.read(engine) as connection:
        return int(connection.execute(select(counter.c.value).where(counter.c.id == row)).scalar_one())


def in_threads(number: int, act: Callable[[int], None]) -> list[Exception]:
    """Runs `act(0…number-1)` at once and gives what they raised."""
    errors: list[Exception] = []
    start = threading.Barrier(number)

    def one(index: int) -> None:
        start.wait()
        try:
            act(index)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_sixteen_threads_that_read_before_they_write_lose_nothing(engine: Engine) -> None:
    def add(_index: int) -> None:
        for _ in range(15):
            with sql.write(engine) as connection:
                connection.execute(select(counter).where(counter.c.id == 2)).all()
                connection.execute(update(counter).where(counter.c.id == 1).values(value=counter.c.value + 1))
            value(engine)

    assert in_threads(16, add) == []
    assert value(engine) == 16 * 15


def test_two_engines_on_one_database_wait_for_each_other(engine: Engine, engine_url: str) -> None:
    other = sql.open_engine(engine_url)

    def add(index: int) -> None:
        for _ in range(20):
            with sql.write([engine, other][index % 2]) as connection:
                connection.execute(update(counter).where(counter.c.id == 1).values(value=counter.c.value + 1))

    assert in_threads(4, add) == []
    assert value(engine) == 80
    other.dispose()


def test_an_exception_takes_everything_back(engine: Engine) -> None:
    with pytest.raises(KeyError), sql.write(engine) as connection:
        connection.execute(update(counter).values(value=7))
        raise KeyError
    assert value(engine) == 0


def test_a_constraint_takes_everything_back_and_leaves_the_engine_usable(engine: Engine) -> None:
    with pytest.raises(IntegrityError), sql.write(engine) as connection:
        connection.execute(update(counter).values(value=7))
        connection.execute(insert(counter).values(id=1, value=1))
    assert value(engine) == 0


def test_a_reader_sees_one_moment_even_while_others_write(engine: Engine) -> None:
    with sql.read(engine) as connection:
        first = connection.execute(select(counter.c.value)).scalars().all()
        with sql.write(engine) as writer:
            writer.execute(update(counter).values(value=5))
        assert connection.execute(select(counter.c.value)).scalars().all() == first
    assert value(engine) == 5


def test_a_write_inside_a_read_is_refused_by_the_database(engine: Engine) -> None:
    with pytest.raises(SQLAlchemyError, match=r"read-?only"), sql.read(engine) as connection:
        connection.execute(update(counter).values(value=5))
    with sql.write(engine) as connection:
        connection.execute(update(counter).values(value=6))
    assert value(engine) == 6


def test_what_the_driver_writes_by_itself_is_committed_and_taken_back_too(engine: Engine) -> None:
    def insert_directly(row: int) -> None:
        driver = connection.connection.driver_connection
        assert driver
        driver.execute(f"INSERT INTO counter (id, value) VALUES ({row}, 9)")

    with sql.write(engine) as connection:
        insert_directly(3)
    with pytest.raises(KeyError), sql.write(engine) as connection:
        insert_directly(4)
        raise KeyError
    assert value(engine, 3) == 9
    with sql.read(engine) as connection:
        assert connection.execute(select(counter).where(counter.c.id == 4)).first() is None


def test_another_writer_may_follow_one_that_raised(engine: Engine) -> None:
    def fail_then_add(index: int) -> None:
        with pytest.raises(ZeroDivisionError), sql.write(engine):
            raise ZeroDivisionError
        with sql.write(engine) as connection:
            connection.execute(update(counter).where(counter.c.id == 1).values(value=counter.c.value + 1))

    assert in_threads(8, fail_then_add) == []
    assert value(engine) == 8


# ── SQLite ──────────────────────────────────────────────────────────────────


@pytest.fixture
def file_engine(tmp_path: Path) -> Iterator[Engine]:
    engine = sql.open_engine(tmp_path / "file.db", key=secrets.token_bytes(32))
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_the_file_is_durable_strict_and_free_of_the_wal_reset_defect(file_engine: Engine) -> None:
    with sql.read(file_engine) as connection:

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("recursive_triggers") == 1
        assert pragma("busy_timeout") == 10_000
        version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_the_file_holds_no_readable_text(file_engine: Engine, tmp_path: Path) -> None:
    with sql.write(file_engine) as connection:
        connection.execute(insert(note).values(id="1", text="Madame Dubois"))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Dubois" not in held
    assert b"SQLite format" not in held


@pytest.mark.parametrize("key", [None, bytes(32)])
def test_another_key_or_none_opens_nothing(
    file_engine: Engine, tmp_path: Path, key: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    with sql.write(file_engine) as connection:
        connection.execute(insert(note).values(id="1"))
    with pytest.raises(sql.WrongKey), sql.read(sql.open_engine(tmp_path / "file.db", key=key)):
        pass
    assert capfd.readouterr() == ("", "")  # nothing that would garble the terminal


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sql.open_engine(tmp_path / "file.db", key=b"short")


def test_many_threads_may_create_one_file_at_once(tmp_path: Path) -> None:
    def first_use(_index: int) -> None:
        engine = sql.open_engine(tmp_path / "new.db")
        with sql.write(engine) as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS t (a INTEGER)")
        engine.dispose()

    assert in_threads(8, first_use) == []


def test_a_write_inside_a_write_is_told_instead_of_waiting_for_ever(file_engine: Engine) -> None:
    with sql.write(file_engine), pytest.raises(RuntimeError, match="inside"), sql.write(file_engine):
        pass


def test_a_third_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        sql.open_engine("mysql://localhost/cases")


def test_a_sqlite_url_is_a_path(tmp_path: Path) -> None:
    with sql.read(sql.open_engine(f"sqlite:///{tmp_path}/u.db")) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert (tmp_path / "u.db").exists()


# ── PostgreSQL ──────────────────────────────────────────────────────────────


def test_a_deadlock_is_tried_again_and_both_get_through(postgres_url: str) -> None:
    engine = sql.open_engine(postgres_url)
    metadata.create_all(engine)
    with sql.write(engine) as connection:
        connection.execute(insert(counter), [{"id": 1, "value": 0}, {"id": 2, "value": 0}])
    both_hold_one = threading.Barrier(2, timeout=10)
    tries: list[int] = []

    @sql.retrying
    def cross(order: tuple[int, int]) -> None:
        first_time = len([mine for mine in tries if mine == order[0]]) == 0
        tries.append(order[0])
        with sql.write(engine) as connection:
            for row in order:
                connection.execute(
                    update(counter).where(counter.c.id == row).values(value=counter.c.value + 1)
                )
                if first_time and row == order[0]:
                    both_hold_one.wait()

    assert in_threads(2, lambda index: cross([(1, 2), (2, 1)][index])) == []
    assert len(tries) > 2, "there was no deadlock: the test proves nothing"
    assert (value(engine, 1), value(engine, 2)) == (2, 2)
    engine.dispose()


def test_other_errors_are_not_tried_again(postgres_url: str) -> None:
    engine = sql.open_engine(postgres_url)
    tries = []

    @sql.retrying
    def wrong() -> None:
        tries.append(1)
        with sql.write(engine) as connection:
            connection.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(DBAPIError):
        wrong()
    assert tries == [1]
    engine.dispose()


@pytest.mark.parametrize("origin", ["debian", "wheel"])
def test_both_kinds_of_binaries_start_and_leave_nothing(origin: str) -> None:
    from tests.conftest import missing

    try:
        with parts.postgresql(origin) as server, server.fresh_database("x") as url:
            engine = sql.open_engine(url)
            with sql.write(engine) as connection:
                assert connection.execute(text("SELECT 1")).scalar() == 1
            engine.dispose()
            assert server.version >= 15
    except parts.PartMissing as lack:
        missing(str(lack))
