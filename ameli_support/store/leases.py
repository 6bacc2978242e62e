"""A running program's lease: renewed every 10 s for 30 s on the system clock, never on the business clock.

Only acts whose owner's lease has lapsed are settled by somebody else. Workstations that share a
database are expected to keep their clocks within some seconds of each other.
"""

import logging
import threading
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.exc import SQLAlchemyError

from ameli_support.clock import to_us
from ameli_support.store.cases import AnyRow, CaseStore
from ameli_support.store.errors import StoreError
from ameli_support.store.journal import Journal, put
from ameli_support.store.schema import intent, session

RENEW_SECONDS = 10
LEASE_SECONDS = 30
log = logging.getLogger(__name__)


class Lease:
    """This program's lease; `start` before the first intent, `stop` at the end."""

    def __init__(self, store: CaseStore, agent: str) -> None:
        self.id = uuid4().hex
        self._store = store
        self._agent = agent
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, renewing: bool = True) -> None:
        """Takes the lease, and renews it in a thread of its own until `stop`."""
        self._store.write(self.renew)
        if renewing:
            self.start_renewing()

    def start_renewing(self) -> None:
        """Renews in a thread of its own; a database that is away is tried again."""
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()

    def renew(self, journal: Journal) -> None:
        """Moves the end on, within a transaction."""
        until = to_us(self._store.system.now() + timedelta(seconds=LEASE_SECONDS))
        put(journal.connection, session, {"id": self.id, "agent": self._agent, "lease_until": until})

    def stop(self) -> None:
        """Gives the lease up at once."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(5)
        with suppress(StoreError):  # a database that is gone lets the lease lapse by itself
            self._store.write(lambda j: j.connection.execute(delete(session).where(session.c.id == self.id)))

    def _keep(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            try:
                self._store.write(self.renew)
            except (
                SQLAlchemyError,
                StoreError,
            ) as error:  # tried again in ten seconds; a lapsed lease is safe
                log.warning("the lease could not be renewed: %s", type(error).__name__)


def ownerless_intents(
    connection: Connection, now: int, mine: str, in_flight: Collection[str], case: int | None = None
) -> list[AnyRow]:
    """Open intents that this program may settle, of one case or of all.

    Nobody's any more, or its own that it is not carrying out at this moment (`in_flight`).
    """
    statement = (
        select(intent)
        .outerjoin(session, session.c.id == intent.c.session)
        .where(
            intent.c.done.is_(None),
            intent.c.session > "",  # the open ones alone are in the index
            or_(session.c.id.is_(None), session.c.lease_until < now, intent.c.session == mine),
        )
        .order_by(intent.c.at)
    )
    if case is not None:
        statement = statement.where(intent.c.case == case)
    return [row for row in connection.execute(statement) if row.key not in in_flight]


def sweep(journal: Journal, now: int) -> None:
    """Drops leases that lapsed long ago."""
    old = now - to_us_delta(timedelta(days=1))
    journal.connection.execute(delete(session).where(session.c.lease_until < old))


def to_us_delta(span: timedelta) -> int:
    """Whole microseconds."""
    return span // timedelta(microseconds=1)
