"""One small ameli: its database, its two clocks, its keys and its procedure."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, Row, inspect, select

from ameli_support import sql
from ameli_support.clock import Clock, SystemClock, from_us, to_us
from ameli_support.onboarding.procedure import Procedure, procedure
from ameli_support.sandbox import schema
from ameli_support.sandbox.tokens import KeyRing, open_ring, open_secret

SERVICE = "ameli-support sandbox"
_EPOCH = from_us(0)
_LAST = datetime(2199, 12, 31, tzinfo=UTC)


class OtherSchema(Exception):
    """The database was made by another version; it can only be made anew."""

    def __init__(self, found: int) -> None:
        super().__init__(f"schema {found}, expected {schema.SCHEMA_NUMBER}")
        self.found = found


@dataclass(slots=True)
class BusinessClock:
    """System time plus an offset that only grows, never before an instant that was already told or stored."""

    system: Clock
    offset: timedelta = field(default_factory=timedelta)
    last: datetime = _EPOCH
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """The present business instant, aware, in UTC; it never decreases."""
        with self._lock:
            self.last = max(self.last, self.system.now() + self.offset)
            return self.last


@dataclass(slots=True)
class World:
    """Everything that a use case of the service needs; made by `open_world`."""

    engine: Engine
    procedure: Procedure
    ring: KeyRing
    bearer_key: bytes
    system: Clock
    business: BusinessClock
    keys: Path
    base_url: str = "http://127.0.0.1"
    message_domain: str = "sandbox.invalid"
    in_flight: set[str] = field(default_factory=set)
    in_flight_lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """The present business instant."""
        return self.business.now()

    def forward(self, by: timedelta) -> datetime:
        """Move the business clock on for good; the new instant. ValueError for a move back or too far."""
        if by < timedelta(0):
            raise ValueError("a clock never goes back")
        if self.now() + by > _LAST:
            raise ValueError("beyond what the calendar's rules are written for")
        self.business.offset += by
        now = self.now()
        with sql.write(self.engine) as conn:
            conn.execute(
                schema.world.update().values(offset_us=_us(self.business.offset), last_instant=to_us(now))
            )
        return now

    def close(self) -> None:
        """Store the last instant told, then close every connection."""
        with sql.write(self.engine) as conn:
            conn.execute(schema.world.update().values(last_instant=to_us(self.business.last)))
        self.engine.dispose()


def open_world(
    database: str | Path,
    keys: Path,
    *,
    system: Clock | None = None,
    rules: Procedure | None = None,
    base_url: str = "http://127.0.0.1",
    pool_size: int = 8,
) -> World:
    """Open the world of a database (path or PostgreSQL URL), made when it is empty.

    `keys` is the folder of its secrets: the links' key ring and the bearer tokens' key, both
    readable by their owner alone. Raises OtherSchema for a database of another version.
    """
    system = system or SystemClock()
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sql.open_engine(database, pool_size=pool_size)
    try:
        row = _row_of(engine) or _create(engine)
        if row.schema_number != schema.SCHEMA_NUMBER:
            raise OtherSchema(row.schema_number)
        business = BusinessClock(system, timedelta(microseconds=row.offset_us), _last_instant(engine, row))
    except BaseException:
        engine.dispose()
        raise
    return World(
        engine=engine,
        procedure=rules or procedure(),
        ring=open_ring(keys / "confirm-keys.json"),
        bearer_key=open_secret(keys / "bearer.key"),
        system=system,
        business=business,
        keys=keys,
        base_url=base_url,
    )


def rebuild(database: str | Path) -> None:
    """Throw away every table of a world, of whatever version; the next `open_world` makes it anew."""
    from sqlalchemy import MetaData

    engine = sql.open_engine(database, pool_size=1)
    found = MetaData()
    with sql.write(engine) as conn:
        found.reflect(conn)
        found.drop_all(conn)
    engine.dispose()


def _row_of(engine: Engine) -> Row[tuple[int, int, int, int]] | None:
    with engine.connect() as conn:
        if not inspect(conn).has_table(schema.world.name):
            return None
        return conn.execute(select(schema.world)).first()


def _create(engine: Engine) -> Row[tuple[int, int, int, int]]:
    with sql.write(engine) as conn:
        schema.metadata.create_all(conn)
        conn.execute(
            schema.world.insert().values(
                id=1, schema_number=schema.SCHEMA_NUMBER, offset_us=0, last_instant=0
            )
        )
        return conn.execute(select(schema.world)).one()


def _last_instant(engine: Engine, row: Row[tuple[int, int, int, int]]) -> datetime:
    newest = select(schema.audit.c.at).order_by(schema.audit.c.id.desc()).limit(1)
    with engine.connect() as conn:
        audited: int = conn.execute(newest).scalar() or 0
    return from_us(max(row.last_instant, audited))


def _us(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)
