"""One run of the checklist with a caller: answers, the next question, what was not asked, the conclusion.

A value without I/O: every answer gives a new run, and an answer that is changed re-evaluates what follows.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from ameli_support.i18n import _
from checks.asking import cheapest, question
from checks.beliefs import Belief, beliefs
from checks.check import Answer, Check, FollowUp, Place
from checks.checklist import Checklist
from checks.evidence import Evidence
from checks.priors import UNKNOWN, Priors


class Mode(StrEnum):
    """The order in which questions come."""

    CHEAPEST = "cheapest"
    DOCUMENT = "document"


class Why(StrEnum):
    """Why a check was not asked."""

    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"
    ANSWERED_BY_EVIDENCE = "answered_by_evidence"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A check that nobody asked, with the reason in words; it can still be asked."""

    check: str
    documented: bool
    why: Why
    text: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The cause and what the agent does; `cause` is `unknown` when nothing was found."""

    cause: str
    follow_up: FollowUp


@dataclass(frozen=True)
class Run:
    """`answers` are keys by check, in the order given; `skipped` reasons by check; `in_vain` causes whose
    remedy did not help."""

    checklist: Checklist
    priors: Priors
    evidence: Evidence
    mode: Mode = Mode.CHEAPEST
    answers: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    in_vain: tuple[str, ...] = ()

    # ── what is done ────────────────────────────────────────────────────────

    def answer(self, check: str, key: str) -> "Run":
        """The run with an answer, new or changed. Raises `KeyError` for a check or answer that is none."""
        self.check(check).answer(key)
        held = dict(self.answers)
        held[check] = key
        skipped = tuple(pair for pair in self.skipped if pair[0] != check)
        in_vain = self.in_vain
        if key != dict(self.answers).get(check):
            in_vain = tuple(cause for cause in in_vain if cause != check)
        return replace(self, answers=tuple(held.items()), skipped=skipped, in_vain=in_vain)

    def skip(self, check: str, reason: str) -> "Run":
        """The run without this question, for a reason; an answer given before is taken back."""
        self.check(check)
        answers = tuple(pair for pair in self.answers if pair[0] != check)
        skipped = (*(pair for pair in self.skipped if pair[0] != check), (check, reason))
        return replace(self, answers=answers, skipped=skipped)

    def did_not_help(self, cause: str) -> "Run":
        """The run goes on: the remedy for this cause was tried in vain."""
        return self if cause in self.in_vain else replace(self, in_vain=(*self.in_vain, cause))

    # ── what is known ───────────────────────────────────────────────────────

    def check(self, check: str) -> Check:
        """The check as it is asked at this caller's level."""
        return self.checklist[check].at(self.evidence.level)

    @cached_property
    def given(self) -> dict[str, Answer]:
        """The answers in force: the evidence's, and over them the caller's.

        One that was given to the form of another level (`Check.below`) says nothing any more.
        """
        keys = {**self.evidence.answers, **dict(self.answers)}
        held = {}
        for check, key in keys.items():
            with suppress(KeyError):
                held[check] = self.check(check).answer(key)
        return held

    @cached_property
    def beliefs(self) -> tuple[Belief, ...]:
        """Every cause with its present probability, the likeliest first."""
        return beliefs(self.checklist, self.priors, self.evidence, self.given, self.in_vain)

    @cached_property
    def opened(self) -> frozenset[Place]:
        """The places where a question was answered already."""
        return frozenset(self.check(check).place for check, _key in self.answers)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The questions that are left, the next one first."""
        left = [
            self.check(name)
            for name, check in self.checklist.checks.items()
            if name not in self.given
            and name not in dict(self.skipped)
            and check.applies(self.evidence) is None
        ]
        if self.mode is Mode.DOCUMENT:
            return tuple(check.id for check in left)
        now = {belief.cause: belief.probability for belief in self.beliefs}
        asked = [question(check, self.priors) for check in left]
        return tuple(one.id for one in cheapest(asked, now, self.priors, self.opened))

    @property
    def current(self) -> str | None:
        """The question to ask now; None once the run is concluded."""
        return self.order[0] if self.conclusion is None and self.order else None

    @cached_property
    def conclusion(self) -> Conclusion | None:
        """The cause that an answer proves, unless its remedy was in vain; `unknown` when nothing is left."""
        for answer in self.given.values():
            for cause in answer.proves:
                if cause not in self.in_vain:
                    return Conclusion(cause, self.check(cause).follow_up)
        return None if self.order else Conclusion(UNKNOWN, FollowUp.ESCALATE)

    @cached_property
    def not_asked(self) -> tuple[NotAsked, ...]:
        """Every check that nobody asked, the document's first, and why."""
        return tuple(self._not_asked())

    def _not_asked(self) -> Iterable[NotAsked]:
        asked, skipped = dict(self.answers), dict(self.skipped)
        for name, check in self.checklist.checks.items():
            if name in asked:
                continue
            reason = check.applies(self.evidence)
            if name in skipped:
                yield NotAsked(name, check.documented, Why.SKIPPED, skipped[name])
            elif name in self.evidence.answers:
                text = _("le service a déjà répondu")
                yield NotAsked(name, check.documented, Why.ANSWERED_BY_EVIDENCE, text)
            elif reason is not None:
                yield NotAsked(name, check.documented, Why.NOT_APPLICABLE, reason.text())
            else:
                text = _("la cause a été trouvée avant")
                yield NotAsked(name, check.documented, Why.NOT_REACHED, text)

    @property
    def must_change_first(self) -> bool:
        """Whether nothing may be sent again to the same address before the remedy is done (rules §9, 5)."""
        found = self.conclusion
        return found is not None and found.cause != UNKNOWN and self.check(found.cause).changes_first
