"""The missing-mail checklist in a call: the run stands on the case's timeline, step by step (rules §9).

Every answer is an event with the version of the checklist; whoever takes the case up again finds the run
where it stood, with the evidence taken anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ameli_support.casework import texts
from ameli_support.casework.bench import Bench, event_row
from ameli_support.casework.course import Course, course
from ameli_support.casework.errors import DeskError
from ameli_support.casework.kept_events import kept_of
from ameli_support.casework.learning import Learning
from ameli_support.casework.looking import Looking
from ameli_support.casework.permissions import Action
from ameli_support.casework.views import EventRow
from ameli_support.i18n import _
from ameli_support.mail.providers import load as load_providers
from ameli_support.onboarding.identity import Level, Role
from ameli_support.store.cases import AnyRow
from ameli_support.store.journal import Journal
from checks import checklist, priors
from checks.evidence import Evidence, Kept
from checks.leaflet import leaflet
from checks.run import Mode, Run
from checks.trial import Trial, under_way
from checks.trial import answer as outcome

if TYPE_CHECKING:
    import dns.asyncresolver

T = TypeVar("T")
_CONTACTS = 8
# the checks that nobody ticks: the service compares the one, a trial shows the other
SAID, TRIED = "address_exact", "other_address"
_ENDS = ("checks.concluded", "checks.abandoned")


@dataclass(slots=True)
class Diagnosing:
    """The checklist part of a desk. `resolver` None: the machine's own; `offline`: no question to the DNS."""

    bench: Bench
    looking: Looking
    learning: Learning
    content_folder: Path | None = None
    resolver: "dns.asyncresolver.Resolver | None" = None
    offline: bool = False
    gathered: dict[str, tuple[object, Evidence]] = field(default_factory=dict)
    believed: dict[str, priors.Priors] = field(default_factory=dict)

    # ── reading ─────────────────────────────────────────────────────────────

    def checklist(self) -> checklist.Checklist:
        """See `Desk.checklist`."""
        return checklist.load(self.content_folder)

    def explore(self, number: int) -> None:
        """See `Desk.explore`."""
        self._evidence(number, self.bench.contact(number))

    def course(self, number: int) -> Course:
        """See `Desk.course`."""
        row = self.bench.contact(number)
        told = self._text if self._may_read(number, row) else lambda kept: ""
        return course(map(event_row, self.bench.store.events(number)), told)

    def diagnose(self, number: int, mode: Mode | None, *, at_once: bool = False) -> Run:
        """See `Desk.diagnose`."""
        self.bench.allow(Action.NOTE, number)
        row = self.bench.contact(number)
        began, steps = self.steps(number)
        if not began or (mode is not None and Mode(began["mode"]) is not mode):
            wanted = mode or Mode.CHEAPEST
            kind = "checks.reordered" if began else "checks.started"
            self.write(number, kind, {"call": row.call, "mode": wanted.value})
            began = {**began, "mode": wanted.value}
        evidence = self._evidence(number, row, at_once=at_once)
        run = Run(self.checklist(), self._priors(row), evidence, Mode(began["mode"]))
        after = -1 if self._may_read(number, row) else self._opened(number, row)
        for step in steps:
            if step.seq > after:
                run = _replayed(run, step, self._text)
        return run

    def _opened(self, number: int, row: AnyRow) -> int:
        """The event that opened a contact."""
        events = map(event_row, self.bench.store.events(number))
        opened = (
            one.seq for one in events if one.kind == "contact.opened" and one.payload["call"] == row.call
        )
        return next(opened)

    def _may_read(self, number: int, row: AnyRow) -> bool:
        """Below level 1 nothing of a person's earlier contacts is shown (rules §8)."""
        known = self.bench.level(row) > Level.NOTHING or self.bench.me.role is Role.SUPERVISOR
        return known or self.bench.case(number).record is None

    def steps(self, number: int) -> tuple[dict[str, Any], list[EventRow]]:
        """What began the open run, with the order last chosen, and its steps; nothing when none is open."""
        began: dict[str, Any] = {}
        steps: list[EventRow] = []
        for event in map(event_row, self.bench.store.events(number)):
            if event.kind == "checks.started":
                began, steps = dict(event.payload), []
            elif event.kind in _ENDS:
                began, steps = {}, []
            elif event.kind == "checks.reordered":
                began = {**began, "mode": event.payload["mode"]}
            elif event.kind.startswith("checks."):
                steps.append(event)
        return began, steps

    def _priors(self, row: AnyRow) -> priors.Priors:
        """What is believed, read once in a contact: no answer costs more because of many cases."""
        if row.call not in self.believed:
            _keep(self.believed, row.call, self.learning.believed())
        return self.believed[row.call]

    def _evidence(self, number: int, row: AnyRow, *, at_once: bool = False) -> Evidence:
        """Taken again whenever the record, or what the caller said of the address, has changed.

        `at_once`: what is known without asking the DNS, unless that was asked already.
        """
        from checks.probes import gather_now

        view = self.looking.look(number).view
        level = self.bench.level(row)
        kept, trials = self._kept(number, row), self.course(number).trials
        key = (
            view and view.model_dump_json(exclude={"as_of", "allowed"}),
            row.said_address,
            level,
            kept,
            trials,
        )
        known = self.gathered.get(row.call)
        if known is not None and known[0] == key:
            return known[1]
        found = gather_now(
            view,
            self.bench.business.now(),
            said_matches=row.said_address,
            level=level,
            resolver=self.resolver,
            offline=self.offline or at_once,
            kept=kept,
            trials=trials,
        )
        if at_once and not self.offline:
            return replace(found, findings=tuple(one for one in found.findings if one.probe != "domain"))
        _keep(self.gathered, row.call, (key, found))
        return found

    def _kept(self, number: int, row: AnyRow) -> tuple[Kept, ...]:
        """The mails kept in the case; below level 1 those of this contact only (rules §8)."""
        events = [event_row(event) for event in self.bench.store.events(number)]
        if not self._may_read(number, row):
            after = self._opened(number, row)
            events = [event for event in events if event.seq > after]
        return kept_of(events)

    def _text(self, kept: Any) -> str:
        ref = kept.get("ref") if isinstance(kept, dict) else None
        return (self.bench.store.text(ref) if ref else None) or ""

    # ── writing ─────────────────────────────────────────────────────────────

    def answer(self, number: int, check: str, key: str) -> Run:
        """See `Desk.answer_check`."""
        run = self._open(number)
        try:
            run.check(check).answer(key)
        except KeyError:
            raise DeskError(_("Cette vérification ou cette réponse n’existe pas.")) from None
        self._nothing_is_ticked(number, run, check, key)
        self.write(number, "checks.answered", {"check": check, "answer": key})
        return run.answer(check, key)

    def _nothing_is_ticked(self, number: int, run: Run, check: str, key: str) -> None:
        """What the service compares, or a trial shows, the program concludes (rules §3; §9, 1 and 3)."""
        known = run.evidence.answers.get(check) == key or run.evidence.level < Level.SIMPLE
        if known or not (run.check(check).answer(key).proves or run.check(check).answer(key).rules_out):
            return
        if check == SAID:
            raise DeskError(_("Saisissez l’adresse que dit l’appelant : le service la compare."))
        if check == TRIED and run.evidence.level >= Level.REINFORCED:
            trial = self.trial(number)
            if trial is None or key not in {outcome(trial, arrived) for arrived in (True, False)}:
                raise DeskError(
                    _("D’abord l’essai : corrigez l’adresse avec le motif « Essai avec une autre adresse ».")
                )

    def skip(self, number: int, check: str, reason: str) -> Run:
        """See `Desk.skip_check`."""
        run, why = self._open(number), texts.reason(reason)
        if check not in run.checklist.checks:
            raise DeskError(_("Cette vérification ou cette réponse n’existe pas."))
        self.write(number, "checks.skipped", {"check": check}, why)
        return run.skip(check, why)

    def in_vain(self, number: int) -> Run:
        """See `Desk.remedy_in_vain`."""
        run = self._open(number)
        found = run.conclusion
        if found is None or found.cause not in run.checklist.checks:
            raise DeskError(_("Aucune cause n’est trouvée pour l’instant."))
        self.write(number, "checks.in_vain", {"cause": found.cause})
        return run.did_not_help(found.cause)

    def pause(self, number: int, reason: str) -> None:
        """See `Desk.pause_checks`."""
        self._open(number)
        self.write(number, "checks.paused", {}, texts.reason(reason))

    def abandon(self, number: int, reason: str) -> None:
        """See `Desk.abandon_checks`."""
        self._open(number)
        self.write(number, "checks.abandoned", {}, texts.reason(reason))

    def conclude(self, number: int, *, changed: bool) -> Run:
        """See `Desk.conclude_checks`."""
        run = self._open(number)
        if run.conclusion is None:
            raise DeskError(_("Il reste des questions : répondez, ou passez-les avec un motif."))
        cause = run.conclusion.cause
        payload = {
            "call": self.bench.contact(number).call,
            "cause": cause,
            "check": cause,
            "family": run.priors.family(run.evidence.provider),
            "follow_up": run.conclusion.follow_up.value,
            "not_asked": {one.check: one.why.value for one in run.not_asked},
            **({"changed": changed} if run.must_change_first else {}),
        }
        self.write(number, "checks.concluded", payload)
        return run

    def trial(self, number: int) -> Trial | None:
        """See `Desk.trial`."""
        return under_way(self.looking.look(number).view, self.course(number).trials, load_providers())

    def leaflet(self, number: int) -> str:
        """See `Desk.leaflet`."""
        began, _steps = self.steps(number)
        run = self.diagnose(number, None) if began else self._fresh_run(number)
        seen = self.bench.seen.get(number)
        link = seen.view.link if seen is not None and run.evidence.level > Level.NOTHING else None
        ends = link.expires_at if link is not None and link.expires_at > self.bench.business.now() else None
        return leaflet(run, self.bench.procedure, ends=ends)

    def _fresh_run(self, number: int) -> Run:
        """A run that stands on no timeline: nothing was asked."""
        row = self.bench.contact(number)
        return Run(self.checklist(), self._priors(row), self._evidence(number, row))

    def _open(self, number: int) -> Run:
        began, _steps = self.steps(number)
        if not began:
            raise DeskError(_("Aucun diagnostic n’est en cours dans ce dossier."))
        return self.diagnose(number, None)

    def write(self, number: int, kind: str, payload: dict[str, Any], text: str | None = None) -> None:
        """One step on the timeline, with the version of the checklist; `text` in a row that can be erased."""
        told = {**payload, "checklist": self.checklist().version}

        def write(journal: Journal) -> None:
            kept = {} if text is None else {"text": journal.keep(number, "reason", text)}
            journal.append(number, None, self.bench.me.agent, kind, {**told, **kept})

        self.bench.write(number, write)


def _keep(held: dict[str, T], call: str, value: T) -> None:
    """Remembers it of the last contacts only."""
    held.pop(call, None)
    held[call] = value
    while len(held) > _CONTACTS:
        held.pop(next(iter(held)))


def _replayed(run: Run, step: EventRow, text: Callable[[Any], str]) -> Run:
    """The run after a step; what a changed checklist or level no longer knows is left out."""
    payload = step.payload
    try:
        match step.kind:
            case "checks.answered":
                return run.answer(payload["check"], payload["answer"])
            case "checks.skipped":
                return run.skip(payload["check"], text(payload.get("text")))
            case "checks.in_vain":
                return run.did_not_help(payload["cause"])
    except KeyError:
        return run
    return run


def concluded(events: list[EventRow], call: str) -> EventRow | None:
    """The last conclusion of the checklist in a contact."""
    ends = [event for event in events if event.kind == "checks.concluded" and event.payload["call"] == call]
    return ends[-1] if ends else None
