"""Opens a database the one right way: SQLCipher (with or without a key) or PostgreSQL, SQLAlchemy Core, sync.

`write` is the only way to change something, `read` gives one consistent snapshot. Both are
for worker threads, never for an event loop.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 10
RETRIED_STATES = {"40001", "40P01"}  # serialization failure, deadlock detected
TRIES = 8

P = ParamSpec("P")
R = TypeVar("R")


class WrongKey(Exception):
    """The file is no database, or another key opens it."""


def is_sqlite(engine: Engine | Connection) -> bool:
    """Whether this is the embedded database."""
    return engine.dialect.name == "sqlite"


def open_engine(
    url_or_path: str | Path, *, key: bytes | None = None, pool_size: int = 8, cache_kib: int = 2000
) -> Engine:
    """An engine for a file path, a `sqlite:///path` URL or a `postgresql://…` URL.

    `key` is the raw 256-bit key of an encrypted file. `pool_size` is both the size and the
    limit of the pool: give it the number of threads that will use it. Each connection of SQLite
    keeps at most `cache_kib` KiB of pages. Nothing is opened yet; the first use raises `WrongKey`
    when the key does not fit.
    """
    text = str(url_or_path)
    if "://" not in text:
        return _sqlite(Path(text), key, pool_size, cache_kib)
    url = make_url(text)
    if url.get_backend_name() == "sqlite":
        return _sqlite(Path(url.database or ""), key, pool_size, cache_kib)
    if url.get_backend_name() != "postgresql":
        raise ValueError(f"neither SQLite nor PostgreSQL: {url.get_backend_name()}")
    return _postgresql(url, pool_size)


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: committed at the end of the block, rolled back by an exception.

    On SQLite it begins IMMEDIATE behind one lock per engine: a deferred transaction that reads
    first fails at once with "database is locked", whatever the time-out. Not to be nested.
    """
    if not is_sqlite(engine):
        with engine.begin() as connection:
            yield connection
        return
    with _one_writer(engine), engine.connect() as connection:
        _begin_immediate(connection)
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """One consistent snapshot, on which every write is refused by the database."""
    if not is_sqlite(engine):
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect() as plain, plain.execution_options(**options) as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA query_only=ON")
        driver.execute("BEGIN")
        try:
            yield connection
        finally:
            driver.rollback()
            driver.execute("PRAGMA query_only=OFF")


def retrying(act: Callable[P, R]) -> Callable[P, R]:
    """Runs a whole transaction again when PostgreSQL ended it for another's sake (40001, 40P01).

    At most 8 tries, with growing, jittered waits of 5 to 640 ms; the last error is raised.
    """

    @wraps(act)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES - 1):
            try:
                return act(*args, **kwargs)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in RETRIED_STATES:
                    raise
                time.sleep(random.uniform(0.5, 1.0) * 0.01 * 2**attempt)
        return act(*args, **kwargs)

    return again


# ── SQLite ──────────────────────────────────────────────────────────────────

_writers: WeakKeyDictionary[Engine, "_Writer"] = WeakKeyDictionary()
_registering = threading.Lock()


class _Writer:
    """The one writer's place in this process; a nested write would wait for itself for ever."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.thread: int | None = None


@contextmanager
def _one_writer(engine: Engine) -> Iterator[None]:
    with _registering:
        writer = _writers.setdefault(engine, _Writer())
    if writer.thread == threading.get_ident():
        raise RuntimeError("a write transaction inside a write transaction")
    with writer.lock:
        writer.thread = threading.get_ident()
        try:
            yield
        finally:
            writer.thread = None


def _begin_immediate(connection: Connection) -> None:
    connection.begin()  # for SQLAlchemy too, or its commit would do nothing when the driver is used directly
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        driver.execute("BEGIN IMMEDIATE")
    except driver.Error:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # again, so that SQLAlchemy words the error


def _sqlite(path: Path, key: bytes | None, pool_size: int, cache_kib: int) -> Engine:
    from sqlcipher3 import dbapi2

    if key is not None and len(key) != 32:
        raise ValueError("the raw key has 32 bytes")

    def connect() -> Any:
        driver = dbapi2.connect(
            str(path), check_same_thread=False, isolation_level=None, timeout=BUSY_SECONDS
        )
        try:
            driver.execute("PRAGMA cipher_log_level=NONE")  # else it writes on the terminal
            if key is not None:
                driver.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
            _use_wal(driver, dbapi2)
            for setting in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
                driver.execute(f"PRAGMA {setting}")
            driver.execute(f"PRAGMA cache_size=-{cache_kib}")
        except dbapi2.DatabaseError as error:
            driver.close()
            if "not a database" in str(error):
                raise WrongKey(f"{path.name}: no database, or one with another key") from error
            raise
        return driver

    return create_engine(
        "sqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,  # an error must not carry what somebody said into a log
        pool_use_lifo=True,  # one connection's caches stay warm: another's write empties them
    )


def _use_wal(driver: Any, dbapi2: Any) -> None:
    """Turns the write-ahead log on; the very first switch ignores the busy time-out, so it is tried again."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL")
            return
        except dbapi2.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


# ── PostgreSQL ──────────────────────────────────────────────────────────────


def _postgresql(url: URL, pool_size: int) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,  # an error must not carry what somebody said into a log
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": f"-c lock_timeout={BUSY_SECONDS}s"},
    )
