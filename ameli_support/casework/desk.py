"""The desk: everything an agent can do, for screens and commands alike.

Synchronous and safe to call from several threads. Any method may raise a `DeskError`, whose
`.sentence` is for the person. Looking, checking and acting belong to one's open contact in a
case; `find` and `find_no_record` begin one.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ameli_support.accounts.client import AccountsClient
from ameli_support.accounts.contract import CorrectReason, ReissueReason
from ameli_support.casework.acting import Acting
from ameli_support.casework.addressing import Addressing
from ameli_support.casework.advising import explain_refusal
from ameli_support.casework.bench import Bench, call_state
from ameli_support.casework.bulletins import Banner, Bulletin, Bulletins, Provider
from ameli_support.casework.case import Callback, Channel, Outcome, State
from ameli_support.casework.concluding import Concluding
from ameli_support.casework.course import Course
from ameli_support.casework.diagnosing import Diagnosing
from ameli_support.casework.earlier import Earliers
from ameli_support.casework.errors import ActRefused
from ameli_support.casework.finding import Finding
from ameli_support.casework.history import History
from ameli_support.casework.identifying import Identifying
from ameli_support.casework.learning import FamilyLearned, Learning, Reset
from ameli_support.casework.looking import Looking
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.noting import Noting
from ameli_support.casework.orders import DISPUTE, Order, correction, denial, with_reason
from ameli_support.casework.permissions import Action, Me
from ameli_support.casework.proposing import proposal
from ameli_support.casework.recovering import Recovering
from ameli_support.casework.second_send import SecondSend
from ameli_support.casework.views import (
    CallState,
    CaseFilter,
    CaseHistory,
    CaseRow,
    Checked,
    Done,
    Earlier,
    Found,
    Look,
    Proposal,
    Recovered,
    ResumeRow,
    Said,
    Settlement,
)
from ameli_support.clock import Clock
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.franceconnect import Refusal
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Speaker
from ameli_support.onboarding.procedure import Procedure
from ameli_support.settings import MailSettings
from ameli_support.store.cases import CaseStore
from ameli_support.store.leases import Lease
from checks.checklist import Checklist
from checks.run import Mode, Run
from checks.trial import Trial

if TYPE_CHECKING:
    from ameli_support.casework.keeping import Keeping, KeptRow, MailKept, MailRead


class Desk:
    """One agent's desk over one account service and one case store."""

    def __init__(
        self,
        accounts: AccountsClient,
        store: CaseStore,
        me: Me,
        procedure: Procedure,
        business_clock: Clock,
        system_clock: Clock,
        content_folder: Path | None = None,
        mail: MailSettings | None = None,
    ) -> None:
        self.me = me
        self.procedure = procedure
        self.business_clock = business_clock
        self._mail = mail or MailSettings()
        self.bench = Bench(
            accounts, store, me, procedure, business_clock, system_clock, Lease(store, me.agent)
        )
        self._finding = Finding(self.bench)
        self._identifying = Identifying(self.bench)
        self._addressing = Addressing(self.bench)
        self._looking = Looking(self.bench)
        self._acting = Acting(self.bench, self._looking)
        self._learning = Learning(self.bench, content_folder)
        self._noting = Noting(self.bench)
        self._concluding = Concluding(self.bench, self._acting, self._learning)
        self._history = History(self.bench)
        self._earliers = Earliers(self.bench)
        self._recovering = Recovering(self.bench, self._acting)
        self._bulletins = Bulletins(self.bench)
        self._diagnosing = Diagnosing(self.bench, self._looking, self._learning, content_folder)
        self._second_send = SecondSend(self.bench, self._diagnosing)

    # ── the contact ─────────────────────────────────────────────────────────

    def find(
        self,
        facts: SearchFacts,
        purpose: str | None = None,
        channel: Channel = Channel.CALL,
        call: str | None = None,
    ) -> Found:
        """Looks a record up; one match opens (or reopens, or joins) its case: that is the call.

        A supervisor gives a `purpose`. `call` continues a look-up that wanted one more fact.
        A case number opens that case's next contact. Every look-up is logged.
        """
        return self._finding.find(facts, purpose, channel, call)

    def find_no_record(self, channel: Channel = Channel.CALL, call: str | None = None) -> int:
        """« Appel sans dossier »: opens a case without a record, at level 0; its number."""
        return self._finding.no_record(channel, call)

    def resume(self, case: int) -> CallState:
        """Takes a case up again: one's open contact goes on, or a new one begins at level 0."""
        return self._finding.resume(case)

    def call_state(self, case: int) -> CallState:
        """One's open contact in the case; raises `NotInCall` without one."""
        return call_state(self.bench, self.bench.contact(case))

    def leave(self, case: int) -> None:
        """Ends one's contact without concluding: its level ends, the case stays in « À reprendre »."""
        self._concluding.leave(case)

    # ── who is on the line ──────────────────────────────────────────────────

    def speak(
        self,
        case: int,
        direction: Direction,
        speaker: Speaker,
        representation: Representation | None = None,
    ) -> CallState:
        """Records who speaks and how the contact came about; another speaker starts again at level 0."""
        return self._identifying.speak(case, direction, speaker, representation)

    def highest_level(self, case: int) -> Level:
        """The highest level that this speaker and direction can reach (rules §8)."""
        return self._identifying.highest(case)

    def level_0(self, case: int) -> CallState:
        """Chooses level 0: general advice, nothing compared."""
        return self._identifying.level_0(case)

    def verify(self, case: int, level: Level, facts: Mapping[Fact, str]) -> Checked:
        """Has the service compare what the caller said; the facts are kept nowhere.

        Facts as typed (the service normalises), a birth date as JJ/MM/AAAA or ISO. Level 0 with
        no facts is `level_0`.
        """
        return self._identifying.verify(case, level, facts)

    def agree(self, case: int) -> CallState:
        """Records that the person, who passed alone, agrees aloud that a third party takes part in this call.

        The contact stays the person's, at their level, and the third party may listen and speak until it
        ends. Only in an incoming call, with `Speaker.SELF` at level 1 or more; whoever has a third party
        recorded as the speaker (`speak`) is at level 0 all the same.
        """
        return self._identifying.agree(case)

    def say_address(self, case: int, address: str) -> Said:
        """Has the service compare the address that the caller said (level 1, 3 tries a call)."""
        return self._addressing.say_address(case, address)

    # ── the record ──────────────────────────────────────────────────────────

    def look(self, case: int) -> Look:
        """The record as of now, by a conditional GET; when the service is missing, as last known.

        Call it once a second while in front, every 5 s when the service is slow or down. Raises
        nothing of the network: `Look.service` tells.
        """
        return self._looking.look(case)

    def pulse(self) -> Look:
        """How the account service does, outside any call: a look without a record; every 5 s on home."""
        return self._looking.pulse()

    def unmask(self, case: int, purpose: str) -> str:
        """The address on file, in clear, at level 2; logged."""
        return self._addressing.unmask(case, purpose)

    # ── acts on the account service ─────────────────────────────────────────

    def resend(self, case: int) -> Done:
        """Mails the link again; the address must have been said, and what erases the mail changed first."""
        self._second_send.allow(case)
        return self._acting.act(case, Order(Act.RESEND, Action.RESEND, Level.SIMPLE))

    def reissue(self, case: int, reason: ReissueReason, self_created: bool) -> Done:
        """A new link and a new window, at level 2; `self_created` False leaves only `suspend`."""
        codes = {"reason": reason.value, "self_created": self_created}
        order = Order(Act.REISSUE, Action.REISSUE, Level.REINFORCED, codes)
        return self._acting.act(case, order)

    def did_not_create(self, case: int) -> None:
        """The caller did not create the account: from now on in this call only `suspend` is left."""
        try:
            self._acting.act(case, denial())
        except ActRefused as refused:
            if refused.problem is None or refused.reason is None:  # the service has not judged it
                raise

    def correct(self, case: int, address: str, reason: CorrectReason, self_created: bool) -> Done:
        """A new address, link and window, at level 2."""
        return self._acting.act(case, correction(address, reason, self_created))

    def suspend(self, case: int, reason: str) -> Done:
        """« Ce n’est pas moi »: at any level, with a reason."""
        return self._acting.act(case, with_reason(Act.SUSPEND, reason, needs_version=False))

    def dispute(self, case: int) -> Done:
        """« Je n’ai jamais cliqué » on an active account: a flag for the supervisor."""
        return self._acting.act(case, Order(DISPUTE, Action.DISPUTE, Level.SIMPLE))

    def lift(self, case: int, reason: str) -> Done:
        """Supervisor: ends a suspension."""
        return self._acting.act(case, with_reason(Act.LIFT, reason))

    def cancel(self, case: int, reason: str) -> Done:
        """Supervisor: ends the enrolment and frees its address."""
        return self._acting.act(case, with_reason(Act.CANCEL, reason))

    def unlock(self, case: int, reason: str) -> Done:
        """Supervisor: caller checks may go on."""
        return self._acting.act(case, with_reason(Act.UNLOCK, reason))

    def settle(self, case: int) -> tuple[Settlement, ...]:
        """Asks the service what became of one's unknown acts in this case."""
        return self._acting.settle(case)

    # ── the missing mail ────────────────────────────────────────────────────

    def checklist(self) -> Checklist:
        """The checks in force, with the content folder's; `refused` says why that one is not."""
        return self._diagnosing.checklist()

    def explore(self, case: int) -> None:
        """Finds out ahead what `diagnose` will want to know: the record, the DNS; writes nothing."""
        self._diagnosing.explore(case)

    def course(self, case: int) -> Course:
        """Whether a run is open, why it waits, and how often another address was tried for it."""
        return self._diagnosing.course(case)

    def diagnose(self, case: int, mode: Mode | None = None, *, at_once: bool = False) -> Run:
        """The run of the checklist: a new one, or the open one where it stood; `mode` changes its order.

        Looks at the record and asks the DNS about the domain first: some two seconds at most. `at_once`
        does not wait for the DNS: what was not asked yet is missing from the evidence.
        """
        return self._diagnosing.diagnose(case, mode, at_once=at_once)

    def answer_check(self, case: int, check: str, key: str) -> Run:
        """Records an answer, new or changed; the next question is that of the run returned."""
        return self._diagnosing.answer(case, check, key)

    def skip_check(self, case: int, check: str, reason: str) -> Run:
        """« Passer »: leaves a question out, with a reason in words."""
        return self._diagnosing.skip(case, check, reason)

    def remedy_in_vain(self, case: int) -> Run:
        """The remedy for the cause found did not help: the run goes on."""
        return self._diagnosing.in_vain(case)

    def pause_checks(self, case: int, reason: str) -> None:
        """Notes why the run waits; whoever goes on finds it there."""
        self._diagnosing.pause(case, reason)

    def abandon_checks(self, case: int, reason: str) -> None:
        """Ends the run without a conclusion."""
        self._diagnosing.abandon(case, reason)

    def conclude_checks(self, case: int, *, changed: bool = True) -> Run:
        """Puts the conclusion on the timeline, with what was not asked; the close proposes its cause.

        `changed`: the setting that erases the mail was changed with the caller, where the cause is one;
        without it no mail is sent again to the same address (rules §9, 5) until `setting_changed`.
        """
        return self._diagnosing.conclude(case, changed=changed)

    def trial(self, case: int) -> Trial | None:
        """The trial with another address under way (rules §9, 3): a correction made for it in this run."""
        return self._diagnosing.trial(case)

    def setting_changed(self, case: int) -> None:
        """The caller has changed the setting that the checklist found: the mail may be sent again."""
        self._second_send.changed(case)

    def held_back(self, case: int) -> str | None:
        """The check whose setting is changed before any re-send (rules §9, 5); None below level 1."""
        return self._second_send.held(case)

    def leaflet(self, case: int) -> str:
        """The fiche: what the caller can do at home, as text to copy or print, without personal data.

        Of the open run, or of one that was never begun; starts none.
        """
        return self._diagnosing.leaflet(case)

    def read_mail(self, raw: bytes) -> "MailRead":
        """What a kept mail tells (`.eml`, forwarded as attachment, or pasted headers); nothing is stored.

        `ends_a_link`: keeping it will end the confirmation link in it, which the agent is told before.
        """
        return self._keeping.preview(raw)

    def attach_mail(self, case: int, raw: bytes, *, told: bool = False) -> "MailKept":
        """Keeps a mail in the case as evidence: sealed, its text derived with `[jeton]`.

        A link of ours in it goes to the service once, where a live one ends: `told` says that the agent
        knows. Level 1 where there is such a link. The mail stays kept when the service refuses or is cut.
        """
        return self._keeping.attach(case, raw, told=told)

    def kept_mails(self, case: int) -> "tuple[KeptRow, ...]":
        """The mails kept in a case, by the name of their message."""
        return self._keeping.kept(case)

    def export_mail(self, case: int, message: str, reason: str) -> bytes:
        """Supervisor: a kept mail as it came, its link included; logged in the case with the reason."""
        return self._keeping.export(case, message, reason)

    @property
    def _keeping(self) -> "Keeping":
        """Made when a mail is kept: reading and sealing are no part of the desk's start."""
        from ameli_support.casework.keeping import Keeping
        from ameli_support.casework.ours import ours

        return Keeping(
            self.bench, self._acting, ours(self.procedure, self._mail, self.bench.accounts.base_url)
        )

    def learned(self, family: str | None = None) -> tuple[FamilyLearned, ...]:
        """How likely each cause is per provider family: the priors, the cases counted, what is believed."""
        return self._learning.shown(family)

    def prior_resets(self) -> tuple[Reset, ...]:
        """Who took back what was learned, newest first."""
        return self._learning.resets()

    def reset_priors(self, family: str | None, reason: str) -> int:
        """Supervisor: forgets what was learned of a family, or of all (None); how many counts. Logged."""
        return self._learning.reset(family, reason)

    # ── the case ────────────────────────────────────────────────────────────

    def save_draft(self, case: int, text: str) -> None:
        """Keeps a note that is still being typed; empty deletes it. Call within 500 ms of the last key."""
        self._noting.save_draft(case, text)

    def note(self, case: int, text: str) -> None:
        """Adds a note and drops the draft."""
        self._noting.note(case, text)

    def explain_refusal(self, case: int, code: str) -> Refusal:
        """What a FranceConnect code that the caller reads out means; the code is recorded as advice given.

        General advice: at any level, without a record too. DeskError for what is no such code.
        """
        return explain_refusal(self.bench, case, code)

    def hand_over(self, case: int, to: str, text: str = "") -> None:
        """Gives the case to another agent: one's contact and its level end."""
        self._noting.hand_over(case, to, text)

    def reassign(self, case: int, to: str, reason: str) -> None:
        """Supervisor: gives anybody's case to `to`."""
        self._noting.reassign(case, to, reason)

    def proposed_outcome(self, case: int) -> Proposal:
        """What concluding proposes: the outcome of the last act and the cause it suggests."""
        return proposal(self.bench, self._learning, case)

    def close(
        self,
        case: int,
        outcome: Outcome | None,
        cause: str | None,
        callback: Callback | None = None,
        queue: str | None = None,
    ) -> State:
        """Concludes the contact through the one gate (`GateClosed` names what is missing); the new state."""
        return self._concluding.close(case, outcome, cause, callback, queue)

    # ── lists and history ───────────────────────────────────────────────────

    def cases(self, which: CaseFilter | None = None) -> list[CaseRow]:
        """Cases that one may read, newest contact first."""
        return self._history.cases(which or CaseFilter())

    def case(self, number: int, purpose: str | None = None) -> CaseHistory:
        """One case with its events and texts; reading it is logged."""
        return self._history.case(number, purpose)

    def summary(self, case: int) -> tuple[str, ...]:
        """The case in sentences, written from its events, in the language in force."""
        return self._history.summary(case)

    def earlier(self, case: int) -> Earlier:
        """The same person's earlier contacts, what was done in them, the last notes; from level 1 on.

        Nothing below level 1 (rules §8), nor without a record. Read by an index; call it when the
        contact opens and when its level changes.
        """
        return self._earliers.before(case)

    def to_resume(self) -> list[ResumeRow]:
        """« À reprendre »: one's interrupted calls, promised call-backs, unknown acts; by hour."""
        return self._history.to_resume()

    def open_calls(self) -> list[CallState]:
        """One's contacts that were never ended, for instance by a crash."""
        return self._history.open_calls()

    # ── what everybody should know ──────────────────────────────────────────

    def bulletin(self) -> Bulletin:
        """What every screen shows: the banner in force and the providers that are away.

        One look-up by key and one request; call it every few seconds. Raises nothing of the network.
        """
        return self._bulletins.bulletin()

    def banner(self) -> Banner | None:
        """The incident banner in force (business clock)."""
        return self._bulletins.banner()

    def coming_banner(self) -> Banner | None:
        """The same, or the one that is set for later."""
        return self._bulletins.coming_banner()

    def set_banner(
        self,
        text: str,
        reason: str,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        provider: str | None = None,
    ) -> Banner:
        """Supervisor: one sentence for every agent, in place of the one before; who and why is kept."""
        return self._bulletins.set_banner(text, reason, starts_at, ends_at, provider)

    def clear_banner(self, reason: str) -> None:
        """Supervisor: takes the banner away, also one that is set for later."""
        self._bulletins.clear_banner(reason)

    def providers(self) -> tuple[Provider, ...]:
        """The identity providers, in the procedure's order, as the account service knows them."""
        return self._bulletins.providers()

    def set_provider(self, name: str, available: bool, reason: str) -> Provider:
        """Supervisor: says at the account service whether a provider can be used."""
        return self._bulletins.set_provider(name, available, reason)

    # ── the start and the end ───────────────────────────────────────────────

    def recover(self) -> Recovered:
        """At start and every minute: settles acts whose owner's lease has lapsed, closes what is due."""
        return self._recovering.recover()

    def close_desk(self) -> None:
        """Ends leases and connections; open contacts stay for `open_calls`."""
        if self.bench.leased:
            self.bench.lease.stop()
        self.bench.accounts.close()
        self.bench.store.close()
