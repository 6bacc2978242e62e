"""The PIN that unlocks a desk: hashed by argon2id, in a file that only the administrator writes."""

import os
import secrets
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from ameli_support.casework.permissions import Action, AgentsFileError, Me, may
from ameli_support.clock import monotonic
from ameli_support.i18n import _

SHORTEST, LONGEST = 6, 12  # digits
TRIES, PAUSE_SECONDS = 5, 60.0
FILE_NAME = "pins.toml"


class PinRefused(AgentsFileError):
    """The PIN cannot be set, or too many were wrong."""


@dataclass(slots=True)
class PinBook:
    """The PINs of one machine, beside its agents file. Nothing typed is kept."""

    file: Path
    _wrong: int = 0
    _until: float = field(default=0.0)

    def is_set(self, agent: str) -> bool:
        """Whether the agent has a PIN."""
        return agent in self._read()

    def verify(self, agent: str, pin: str) -> bool:
        """Whether it is the agent's PIN; some 0.1 s of work, so not in an event loop.

        After five wrong ones in a row raises `PinRefused` for a minute.
        """
        from argon2 import PasswordHasher
        from argon2.exceptions import Argon2Error, InvalidHashError

        if self._wrong >= TRIES and monotonic() < self._until:
            raise PinRefused(_("Trop d’essais : attendez une minute."))
        right = False
        with suppress(KeyError, Argon2Error, InvalidHashError):
            right = bool(PasswordHasher().verify(self._read()[agent], pin))
        self._wrong = 0 if right else self._wrong + 1
        if self._wrong >= TRIES:
            self._until = monotonic() + PAUSE_SECONDS
        return right

    def set(self, by: Me, agent: str, pin: str) -> None:
        """Sets an agent's PIN; the administrator's act. Raises `PinRefused`."""
        refusal = may(by, Action.SET_PIN)
        if refusal is not None:
            raise PinRefused(refusal.sentence)
        self.force(agent, pin)

    def force(self, agent: str, pin: str) -> None:
        """Sets a PIN without asking who does it (the demo). Raises `PinRefused`."""
        from argon2 import PasswordHasher

        if not SHORTEST <= len(pin) <= LONGEST or not (pin.isascii() and pin.isdigit()):
            raise PinRefused(
                _("Le code d’accès a de {shortest} à {longest} chiffres.").format(
                    shortest=SHORTEST, longest=LONGEST
                )
            )
        if _is_trivial(pin):
            raise PinRefused(_("Ce code d’accès est trop facile à deviner."))
        pins = {**self._read(), agent: PasswordHasher().hash(pin)}
        text = "".join(f'"{name}" = "{hashed}"\n' for name, hashed in sorted(pins.items()))
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_name(f".{self.file.name}.{secrets.token_hex(8)}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write("# agent = argon2id hash\n" + text)
        part.replace(self.file)

    def _read(self) -> dict[str, str]:
        try:
            return {str(k): str(v) for k, v in tomllib.loads(self.file.read_text("utf-8")).items()}
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise PinRefused(
                _("Le fichier des codes d’accès {file} est illisible.").format(file=self.file)
            ) from None


def new_pin() -> str:
    """A random PIN, for the demo and for a first one."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _digit in range(SHORTEST))
        if not _is_trivial(pin):
            return pin


def _is_trivial(pin: str) -> bool:
    """One digit only, or a run up or down."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}
