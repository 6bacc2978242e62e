"""Rows by the hundred thousand: collected per table, written in the order of the foreign keys."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, MetaData, Table

from ameli_support import sql


class Bulk:
    """Collects rows as dicts without the columns that stay null; `flush` writes and forgets them."""

    def __init__(self, metadata: MetaData) -> None:
        self._tables = metadata.sorted_tables
        self._rows: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in self._tables}
        # a number that the database counts is left to it
        self._columns = {
            table.name: [c.name for c in table.columns if not (c.primary_key and c.autoincrement is True)]
            for table in self._tables
        }
        self._known = {name: frozenset(columns) for name, columns in self._columns.items()}

    def add(self, table: Table, values: dict[str, Any]) -> None:
        """One row; an unknown column is a KeyError at once, not at the flush."""
        if not values.keys() <= self._known[table.name]:
            raise KeyError(f"{table.name}: {sorted(values.keys() - self._known[table.name])}")
        self._rows[table.name].append(tuple(map(values.get, self._columns[table.name])))

    def flush(self, connection: Connection) -> None:
        """Write everything collected: COPY on PostgreSQL, prepared inserts on SQLite."""
        for table in self._tables:
            rows = self._rows[table.name]
            if rows:
                _write(connection, table.name, self._columns[table.name], rows)
                rows.clear()


def _write(connection: Connection, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    names = ", ".join(f'"{name}"' for name in columns)
    if sql.is_sqlite(connection):
        marks = ", ".join("?" * len(columns))
        driver.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
