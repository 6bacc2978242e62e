"""Notes, hand-over and the end of a contact, through the one close gate (rules §10)."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework import texts
from ameli_support.casework.acting import Acting
from ameli_support.casework.bench import Bench, case_in, change_contact, contact_in, event_row
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
from ameli_support.casework.colleagues import receiver
from ameli_support.casework.diagnosing import concluded
from ameli_support.casework.errors import DeskError, GateClosed
from ameli_support.casework.learning import Learning, Lesson
from ameli_support.casework.orders import OUTCOMES
from ameli_support.casework.permissions import Action
from ameli_support.casework.sentences import missing_sentence
from ameli_support.casework.texts import storable
from ameli_support.casework.views import Proposal
from ameli_support.clock import to_us
from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Role, Speaker
from ameli_support.onboarding.link import Phase
from ameli_support.store.cases import AnyRow, drop_draft
from ameli_support.store.journal import Journal
from ameli_support.store.schema import draft, intent
from checks.check import FollowUp

_CLOSED = {
    Reason.OTHER_SCHEME: Proposal(Outcome.OTHER_SCHEME, "none"),
    Reason.OTHER_FUND: Proposal(Outcome.REDIRECTED, "none"),
    Reason.PERSON_DECEASED: Proposal(Outcome.ESCALATED, "none", "bereavement"),
    Reason.PERSON_RESTRICTED: Proposal(Outcome.ESCALATED, "none", "fund"),
    Reason.PERSON_MINOR: Proposal(Outcome.ADVICE, "none"),
}
_CAUSES = {Phase.INACTIVE: "link_inactive", Phase.CLOSED: "window_closed", Phase.ACTIVE: "none"}


@dataclass(slots=True)
class Wrapping:
    """The wrap-up part of a desk."""

    bench: Bench
    acting: Acting
    learning: Learning

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
            self._note(journal, number, text)
            drop_draft(journal, number, bench.me.agent)

        bench.write(number, write)

    def _note(self, journal: Journal, number: int, text: str) -> None:
        payload = {"text": journal.keep(number, "note", text)}
        journal.append(number, None, self.bench.me.agent, "note.added", payload)

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
            self._end_contact(journal, number, row, "handed_over")
            return done.version, row

        bench.known[number], row = bench.write(number, write)
        self._tell_end(number, row)

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

    # ── the end of a contact ────────────────────────────────────────────────

    def leave(self, number: int) -> None:
        """See `Desk.leave`."""
        bench = self.bench
        row = bench.contact(number)

        def write(journal: Journal) -> None:
            journal.append(number, None, bench.me.agent, "contact.left", {"call": row.call})
            self._end_contact(journal, number, row, "left")

        bench.write(number, write)
        self._tell_end(number, row)

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
        self._tell_end(number, row)
        return state

    def proposal(self, number: int) -> Proposal:
        """See `Desk.proposed_outcome`."""
        row = self.bench.contact(number)
        proposed = self._proposed(number, row)
        denied = row.phase == Phase.SUSPENDED or row.last_act == Act.SUSPEND
        return replace(proposed, likely_queue=proposed.queue or ("fraud" if denied else "fund"))

    def _proposed(self, number: int, row: AnyRow) -> Proposal:
        bench = self.bench
        seen = bench.seen.get(number)
        phase = Phase(row.phase) if row.phase else None
        if seen is not None and seen.view.closed_because in _CLOSED:
            return _CLOSED[seen.view.closed_because]
        cause = _CAUSES.get(phase) if phase else None
        events = [event_row(event) for event in bench.store.events(number)]
        diagnosed = concluded(events, row.call)
        if diagnosed is not None and phase is not Phase.ACTIVE:
            told = diagnosed.payload["cause"]
            cause = told if told in {*bench.procedure.names("causes"), *self.learning.checks()} else "unknown"
        if row.last_act in OUTCOMES:
            if row.last_act == Act.REISSUE and diagnosed is None:
                cause = "window_closed"
            outcome = OUTCOMES[row.last_act]
            confirmed = seen is not None and seen.view.phase is Phase.ACTIVE
            if confirmed and concluding_move(outcome, None) is Move.WAIT_PERSON:
                outcome = Outcome.ALREADY_ACTIVE  # what the person did last: nothing is awaited of them
            return Proposal(outcome, cause or "unknown")
        if row.refused in _CLOSED:
            return _CLOSED[Reason(row.refused)]
        if row.check_failed or row.locked_until is not None or row.refused is not None:
            return Proposal(Outcome.IDENTITY_FAILED, "none")
        if row.speaker == Speaker.THIRD_PARTY:
            return Proposal(Outcome.THIRD_PARTY, "none")
        if phase is Phase.ACTIVE:
            return Proposal(Outcome.ALREADY_ACTIVE, "none")
        if diagnosed is not None:
            if diagnosed.payload["follow_up"] == FollowUp.ESCALATE:
                return Proposal(Outcome.ESCALATED, cause, "technical")
            return Proposal(Outcome.ADVICE, cause)
        if bench.case(number).record is None:
            return Proposal(Outcome.ADVICE, "none")
        return Proposal(None, cause)

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
            self._note(journal, number, text.strip())
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
        self._end_contact(journal, number, row, "concluded")
        return version, state

    def _end_contact(self, journal: Journal, number: int, row: AnyRow | None, how: str) -> None:
        """The level ends with the contact; a text still being typed is kept, unless it became a note."""
        if how == "concluded":
            drop_draft(journal, number, self.bench.me.agent)
        self.bench.store.leave_presence(journal, number, self.bench.me.agent)
        if row is not None:
            changes = {"ended_at": journal.now(), "ended": how, "level": 0, "end_told": not _was_checked(row)}
            change_contact(journal, row.call, **changes)

    def _tell_end(self, number: int, row: AnyRow | None) -> None:
        """Ends the levels of the call at the service; tried again by `recover` when it is missing."""
        bench = self.bench
        bench.seen.pop(number, None)
        if row is None or not _was_checked(row):
            return
        try:
            bench.accounts.end_call(row.call)
        except (ServiceDown, ServiceProblem):
            return
        bench.store.write(lambda journal: change_contact(journal, row.call, end_told=True))


def _was_checked(row: AnyRow) -> bool:
    """Whether the service may hold a check of this call: it does not forget one when the speaker changes."""
    return row.direction is not None
