"""The key of kept mails: one of its own, outside the database, made when the first mail is kept.

A shared store wants the same key on every workstation, like the chain key (`keys`).
"""

import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ameli_support.i18n import _
from ameli_support.store.errors import KeyTrouble
from ameli_support.store.keys import load_keys

_NONCE = 12


class NotOpened(Exception):
    """The bytes were changed, or sealed for another case or under another key."""


@dataclass(frozen=True, slots=True, repr=False)
class Sealer:
    """Seals and opens (AES-256-GCM); what a mail belongs to is part of what is sealed."""

    key: bytes

    def seal(self, raw: bytes, bound_to: str) -> bytes:
        """The sealed bytes: nonce, ciphertext, tag."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, raw, bound_to.encode())

    def digest(self, raw: bytes) -> str:
        """What the same mail is known by when it comes again; tells nothing without the key."""
        return hmac.digest(self.key, b"digest\x00" + raw, "sha256").hex()

    def open(self, sealed: bytes, bound_to: str) -> bytes:
        """The mail as it came; raises `NotOpened`."""
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise NotOpened from None


def mail_key_file(path: Path) -> Path:
    """Where the key is when there is no keyring; `path` is the store's."""
    return path.with_name(path.name + ".mail.key")


def load_sealer(path: Path, *, create: bool, use_keyring: bool) -> Sealer:
    """The sealer of the store at `path`; raises `KeyTrouble` when there is no key and none may be made."""
    try:
        return Sealer(load_keys(mail_key_file(path), create=create, use_keyring=use_keyring).database)
    except KeyTrouble:
        raise KeyTrouble(
            _("La clé des mails gardés est introuvable : demandez-la à l’administrateur.")
        ) from None
