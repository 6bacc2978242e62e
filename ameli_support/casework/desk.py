"""The desk: everything an agent can do, for screens and commands alike.

Synchronous and safe to call from several threads. Any method may raise a `DeskError`, whose
`.sentence` is for the person. Looking, checking and acting belong to one's open contact in a
case; `find` and `find_no_record` begin one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ameli_support.accounts.contract import CorrectReason, ReissueReason
from ameli_support.casework.case import Callback, Channel, Outcome, State
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.permissions import Me
from ameli_support.casework.views import (
    CallState,
    CaseFilter,
    CaseHistory,
    CaseRow,
    Checked,
    Done,
    Found,
    Look,
    Proposal,
    Recovered,
    ResumeRow,
    Said,
    Settlement,
)
from ameli_support.clock import Clock
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Speaker

if TYPE_CHECKING:
    from ameli_support.accounts.client import AccountsClient
    from ameli_support.onboarding.procedure import Procedure
    from ameli_support.store.cases import CaseStore


class Desk:
    """One agent's desk over one account service and one case store."""

    def __init__(
        self,
        accounts: "AccountsClient",
        store: "CaseStore",
        me: Me,
        procedure: "Procedure",
        business_clock: Clock,
        system_clock: Clock,
    ) -> None:
        self.me = me
        self.procedure = procedure
        raise NotImplementedError

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
        raise NotImplementedError

    def find_no_record(self, channel: Channel = Channel.CALL, call: str | None = None) -> int:
        """« Appel sans dossier »: opens a case without a record, at level 0; its number."""
        raise NotImplementedError

    def resume(self, case: int) -> CallState:
        """Takes a case of « À reprendre » up again: one's open contact goes on, or a new one begins at level 0."""
        raise NotImplementedError

    def call_state(self, case: int) -> CallState:
        """One's open contact in the case; raises `NotInCall` without one."""
        raise NotImplementedError

    def leave(self, case: int) -> None:
        """Ends one's contact without concluding: its level ends, the case stays in « À reprendre »."""
        raise NotImplementedError

    # ── who is on the line ──────────────────────────────────────────────────

    def speak(
        self,
        case: int,
        direction: Direction,
        speaker: Speaker,
        representation: Representation | None = None,
    ) -> CallState:
        """Records who speaks and how the contact came about; another speaker starts again at level 0."""
        raise NotImplementedError

    def highest_level(self, case: int) -> Level:
        """The highest level that this speaker and direction can reach (rules §8)."""
        raise NotImplementedError

    def level_0(self, case: int) -> CallState:
        """Chooses level 0: general advice, nothing compared."""
        raise NotImplementedError

    def verify(self, case: int, level: Level, facts: Mapping[Fact, str]) -> Checked:
        """Has the service compare what the caller said; the facts are kept nowhere.

        Facts as typed (the service normalises), a birth date as JJ/MM/AAAA or ISO. Level 0 with
        no facts is `level_0`.
        """
        raise NotImplementedError

    def say_address(self, case: int, address: str) -> Said:
        """Has the service compare the address that the caller said (level 1, 3 tries a call)."""
        raise NotImplementedError

    # ── the record ──────────────────────────────────────────────────────────

    def look(self, case: int) -> Look:
        """The record as of now, by a conditional GET; when the service is missing, as last known.

        Call it once a second while in front, every 5 s when the service is slow or down. Raises
        nothing of the network: `Look.service` tells.
        """
        raise NotImplementedError

    def unmask(self, case: int, purpose: str) -> str:
        """The address on file, in clear, at level 2; logged."""
        raise NotImplementedError

    # ── acts on the account service ─────────────────────────────────────────

    def resend(self, case: int) -> Done:
        """Mails the link again; the address must have been said."""
        raise NotImplementedError

    def reissue(self, case: int, reason: ReissueReason, self_created: bool) -> Done:
        """A new link and a new window, at level 2; `self_created` False leaves only `suspend`."""
        raise NotImplementedError

    def correct(self, case: int, address: str, reason: CorrectReason, self_created: bool) -> Done:
        """A new address, link and window, at level 2."""
        raise NotImplementedError

    def suspend(self, case: int, reason: str) -> Done:
        """« Ce n’est pas moi »: at any level, with a reason."""
        raise NotImplementedError

    def dispute(self, case: int) -> Done:
        """« Je n’ai jamais cliqué » on an active account: a flag for the supervisor."""
        raise NotImplementedError

    def lift(self, case: int, reason: str) -> Done:
        """Supervisor: ends a suspension."""
        raise NotImplementedError

    def cancel(self, case: int, reason: str) -> Done:
        """Supervisor: ends the enrolment and frees its address."""
        raise NotImplementedError

    def unlock(self, case: int, reason: str) -> Done:
        """Supervisor: caller checks may go on."""
        raise NotImplementedError

    def settle(self, case: int) -> tuple[Settlement, ...]:
        """Asks the service what became of one's unknown acts in this case."""
        raise NotImplementedError

    # ── the case ────────────────────────────────────────────────────────────

    def save_draft(self, case: int, text: str) -> None:
        """Keeps a note that is still being typed; empty deletes it. Call within 500 ms of the last key."""
        raise NotImplementedError

    def note(self, case: int, text: str) -> None:
        """Adds a note and drops the draft."""
        raise NotImplementedError

    def hand_over(self, case: int, to: str, text: str = "") -> None:
        """Gives the case to another agent: one's contact and its level end."""
        raise NotImplementedError

    def reassign(self, case: int, to: str, reason: str) -> None:
        """Supervisor: gives anybody's case to `to`."""
        raise NotImplementedError

    def proposed_outcome(self, case: int) -> Proposal:
        """What concluding proposes: the outcome of the last act and the cause it suggests."""
        raise NotImplementedError

    def close(
        self,
        case: int,
        outcome: Outcome | None,
        cause: str | None,
        callback: Callback | None = None,
        queue: str | None = None,
    ) -> State:
        """Concludes the contact through the one gate (`GateClosed` names what is missing); the new state."""
        raise NotImplementedError

    # ── lists and history ───────────────────────────────────────────────────

    def cases(self, which: CaseFilter | None = None) -> list[CaseRow]:
        """Cases that one may read, newest contact first."""
        raise NotImplementedError

    def case(self, number: int, purpose: str | None = None) -> CaseHistory:
        """One case with its events and texts; reading it is logged."""
        raise NotImplementedError

    def summary(self, case: int) -> tuple[str, ...]:
        """The case in sentences, written from its events, in the language in force."""
        raise NotImplementedError

    def to_resume(self) -> list[ResumeRow]:
        """« À reprendre »: one's interrupted calls, promised call-backs, unknown acts; by hour."""
        raise NotImplementedError

    def open_calls(self) -> list[CallState]:
        """One's contacts that were never ended, for instance by a crash."""
        raise NotImplementedError

    # ── the start and the end ───────────────────────────────────────────────

    def recover(self) -> Recovered:
        """At start and every minute: settles acts whose owner's lease has lapsed, closes what is due."""
        raise NotImplementedError

    def close_desk(self) -> None:
        """Ends leases and connections; open contacts stay for `open_calls`."""
        raise NotImplementedError
