"""What every part of the desk stands on: services, clocks, one's open contact, events."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import select, update

from ameli_support.accounts.client import AccountsClient
from ameli_support.accounts.contract import RecordView
from ameli_support.casework.case import Channel, Outcome, State
from ameli_support.casework.errors import Conflict, NoSuchCase, NotAllowed, NotInCall
from ameli_support.casework.permissions import Action, CaseFacts, Me, may
from ameli_support.casework.views import CallState, CaseRow, EventRow
from ameli_support.clock import Clock, from_us, to_us
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Direction, Level, Representation, Speaker
from ameli_support.onboarding.procedure import Procedure
from ameli_support.store.cases import AnyRow, CaseStore, open_contact
from ameli_support.store.errors import NoCase, StaleVersion
from ameli_support.store.journal import Appended, Journal
from ameli_support.store.leases import Lease
from ameli_support.store.schema import contact, support_case

T = TypeVar("T")


@dataclass(slots=True)
class Seen:
    """The record as last read in a contact; in memory only. `confirmed_at` is on the system clock."""

    call: str
    view: RecordView
    etag: str | None
    confirmed_at: datetime


@dataclass(slots=True)
class Bench:
    """Shared by the parts of one desk; safe for several threads."""

    accounts: AccountsClient
    store: CaseStore
    me: Me
    procedure: Procedure
    business: Clock
    system: Clock
    lease: Lease
    seen: dict[int, Seen] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    leasing: threading.Lock = field(default_factory=threading.Lock)
    leased: bool = False
    in_flight: set[str] = field(default_factory=set)

    # ── cases and contacts ──────────────────────────────────────────────────

    def case(self, number: int) -> AnyRow:
        """The row of a case that one may read; raises `NoSuchCase` for another fund's too."""
        row = self.store.case(number)
        if row is None or (row.fund is not None and row.fund not in self.me.funds):
            raise NoSuchCase(_("Aucun dossier ne porte le numéro {number}.").format(number=number))
        return row

    def contact(self, number: int) -> AnyRow:
        """One's open contact in the case; raises `NotInCall`, or `NoSuchCase`."""
        row = self.store.contact(number, self.me.agent)
        if row is None:
            self.case(number)
            raise NotInCall(
                _("Vous n’avez pas d’appel en cours dans le dossier {number} : reprenez-le d’abord.").format(
                    number=number
                )
            )
        return row

    def allow(self, action: Action, number: int | None = None) -> None:
        """Raises `NotAllowed`."""
        facts = None
        if number is not None:
            row = self.case(number)
            in_call = self.store.contact(number, self.me.agent) is not None
            facts = CaseFacts(row.owner, row.fund, in_call)
        refusal = may(self.me, action, facts)
        if refusal is not None:
            raise NotAllowed(refusal.sentence)

    def level(self, row: AnyRow) -> Level:
        """The level of a contact now: it ends by itself (system clock)."""
        if row.level_until is not None and to_us(self.system.now()) >= row.level_until:
            return Level.NOTHING
        return Level(row.level)

    def purpose(self, row: AnyRow) -> str | None:
        """A supervisor's purpose of a contact."""
        return self.store.text(row.purpose_ref) if row.purpose_ref else None

    # ── writing ─────────────────────────────────────────────────────────────

    def write(self, number: int, act: Callable[[Journal], T]) -> T:
        """One transaction on a case; a stale version becomes a `Conflict` that shows the others' events."""
        try:
            return self.store.write(act)
        except StaleVersion as stale:
            self.known[number] = stale.actual
            others = tuple(event_row(row) for row in self.store.events(number) if row.actor != self.me.agent)[
                -3:
            ]
            raise Conflict(
                _("Le dossier a changé entre-temps. Votre texte est gardé ; relisez, puis recommencez."),
                others,
            ) from None
        except NoCase:
            raise NoSuchCase(_("Aucun dossier ne porte le numéro {number}.").format(number=number)) from None

    def expected(self, journal: Journal, number: int) -> int:
        """The version that one last saw, else the present one."""
        present = journal.last_version(number)
        return self.known.get(number, present)

    def event(self, number: int, kind: str, payload: Mapping[str, Any], key: str | None = None) -> Appended:
        """An event that commutes with others, in a transaction of its own."""
        return self.write(
            number, lambda journal: journal.append(number, None, self.me.agent, kind, payload, key)
        )

    def lease_now(self) -> None:
        """Takes the lease before the first intent."""
        with self.leasing:
            if not self.leased:
                self.lease.start()
                self.leased = True


def new_call() -> str:
    """The name of a contact."""
    return f"call-{uuid4().hex}"


def change_contact(journal: Journal, call: str, **values: Any) -> None:
    """Changes a contact's row."""
    journal.connection.execute(update(contact).where(contact.c.call == call).values(**values))


def contact_in(journal: Journal, number: int, agent: str) -> AnyRow | None:
    """The agent's open contact, within the transaction."""
    return journal.connection.execute(open_contact(number, agent)).one_or_none()


def case_in(journal: Journal, number: int) -> AnyRow:
    """The case's row, locked until the end of the transaction; raises `NoCase`."""
    row = journal.connection.execute(
        select(support_case).where(support_case.c.number == number).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NoCase(number)
    return row


# ── rows as values ──────────────────────────────────────────────────────────


def instant(value: int | None) -> datetime | None:
    """A stored instant."""
    return None if value is None else from_us(value)


def event_row(row: AnyRow) -> EventRow:
    """A stored event; a payload that a newer program wrote is shown as it is.

    What matched per fact stays in the record: no screen or command shows it (rules §8).
    """
    try:
        payload = json.loads(row.payload)
        payload.pop("results", None)
    except ValueError:
        payload = {"raw": row.payload}
    return EventRow(row.seq, from_us(row.at), row.actor, row.kind, payload, row.version)


def case_row(row: AnyRow) -> CaseRow:
    """A stored case."""
    return CaseRow(
        number=row.number,
        state=State(row.state),
        channel=Channel(row.channel),
        owner=row.owner,
        opened_at=from_us(row.opened_at),
        last_contact_at=from_us(row.last_contact_at),
        version=row.version,
        outcome=Outcome(row.outcome) if row.outcome else None,
        cause=row.cause,
        queue=row.queue,
        callback_at=instant(row.callback_at),
        resolved_at=instant(row.resolved_at),
        record_found=row.record is not None,
    )


def open_check(bench: Bench, row: AnyRow) -> bool:
    """Whether a check is under way that has comparisons left; else the next comparison begins a new one."""
    return (
        row.trying is not None
        and not row.check_failed
        and (row.comparisons_left or 0) > 0
        and bench.level(row) < row.trying_level
        and to_us(bench.system.now()) < (row.level_until or 0)
    )


def call_state(bench: Bench, row: AnyRow) -> CallState:
    """One's contact as it stands now."""
    case = bench.case(row.case)
    return CallState(
        case=row.case,
        call=row.call,
        state=State(case.state),
        channel=Channel(case.channel),
        version=case.version,
        opened_at=from_us(row.opened_at),
        record_found=case.record is not None,
        direction=Direction(row.direction) if row.direction else None,
        speaker=Speaker(row.speaker) if row.speaker else None,
        representation=Representation(row.representation) if row.representation else None,
        level=bench.level(row),
        level_until=instant(row.level_until),
        level_0_chosen=row.level_0_chosen,
        comparisons_left=row.comparisons_left if open_check(bench, row) else None,
        check_failed=row.check_failed,
        locked_until=instant(row.locked_until),
        said_address=row.said_address,
        said_tries_left=row.said_tries_left,
        last_act=row.last_act,
        unknown_acts=tuple(one.key for one in bench.store.open_intents(row.case)),
        others=bench.store.present(row.case, bench.me.agent),
        draft=bench.store.draft(row.case, bench.me.agent),
    )
