"""After a crash and every minute: acts that nobody owns are settled, calls ended, what is due closed."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework.acting import Acting
from ameli_support.casework.bench import Bench, case_in, change_contact
from ameli_support.casework.case import Move, State, moved
from ameli_support.casework.errors import DeskError
from ameli_support.casework.views import Recovered, Settlement
from ameli_support.clock import to_us
from ameli_support.store import roots
from ameli_support.store.journal import Journal
from ameli_support.store.leases import sweep
from ameli_support.store.schema import UNTOLD_END, contact, support_case

log = logging.getLogger(__name__)
SYSTEM = "system"
AT_ONCE = 100  # cases or calls in one go


@dataclass(slots=True)
class Recovering:
    """The tidying part of a desk."""

    bench: Bench
    acting: Acting

    def recover(self) -> Recovered:
        """See `Desk.recover`; what cannot be done now is done the next time."""
        settled, unknown = self._settle()
        self._end_calls()
        closed = self._close_due()
        now = to_us(self.bench.system.now())
        self.bench.store.write(lambda journal: sweep(journal, now))
        try:
            roots.seal(self.bench.store)
        except OSError as error:  # the roots are in the database; the file follows another time
            log.warning("the daily roots could not be written: %s", type(error).__name__)
        return Recovered(tuple(settled), unknown, closed)

    def _settle(self) -> tuple[list[Settlement], int]:
        settled: list[Settlement] = []
        unknown = 0
        for one in self.acting.ownerless():
            try:
                settled.append(self.acting.settle_one(one))
            except DeskError:
                unknown += 1
        return settled, unknown

    def _end_calls(self) -> None:
        """Tells the service of one's calls that ended while it was missing."""
        bench = self.bench
        statement = select(contact.c.call).where(UNTOLD_END, contact.c.agent == bench.me.agent).limit(AT_ONCE)
        for call in bench.store.read(lambda c: list(c.scalars(statement))):
            try:
                bench.accounts.end_call(call)
            except ServiceDown:
                return
            except ServiceProblem:
                continue
            bench.store.write(partial(change_contact, call=call, end_told=True))

    def _close_due(self) -> int:
        """Resolved cases close after so many days without contact (rules §10)."""
        bench = self.bench
        days = timedelta(days=bench.procedure.numbers.resolved_close_days)
        due = to_us(bench.business.now() - days)
        statement = (
            select(support_case.c.number)
            .where(support_case.c.state == State.RESOLVED.value, support_case.c.last_contact_at <= due)
            .limit(AT_ONCE)
        )
        numbers = bench.store.read(lambda c: list(c.scalars(statement)))
        return sum(bench.store.write(partial(self._expire, number=n, due=due)) for n in numbers)

    def _expire(self, journal: Journal, number: int, due: int) -> bool:
        row = case_in(journal, number)
        if row.state != State.RESOLVED or row.last_contact_at > due:
            return False
        state = moved(State.RESOLVED, Move.EXPIRE)
        payload = {"procedure": self.bench.procedure.version}
        changes = {"state": state.value}
        journal.append(number, row.version, SYSTEM, "case.closed", payload, changes=changes)
        return True
