"""The provider's secrets: ES256 keys with rotation, and the key of its pairwise identifiers."""

import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from ameli_support.clock import Clock
from ameli_support.sandbox.tokens import open_secret, read_private, write_private

ALGORITHM = "ES256"
CLIENT_SECRET_FILE = "franceconnect-client.key"
_KEYS_FILE = "franceconnect-keys.json"
_PAIRWISE_FILE = "franceconnect-sub.key"
_PUBLISHED = 2  # the key that signs and the one before it
_TURNED_AFTER = timedelta(days=30)


class UnknownKey(Exception):
    """A token that none of the provider's keys has signed."""


@dataclass(slots=True)
class SigningKeys:
    """EC keys on P-256, oldest first; the newest signs, all are published. Safe between threads."""

    path: Path
    pairwise: bytes
    clock: Clock
    _keys: list[ECKey]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT, its `kid` in the header."""
        key = self._keys[-1]
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token of ours, whatever its age; UnknownKey for any other."""
        for key in reversed(self._keys):
            try:
                return dict(jwt.decode(token, key, algorithms=[ALGORITHM]).claims)
            except (JoseError, ValueError):
                continue
        raise UnknownKey

    def published(self) -> dict[str, Any]:
        """The JSON Web Key Set: public parts alone."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def rotate(self) -> str:
        """A new key, which signs from now on; the last but one goes on verifying. Gives its `kid`."""
        with self._lock:
            newest = int(str(self._keys[-1].kid)[2:]) if self._keys else 0
            self._keys = [*self._keys, _new(newest + 1)][-_PUBLISHED:]
            kept = {
                "turned": self.clock.now().isoformat(),
                "keys": [key.as_dict(private=True) for key in self._keys],
            }
            write_private(self.path, json.dumps(kept).encode())
            return str(self._keys[-1].kid)

    def subject(self, sector: str, identity: str) -> str:
        """The pairwise `sub` of one identity for one partner: 64 hex digits and `v1`, always the same."""
        seal = hmac.digest(self.pairwise, f"{sector}\x00{identity}".encode(), hashlib.sha256)
        return f"{seal.hex()}v1"


def open_keys(folder: Path, clock: Clock) -> SigningKeys:
    """The keys of this folder, readable by their owner alone; made when there are none, turned after 30 days.

    `clock`: the system clock.
    """
    path = folder / _KEYS_FILE
    pairwise = open_secret(folder / _PAIRWISE_FILE)
    if not path.exists():
        keys = SigningKeys(path, pairwise, clock, [])
        keys.rotate()
        return keys
    kept = json.loads(read_private(path))
    keys = SigningKeys(path, pairwise, clock, [ECKey.import_key(entry) for entry in kept["keys"]])
    if clock.now() - datetime.fromisoformat(kept["turned"]) >= _TURNED_AFTER:
        keys.rotate()
    return keys


def client_secret(folder: Path) -> str:
    """The secret that the provider and its one partner, the sandbox's ameli, share."""
    return open_secret(folder / CLIENT_SECRET_FILE).hex()


def _new(number: int) -> ECKey:
    parameters = {"kid": f"fc{number}", "use": "sig", "alg": ALGORITHM}
    return ECKey.generate_key("P-256", parameters=parameters, private=True)  # type: ignore[arg-type]
