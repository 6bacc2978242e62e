"""The service's audit rows: one a decision, with codes and ids; no name, address or token (rules §3)."""

import re
from datetime import datetime

from sqlalchemy import Connection, insert

from ameli_support.clock import to_us
from ameli_support.sandbox import schema

_ADD = insert(schema.audit)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{60,}")


def spoken(text: str) -> str:
    """A reason or purpose as it may be kept: `[jeton]` for what looks like a token."""
    return _TOKEN.sub("[jeton]", text)


def write(
    conn: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    outcome: str,
    enrolment: str | None = None,
    generation: int | None = None,
    reason: str | None = None,
) -> None:
    """Add one row to the caller's transaction; a token in `reason` becomes `[jeton]`."""
    conn.execute(
        _ADD,
        {
            "at": to_us(at),
            "actor": actor,
            "action": action,
            "enrolment": enrolment,
            "generation": generation,
            "outcome": outcome,
            "reason": reason and spoken(reason),
        },
    )
