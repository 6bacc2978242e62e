"""A case store of each kind for a test, copied from one that was made once."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from ameli_support.clock import Clock
from ameli_support.store.cases import CaseStore
from ameli_support.store.opening import key_file, open_store, upgrade_store
from ameli_support.store.schema import REVISIONS, metadata
from tests import parts

FILE = "cases.db"


@dataclass(frozen=True)
class Place:
    """Where a store is; `path` names its keys and daily roots on PostgreSQL too."""

    path: Path
    url: str | None = None

    def open(self, clock: Clock) -> CaseStore:
        """The store, as one program opens it."""
        return open_store(path=self.path, url=self.url, business=clock, system=clock, use_keyring=False)


@pytest.fixture(scope="session")
def store_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the embedded store that tests copy."""
    folder = tmp_path_factory.mktemp("store-template")
    upgrade_store(path=folder / FILE, use_keyring=False)
    return folder


@pytest.fixture(scope="session")
def store_database(store_templates: Path, postgres_server: parts.PostgreSQL) -> Iterator[str]:
    """The URL of the shared store that tests use in turn; it has the template's keys."""
    with postgres_server.fresh_database(f"store{uuid.uuid4().hex[:12]}") as url:
        upgrade_store(path=store_templates / FILE, url=url, use_keyring=False)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_place(request: pytest.FixtureRequest, store_templates: Path, tmp_path: Path) -> Place:
    """An empty store of this test alone, once on each database."""
    path = tmp_path / FILE
    shutil.copy(key_file(store_templates / FILE), key_file(path))
    if request.param == "sqlite":
        shutil.copy(store_templates / FILE, path)
        return Place(path)
    url: str = request.getfixturevalue("store_database")
    empty(url)
    return Place(path, url)


def empty(url: str) -> None:
    """Empties every table, past the triggers, faster than making a database."""
    tables = ", ".join(f'"{table}"' for table in metadata.tables if table != "store_meta")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY".encode())
        connection.execute("DELETE FROM store_meta WHERE name = 'mail_key'")
        connection.execute("UPDATE alembic_version SET version_num = %s", [REVISIONS[-1]])
