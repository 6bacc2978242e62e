"""The desk in memory with a real checklist: real checks, priors and evidence, steps in a list."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ameli_support.accounts.contract import KeptLinkState, KeptLinkView, SendKind, SendView
from ameli_support.casework.course import Course, Pause
from ameli_support.casework.keeping import MailKept, MailRead
from ameli_support.casework.ours import ours
from ameli_support.casework.views import Done
from ameli_support.mail.links import tokens_in
from ameli_support.mail.parsing import parse
from ameli_support.mail.reading import read_mail
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import procedure
from ameli_support.settings import MailSettings
from checks import checklist, leaflet, priors
from checks.checklist import Checklist
from checks.evidence import Evidence, Finding, Kept, Outcome
from checks.probes import gather_now
from checks.run import Mode, Run
from tests.screens.fake_desk import NOW, FakeDesk

SERVICE = {"refused_or_bounced", "sender_refused", "too_early"}  # the record of these stories answers them
SITE = "https://www.ameli.fr"
OURS = ours(procedure(), MailSettings(), SITE)
DOMAIN = Finding("domain", Outcome.NOTHING, "mx", "Le domaine orange.fr reçoit des mails.")


class DiagnosingDesk(FakeDesk):
    """`dns` holds the answer of the DNS back until it is set; `steps` is the timeline."""

    def __init__(self, story: str = "j3", **more: Any) -> None:
        super().__init__(story, **more)
        self.steps: list[tuple[Any, ...]] = []
        self.mode: Mode | None = None
        self.pause: Pause | None = None
        self.trials = 0
        self.held: str | None = None
        self.checks = checklist.load()
        self.corrected: dict[int | None, str] = {}
        self.extra: tuple[Finding, ...] = ()
        self.kept: tuple[Kept, ...] = ()
        self.dns = threading.Event()
        self.dns.set()

    def checklist(self) -> Checklist:
        return self.checks

    def explore(self, case: int) -> None:
        self._trip("explore")

    def course(self, case: int) -> Course:
        return Course(self.mode is not None, self.pause, self.trials)

    def evidence(self, *, at_once: bool = False) -> Evidence:
        assert self.state is not None
        view = self.view() if self.state.record_found and self.state.level else None
        found = gather_now(
            view,
            NOW,
            said_matches=self.state.said_address,
            level=self.state.level,
            offline=True,
            kept=self.kept,
        )
        kept = tuple(one for one in found.findings if one.probe != "domain")
        if not at_once:
            assert self.dns.wait(10)
            kept += (DOMAIN,) if view is not None else ()
        return replace(found, findings=(*kept, *self.extra))

    def diagnose(self, case: int, mode: Mode | None = None, *, at_once: bool = False) -> Run:
        self._trip("diagnose", mode)
        if self.mode is None:
            self.steps.append(("started",))
        self.mode = mode or self.mode or Mode.CHEAPEST
        run = Run(self.checks, priors.load(), self.evidence(at_once=at_once), self.mode)
        for name, *what in self.steps:
            if name in ("answer", "skip", "did_not_help"):
                with suppress(KeyError):  # an answer to the form of another level, as the desk does
                    run = getattr(run, name)(*what)
        return run

    def _step(self, *step: Any) -> Run:
        self._trip(f"checks.{step[0]}", *step[1:])
        self.steps.append(step)
        self.pause = None
        return self.diagnose(4217)

    def answer_check(self, case: int, check: str, key: str) -> Run:
        return self._step("answer", check, key)

    def skip_check(self, case: int, check: str, reason: str) -> Run:
        return self._step("skip", check, reason)

    def remedy_in_vain(self, case: int) -> Run:
        found = self.diagnose(case).conclusion
        assert found is not None
        return self._step("did_not_help", found.cause)

    def pause_checks(self, case: int, reason: str) -> None:
        self._trip("pause_checks", reason)
        self.pause = Pause(NOW - timedelta(minutes=5), "10043", reason)

    def abandon_checks(self, case: int, reason: str) -> None:
        self._trip("abandon_checks", reason)
        self.steps, self.mode = [], None

    def setting_changed(self, case: int) -> None:
        self._trip("setting_changed")
        self.held = None

    def held_back(self, case: int) -> str | None:
        return self.held

    def conclude_checks(self, case: int, *, changed: bool = True) -> Run:
        self._trip("conclude_checks", changed)
        run = self._step("conclude")
        assert run.conclusion is not None
        self.held = run.conclusion.cause if run.must_change_first and not changed else None
        self.steps, self.mode = [], None
        return run

    def correct(self, case: int, address: str, reason: Any, self_created: bool) -> Done:
        done = super().correct(case, address, reason, self_created)
        self.trials += reason == "test_other_address"
        self.corrected[len(self.generations)] = address.rpartition("@")[2]
        self.sent_at = None  # handed over at once
        return done

    def _sends(self) -> list[SendView]:
        return [
            send.model_copy(update={"kind": SendKind.CORRECTION, "domain": self.corrected[send.generation]})
            if send.generation in self.corrected
            else send
            for send in super()._sends()
        ]

    def read_mail(self, raw: bytes) -> MailRead:
        self._trip("read_mail")
        return MailRead(read_mail(raw, OURS), bool(tokens_in(parse(raw), OURS.hosts)))

    def attach_mail(self, case: int, raw: bytes, *, told: bool = False) -> MailKept:
        """A link in it that works ends, as at the service."""
        self._trip("attach_mail", told)
        seen = self.read_mail(raw)
        links: tuple[KeptLinkView, ...] = ()
        if seen.ends_a_link:
            live = self.view().phase is Phase.LIVE
            state = KeptLinkState.LIVE if live else KeptLinkState.EXPIRED
            links = (KeptLinkView(ours=True, generation=1, state=state, superseded=live),)
            if live:
                self.become("j11")
        reading = seen.reading
        verdicts = frozenset(note.verdict.value for note in reading.antispam)
        state_of = links[0].state if links else None
        self.kept += (
            Kept(reading.kind.value, reading.genuine, verdicts, state=state_of, ended=bool(links and live)),
        )
        return MailKept("0" * 32, reading, links)

    def leaflet(self, case: int) -> str:
        run = Run(self.checks, priors.load(), self.evidence())
        return leaflet.leaflet(run, self.procedure)

    def leaves_out(self, reason: str, but: set[str]) -> None:
        """A run in which every question was skipped but these."""
        self.mode, self.steps = Mode.CHEAPEST, [("started",)]
        for check in self.checks.checks:
            if check not in but | {"company_gateway", "already_active", "not_handed_over"} | SERVICE:
                self.steps.append(("skip", check, reason))

    def told(self, name: str) -> list[Any]:
        """What was asked of the desk under this name."""
        return [arguments for asked, arguments in self.asked if asked == name]
