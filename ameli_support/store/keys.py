"""A store's two keys, outside the database: in the system keyring, or in a file that only its owner reads.

`database` is the raw SQLCipher key, `chain` the key of the event chain. A shared PostgreSQL needs
the chain key alone, and every workstation the same one.
"""

import os
import secrets
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ameli_support.i18n import _
from ameli_support.store.errors import KeyTrouble

SERVICE = "ameli-support"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """32 bytes each."""

    database: bytes
    chain: bytes

    def to_text(self) -> str:
        """Two hexadecimal lines, as kept."""
        return f"{self.database.hex()}\n{self.chain.hex()}\n"

    @classmethod
    def from_text(cls, text: str) -> "Keys":
        """Raises `ValueError` when the text is not two keys."""
        database, chain = (bytes.fromhex(line) for line in text.split())
        if len(database) != 32 or len(chain) != 32:
            raise ValueError("two keys of 32 bytes")
        return cls(database, chain)

    @classmethod
    def new(cls) -> "Keys":
        """Two fresh random keys."""
        return cls(secrets.token_bytes(32), secrets.token_bytes(32))


def load_keys(file: Path, *, create: bool, use_keyring: bool = True) -> Keys:
    """The keys of the store whose key file is, or would be, `file`.

    A file that exists wins over the keyring. With `create`, missing keys are made and kept in the
    keyring, or in `file` when there is none. Raises `KeyTrouble`.
    """
    if file.exists():
        return _from_file(file)
    ring = _Keyring(str(file)) if use_keyring else None
    if ring is not None and ring.works:
        kept = ring.read()
        if kept is not None:
            return kept
    if not create:
        raise KeyTrouble(
            _("Les clés de la base des dossiers sont introuvables : ni trousseau, ni fichier {file}.").format(
                file=file
            )
        )
    keys = Keys.new()
    if ring is not None and ring.works and ring.keep(keys):
        return keys
    write_key_file(file, keys)
    return _from_file(file)  # another process may have been first: its keys count


def write_key_file(file: Path, keys: Keys) -> None:
    """Writes the keys for their owner alone; a file that is there is left as it is."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(keys.to_text())
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)  # atomic, and never over an existing file
    finally:
        draft.unlink()


def _from_file(file: Path) -> Keys:
    if sys.platform != "win32":
        info = file.stat()
        if stat.S_IMODE(info.st_mode) & 0o077 or info.st_uid != os.geteuid():
            raise KeyTrouble(
                _(
                    "Le fichier de clés {file} peut être lu par d’autres : "
                    "seul son propriétaire doit le lire (chmod 600)."
                ).format(file=file)
            )
    try:
        return Keys.from_text(file.read_text("ascii"))
    except (ValueError, OSError):
        raise KeyTrouble(_("Le fichier de clés {file} est illisible.").format(file=file)) from None


class _Keyring:
    """The system's keyring, when there is a real one."""

    def __init__(self, name: str) -> None:
        import keyring
        import keyring.backends.fail
        import keyring.backends.null
        import keyring.errors

        self._name = name
        self._ring = keyring.get_keyring()
        self._errors = keyring.errors.KeyringError
        unusable = (keyring.backends.fail.Keyring, keyring.backends.null.Keyring)
        self.works = not isinstance(self._ring, unusable)

    def read(self) -> Keys | None:
        try:
            text = self._ring.get_password(SERVICE, self._name)
            return None if text is None else Keys.from_text(text)
        except (self._errors, ValueError):
            raise KeyTrouble(
                _("Le trousseau du système ne donne pas les clés de la base des dossiers.")
            ) from None

    def keep(self, keys: Keys) -> bool:
        try:
            self._ring.set_password(SERVICE, self._name, keys.to_text())
            return True
        except self._errors:
            return False
