"""Brings the tables to the number that this version needs: one SELECT at start, Alembic only when behind."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ameli_support import sql
from ameli_support.i18n import _
from ameli_support.store.errors import NewerDatabase
from ameli_support.store.schema import REVISIONS

HEAD = REVISIONS[-1]
_LOCK = 0x616D656C69  # one upgrade at a time on a shared database


def revision(engine: Engine) -> str | None:
    """The number of the tables, None for an empty database; raises `NewerDatabase`."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    number = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if number is not None and number not in REVISIONS:
        raise NewerDatabase(
            _(
                "La base des dossiers vient d’une version plus récente du logiciel ({number}). "
                "Mettez le logiciel à jour."
            ).format(number=number)
        )
    return number


def behind(engine: Engine) -> bool:
    """Whether an upgrade is needed before the store can be used."""
    return revision(engine) != HEAD


def upgrade(engine: Engine, backup: Path | None = None) -> str | None:
    """Upgrades to HEAD in one transaction and returns the number before.

    `backup` is where an embedded database that holds something is copied first; older copies of the same
    number, which an upgrade that failed leaves behind, go once it is whole. Several programs may call
    this at once: the later ones find nothing to do. Raises `NewerDatabase`.
    """
    before = revision(engine)
    if before == HEAD:
        return before
    if before is not None and backup is not None:
        try:
            copy_embedded(engine, backup)
        except FileExistsError:  # another program does the same in this second
            copy_embedded(engine, backup.with_name(f"{backup.name}-{os.getpid()}"))
        _forget_older(backup)
    with sql.write(engine) as connection:
        if not sql.is_sqlite(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _revision(connection) != HEAD:
            _migrate(connection)
    return before


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def backup_path(database: Path, at: datetime, number: str | None) -> Path:
    """Beside the database, named after what it holds and when it was made."""
    return database.with_name(f"{database.name}.{number or 'empty'}.{at:%Y%m%dT%H%M%SZ}")


def _forget_older(backup: Path) -> None:
    """Removes the copies of the same number that were made in an earlier second."""
    same = backup.with_suffix("").name + "."
    for other in backup.parent.iterdir():
        if other.name.startswith(same) and other.name < backup.name:
            other.unlink(missing_ok=True)


def copy_embedded(engine: Engine, target: Path) -> None:
    """A consistent copy under the same key, for its owner alone; raises `FileExistsError`.

    What could not be copied whole leaves no file that looks like a backup.
    """
    target.touch(mode=0o600, exist_ok=False)
    try:
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("VACUUM INTO ?", (str(target),))
    except BaseException:
        target.unlink()
        raise
