"""The record as of now, and as last known when the service is missing; in memory only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ameli_support.accounts.client import Fresh
from ameli_support.accounts.contract import ProblemType, RecordView
from ameli_support.accounts.errors import Kind, ServiceDown, ServiceProblem
from ameli_support.casework.bench import Bench, Seen, change_contact
from ameli_support.casework.sentences import problem_sentence
from ameli_support.casework.views import Look, Service
from ameli_support.onboarding.identity import Level, Role
from ameli_support.store.cases import AnyRow

SLOW_SECONDS = 2.0
PRESENCE_EVERY = timedelta(seconds=10)
_LEVEL_ENDED = (ProblemType.IDENTITY_EXPIRED, ProblemType.IDENTITY_LEVEL)


@dataclass(slots=True)
class Looking:
    """The reading part of a desk."""

    bench: Bench
    told_at: dict[int, datetime] = field(default_factory=dict)

    def look(self, number: int) -> Look:
        """See `Desk.look`."""
        bench = self.bench
        row = bench.contact(number)
        record = bench.case(number).record
        self._be_present(number)
        purpose = bench.purpose(row)
        shut = row.refused is not None or row.locked_until is not None
        if record is None or not (purpose or bench.level(row) or shut):
            bench.seen.pop(number, None)
            return self._without_record()
        seen = self.seen(number, row)
        try:
            answer = bench.accounts.record(
                record, row.check, purpose, seen.etag if seen else None, patient=False
            )
        except ServiceDown as down:
            slow = down.kind is Kind.TIMEOUT
            return self._as_known(seen, Service.SLOW if slow else Service.DOWN, down.since)
        except ServiceProblem as problem:
            return self._refused(number, row, problem)
        now = bench.system.now()
        changed = isinstance(answer, Fresh)
        if isinstance(answer, Fresh):
            seen = Seen(row.call, answer.view, answer.etag, now)
            bench.seen[number] = seen
            self._note_phase(row, answer.view)
            if shut:
                self._note_opening(row, answer.view)
        elif seen is not None:
            seen.confirmed_at = now
        return self._as_known(seen, self._pace(), None, changed=changed)

    def seen(self, number: int, row: AnyRow) -> Seen | None:
        """The record as last read in this very contact."""
        seen = self.bench.seen.get(number)
        return seen if seen is not None and seen.call == row.call else None

    def fresh(self, number: int) -> RecordView | None:
        """The record, read now unless it was seen in this contact; None when it cannot be read."""
        seen = self.seen(number, self.bench.contact(number))
        return seen.view if seen is not None else self.look(number).view

    def pulse(self) -> Look:
        """See `Desk.pulse`."""
        return self._without_record()

    def _be_present(self, number: int) -> None:
        """Tells the others now and then that one is in the case."""
        now = self.bench.system.now()
        told = self.told_at.get(number)
        if told is None or not timedelta(0) <= now - told < PRESENCE_EVERY:
            self.bench.store.be_present(number, self.bench.me.agent)
            self.told_at[number] = now

    def _without_record(self) -> Look:
        try:
            self.bench.accounts.status(patient=False)
        except ServiceDown as down:
            slow = down.kind is Kind.TIMEOUT
            return self._as_known(None, Service.SLOW if slow else Service.DOWN, down.since)
        except ServiceProblem as problem:
            return Look(None, None, 0, Service.OK, refused=problem_sentence(problem.problem))
        return self._as_known(None, self._pace(), None)

    def _refused(self, number: int, row: AnyRow, problem: ServiceProblem) -> Look:
        """Nothing known of the record is shown any more; a level that ended is taken back."""
        bench = self.bench
        bench.seen.pop(number, None)
        if problem.problem.kind in _LEVEL_ENDED and row.level:
            bench.store.write(
                lambda j: change_contact(j, row.call, level=0, level_until=None, trying=None, check=None)
            )
        return Look(None, None, 0, self._pace(), refused=problem_sentence(problem.problem))

    def _as_known(
        self, seen: Seen | None, service: Service, since: datetime | None, *, changed: bool = False
    ) -> Look:
        if seen is None:
            return Look(None, None, 0, service, since)
        age = max(0, int((self.bench.system.now() - seen.confirmed_at).total_seconds()))
        view = seen.view if self._may_show(seen.view) else None
        return Look(view, seen.view.as_of, age, service, since, changed)

    def _may_show(self, view: RecordView) -> bool:
        """Nothing of a record shows before level 1, except to a supervisor with a purpose."""
        return (
            view.level > Level.NOTHING
            or self.bench.me.role is Role.SUPERVISOR
            or view.locked_until is not None
        )

    def _note_opening(self, row: AnyRow, view: RecordView) -> None:
        """A record that was unlocked, or has come back, can be checked again in the same contact."""
        if view.closed_because is None and view.locked_until is None:
            self.bench.store.write(lambda j: change_contact(j, row.call, refused=None, locked_until=None))

    def _pace(self) -> Service:
        return Service.SLOW if self.bench.accounts.last_seconds > SLOW_SECONDS else Service.OK

    def _note_phase(self, row: AnyRow, view: RecordView) -> None:
        """Keeps the phase for the proposal at the end of the call; only what level 1 may hear.

        Once an act of the call was done, the phase that led to it stays: it is what the call was about.
        """
        if row.last_act is not None:
            return
        phase = view.phase.value if view.phase and view.level > Level.NOTHING else None
        if phase is not None and phase != row.phase:
            self.bench.store.write(lambda j: change_contact(j, row.call, phase=phase))
