"""Sessions of the public pages: a random cookie, its hash and a little data in the database.

A visitor without anything to keep has a cookie and no row, so strangers cannot fill the disk. At
every change of privilege the cookie's value changes, so a planted one leads nowhere. Times are of
the system clock.
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from starlette.requests import HTTPConnection
from starlette.responses import Response

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.sandbox import schema
from ameli_support.sandbox.world import World

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
MOST_DATA = 4096
# how stale `seen_at` may grow before a page writes it again
_GRAIN = timedelta(minutes=1)
_BYTES = 32
_AFTER = "after"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")

T = TypeVar("T")
_row = schema.web_session


@dataclass(slots=True)
class Session:
    """One visitor. `person`: who was recognised, if anybody; `data`: small JSON values of the pages.

    `id` is the cookie's value, a secret; `stored`: it has a row; `fresh`: the browser does not know it yet.
    """

    id: str
    person: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    stored: bool = False
    fresh: bool = True

    @property
    def after(self) -> str | None:
        """For a session that ended: the page where it led."""
        return self.data.get(_AFTER)

    @property
    def csrf(self) -> str:
        """What every form of this session carries; tells nothing of the cookie."""
        seal = hmac.digest(self.id.encode(), b"csrf/session/1", hashlib.sha256)
        return urlsafe_b64encode(seal).decode().rstrip("=")

    def csrf_fits(self, given: str) -> bool:
        """Whether a form was made for this session, in constant time."""
        return hmac.compare_digest(self.csrf.encode(), given.encode(errors="replace"))


class Sessions:
    """The sessions of a world; every method but `attach` uses the database: call it in a thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._secure = world.base_url.startswith("https:")
        # RFC 6265bis §4.1.3.2: the prefix holds the cookie to this host, this path and TLS
        self.cookie = "__Host-ameli" if self._secure else "ameli"

    def read(self, request: HTTPConnection) -> Session:
        """The visitor's session; an anonymous one for no cookie, or for one that ended."""
        given = request.cookies.get(self.cookie, "")
        if _SHAPE.fullmatch(given) is None:
            return self.begin()
        now = self._world.system.now()
        with sql.read(self._world.engine) as conn:
            row = conn.execute(select(_row).where(_row.c.id_hash == _hash(given))).first()
        if row is None or self._over(row):
            return Session(given, fresh=False)
        if row.seen_at <= to_us(now - _GRAIN):
            with sql.write(self._world.engine) as conn:
                conn.execute(update(_row).where(_row.c.id_hash == _hash(given)).values(seen_at=to_us(now)))
        return Session(given, row.person, json.loads(row.data), stored=True, fresh=False)

    @staticmethod
    def begin() -> Session:
        """A new anonymous session; nothing is stored until `change`."""
        return Session(secrets.token_urlsafe(_BYTES))

    def change(self, session: Session, act: Callable[[dict[str, Any]], T]) -> T:
        """What `act` gives, on the data as it is stored now: one at a time, however many ask at once.

        Whose session ended meanwhile goes on as nobody, without what it held. ValueError when the data
        grow larger than MOST_DATA bytes of JSON.
        """
        mine = _row.c.id_hash == _hash(session.id)
        with sql.write(self._world.engine) as conn:
            self._add(conn, Session(session.id), "{}")
            row = conn.execute(select(_row).where(mine).with_for_update()).one()
            if self._over(row):
                conn.execute(delete(_row).where(mine))
                self._add(conn, Session(session.id), "{}")
                row = conn.execute(select(_row).where(mine)).one()
            session.person, session.data = row.person, json.loads(row.data)
            answer = act(session.data)
            data = json.dumps(session.data, separators=(",", ":"))
            if len(data) > MOST_DATA:
                raise ValueError("too much for a session")
            conn.execute(update(_row).where(mine).values(data=data))
        session.stored = True
        return answer

    def renew(self, session: Session, person: str | None = None, **data: Any) -> Session:
        """A change of privilege: a new id for `person`, with only `data`; the old id opens nothing more."""
        new = Session(secrets.token_urlsafe(_BYTES), person, data, stored=True)
        with sql.write(self._world.engine) as conn:
            conn.execute(delete(_row).where(_row.c.id_hash == _hash(session.id)))
            self._add(conn, new, json.dumps(data, separators=(",", ":")))
        return new

    def end(self, session: Session, after: str | None = None) -> Session:
        """The session is over; an anonymous one for the answer.

        `after`: the page where a form that this session sent twice is to lead; the old id opens nothing.
        """
        if session.stored:
            ended = _row.c.id_hash == _hash(session.id)
            with sql.write(self._world.engine) as conn:
                if after is None:
                    conn.execute(delete(_row).where(ended))
                else:
                    data = json.dumps({_AFTER: after})
                    conn.execute(update(_row).where(ended).values(person=None, data=data))
        return self.begin()

    def attach(self, response: Response, session: Session) -> None:
        """Give the browser a cookie it does not have: no script reads it, no other site posts with it."""
        if session.fresh:
            response.set_cookie(
                self.cookie, session.id, path="/", secure=self._secure, httponly=True, samesite="lax"
            )

    def _over(self, row: Any) -> bool:
        now = self._world.system.now()
        return bool(row.seen_at <= to_us(now - IDLE) or row.began_at <= to_us(now - LONGEST))

    def _add(self, conn: Connection, session: Session, data: str) -> None:
        """A row for a session that has none."""
        now = self._world.system.now()
        conn.execute(delete(_row).where(_row.c.seen_at <= to_us(now - IDLE)))
        insert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
        row = insert(_row).values(
            id_hash=_hash(session.id),
            person=session.person,
            data=data,
            began_at=to_us(now),
            seen_at=to_us(now),
        )
        conn.execute(row.on_conflict_do_nothing())


def end_all(conn: Connection, person: str) -> None:
    """Every session of a person is over: after a change of code, or from elsewhere than their browser."""
    conn.execute(delete(_row).where(_row.c.person == person))


def _hash(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
