"""What a command prints: linear text, or JSON with one object a line."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TextIO

from ameli_support.clock import paris

_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def as_json(value: Any) -> Any:
    """`value` as JSON types: instants in ISO 8601 UTC, durations in seconds, enums by their value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | Path):
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if isinstance(value, Mapping):
        return {str(as_json(key)): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(item) for item in value]
    if hasattr(value, "model_dump"):
        return as_json(value.model_dump())
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    return value


def one(value: Any) -> None:
    """Prints one JSON object on one line; what could move a terminal's cursor stands escaped."""
    text = json.dumps(as_json(value), ensure_ascii=False)
    if not text.isprintable():
        text = "".join(json.dumps(c)[1:-1] if unicodedata.category(c) in _DROPPED else c for c in text)
    _write(sys.stdout, text)


def lines(texts: Iterable[str]) -> None:
    """Prints sentences, one a line, without control characters."""
    _write(sys.stdout, *(printable(text) for text in texts))


def aside(text: str) -> None:
    """A sentence for the person beside the result: standard error."""
    _write(sys.stderr, printable(text))


def _write(stream: TextIO, *texts: str) -> None:
    stream.write("".join(f"{text}\n" for text in texts))
    stream.flush()


def printable(text: str) -> str:
    """`text` without what could move a terminal's cursor; names and mails come from outside."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _DROPPED)


def when(instant: datetime) -> str:
    """JJ/MM/AAAA HH:MM in Paris."""
    return paris(instant).strftime("%d/%m/%Y %H:%M")
