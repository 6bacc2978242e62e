"""What a code that FranceConnect showed to a caller means, and what to say and do (facts §1.5)."""

import re
from dataclasses import dataclass

from ameli_support.onboarding.procedure import Procedure

_LENGTH = 7
_SHORTEST_FAMILY = 3
_SHAPE = re.compile(r"Y?([0-9A-F]{6})")
_BETWEEN = re.compile(r"[\s.\-_:]")
_ANY = "x"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code, explained; `known`: it or its family is listed; `say`: a sentence each, `**` for stress."""

    code: str
    known: bool
    meaning: str
    say: tuple[str, ...]
    do: str


def read_code(text: str) -> str | None:
    """A code as it was read out: `y 01 00 04`, `YO1OOO4` and `010004` are Y010004; None for no code."""
    plain = _BETWEEN.sub("", text).upper().replace("O", "0")
    found = _SHAPE.fullmatch(plain)
    return f"Y{found[1]}" if found else None


def refusal(code: str, procedure: Procedure, language: str = "fr") -> Refusal:
    """The entry of exactly this code, else of its family (`Y19xxxx`), else the one for unknown codes."""
    read = read_code(code)
    key = _key(read, procedure) if read else UNKNOWN
    return Refusal(
        code=read or code,
        known=key != UNKNOWN,
        meaning=procedure.text(f"refusals.{key}.meaning", language),
        say=procedure.lines(f"refusals.{key}.say", language),
        do=procedure.text(f"refusals.{key}.do", language),
    )


def _key(code: str, procedure: Procedure) -> str:
    listed = procedure.names("refusals")
    kept = range(_LENGTH, _SHORTEST_FAMILY - 1, -1)
    candidates = (code[:n].ljust(_LENGTH, _ANY) for n in kept)
    return next((key for key in candidates if key in listed), UNKNOWN)
