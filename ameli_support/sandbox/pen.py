"""Writes made-up rows as of one instant: ids from a seeded generator, instants as so long before."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from ameli_support.clock import paris, to_us
from ameli_support.sandbox import schema
from ameli_support.sandbox.bulk import Bulk

SENDER = "0427"
SELF, AGENT, SUPERVISOR = "person", f"agent:{SENDER}", "supervisor:0103"


class Pen:
    """What every writer of made-up rows writes with."""

    def __init__(self, bulk: Bulk, at: datetime, seed: int) -> None:
        self.at = at
        self._bulk = bulk
        self._rng = random.Random(f"ids/{seed}")

    def add(self, table: Table, **values: Any) -> None:
        """One row of a table."""
        self._bulk.add(table, values)

    def id(self) -> str:
        """The next id."""
        return f"{self._rng.getrandbits(128):032x}"

    def us(self, before: timedelta) -> int:
        """The instant so long before."""
        return to_us(self.at - before)

    def day(self, days_back: int) -> str:
        """The Paris day so many days before."""
        return paris(self.at - timedelta(days=days_back)).date().isoformat()

    def audit(
        self, enrolment: str, before: timedelta, actor: str, action: str, generation: int | None = None
    ) -> None:
        """What was done, by whom, so long before; a generation's number when it was about one."""
        self.add(
            schema.audit,
            at=self.us(before),
            actor=actor,
            action=action,
            enrolment=enrolment,
            generation=generation,
            outcome="done",
        )


def us_of(duration: timedelta) -> int:
    """A duration in microseconds."""
    return duration // timedelta(microseconds=1)
