"""The chain of a case's events and the daily Merkle root (design.md "A case"): pure functions over bytes.

hash = HMAC-SHA-256(key, previous hash ‖ length-prefixed case, seq, at, actor, kind, version, payload).
The payload is hashed as the text that is stored, never serialised again.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

GENESIS = bytes(32)


def event_hash(
    key: bytes,
    prev_hash: bytes,
    *,
    case: int,
    seq: int,
    at: int,
    actor: str,
    kind: str,
    version: int,
    payload: str,
) -> bytes:
    """The hash of one event; `at` in microseconds since the epoch."""
    fields = (str(case), str(seq), str(at), actor, kind, str(version), payload)
    mac = hmac.new(key, prev_hash, hashlib.sha256)
    for field in fields:
        raw = field.encode()
        mac.update(len(raw).to_bytes(8, "big") + raw)
    return mac.digest()


def new_salt() -> bytes:
    """A salt of one erasable text; erased with it."""
    return secrets.token_bytes(32)


def text_mac(salt: bytes, text: str) -> str:
    """What the event keeps of an erasable text: nobody can guess the text once the salt is gone."""
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()


def key_fingerprint(key: bytes) -> str:
    """Tells two chain keys apart without telling either."""
    return hmac.new(key, b"ameli-support/chain", hashlib.sha256).hexdigest()[:16]


def merkle_root(previous: bytes, leaves: Iterable[tuple[int, bytes]]) -> bytes:
    """The root over the last hashes of the cases of a day, ordered by case, and the previous root.

    Leaves and nodes are hashed with different prefixes, so that no node passes for a leaf; an odd
    node goes up as it is (RFC 6962 §2.1).
    """
    row = [
        hashlib.sha256(b"\0" + case.to_bytes(8, "big") + last_hash).digest()
        for case, last_hash in sorted(leaves)
    ]
    row.insert(0, hashlib.sha256(b"\0" + previous).digest())
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]
        row = pairs + (row[-1:] if len(row) % 2 else [])
    return row[0]
