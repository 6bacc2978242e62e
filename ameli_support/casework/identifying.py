"""Who is on the line: the caller says, the agent types, the service compares (rules §8).

What was typed goes to the service and nowhere else: not into events, rows, drafts or logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ameli_support.accounts.contract import (
    CheckAnswer,
    CheckRequest,
    ProblemType,
)
from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework import texts
from ameli_support.casework.bench import Bench, call_state, change_contact, open_check
from ameli_support.casework.errors import ActRefused, DeskError, SpeakerFirst
from ameli_support.casework.permissions import Action
from ameli_support.casework.sentences import of_service
from ameli_support.casework.views import CallState, Checked
from ameli_support.clock import to_us
from ameli_support.i18n import _, language
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import (
    Comparison,
    Direction,
    Fact,
    Level,
    Representation,
    Speaker,
    highest_level,
)
from ameli_support.store.cases import AnyRow
from ameli_support.store.journal import Journal

_NO_CHECK: Mapping[str, object] = {
    "check": None,
    "level": 0,
    "level_until": None,
    "trying": None,
    "trying_level": None,
    "comparisons_left": None,
    "check_failed": False,
    "level_0_chosen": False,
    "refused": None,
    "said_address": None,
}

_SHUT = (
    ProblemType.LOCKED,
    ProblemType.OTHER_FUND,
    ProblemType.OTHER_SCHEME,
    ProblemType.PERSON_STATUS,
)


@dataclass(slots=True)
class Identifying:
    """The caller check part of a desk."""

    bench: Bench

    def speak(
        self,
        number: int,
        direction: Direction,
        speaker: Speaker,
        representation: Representation | None,
    ) -> CallState:
        """See `Desk.speak`."""
        bench = self.bench
        bench.allow(Action.NOTE, number)
        row = bench.contact(number)
        if speaker is Speaker.REPRESENTATIVE and representation is None:
            raise SpeakerFirst(_("Un représentant : dites à quel titre (tutelle, mandat…)."))
        if speaker is not Speaker.REPRESENTATIVE:
            representation = None
        said = (direction.value, speaker.value, representation.value if representation else None)
        if (row.direction, row.speaker, row.representation) == said:
            return call_state(bench, row)
        nothing_more = highest_level(speaker, direction) is Level.NOTHING or bench.case(number).record is None

        def write(journal: Journal) -> None:
            payload = {"call": row.call, "direction": said[0], "speaker": said[1], "representation": said[2]}
            journal.append(number, None, bench.me.agent, "contact.speaker", payload)
            change_contact(
                journal,
                row.call,
                **{
                    **_NO_CHECK,
                    "direction": said[0],
                    "speaker": said[1],
                    "representation": said[2],
                    "level_0_chosen": nothing_more,
                },
            )

        bench.write(number, write)
        bench.seen.pop(number, None)
        return call_state(bench, bench.contact(number))

    def highest(self, number: int) -> Level:
        """See `Desk.highest_level`."""
        row = spoken(self.bench, number)
        if self.bench.case(number).record is None:
            return Level.NOTHING
        return highest_level(Speaker(row.speaker), Direction(row.direction))

    def level_0(self, number: int) -> CallState:
        """See `Desk.level_0`."""
        bench = self.bench
        row = bench.contact(number)

        def write(journal: Journal) -> None:
            journal.append(number, None, bench.me.agent, "identity.level_0", {"call": row.call})
            change_contact(journal, row.call, level_0_chosen=True)

        if not row.level_0_chosen:
            bench.write(number, write)
        return call_state(bench, bench.contact(number))

    def verify(self, number: int, level: Level, facts: Mapping[Fact, str]) -> Checked:
        """See `Desk.verify`."""
        bench = self.bench
        bench.allow(Action.CHECK, number)
        row = spoken(self.bench, number)
        record = bench.case(number).record
        if level is Level.NOTHING or record is None:
            self.level_0(number)
            return Checked(Level.NOTHING, 0, (), failed=False)
        if level > self.highest(number):
            reason = (
                Reason.THIRD_PARTY
                if row.speaker == Speaker.THIRD_PARTY
                else Reason.OUTGOING_CALL
                if row.direction == Direction.OUTGOING
                else Reason.NOT_AN_INCOMING_CALL
            )
            raise ActRefused(_("Ce contact ne permet pas ce niveau de contrôle."), reason=reason)
        typed = {fact: texts.storable(text, texts.LONGEST_FACT).strip() for fact, text in facts.items()}
        typed = {fact: text for fact, text in typed.items() if text}
        if not typed:
            raise DeskError(_("Rien n’a été saisi : rien n’a été comparé."))
        request = CheckRequest(
            call=row.call,
            record=record,
            direction=Direction(row.direction),
            speaker=Speaker(row.speaker),
            representation=Representation(row.representation) if row.representation else None,
            level=level,
            facts=typed,
            check=self._continued(row, level),
        )
        try:
            answer = bench.accounts.check(request)
        except ServiceDown as down:
            if down.kind.value not in ("refused", "tls"):
                bench.event(number, "identity.unanswered", {"call": row.call, "kind": down.kind.value})
            raise of_service(down) from None
        except ServiceProblem as problem:
            self._refused(number, row, problem)
            raise of_service(problem) from None
        self._record(number, row, level, answer)
        return _shown(answer)

    def agree(self, number: int) -> CallState:
        """See `Desk.agree`."""
        bench = self.bench
        bench.allow(Action.CHECK, number)
        row = spoken(self.bench, number)
        if row.speaker == Speaker.THIRD_PARTY:
            sentence = bench.procedure.text(f"reasons.{Reason.THIRD_PARTY}.sentence", language())
            raise ActRefused(sentence, reason=Reason.THIRD_PARTY)
        if row.speaker != Speaker.SELF:
            raise ActRefused(_("Seule la personne, en ligne, peut accepter la présence d’un tiers."))
        if row.direction != Direction.INCOMING:
            raise ActRefused(
                _("L’accord se donne à voix haute, dans un appel reçu."), reason=Reason.NOT_AN_INCOMING_CALL
            )
        if bench.case(number).record is None or bench.level(row) < Level.SIMPLE:
            raise ActRefused(_("Le contrôle de niveau 1 vient d’abord."), reason=Reason.LEVEL_1_FIRST)
        payload = {"call": row.call, "speaker": row.speaker, "level": int(bench.level(row))}
        # once a check: the agreement ends with it, as the level does
        bench.event(number, "contact.third_party_agreed", payload, f"third-party-{row.check}")
        return call_state(bench, bench.contact(number))

    def _continued(self, row: AnyRow, level: Level) -> str | None:
        """The check that this comparison goes on with, None for a new one."""
        goes_on = row.trying_level == level and open_check(self.bench, row)
        return str(row.trying) if goes_on else None

    def _record(self, number: int, row: AnyRow, level: Level, answer: CheckAnswer) -> None:
        bench = self.bench
        payload = {
            "call": row.call,
            "check": answer.check,
            "level_sought": int(level),
            "level": int(answer.level),
            "results": {fact.value: result.value for fact, result in answer.results.items()},
            "comparisons_left": answer.comparisons_left,
            "failed": answer.failed,
            "locked": answer.locked_until is not None,
            "procedure": bench.procedure.version,
        }

        def write(journal: Journal) -> None:
            journal.append(number, None, bench.me.agent, "identity.checked", payload)
            change_contact(
                journal,
                row.call,
                check=answer.check,
                level=int(answer.level),
                level_until=to_us(answer.expires_at),
                trying=answer.check,
                trying_level=int(level),
                comparisons_left=answer.comparisons_left,
                check_failed=answer.failed,
                locked_until=_us(answer.locked_until),
                refused=None,
            )

        bench.write(number, write)
        bench.seen.pop(number, None)

    def _refused(self, number: int, row: AnyRow, problem: ServiceProblem) -> None:
        """A comparison that the service would not make: a new check begins next time.

        On a record that is shut, level 0 is all there is, so it counts as chosen.
        """
        bench = self.bench
        said = problem.problem
        reason = said.reason.value if said.reason else None
        kind = said.kind.value if said.kind else said.type[:32]
        shut = said.kind in _SHUT

        def write(journal: Journal) -> None:
            payload = {"call": row.call, "problem": kind, "reason": reason}
            journal.append(number, None, bench.me.agent, "identity.refused", payload)
            changes = {"refused": reason or kind, "level_0_chosen": True} if shut else {}
            if said.kind is ProblemType.LOCKED and said.retry_after is not None:
                until = bench.business.now() + timedelta(seconds=said.retry_after)
                changes["locked_until"] = to_us(until)
            change_contact(journal, row.call, trying=None, **changes)

        bench.write(number, write)


def spoken(bench: Bench, number: int) -> AnyRow:
    """One's open contact, once it is noted who speaks; raises `SpeakerFirst`."""
    row = bench.contact(number)
    if row.speaker is None or row.direction is None:
        raise SpeakerFirst(_("Notez d’abord qui parle."))
    return row


def _shown(answer: CheckAnswer) -> Checked:
    not_on_file = tuple(fact for fact, result in answer.results.items() if result is Comparison.NOT_ON_FILE)
    return Checked(
        level=answer.level,
        comparisons_left=answer.comparisons_left,
        not_on_file=not_on_file,
        failed=answer.failed,
        expires_at=answer.expires_at if answer.level else None,
        locked_until=answer.locked_until,
    )


def _us(at: datetime | None) -> int | None:
    return None if at is None else to_us(at)
