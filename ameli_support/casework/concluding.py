"""The end of a contact: left, or concluded through the one close gate (rules §10)."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from ameli_support.casework.acting import Acting
from ameli_support.casework.bench import Bench, case_in, event_row
from ameli_support.casework.case import (
    Callback,
    Closing,
    Move,
    Outcome,
    State,
    close_gate,
    concluding_move,
    moved,
)
from ameli_support.casework.diagnosing import concluded
from ameli_support.casework.ending import end_contact, tell_end
from ameli_support.casework.errors import DeskError, GateClosed
from ameli_support.casework.learning import Learning, Lesson
from ameli_support.casework.noting import add_note
from ameli_support.casework.permissions import Action
from ameli_support.casework.sentences import missing_sentence
from ameli_support.casework.texts import storable
from ameli_support.clock import to_us
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.link import Phase
from ameli_support.store.cases import AnyRow
from ameli_support.store.journal import Journal
from ameli_support.store.schema import draft, intent


@dataclass(slots=True)
class Concluding:
    """The part of a desk that ends a contact."""

    bench: Bench
    acting: Acting
    learning: Learning

    def leave(self, number: int) -> None:
        """See `Desk.leave`."""
        bench = self.bench
        row = bench.contact(number)

        def write(journal: Journal) -> None:
            journal.append(number, None, bench.me.agent, "contact.left", {"call": row.call})
            end_contact(self.bench, journal, number, row, "left")

        bench.write(number, write)
        tell_end(bench, number, row)

    def close(
        self,
        number: int,
        outcome: Outcome | None,
        cause: str | None,
        callback: Callback | None,
        queue: str | None,
    ) -> State:
        """See `Desk.close`."""
        bench = self.bench
        bench.allow(Action.CLOSE, number)
        row = bench.contact(number)
        self._known_codes(cause, queue)
        self._settle_quietly(number)
        events = [event_row(event) for event in bench.store.events(number)]
        lesson = self.learning.lesson(concluded(events, row.call), cause)
        if callback is not None and callback.at is not None and callback.at <= bench.business.now():
            callback = replace(callback, at=None)

        def write(journal: Journal) -> tuple[int, State]:
            missing = close_gate(
                Closing(
                    outcome,
                    cause,
                    self._caller_checked(row),
                    journal.count_open(intent, intent.c.case == number, intent.c.done.is_(None)),
                    callback,
                    queue,
                )
            )
            if missing:
                raise GateClosed(missing_sentence(missing), missing)
            assert outcome is not None
            if lesson is not None:
                self.learning.learn(journal, lesson, events)
            return self._conclude(journal, number, row, outcome, cause, callback, queue, lesson)

        bench.known[number], state = bench.write(number, write)
        tell_end(bench, number, row)
        return state

    def _caller_checked(self, row: AnyRow) -> bool:
        """A check was made, level 0 was chosen, or a supervisor looked with a purpose."""
        return (
            row.check is not None
            or row.trying is not None
            or row.level_0_chosen
            or (row.purpose_ref is not None and self.bench.me.role is Role.SUPERVISOR)
        )

    def _known_codes(self, cause: str | None, queue: str | None) -> None:
        procedure = self.bench.procedure
        causes = {*procedure.names("causes"), *self.learning.checks()}
        for code, known in ((cause, causes), (queue, procedure.names("queues"))):
            if code and code not in known:
                raise DeskError(_("« {code} » n’existe pas dans la procédure.").format(code=code))

    def _settle_quietly(self, number: int) -> None:
        """An unknown act may be known by now; if not, the gate says so."""
        try:
            self.acting.settle(number)
        except DeskError:
            return

    def _conclude(
        self,
        journal: Journal,
        number: int,
        row: AnyRow,
        outcome: Outcome,
        cause: str | None,
        callback: Callback | None,
        queue: str | None,
        lesson: Lesson | None,
    ) -> tuple[int, State]:
        me = self.bench.me.agent
        at = journal.now()
        expected = self.bench.expected(journal, number)
        state = State(case_in(journal, number).state)
        if state is not State.IN_PROGRESS:  # another agent's contact ended first
            payload = {"call": row.call, "from": state.value}
            expected = journal.append(number, expected, me, "case.reopened", payload).version
            state = moved(state, Move.REOPEN)
        text = journal.connection.scalar(
            select(draft.c.text).where(draft.c.case == number, draft.c.agent == me)
        )
        if text and text.strip():
            add_note(self.bench, journal, number, text.strip())
        kept = journal.keep(number, "callback", storable(callback.number).strip()) if callback else None
        due = to_us(callback.at) if callback and callback.at else None
        state = moved(state, concluding_move(outcome, callback))
        if outcome is not Outcome.ESCALATED:
            queue = None
        payload = {
            "call": row.call,
            "outcome": outcome.value,
            "cause": cause,
            "queue": queue,
            "callback_at": due,
            "callback": kept,
            "state": state.value,
            "procedure": self.bench.procedure.version,
            **({} if lesson is None else {"lesson": dict(lesson)}),
        }
        changes = {
            "state": state.value,
            "outcome": outcome.value,
            "cause": cause,
            "queue": queue,
            "callback_at": due,
            "callback_ref": kept["ref"] if kept else None,
            "owner": me,
            "handed_over_at": None,
            "last_contact_at": at,
            "resolved_at": at if state is State.RESOLVED else None,
        }
        version = journal.append(number, expected, me, "contact.concluded", payload, changes=changes).version
        if state is State.WAITING_PERSON and self._confirmed(number):
            state = moved(state, Move.RESOLVE)
            version = journal.append(
                number,
                version,
                me,
                "case.resolved",
                {"call": row.call, "because": "confirmed"},
                changes={"state": state.value, "resolved_at": at},
            ).version
        end_contact(self.bench, journal, number, row, "concluded")
        return version, state

    def _confirmed(self, number: int) -> bool:
        """What the case would wait for has come already: the person confirmed during the contact."""
        seen = self.bench.seen.get(number)
        return seen is not None and seen.view.phase is Phase.ACTIVE
