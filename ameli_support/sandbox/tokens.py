"""The token of a confirmation link: derived from generation and address, never stored (rules §3).

token = base64url(generation id ‖ HMAC-SHA-256(key[key id], "confirm/1" ‖ generation id ‖ address)).
The key ring lies in a file that only its owner can read, outside the database: the newest key
signs, older ones verify.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from ameli_support.clock import to_us
from ameli_support.sandbox import schema

CONFIRM = "confirm/1"
_ID_BYTES = 16
_MAC_BYTES = 32
_TOKEN_LENGTH = 64


class KeyInUse(Exception):
    """A link that has not ended names this key; it cannot leave the ring yet."""


class ReadableByOthers(Exception):
    """The file of secrets can be read by somebody else than its owner."""


@dataclass(slots=True)
class KeyRing:
    """Keys by id, oldest first; `path` is where they are kept."""

    path: Path
    keys: dict[str, bytes]

    @property
    def newest(self) -> str:
        """The id of the key that signs."""
        return next(reversed(self.keys))

    def mac(self, purpose: str, data: bytes, key_id: str | None = None) -> bytes:
        """HMAC-SHA-256 of `data` for one purpose, by the newest key or the one named; KeyError if it left."""
        key = self.keys[key_id or self.newest]
        return hmac.digest(key, purpose.encode() + b"\x00" + data, hashlib.sha256)

    def token(self, generation: str, address: str, key_id: str) -> str:
        """The token of a generation (its id: 32 hex digits) for its canonical address: 64 characters."""
        identity = bytes.fromhex(generation)
        return urlsafe_b64encode(identity + self._seal(identity, address, key_id)).decode()

    def seals(self, given: "Token", address: str, key_id: str) -> bool:
        """Whether the token was made by us for this address, in constant time."""
        if key_id not in self.keys:
            return False
        return hmac.compare_digest(given.mac, self._seal(bytes.fromhex(given.generation), address, key_id))

    def spend(self, given: "Token") -> None:
        """As much work as `seals`, for a generation that does not exist."""
        hmac.compare_digest(given.mac, self._seal(bytes.fromhex(given.generation), "", self.newest))

    def _seal(self, identity: bytes, address: str, key_id: str) -> bytes:
        return hmac.digest(self.keys[key_id], CONFIRM.encode() + identity + address.encode(), hashlib.sha256)

    def rotate(self) -> str:
        """Add a key, which signs from now on; its id."""
        key_id = _new_id(self.keys)
        self.keys[key_id] = secrets.token_bytes(32)
        self._save()
        return key_id

    def retire(self, conn: Connection, key_id: str, at: datetime) -> None:
        """Remove a key; KeyInUse while it signs, or while a generation that ends after `at` names it."""
        g = schema.generation.c
        named = select(g.id).where(g.key_id == key_id, g.expires_at > to_us(at)).limit(1)
        if key_id == self.newest or conn.execute(named).first():
            raise KeyInUse(key_id)
        del self.keys[key_id]
        self._save()

    def _save(self) -> None:
        entries = [{"id": key_id, "key": key.hex()} for key_id, key in self.keys.items()]
        write_private(self.path, json.dumps({"keys": entries}).encode())


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; nothing is proved yet."""

    generation: str
    mac: bytes


def read_token(text: str) -> Token | None:
    """The two parts of a well-formed token, else None."""
    if len(text) != _TOKEN_LENGTH or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text)
    except NotBase64:
        return None
    if len(raw) != _ID_BYTES + _MAC_BYTES or urlsafe_b64encode(raw).decode() != text:
        return None
    return Token(raw[:_ID_BYTES].hex(), raw[_ID_BYTES:])


def open_ring(path: Path) -> KeyRing:
    """The key ring of this file, made with one key when there is none; ReadableByOthers if not private."""
    if not path.exists():
        ring = KeyRing(path, {})
        ring.rotate()
        return ring
    entries = json.loads(read_private(path))["keys"]
    return KeyRing(path, {entry["id"]: bytes.fromhex(entry["key"]) for entry in entries})


def open_secret(path: Path) -> bytes:
    """The 32 bytes of a private file, made when there is none."""
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    return read_private(path)


def read_private(path: Path) -> bytes:
    """The content of a file that only its owner may read; ReadableByOthers else."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise ReadableByOthers(path.name)
        return file.read()


def write_private(path: Path, content: bytes) -> None:
    """Replaces a file in one step; its owner alone can read it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _new_id(keys: dict[str, bytes]) -> str:
    taken = {int(key_id[1:]) for key_id in keys if key_id[1:].isdigit()}
    return f"k{max(taken, default=0) + 1}"
