"""Lists of cases, one case with its events, and the case told in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ameli_support.casework.bench import Bench, call_state, case_row, event_row, instant
from ameli_support.casework.case import State
from ameli_support.casework.permissions import Action
from ameli_support.casework.telling import told
from ameli_support.casework.texts import LONGEST_REASON, storable
from ameli_support.casework.views import (
    CallState,
    CaseFilter,
    CaseHistory,
    CaseRow,
    EventRow,
    NoteRow,
    ResumeReason,
    ResumeRow,
)
from ameli_support.clock import from_us
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Level, Role
from ameli_support.store.cases import AnyRow, Text
from ameli_support.store.schema import support_case

MOST_TO_RESUME = 200


@dataclass(slots=True)
class History:
    """The reading part of a desk."""

    bench: Bench

    def cases(self, which: CaseFilter) -> list[CaseRow]:
        """See `Desk.cases`."""
        bench = self.bench
        bench.allow(Action.READ_CASE)
        owner = bench.me.agent if which.mine else which.owner
        rows: list[AnyRow] = []
        for state in which.states or (None,):
            rows += bench.store.page(
                state=state.value if state else None,
                owner=owner,
                queue=which.queue,
                before=which.before,
                limit=which.limit,
            )
        rows.sort(key=lambda row: (row.last_contact_at, row.number), reverse=True)
        funds = bench.me.funds
        return [case_row(row) for row in rows if row.fund is None or row.fund in funds][: which.limit]

    def case(self, number: int, purpose: str | None) -> CaseHistory:
        """See `Desk.case`."""
        bench = self.bench
        bench.allow(Action.READ_CASE, number)
        row = bench.case(number)
        bench.store.log_access(
            actor=bench.me.agent,
            role=bench.me.role.value,
            what="history",
            case=number,
            record=row.record,
            purpose=storable(purpose or "", LONGEST_REASON).strip() or None,
        )
        events = tuple(event_row(event) for event in bench.store.events(number))
        bench.known[number] = row.version
        hidden = self._hidden(row)
        notes = tuple(notes_of(events, bench.store.texts(number), hidden))
        return CaseHistory(case_row(row), events, notes, told(events, bench.procedure), hidden)

    def summary(self, number: int) -> tuple[str, ...]:
        """See `Desk.summary`."""
        self.bench.allow(Action.READ_CASE, number)
        return told([event_row(event) for event in self.bench.store.events(number)], self.bench.procedure)

    def to_resume(self) -> list[ResumeRow]:
        """See `Desk.to_resume`."""
        bench = self.bench
        rows: dict[int, ResumeRow] = {}
        now = bench.business.now()
        waiting = (State.IN_PROGRESS.value, State.SCHEDULED.value)
        statement = (
            select(support_case)
            .where(support_case.c.owner == bench.me.agent, support_case.c.state.in_(waiting))
            .limit(MOST_TO_RESUME)
        )
        for row in bench.store.read(lambda c: list(c.execute(statement))):
            rows[row.number] = self._resume_row(row, now)
        for own in bench.store.open_contacts(bench.me.agent):
            at = from_us(own.opened_at)
            rows[own.case] = ResumeRow(own.case, at, ResumeReason.CALL_INTERRUPTED, _("appel interrompu"))
        for unknown in bench.store.open_intents(*rows):
            at = from_us(unknown.at)
            rows[unknown.case] = ResumeRow(unknown.case, at, ResumeReason.ACT_UNKNOWN, _("acte à vérifier"))
        return sorted(rows.values(), key=lambda row: (row.at, row.case))

    def open_calls(self) -> list[CallState]:
        """See `Desk.open_calls`."""
        return [call_state(self.bench, row) for row in self.bench.store.open_contacts(self.bench.me.agent)]

    def _resume_row(self, row: AnyRow, now: datetime) -> ResumeRow:
        due = instant(row.callback_at)
        if row.state == State.SCHEDULED and due is not None:
            return ResumeRow(row.number, due, ResumeReason.CALLBACK, _("rappel promis"), overdue=due < now)
        if row.handed_over_at is not None:
            at = from_us(row.handed_over_at)
            return ResumeRow(row.number, at, ResumeReason.HANDED_OVER, _("transmis par un collègue"))
        return ResumeRow(
            row.number, from_us(row.last_contact_at), ResumeReason.LEFT_OPEN, _("appel non conclu")
        )

    def _hidden(self, row: AnyRow) -> bool:
        """In one's own call below level 1, what earlier contacts wrote down is not shown."""
        bench = self.bench
        own = bench.store.contact(row.number, bench.me.agent)
        return (
            own is not None
            and row.record is not None
            and bench.me.role is not Role.SUPERVISOR
            and bench.level(own) < Level.SIMPLE
        )


def notes_of(events: Sequence[EventRow], texts: Mapping[str, Text], hidden: bool) -> list[NoteRow]:
    """The texts of a case in the order of their events."""
    rows = []
    for event in events:
        for value in event.payload.values():
            if isinstance(value, dict) and value.keys() == {"ref", "mac"}:
                text = texts.get(value["ref"])
                if text is None or text.what not in ("note", "reason"):
                    continue
                shown = None if hidden else text.text
                rows.append(NoteRow(event.seq, event.at, event.actor, shown, erased=text.text is None))
    return rows
