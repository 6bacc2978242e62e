"""Finding a record and beginning a contact: a case is opened, reopened or joined; every look-up is logged."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from ameli_support.accounts.contract import SearchRequest
from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework.bench import Bench, call_state, case_in, contact_in, new_call
from ameli_support.casework.case import REOPENED_BY_CONTACT, Channel, Move, State, moved
from ameli_support.casework.errors import NoSuchCase, PurposeMissing
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.permissions import Action
from ameli_support.casework.sentences import of_service
from ameli_support.casework.texts import LONGEST_REASON, storable
from ameli_support.casework.views import CallState, Found, Opened
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role
from ameli_support.store.journal import Journal
from ameli_support.store.schema import OPEN_RECORD, contact, support_case


@dataclass(frozen=True, slots=True)
class _Begin:
    """How a contact begins."""

    call: str
    channel: Channel
    by: str
    purpose: str | None = None


@dataclass(slots=True)
class Finding:
    """The look-up part of a desk."""

    bench: Bench

    def find(self, facts: SearchFacts, purpose: str | None, channel: Channel, call: str | None) -> Found:
        """See `Desk.find`."""
        bench = self.bench
        bench.allow(Action.FIND)
        purpose = self._purpose(purpose)
        call = self._free(call)
        if facts.case_number is not None:
            return self._by_number(facts.case_number, _Begin(call, channel, "number", purpose))
        if facts.provisional or facts.other_number:
            self._log("search", call, facts, 0, None, purpose)
            return Found(0, call, provisional=facts.provisional, other_number=facts.other_number)
        request = SearchRequest(
            call=call,
            nir=facts.nir,
            email=facts.email,
            phone=facts.phone,
            name=facts.name,
            birth_date=facts.birth_date,
            postcode=facts.postcode,
            purpose=purpose,
        )
        try:
            answer = bench.accounts.search(request)
        except (ServiceDown, ServiceProblem) as error:
            raise of_service(error) from None
        self._log("search", call, facts, answer.matches, answer.record, purpose)
        if answer.matches != 1 or answer.record is None:
            return Found(answer.matches, call)
        return self._open(answer.record, _Begin(call, channel, "search", purpose))

    def no_record(self, channel: Channel, call: str | None) -> int:
        """See `Desk.find_no_record`."""
        self.bench.allow(Action.FIND)
        begin = _Begin(self._free(call), channel, "no_record")

        def write(journal: Journal) -> int:
            number = self._new_case(journal, None, begin)
            assert number is not None
            self._contact(journal, number, begin, level_0=True)
            return number

        number = self.bench.store.write(write)
        self._know(number)
        return number

    def resume(self, number: int) -> CallState:
        """See `Desk.resume`."""
        bench = self.bench
        bench.allow(Action.FIND, number)
        own = bench.store.contact(number, bench.me.agent)
        if own is None:
            if bench.me.role is Role.SUPERVISOR:
                raise PurposeMissing(_("Recherchez le dossier par son numéro, avec un motif."))
            found = self._by_number(number, _Begin(new_call(), Channel.CALL, "resume"))
            assert found.case is not None
            number = found.case
        self._know(number)
        return call_state(bench, bench.contact(number))

    def _purpose(self, purpose: str | None) -> str | None:
        """A supervisor's purpose; agents and handlers need none, their caller check is one."""
        purpose = storable(purpose or "", LONGEST_REASON).strip() or None
        if self.bench.me.role is Role.SUPERVISOR and purpose is None:
            raise PurposeMissing(_("Indiquez le motif de la consultation : il est enregistré."))
        return purpose

    def _free(self, call: str | None) -> str:
        """The call handed back, unless a contact bears it already."""
        if call is None:
            return new_call()
        taken = self.bench.store.read(
            lambda c: c.scalar(select(contact.c.call).where(contact.c.call == call))
        )
        return new_call() if taken else call

    def _log(
        self,
        what: str,
        call: str,
        facts: SearchFacts | None,
        matches: int | None,
        record: str | None,
        purpose: str | None,
        case: int | None = None,
    ) -> None:
        bench = self.bench
        bench.store.log_access(
            actor=bench.me.agent,
            role=bench.me.role.value,
            what=what,
            call=call,
            facts=",".join(facts.kinds) if facts else None,
            matches=matches,
            record=record,
            purpose=purpose,
            case=case,
        )

    # ── the case of the contact ─────────────────────────────────────────────

    def _by_number(self, number: int, begin: _Begin) -> Found:
        row = self.bench.case(number)
        self._log("case", begin.call, None, 1, row.record, begin.purpose, number)
        if row.state == State.CLOSED:
            if row.record is None:
                raise NoSuchCase(
                    _("Le dossier {number} est clos : ouvrez un appel sans dossier.").format(number=number)
                )
            return self._open(row.record, begin)
        return self._enter(number, begin)

    def _open(self, record: str, begin: _Begin) -> Found:
        """Begins a contact in the record's case that is not closed, or in a new one."""
        opened = (support_case.c.record == record) & OPEN_RECORD

        def number_of(journal: Journal) -> tuple[int, bool]:
            known = journal.connection.scalar(select(support_case.c.number).where(opened))
            if known is not None:
                return int(known), False
            number = self._new_case(journal, record, begin)
            if number is not None:
                self._contact(journal, number, begin)
                return number, True
            # another look-up was first: its case is visible once its transaction has ended
            return int(
                journal.connection.execute(select(support_case.c.number).where(opened)).scalar_one()
            ), False

        number, new = self.bench.store.write(number_of)
        if not new:
            return self._enter(number, begin)
        self._know(number)
        return Found(1, begin.call, number, record_found=True, opened=Opened.NEW)

    def _new_case(self, journal: Journal, record: str | None, begin: _Begin) -> int | None:
        me = self.bench.me
        number = journal.open_case(
            record=record,
            fund=me.funds[0] if me.funds else None,
            channel=begin.channel.value,
            state=State.NEW.value,
            owner=me.agent,
        )
        if number is not None:
            payload = {"call": begin.call, "channel": begin.channel.value, "by": begin.by}
            changes = {"state": moved(State.NEW, Move.WORK).value}
            journal.append(number, 0, me.agent, "case.opened", payload, changes=changes)
        return number

    def _enter(self, number: int, begin: _Begin) -> Found:
        """Begins a contact in a case that exists: reopened if it waited, joined if it is in progress."""
        me = self.bench.me

        def enter(journal: Journal) -> Found:
            row = case_in(journal, number)
            found = row.record is not None
            own = contact_in(journal, number, me.agent)
            if own is not None:
                return Found(1, own.call, number, found, Opened.JOINED)
            state, opened = State(row.state), Opened.JOINED
            if state in REOPENED_BY_CONTACT or state is State.NEW:
                move = Move.WORK if state is State.NEW else Move.REOPEN
                opened = Opened.REOPENED
                changes = {
                    "state": moved(state, move).value,
                    "last_contact_at": journal.now(),
                    "resolved_at": None,
                }
                if state is not State.SCHEDULED or row.owner == me.agent:
                    changes["owner"] = me.agent
                payload = {"call": begin.call, "from": state.value}
                journal.append(number, row.version, me.agent, "case.reopened", payload, changes=changes)
            self._contact(journal, number, begin, level_0=not found)
            return Found(1, begin.call, number, found, opened)

        found = self.bench.write(number, enter)
        self._know(number)
        return found

    def _contact(self, journal: Journal, number: int, begin: _Begin, level_0: bool = False) -> None:
        bench = self.bench
        payload: dict[str, object] = {"call": begin.call, "by": begin.by, "role": bench.me.role.value}
        if begin.purpose is not None:
            payload["purpose"] = journal.keep(number, "purpose", begin.purpose)
        at = journal.now()
        journal.connection.execute(
            insert(contact).values(
                call=begin.call,
                case=number,
                agent=bench.me.agent,
                opened_at=at,
                purpose_ref=payload["purpose"]["ref"] if begin.purpose else None,  # type: ignore[index]
                level_0_chosen=level_0,
                level=0,
                check_failed=False,
                end_told=False,
            )
        )
        changes = {"last_contact_at": at}
        journal.append(number, None, bench.me.agent, "contact.opened", payload, changes=changes)

    def _know(self, number: int) -> None:
        """From here on, this is the version that one has seen."""
        row = self.bench.store.case(number)
        if row is not None:
            self.bench.known[number] = row.version
