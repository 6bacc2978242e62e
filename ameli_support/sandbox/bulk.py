"""Rows by the hundred thousand: collected per table, written in the order of the foreign keys."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, MetaData, Table

from ameli_support import sql


class Bulk:
    """Collects rows as dicts without the columns that stay null; `flush` writes and forgets them."""

    def __init__(self, metadata: MetaData) -> None:
        self._tables = metadata.sorted_tables
        self._columns = {table.name: [c.name for c in table.columns] for table in self._tables}
        self._rows: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in self._tables}
        # sequences are the database's: their columns are left out
        for table in self._tables:
            if table.autoincrement_column is not None and table.name in ("audit", "lookup_log"):
                self._columns[table.name].remove(table.autoincrement_column.name)

    def add(self, table: Table, values: dict[str, Any]) -> None:
        """One row; an unknown column is a KeyError at once, not at the flush."""
        row = tuple(values.get(name) for name in self._columns[table.name])
        if unknown := values.keys() - set(self._columns[table.name]):
            raise KeyError(f"{table.name}: {sorted(unknown)}")
        self._rows[table.name].append(row)

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
