"""What is written into a case, and who has it: notes, drafts, hand-over (rules §10)."""

from dataclasses import dataclass
from typing import Any

from ameli_support.casework import texts
from ameli_support.casework.bench import Bench, case_in, contact_in
from ameli_support.casework.colleagues import receiver
from ameli_support.casework.ending import end_contact, tell_end
from ameli_support.casework.errors import DeskError
from ameli_support.casework.permissions import Action
from ameli_support.casework.texts import storable
from ameli_support.i18n import _
from ameli_support.store.cases import AnyRow, drop_draft
from ameli_support.store.journal import Journal


@dataclass(slots=True)
class Noting:
    """The texts and owners part of a desk."""

    bench: Bench

    # ── texts ───────────────────────────────────────────────────────────────

    def save_draft(self, number: int, text: str) -> None:
        """See `Desk.save_draft`."""
        self.bench.allow(Action.NOTE, number)
        self.bench.store.save_draft(number, self.bench.me.agent, storable(text))

    def note(self, number: int, text: str) -> None:
        """See `Desk.note`."""
        bench = self.bench
        bench.allow(Action.NOTE, number)
        text = storable(text).strip()
        if not text:
            raise DeskError(_("La note est vide."))

        def write(journal: Journal) -> None:
            add_note(bench, journal, number, text)
            drop_draft(journal, number, bench.me.agent)

        bench.write(number, write)

    # ── owners ──────────────────────────────────────────────────────────────

    def hand_over(self, number: int, to: str, text: str) -> None:
        """See `Desk.hand_over`."""
        bench = self.bench
        bench.allow(Action.HAND_OVER, number)
        to = receiver(bench, number, to)

        def write(journal: Journal) -> tuple[int, AnyRow | None]:
            row = contact_in(journal, number, bench.me.agent)
            payload: dict[str, Any] = {"to": to, "call": row.call if row else None}
            if text.strip():
                payload["text"] = journal.keep(number, "note", storable(text).strip())
            changes = {"owner": to, "handed_over_at": journal.now()}
            done = journal.append(
                number,
                bench.expected(journal, number),
                bench.me.agent,
                "case.handed_over",
                payload,
                changes=changes,
            )
            end_contact(bench, journal, number, row, "handed_over")
            return done.version, row

        bench.known[number], row = bench.write(number, write)
        tell_end(bench, number, row)

    def reassign(self, number: int, to: str, reason: str) -> None:
        """See `Desk.reassign`."""
        bench = self.bench
        bench.allow(Action.REASSIGN, number)
        to = receiver(bench, number, to)
        why = texts.reason(reason)

        def write(journal: Journal) -> int:
            row = case_in(journal, number)
            payload = {
                "from": row.owner,
                "to": to,
                "reason": journal.keep(number, "reason", why),
            }
            changes = {"owner": to, "handed_over_at": journal.now()}
            return journal.append(
                number,
                bench.expected(journal, number),
                bench.me.agent,
                "case.reassigned",
                payload,
                changes=changes,
            ).version

        bench.known[number] = bench.write(number, write)


def add_note(bench: Bench, journal: Journal, number: int, text: str) -> None:
    """A note of one's own, in the caller's transaction."""
    payload = {"text": journal.keep(number, "note", text)}
    journal.append(number, None, bench.me.agent, "note.added", payload)
