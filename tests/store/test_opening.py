"""Opening: keys outside the database, upgrades with a backup, a newer database refused."""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path

import keyring.backend
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.store import banners, upgrading
from ameli_support.store.cases import CaseStore
from ameli_support.store.errors import (
    KeyTrouble,
    NewerDatabase,
    StoreMissing,
    StoreUnusable,
    UpgradeNeeded,
)
from ameli_support.store.keys import Keys, load_keys, write_key_file
from ameli_support.store.opening import key_file, open_store, upgrade_store
from ameli_support.store.schema import REVISIONS, metadata
from ameli_support.store.verifying import verify
from tests.store.making import new_case, with_note
from tests.stores import Place


def open_at(path: Path, clock: FixedClock, url: str | None = None) -> CaseStore:
    return open_store(path=path, url=url, business=clock, system=clock, use_keyring=False)


def test_the_migrations_make_exactly_the_tables_of_the_schema(store: CaseStore) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == upgrading.HEAD
        assert compare_metadata(context, metadata) == []


def test_the_revisions_are_those_of_the_migrations() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(Path(upgrading.__file__).parent / "migrations"))
    known = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS


def test_a_newer_database_is_refused_with_a_sentence(store: CaseStore) -> None:
    with sql.write(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase) as newer:
        upgrading.upgrade(store.engine)
    assert "9999" in newer.value.sentence


def test_a_shared_database_that_is_behind_is_upgraded_by_its_command_alone(
    postgres_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    path = tmp_path / "cases.db"
    with pytest.raises(UpgradeNeeded):
        open_at(path, clock, postgres_url)
    assert upgrade_store(path=path, url=postgres_url, use_keyring=False) == (None, REVISIONS[-1])
    assert upgrade_store(path=path, url=postgres_url, use_keyring=False)[0] == REVISIONS[-1]
    open_at(path, clock, postgres_url).close()


def test_a_start_that_is_not_behind_does_not_import_alembic(tmp_path: Path, clock: FixedClock) -> None:
    import subprocess
    import sys

    open_at(tmp_path / "cases.db", clock).close()
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from ameli_support.clock import SystemClock\n"
        "from ameli_support.store.opening import open_store\n"
        "open_store(path=Path(sys.argv[1]), business=SystemClock(), use_keyring=False)\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path / "cases.db")]).returncode == 0


def test_the_embedded_file_holds_nothing_readable_and_belongs_to_its_owner(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = tmp_path / "cases.db"
    store = open_at(path, clock)
    with_note(store, new_case(store), "une note bien lisible")
    store.close()
    for file in tmp_path.iterdir():
        assert b"bien lisible" not in file.read_bytes()
        assert b"SQLite format" not in file.read_bytes()[:16]
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_a_backup_is_whole_and_opens_with_the_same_key(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "cases.db"
    store = open_at(path, clock)
    case = new_case(store)
    ref = with_note(store, case, "à garder")
    backup = upgrading.backup_path(path, clock.now(), REVISIONS[-1])
    assert backup.name == f"cases.db.{REVISIONS[-1]}.20261123T090000Z"
    upgrading.copy_embedded(store.engine, backup)
    with pytest.raises(FileExistsError):
        upgrading.copy_embedded(store.engine, backup)
    store.close()
    os.link(key_file(path), key_file(backup))
    copy = open_at(backup, clock)
    assert copy.text(ref) == "à garder"
    copy.close()


def _at_an_older_number(store: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrading, "REVISIONS", ("0000", *REVISIONS))
    with sql.write(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))


def test_an_upgrade_of_the_embedded_store_is_preceded_by_a_backup(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cases.db"
    store = open_at(path, clock)
    new_case(store)
    store.close()
    _at_an_older_number(store, monkeypatch)
    backup = upgrading.backup_path(path, clock.now(), "0000")
    seen: list[bool] = []

    def migrate(connection: Connection) -> None:
        seen.append(backup.exists())
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": upgrading.HEAD})

    monkeypatch.setattr(upgrading, "_migrate", migrate)
    open_at(path, clock).close()
    assert seen == [True]
    assert backup.stat().st_size > 0


def test_two_programs_that_upgrade_in_one_second_each_have_their_backup(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cases.db"
    store = open_at(path, clock)
    store.close()
    _at_an_older_number(store, monkeypatch)
    others = upgrading.backup_path(path, clock.now(), "0000")
    others.write_bytes(b"of the other program")

    def migrate(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": upgrading.HEAD})

    monkeypatch.setattr(upgrading, "_migrate", migrate)
    open_at(path, clock).close()
    assert others.read_bytes() == b"of the other program"
    assert len(list(tmp_path.glob(f"{others.name}-*"))) == 1


def test_upgrades_that_fail_again_and_again_keep_one_backup_the_newest(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cases.db"
    store = open_at(path, clock)
    new_case(store)
    store.close()
    other = upgrading.backup_path(path, clock.now(), "0001x")
    other.write_bytes(b"of another number")
    _at_an_older_number(store, monkeypatch)

    def fails(_connection: Connection) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(upgrading, "_migrate", fails)
    for _try in range(3):
        clock.forward(timedelta(minutes=1))
        with pytest.raises(RuntimeError, match="no room"):
            open_at(path, clock)
        assert list(tmp_path.glob("*.0000.*")) == [upgrading.backup_path(path, clock.now(), "0000")]
    assert other.exists()


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path, clock: FixedClock) -> None:
    store = open_at(tmp_path / "cases.db", clock)
    store.close()
    (tmp_path / "cases.db").write_bytes(b"damaged" * 1000)
    with pytest.raises(Exception, match="database"):
        upgrading.copy_embedded(store.engine, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_an_upgrade_that_fails_leaves_everything_as_it_was(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_an_older_number(store, monkeypatch)

    def migrate(connection: Connection) -> None:
        connection.execute(text("DROP TABLE draft"))
        raise RuntimeError("half-way")

    monkeypatch.setattr(upgrading, "_migrate", migrate)
    with pytest.raises(RuntimeError):
        upgrading.upgrade(store.engine)
    assert upgrading.revision(store.engine) == "0000"
    assert store.draft(1, "0427") == ""


def test_a_database_that_is_gone_is_told_in_a_sentence(clock: FixedClock) -> None:
    gone = CaseStore(sql.open_engine("postgresql://postgres@127.0.0.1:1/none"), b"k" * 32, business=clock)
    with pytest.raises(StoreMissing) as missing:
        gone.case(1)
    assert "réessayez" in missing.value.sentence
    with pytest.raises(StoreMissing):
        gone.save_draft(1, "a", "b")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "cases.db"
    open_at(path, clock).close()
    key_file(path).chmod(0o640)
    with pytest.raises(KeyTrouble) as trouble:
        open_at(path, clock)
    assert "600" in trouble.value.sentence


def test_missing_altered_and_foreign_keys_are_told_apart(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "cases.db"
    open_at(path, clock).close()
    file = key_file(path)
    whole = file.read_text()
    file.unlink()
    with pytest.raises(KeyTrouble, match="introuvables"):
        open_at(path, clock)
    write_key_file(file, Keys.new())
    with pytest.raises(KeyTrouble, match="n’ouvrent pas"):
        open_at(path, clock)
    file.write_text("zz")
    with pytest.raises(KeyTrouble, match="illisible"):
        open_at(path, clock)
    file.write_text(whole)
    open_at(path, clock).close()


def test_every_workstation_needs_the_same_chain_key(store_place: Place, clock: FixedClock) -> None:
    store_place.open(clock).close()
    path = store_place.path
    database = load_keys(key_file(path), create=False, use_keyring=False).database
    key_file(path).unlink()
    write_key_file(key_file(path), Keys(database, secrets.token_bytes(32)))
    with pytest.raises(KeyTrouble, match="chaînage"):
        open_at(path, clock, store_place.url)


class _Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 9.0
    kept: dict[tuple[str, str], str] = {}  # noqa: RUF012

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def test_keys_go_to_the_keyring_when_there_is_one(tmp_path: Path, clock: FixedClock) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(_Ring())  # type: ignore[no-untyped-call]
    try:
        path = tmp_path / "cases.db"
        for _time in range(2):
            open_store(path=path, business=clock, use_keyring=True).close()
        assert not key_file(path).exists()
        assert ("ameli-support", str(key_file(path))) in _Ring.kept
    finally:
        keyring.set_keyring(before)


def test_keys_never_show_in_a_repr() -> None:
    keys = Keys.new()
    assert keys.chain.hex() not in repr(keys)
    assert str(keys.chain) not in repr(keys)


def made_by_the_first_version(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the store anew with the first revision's tables alone."""
    from alembic import command

    if place.url is None:
        place.path.unlink()
        key_file(place.path).unlink()
    to_head = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _head: to_head(config, "0001"))
        upgrade_store(path=place.path, url=place.url, use_keyring=False)


def test_a_store_of_the_first_version_is_upgraded_with_its_cases(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "old" / "cases.db")
    place.path.parent.mkdir()
    place.path.touch()
    key_file(place.path).touch()
    made_by_the_first_version(place, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "HEAD", "0001")
        old = place.open(clock)
        kept = with_note(old, new_case(old), "à garder")
        old.close()
    store = place.open(clock)
    assert upgrading.revision(store.engine) == REVISIONS[-1]
    assert store.text(kept) == "à garder"
    banners.append(store, "0103", "panne", text="FranceConnect est lent")
    assert verify(store).findings == ()
    store.close()
    copies = [file for file in place.path.parent.iterdir() if ".0001." in file.name]
    assert len(copies) == 1
    copies[0].rename(place.path)
    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "HEAD", "0001")
        back = place.open(clock)
        assert back.text(kept) == "à garder"
        back.close()


def test_a_shared_store_of_the_first_version_is_upgraded_by_its_command(
    postgres_url: str, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "cases.db", postgres_url)
    made_by_the_first_version(place, monkeypatch)
    with pytest.raises(UpgradeNeeded):
        place.open(clock)
    assert upgrade_store(path=place.path, url=postgres_url, use_keyring=False) == ("0001", REVISIONS[-1])
    store = place.open(clock)
    banners.append(store, "0103", "panne", text="FranceConnect est lent")
    assert banners.last(store) is not None
    store.close()


def test_a_folder_or_file_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, clock: FixedClock
) -> None:
    def sentence(path: Path) -> str:
        with pytest.raises(StoreUnusable) as unusable:
            open_store(path=path, business=clock, use_keyring=False)
        return unusable.value.sentence

    (tmp_path / "file").write_text("")
    assert "ne peut pas être utilisé" in sentence(tmp_path / "file" / "cases.db")
    upgrade_store(path=tmp_path / "cases.db", use_keyring=False)
    whole = (tmp_path / "cases.db").read_bytes()
    (tmp_path / "cases.db").unlink()
    (tmp_path / "cases.db").mkdir()
    assert "ne s’ouvre pas" in sentence(tmp_path / "cases.db")
    (tmp_path / "cases.db").rmdir()
    (tmp_path / "cases.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert "ne s’ouvre pas" in sentence(tmp_path / "cases.db")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_told_in_a_sentence_and_keeps_what_was_written(
    tmp_path: Path, clock: FixedClock
) -> None:
    import resource
    import signal

    store = open_store(path=tmp_path / "cases.db", business=clock, use_keyring=False)
    case = new_case(store)
    store.append(case, 0, "0427", "case.opened", {})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    deaf = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(StoreMissing):
            store.append(case, 1, "0427", "case.handed_over", {})
        with pytest.raises(StoreUnusable):
            open_store(path=tmp_path / "new.db", business=clock, use_keyring=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, deaf)
    assert store.append(case, 1, "0427", "case.handed_over", {}).version == 2
    assert verify(store).findings == ()
    store.close()


def test_a_shared_store_that_does_not_answer_is_told_in_a_sentence(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(StoreMissing, match="base partagée"):
        open_store(
            path=tmp_path / "cases.db",
            url="postgresql://postgres@127.0.0.1:1/none",
            business=clock,
            use_keyring=False,
        )
