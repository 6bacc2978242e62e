"""The one way to write to a case: `append` an event and change the case's row with it, in one transaction.

Every write of the store goes through `Journal`, which lives as long as its transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support.clock import Clock, to_us
from ameli_support.store.chain import GENESIS, event_hash, new_salt, text_mac
from ameli_support.store.errors import NoCase, StaleVersion
from ameli_support.store.schema import case_event, day_root, erasable, support_case

EVENT_VERSION = 1  # of the payloads' shape; a reader shows a newer one raw

_EVER = day_root.c.day > ""


@dataclass(frozen=True, slots=True)
class Appended:
    """An event as stored; `duplicate` when its key was there already and nothing was written."""

    seq: int
    at: int
    version: int
    duplicate: bool = False


class Journal:
    """Writes of one transaction; made by `CaseStore.write`."""

    def __init__(self, connection: Connection, chain_key: bytes, business: Clock) -> None:
        self.connection = connection
        self._chain_key = chain_key
        self._business = business

    def now(self) -> int:
        """The business clock, in microseconds, never before a day that is sealed."""
        sealed = self.connection.scalar(
            select(day_root.c.ends_at).where(_EVER).order_by(day_root.c.day.desc()).limit(1)
        )
        return max(to_us(self._business.now()), sealed or 0)

    def open_case(self, **columns: Any) -> int | None:
        """A new case without events, its number; None when its record has an open case already."""
        at = self.now()
        row = {
            "opened_at": at,
            "last_contact_at": at,
            "last_at": at,
            "version": 0,
            "last_seq": 0,
            "last_hash": GENESIS,
            **columns,
        }
        statement = insert_or_nothing(self.connection, support_case, row)
        number: int | None = self.connection.scalar(statement.returning(support_case.c.number))
        return number

    def append(
        self,
        case: int,
        expected_version: int | None,
        actor: str,
        kind: str,
        payload: Mapping[str, Any],
        key: str | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> Appended:
        """Adds an event, and `changes` to the case's row.

        With `expected_version` the case's version moves on by one, or `StaleVersion` is raised;
        without, the event commutes with others and moves no version. `key` makes it once only.
        The payload holds codes and ids, never what a person said. Raises `NoCase`.
        """
        row = self.connection.execute(
            select(
                support_case.c.version,
                support_case.c.last_seq,
                support_case.c.last_at,
                support_case.c.last_hash,
            )
            .where(support_case.c.number == case)
            .with_for_update(key_share=True)
        ).one_or_none()
        if row is None:
            raise NoCase(case)
        if key is not None:
            known = self._known(case, key, row.version)
            if known is not None:
                return known
        if expected_version is not None and expected_version != row.version:
            raise StaleVersion(case, expected_version, row.version)
        version = row.version + (expected_version is not None)
        seq, at = row.last_seq + 1, max(self.now(), row.last_at)
        text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = event_hash(
            self._chain_key,
            row.last_hash,
            case=case,
            seq=seq,
            at=at,
            actor=actor,
            kind=kind,
            version=EVENT_VERSION,
            payload=text,
        )
        self.connection.execute(
            insert(case_event).values(
                case=case,
                seq=seq,
                at=at,
                actor=actor,
                kind=kind,
                version=EVENT_VERSION,
                payload=text,
                key=key,
                prev_hash=row.last_hash,
                hash=digest,
            )
        )
        self.connection.execute(
            update(support_case)
            .where(support_case.c.number == case)
            .values(last_seq=seq, last_at=at, last_hash=digest, version=version, **(changes or {}))
        )
        return Appended(seq, at, version)

    def _known(self, case: int, key: str, version: int) -> Appended | None:
        known = self.connection.execute(
            select(case_event.c.case, case_event.c.seq, case_event.c.at).where(case_event.c.key == key)
        ).one_or_none()
        if known is None:
            return None
        if known.case != case:
            raise ValueError("the key belongs to another case")
        return Appended(known.seq, known.at, version, duplicate=True)

    def keep(self, case: int, what: str, text: str) -> dict[str, str]:
        """Stores an erasable text with its salt; what the event's payload keeps of it."""
        salt, name = new_salt(), uuid4().hex
        self.connection.execute(
            insert(erasable).values(id=name, case=case, what=what, at=self.now(), salt=salt, text=text)
        )
        return {"ref": name, "mac": text_mac(salt, text)}

    def last_version(self, case: int) -> int:
        """The version that the next state change expects; raises `NoCase`."""
        version = self.connection.scalar(
            select(support_case.c.version)
            .where(support_case.c.number == case)
            .with_for_update(key_share=True)
        )
        if version is None:
            raise NoCase(case)
        return int(version)

    def count_open(self, table: Any, *conditions: Any) -> int:
        """How many rows fit."""
        return int(self.connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0)


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Inserts the row, or overwrites the one with its primary key; safe against others who do the same."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    keys = [column.name for column in table.primary_key]
    others = {name: value for name, value in row.items() if name not in keys}
    connection.execute(make(table).values(row).on_conflict_do_update(index_elements=keys, set_=others))


def insert_or_nothing(connection: Connection, table: Table, row: Mapping[str, Any]) -> Any:
    """An INSERT that leaves a row that is there already as it is; `.returning(…)` may follow."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).values(row).on_conflict_do_nothing()
    return postgresql.insert(table).values(row).on_conflict_do_nothing()
