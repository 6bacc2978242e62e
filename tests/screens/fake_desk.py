"""A desk in memory that keeps the façade's promises, for scenarios that look at the screens alone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from ameli_support.accounts.contract import (
    ActAnswer,
    CorrectReason,
    GenerationView,
    LinkView,
    PersonView,
    RecordView,
    ReissueReason,
    SendKind,
    SendState,
    SendView,
    VerdictView,
)
from ameli_support.casework.bulletins import Banner, Bulletin, Provider
from ameli_support.casework.case import Callback, Channel, Outcome, State
from ameli_support.casework.errors import ActRefused, ServiceCut
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.permissions import Me
from ameli_support.casework.views import (
    CallState,
    CaseHistory,
    CaseRow,
    Checked,
    Done,
    Earlier,
    EventRow,
    Found,
    Look,
    NoteRow,
    Proposal,
    ResumeReason,
    ResumeRow,
    Said,
    Service,
)
from ameli_support.clock import FixedClock
from ameli_support.onboarding.acts import Act, Ask, Effect, Reason
from ameli_support.onboarding.franceconnect import Refusal, refusal
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Role, Speaker
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.person import PersonStatus
from ameli_support.onboarding.procedure import procedure
from checks.checklist import Checklist
from checks.checklist import load as load_checklist

NOW = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)  # 14:32 in Paris, a Monday
ISSUED = {
    "j3": datetime(2026, 11, 20, 8, 14, tzinfo=UTC),
    "j11": datetime(2026, 11, 12, 8, 14, tzinfo=UTC),
    "j25": datetime(2026, 10, 29, 8, 14, tzinfo=UTC),
    "active": datetime(2026, 11, 18, 8, 14, tzinfo=UTC),
    "suspended": datetime(2026, 11, 18, 8, 14, tzinfo=UTC),
}
NIR = "2620838185001"
ADDRESS = "a.dubois@orange.fr"
LEVEL_1 = {Fact.NIR: NIR, Fact.NAME: "DUBOIS", Fact.BIRTH_DATE: "1962-08-24", Fact.POSTCODE: "38000"}
LEVEL_2 = {Fact.BANK_LAST4: "1234", Fact.CARD_SERIAL: "0042", Fact.DECLARED_DOCTOR: "MARTIN"}
ISSUING = {Act.RESEND, Act.REISSUE, Act.CORRECT}
DAYS = {"link": timedelta(days=7), "window": timedelta(days=21)}


def _no(reason: Reason, until: datetime | None = None, seconds: int | None = None) -> VerdictView:
    return VerdictView(allowed=False, reason=reason, until=until, seconds_left=seconds)


class FakeDesk:
    """One record, Mme DUBOIS, in the state that `story` names; a few counters for the tests."""

    def __init__(self, story: str = "j11", *, role: Role = Role.AGENT, name: str = "DUBOIS Angela") -> None:
        self.story = story
        self.early_step = Step.TERMS
        self.me = Me("0427", role, ("381",), "Camille")
        self.business_clock = FixedClock(NOW)
        self.system_clock = FixedClock(NOW)
        self.procedure = procedure()
        self.procedure_version = self.procedure.version
        self.name = name
        self.service = Service.OK
        self.banner: Banner | None = None
        self.away: frozenset[str] = frozenset()
        self.since: datetime | None = None
        self.matches = 1
        self.said: list[str] = []
        self.asked: list[tuple[str, Any]] = []
        self.notes: list[NoteRow] = []
        self.resume_rows: list[ResumeRow] = []
        self.closed: tuple[Any, ...] | None = None
        self.refuse: dict[str, Exception] = {}
        self.address = ADDRESS
        self.become(story)
        self.version = 3
        self.state: CallState | None = None
        self.looks = 0
        self.also: dict[str, Any] = {}  # what else the record holds
        self.before = Earlier()
        self.proposed: Proposal | None = None
        self.sentences: tuple[str, ...] = ()

    def become(self, story: str) -> None:
        """Another state of the same record, for whoever looks next."""
        self.story = story
        self.issued = ISSUED.get(story, ISSUED["j11"])
        self.generations = [self.issued] if story in ISSUED else []
        self.window = self.issued
        self.sent_at: datetime | None = None
        self.confirmed: datetime | None = (
            datetime(2026, 11, 19, 7, 2, tzinfo=UTC) if story == "active" else None
        )
        self.suspended: datetime | None = NOW - timedelta(days=2) if story == "suspended" else None

    # ── the contact ─────────────────────────────────────────────────────────

    def _trip(self, name: str, *arguments: Any) -> None:
        self.asked.append((name, arguments))
        if name in self.refuse:
            raise self.refuse.pop(name)

    def _begin(self, record_found: bool) -> CallState:
        self.state = CallState(
            case=4217,
            call="call-1",
            state=State.IN_PROGRESS,
            channel=Channel.CALL,
            version=1,
            opened_at=self.business_clock.now(),
            record_found=record_found,
        )
        return self.state

    def _set(self, **changes: Any) -> CallState:
        from dataclasses import replace

        assert self.state is not None
        self.state = replace(self.state, **changes)
        return self.state

    def find(
        self,
        facts: SearchFacts,
        purpose: str | None = None,
        channel: Channel = Channel.CALL,
        call: str | None = None,
    ) -> Found:
        self._trip("find", facts, purpose, call)
        if facts.provisional:
            return Found(0, "call-1", provisional=True)
        if self.matches != 1:
            return Found(self.matches, "call-1")
        self._begin(record_found=True)
        return Found(1, "call-1", case=4217, record_found=True)

    def find_no_record(self, channel: Channel = Channel.CALL, call: str | None = None) -> int:
        self._trip("find_no_record")
        self._begin(record_found=False)
        return 4217

    def resume(self, case: int) -> CallState:
        self._trip("resume", case)
        return self._begin(record_found=True)

    def call_state(self, case: int) -> CallState:
        assert self.state is not None
        return self.state

    def checklist(self) -> Checklist:
        return load_checklist()

    def held_back(self, case: int) -> str | None:
        return None

    def leave(self, case: int) -> None:
        self._trip("leave", case)

    # ── who is on the line ──────────────────────────────────────────────────

    def speak(
        self,
        case: int,
        direction: Direction,
        speaker: Speaker,
        representation: Representation | None = None,
    ) -> CallState:
        self._trip("speak", direction, speaker, representation)
        return self._set(
            direction=direction, speaker=speaker, representation=representation, level=Level.NOTHING
        )

    def highest_level(self, case: int) -> Level:
        assert self.state is not None
        if self.state.speaker is Speaker.THIRD_PARTY or self.state.direction is Direction.OUTGOING:
            return Level.NOTHING
        return Level.REINFORCED

    def level_0(self, case: int) -> CallState:
        self._trip("level_0")
        return self._set(level_0_chosen=True)

    def verify(self, case: int, level: Level, facts: Mapping[Fact, str]) -> Checked:
        self._trip("verify", level, dict(facts))
        assert self.state is not None
        if self.story == "locked":
            until = self.business_clock.now() + timedelta(hours=24)
            self._set(locked_until=until)
            return Checked(Level.NOTHING, 0, (), True, locked_until=until)
        left = (3 if self.state.comparisons_left is None else self.state.comparisons_left) - 1
        right = [fact for fact, value in facts.items() if self._fits(fact, value)]
        if level is Level.SIMPLE:
            reached = len([fact for fact in right if fact in LEVEL_1]) == len(LEVEL_1)
        else:
            reached = len([fact for fact in right if fact in LEVEL_2]) >= 2
        if reached:
            until = self.business_clock.now() + timedelta(minutes=30)
            self._set(level=level, level_until=until, comparisons_left=None)
            return Checked(level, 3, (), False, expires_at=until)
        self._set(comparisons_left=left if left else None, check_failed=left == 0)
        return Checked(self.state.level, left, (), left == 0)

    @staticmethod
    def _fits(fact: Fact, value: str) -> bool:
        wanted = {**LEVEL_1, **LEVEL_2}.get(fact)
        if fact is Fact.BIRTH_DATE and "/" in value:
            value = "-".join(reversed(value.split("/")))
        return wanted is not None and value.replace(" ", "").upper()[: len(wanted)] == wanted

    def say_address(self, case: int, address: str) -> Said:
        self._trip("say_address", address)
        assert self.state is not None
        left = 3 if self.state.said_tries_left is None else self.state.said_tries_left
        if address.strip().lower() == self.address:
            self._set(said_address=True)
            return Said(True, left)
        self._set(said_tries_left=left - 1, said_address=False)
        return Said(False, left - 1)

    # ── the record ──────────────────────────────────────────────────────────

    @property
    def phase(self) -> Phase | None:
        now = self.business_clock.now()
        if self.story == "stranger":
            return None
        if self.suspended:
            return Phase.SUSPENDED
        if self.confirmed:
            return Phase.ACTIVE
        if not self.generations:
            return Phase.NOT_SENT
        if now < self.generations[-1] + DAYS["link"]:
            return Phase.LIVE
        return Phase.INACTIVE if now < self.window + DAYS["window"] else Phase.CLOSED

    def look(self, case: int) -> Look:
        self.looks += 1
        assert self.state is not None
        supervisor = self.me.role is Role.SUPERVISOR
        told = self.state.record_found and (supervisor or self.state.level > Level.NOTHING)
        now = self.business_clock.now()
        known = self.since or now
        return Look(
            self.view().model_copy(update=self.also) if told else None, known, 0, self.service, self.since
        )

    def explore(self, case: int) -> None:
        pass

    def pulse(self) -> Look:
        return Look(None, None, 0, self.service, self.since)

    def bulletin(self) -> Bulletin:
        names = self.procedure.names("providers")
        away = tuple(self._provider(name) for name in names if name in self.away)
        return Bulletin(self.banner, away)

    def _provider(self, name: str) -> Provider:
        return Provider(name, self.procedure.text(f"providers.{name}"), name not in self.away)

    def set_banner(
        self,
        text: str,
        reason: str,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        provider: str | None = None,
    ) -> Banner:
        self._trip("set_banner", text, reason, starts_at, ends_at, provider)
        set_now = Banner(text, provider, starts_at or NOW, ends_at, self.me.agent, NOW, reason)
        self.banner = None if starts_at else set_now
        return set_now

    def clear_banner(self, reason: str) -> None:
        self._trip("clear_banner", reason)
        self.banner = None

    def set_provider(self, name: str, available: bool, reason: str) -> Provider:
        self._trip("set_provider", name, available, reason)
        self.away = self.away - {name} if available else self.away | {name}
        return self._provider(name)

    def view(self) -> RecordView:
        assert self.state is not None
        now, phase = self.business_clock.now(), self.phase
        closing = {"deceased": Reason.PERSON_DECEASED, "restricted": Reason.PERSON_RESTRICTED}
        if self.story in closing:
            return RecordView(
                record="record-1",
                person=None,
                person_status=PersonStatus(self.story),
                scheme="general",
                fund="381",
                closed_because=closing[self.story],
                allowed={act: _no(closing[self.story]) for act in Act},
                procedure_version=self.procedure_version,
                as_of=now,
            )
        generations = tuple(
            GenerationView(
                number=number,
                issued_at=at,
                expires_at=at + DAYS["link"],
                state="live" if at == self.generations[-1] and phase is Phase.LIVE else "expired",
                superseded_at=self.generations[number] if number < len(self.generations) else None,
            )
            for number, at in enumerate(self.generations, 1)
        )
        last = generations[-1] if generations else None
        return RecordView(
            record="record-1",
            person=PersonView(
                title="Mme", name=self.name, birth_date=date(1962, 8, 24), nir_masked="2 62 08 •• ••• •••"
            ),
            person_status=PersonStatus.ORDINARY,
            scheme="general",
            fund="381",
            phase=phase,
            step=Step.ACTIVE if self.confirmed else Step.CONFIRMATION if last else self.early_step,
            route=Route.FRANCECONNECT,
            version=self.version,
            step_since=self.issued,
            address_masked="a•••@orange.fr",
            address_domain="orange.fr",
            link=LinkView(generation=last.number, issued_at=last.issued_at, expires_at=last.expires_at)
            if last
            else None,
            generations=generations,
            window_opened_at=self.window if last else None,
            window_closes_at=self.window + DAYS["window"] if last else None,
            confirmed_at=self.confirmed,
            suspended_at=self.suspended,
            sends=tuple(self._sends()),
            level=self.state.level,
            speaker=self.state.speaker,
            check_expires_at=self.state.level_until,
            allowed=self._allowed(),
            procedure_version=self.procedure_version,
            as_of=now,
        )

    def _sends(self) -> list[SendView]:
        sends = []
        for number, at in enumerate(self.generations, 1):
            queued = at == self.sent_at
            sends.append(
                SendView(
                    kind=SendKind.FIRST if number == 1 else SendKind.RESEND,
                    generation=number,
                    address_masked="a•••@orange.fr",
                    domain="orange.fr",
                    state=SendState.QUEUED if queued else SendState.HANDED_OVER,
                    queued_at=at,
                    state_at=at,
                    attempts=0 if queued else 1,
                    replaced_at=self.generations[number] if number < len(self.generations) else None,
                    confirmed_at=self.confirmed,
                )
            )
        return sends

    def _allowed(self) -> dict[Act, VerdictView]:
        assert self.state is not None
        now, phase, level = self.business_clock.now(), self.phase, self.state.level
        closes = self.window + DAYS["window"]
        supervisor = self.me.role is Role.SUPERVISOR
        lift = VerdictView(allowed=True, effect=Effect.BACK_TO_WINDOW)
        allowed = {
            Act.LIFT: lift if supervisor and self.suspended else _no(Reason.NOT_SUSPENDED),
            Act.CANCEL: lift if supervisor and self.suspended else _no(Reason.NOT_SUSPENDED),
            Act.UNLOCK: lift if supervisor and self.story == "locked" else _no(Reason.NOT_LOCKED),
        }
        if phase in (None, Phase.ACTIVE, Phase.SUSPENDED, Phase.NOT_SENT):
            why = {
                None: Reason.NO_ENROLMENT,
                Phase.ACTIVE: Reason.PHASE_ACTIVE,
                Phase.SUSPENDED: Reason.PHASE_SUSPENDED,
                Phase.NOT_SENT: Reason.PHASE_NOT_SENT,
            }[phase]
            allowed |= {act: _no(why) for act in ISSUING}
        else:
            allowed[Act.RESEND] = VerdictView(
                allowed=True,
                effect=Effect.SAME_LINK if phase is Phase.LIVE else Effect.NEW_LINK_SAME_ADDRESS,
                asks=() if self.state.said_address else (Ask.SAID_ADDRESS,),
            )
            if phase is Phase.CLOSED:
                allowed[Act.RESEND] = _no(Reason.PHASE_CLOSED)
            elif self.sent_at and now < self.sent_at + timedelta(minutes=2):
                until = self.sent_at + timedelta(minutes=2)
                allowed[Act.RESEND] = _no(Reason.COOLDOWN, until, int((until - now).total_seconds()))
            level_2 = VerdictView(allowed=True, effect=Effect.NEW_LINK_NEW_WINDOW, asks=(Ask.SELF_CREATED,))
            after_check = level_2 if level is Level.REINFORCED else _no(Reason.LEVEL_2_FIRST)
            allowed[Act.CORRECT] = after_check
            allowed[Act.REISSUE] = {
                Phase.LIVE: _no(Reason.PHASE_LIVE),
                Phase.INACTIVE: _no(Reason.PHASE_INACTIVE, closes),
                Phase.CLOSED: after_check,
            }[phase]
        sent = phase in (Phase.LIVE, Phase.INACTIVE, Phase.CLOSED, Phase.ACTIVE)
        allowed[Act.SUSPEND] = (
            VerdictView(allowed=True, effect=Effect.LINKS_REVOKED)
            if sent
            else _no(Reason.PHASE_SUSPENDED if self.suspended else Reason.PHASE_NOT_SENT)
        )
        if supervisor:
            allowed |= {act: _no(Reason.FORBIDDEN_ROLE) for act in ISSUING}
        return allowed

    def agree(self, case: int) -> CallState:
        self._trip("agree")
        assert self.state is not None
        return self.state

    def unmask(self, case: int, purpose: str) -> str:
        self._trip("unmask", purpose)
        return self.address

    # ── acts ────────────────────────────────────────────────────────────────

    def _done(self, act: str) -> Done:
        if self.service is Service.DOWN:
            raise ServiceCut("Le service des comptes ne répond pas.", "refused", self.since)
        now = self.business_clock.now()
        self.version += 1
        self._set(last_act=act)
        link = self.generations[-1] + DAYS["link"] if self.generations else None
        return Done(
            act,
            "key-0001",
            ActAnswer(
                act=act,
                record="record-1",
                version=self.version,
                phase=self.phase,
                expires_at=link,
                mail_queued_at=now,
                procedure_version=self.procedure_version,
                as_of=now,
            ),
        )

    def resend(self, case: int) -> Done:
        self._trip("resend")
        assert self.state is not None
        if not self.state.said_address:
            raise ActRefused("L’adresse doit d’abord être dite.", reason=Reason.ADDRESS_NOT_CONFIRMED)
        self.sent_at = self.business_clock.now()
        self.generations.append(self.sent_at)
        return self._done("resend")

    def reissue(self, case: int, reason: ReissueReason, self_created: bool) -> Done:
        self._trip("reissue", reason, self_created)
        self.sent_at = self.window = self.business_clock.now()
        self.generations.append(self.sent_at)
        return self._done("reissue")

    def did_not_create(self, case: int) -> None:
        self._trip("did_not_create")

    def correct(self, case: int, address: str, reason: CorrectReason, self_created: bool) -> Done:
        self._trip("correct", address, reason, self_created)
        self.address = address
        self.sent_at = self.window = self.business_clock.now()
        self.generations.append(self.sent_at)
        return self._done("correct")

    def suspend(self, case: int, reason: str) -> Done:
        self._trip("suspend", reason)
        self.suspended = self.business_clock.now()
        return self._done("suspend")

    def dispute(self, case: int) -> Done:
        self._trip("dispute")
        return self._done("dispute")

    def lift(self, case: int, reason: str) -> Done:
        self._trip("lift", reason)
        self.suspended = None
        return self._done("lift")

    def cancel(self, case: int, reason: str) -> Done:
        self._trip("cancel", reason)
        return self._done("cancel")

    def unlock(self, case: int, reason: str) -> Done:
        self._trip("unlock", reason)
        return self._done("unlock")

    # ── the case ────────────────────────────────────────────────────────────

    def save_draft(self, case: int, text: str) -> None:
        self._trip("save_draft", text)

    def note(self, case: int, text: str) -> None:
        self._trip("note", text)
        self.notes.append(NoteRow(9, self.business_clock.now(), self.me.agent, text))

    def explain_refusal(self, case: int, code: str) -> Refusal:
        self._trip("explain_refusal", case, code)
        return refusal(code, self.procedure)

    def hand_over(self, case: int, to: str, text: str = "") -> None:
        self._trip("hand_over", to, text)

    def reassign(self, case: int, to: str, reason: str) -> None:
        self._trip("reassign", to, reason)

    def proposed_outcome(self, case: int) -> Proposal:
        if self.proposed is not None:
            return self.proposed
        if self.sent_at:
            return Proposal(Outcome.RESENT, "link_inactive")
        if self.confirmed:
            return Proposal(Outcome.ALREADY_ACTIVE, "none")
        return Proposal(None, None)

    def close(
        self,
        case: int,
        outcome: Outcome | None,
        cause: str | None,
        callback: Callback | None = None,
        queue: str | None = None,
    ) -> State:
        self._trip("close", outcome, cause, callback, queue)
        self.closed = (outcome, cause, callback, queue)
        return State.WAITING_PERSON if outcome is Outcome.RESENT else State.RESOLVED

    # ── lists ───────────────────────────────────────────────────────────────

    def case(self, number: int, purpose: str | None = None) -> CaseHistory:
        now = self.business_clock.now()
        row = CaseRow(number, State.IN_PROGRESS, Channel.CALL, "0427", now, now, 1, record_found=True)
        events = (
            EventRow(1, now - timedelta(minutes=2), "0427", "contact", {}),
            EventRow(2, now - timedelta(minutes=1), "0427", "check", {"level": 1}),
        )
        return CaseHistory(row, events, tuple(self.notes), self.summary(number))

    def summary(self, case: int) -> tuple[str, ...]:
        return (
            "23/11/2026 14:31 · 0427 · appelant contrôlé au niveau 1",
            "23/11/2026 14:32 · 0427 · demandé : Renvoyer le mail",
            *self.sentences,
        )

    def earlier(self, case: int) -> Earlier:
        assert self.state is not None
        told = self.state.level > Level.NOTHING or self.me.role is Role.SUPERVISOR
        return self.before if told else Earlier()

    def to_resume(self) -> list[ResumeRow]:
        self._trip("to_resume")
        return self.resume_rows

    def open_calls(self) -> list[CallState]:
        return []

    def recover(self) -> SimpleNamespace:
        return SimpleNamespace(settled=(), still_unknown=0, closed=0)

    def close_desk(self) -> None:
        self.asked.append(("close_desk", ()))


def resume_rows() -> list[ResumeRow]:
    """Three lines for « À reprendre »."""
    return [
        ResumeRow(4188, NOW + timedelta(minutes=28), ResumeReason.CALLBACK, "à rappeler à 15:00"),
        ResumeRow(4175, NOW - timedelta(hours=3), ResumeReason.LEFT_OPEN, "attend l’assuré"),
        ResumeRow(4160, NOW - timedelta(days=1), ResumeReason.CALLBACK, "à rappeler", overdue=True),
    ]
