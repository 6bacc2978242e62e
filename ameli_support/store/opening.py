"""Opens the case store of a machine: embedded (SQLCipher, upgraded by itself) or shared (PostgreSQL)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError

from ameli_support import sql
from ameli_support.clock import Clock, SystemClock
from ameli_support.i18n import _
from ameli_support.store import upgrading
from ameli_support.store.cases import CaseStore
from ameli_support.store.chain import key_fingerprint
from ameli_support.store.errors import KeyTrouble, StoreMissing, StoreUnusable, UpgradeNeeded
from ameli_support.store.keys import Keys, load_keys
from ameli_support.store.schema import store_meta

if TYPE_CHECKING:
    from ameli_support.store.sealing import Sealer

POOL = 16
CACHE_KIB = 512  # a connection; a desk reads by index, and a day of calls must not fill memory
CHAIN_KEY = "chain_key"


def open_store(
    *,
    path: Path,
    url: str | None = None,
    business: Clock,
    system: Clock | None = None,
    use_keyring: bool = True,
) -> CaseStore:
    """The store at `url` (PostgreSQL), else the encrypted file `path`.

    `path` also names the keys (`<path>.key` when there is no keyring) and the file of daily roots
    (`<path>.roots`) of a shared store. An embedded store is created, and upgraded after a backup;
    a shared one that is behind raises `UpgradeNeeded`. Raises any `StoreError`.
    """
    system = system or SystemClock()
    with _usable(path, url):
        engine, keys = _engine(path, url, use_keyring)
        if upgrading.behind(engine):
            if url is not None:
                raise UpgradeNeeded(
                    _("La base partagée des dossiers n’est pas à jour : lancez « ameli-support db upgrade ».")
                )
            upgrade_embedded(engine, path, system.now)
        _same_chain_key(engine, keys.chain)

    def load_sealer(create: bool) -> "Sealer":
        from ameli_support.store.sealing import load_sealer

        return load_sealer(path, create=create, use_keyring=use_keyring)

    return CaseStore(
        engine,
        keys.chain,
        business=business,
        system=system,
        roots=roots_file(path),
        load_sealer=load_sealer,
    )


def upgrade_store(*, path: Path, url: str | None = None, use_keyring: bool = True) -> tuple[str | None, str]:
    """`ameli-support db upgrade`: the numbers before and after; creates what is missing."""
    with _usable(path, url):
        engine, keys = _engine(path, url, use_keyring)
        try:
            if url is None:
                before = upgrade_embedded(engine, path, SystemClock().now)
            else:
                before = upgrading.upgrade(engine)
            _same_chain_key(engine, keys.chain)
        finally:
            engine.dispose()
    return before, upgrading.HEAD


def upgrade_embedded(engine: Engine, path: Path, now: Callable[[], datetime]) -> str | None:
    """Upgrades the encrypted file after a copy beside it; the number before."""
    number = upgrading.revision(engine)
    return upgrading.upgrade(engine, upgrading.backup_path(path, now(), number))


def key_file(path: Path) -> Path:
    """Where the keys are when there is no keyring."""
    return path.with_name(path.name + ".key")


def roots_file(path: Path) -> Path:
    """Where the daily roots are, outside the database."""
    return path.with_name(path.name + ".roots")


@contextmanager
def _usable(path: Path, url: str | None) -> Iterator[None]:
    """Whatever keeps the store from being opened, as a sentence without a driver's words."""
    try:
        yield
    except OSError as error:
        raise StoreUnusable(
            _("Le dossier de la base {file} ne peut pas être utilisé ({why}).").format(
                file=path, why=error.strerror or type(error).__name__
            )
        ) from None
    except DBAPIError:
        if url is not None:
            raise StoreMissing(
                _("La base partagée des dossiers ne répond pas : vérifiez [store] url et le réseau.")
            ) from None
        raise StoreUnusable(
            _(
                "La base des dossiers {file} ne s’ouvre pas : droits, disque plein ou fichier abîmé. "
                "Lancez « ameli-support doctor »."
            ).format(file=path)
        ) from None


def _engine(path: Path, url: str | None, use_keyring: bool) -> tuple[Engine, Keys]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = url is not None or not path.exists()
    if url is not None:
        engine = sql.open_engine(url, pool_size=POOL)
        fresh = upgrading.revision(engine) is None
        return engine, load_keys(key_file(path), create=fresh, use_keyring=use_keyring)
    keys = load_keys(key_file(path), create=fresh, use_keyring=use_keyring)
    if fresh:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    engine = sql.open_engine(path, key=keys.database, pool_size=POOL, cache_kib=CACHE_KIB)
    try:
        upgrading.revision(engine)
    except sql.WrongKey:
        engine.dispose()
        raise KeyTrouble(
            _("Les clés trouvées n’ouvrent pas la base des dossiers {file}.").format(file=path)
        ) from None
    return engine, keys


def _same_chain_key(engine: Engine, chain_key: bytes) -> None:
    """One chain key per store: the first program notes its fingerprint, the others must have the same."""
    fingerprint = key_fingerprint(chain_key)
    kept = select(store_meta.c.value).where(store_meta.c.name == CHAIN_KEY)
    with sql.read(engine) as connection:
        known = connection.scalar(kept)
    if known is None:
        with sql.write(engine) as connection:
            known = connection.scalar(kept.with_for_update())
            if known is None:
                connection.execute(insert(store_meta).values(name=CHAIN_KEY, value=fingerprint))
                known = fingerprint
    if known != fingerprint:
        raise KeyTrouble(
            _(
                "La clé de chaînage de ce poste n’est pas celle de la base des dossiers : "
                "demandez-la à l’administrateur."
            )
        )
