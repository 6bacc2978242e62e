"""The same person calling again: their earlier contacts, what was tried, the last notes (helpdesk.md §1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ameli_support.casework.bench import Bench, event_row
from ameli_support.casework.case import Outcome
from ameli_support.casework.history import notes_of
from ameli_support.casework.views import Earlier, EarlierContact, EventRow, NoteRow
from ameli_support.clock import from_us
from ameli_support.onboarding.identity import Level, Role
from ameli_support.store.cases import AnyRow

CASES, NOTES = 5, 3


@dataclass(slots=True)
class Earliers:
    """The looking-back part of a desk."""

    bench: Bench

    def before(self, number: int) -> Earlier:
        """See `Desk.earlier`."""
        bench = self.bench
        own, record = bench.contact(number), bench.case(number).record
        told = bench.level(own) >= Level.SIMPLE or bench.me.role is Role.SUPERVISOR
        if record is None or not told:
            return Earlier()
        funds = bench.me.funds
        cases = [row for row in bench.store.of_record(record, CASES) if row.fund is None or row.fund in funds]
        numbers = [row.number for row in cases]
        events = {case: tuple(map(event_row, bench.store.events(case))) for case in numbers}
        ended = bench.store.ended_contacts(numbers)
        contacts = tuple(_contact(row, events[row.case]) for row in ended)
        notes: list[NoteRow] = []
        for case in numbers:
            notes += notes_of(events[case], bench.store.texts(case), hidden=False)
        notes.sort(key=lambda note: note.at, reverse=True)
        return Earlier(contacts, tuple(note for note in notes if note.text)[:NOTES])


def _contact(row: AnyRow, events: Sequence[EventRow]) -> EarlierContact:
    of_call = [event for event in events if event.payload.get("call") == row.call]
    concluded = next((event.payload for event in of_call if event.kind == "contact.concluded"), {})
    acts = [
        event.payload["act"]
        for event in of_call
        if event.kind == "act.outcome" and event.payload.get("result") == "done"
    ]
    outcome = concluded.get("outcome")
    return EarlierContact(
        row.case,
        from_us(row.opened_at),
        row.agent,
        tuple(acts),
        Outcome(outcome) if outcome else None,
        concluded.get("cause"),
    )
