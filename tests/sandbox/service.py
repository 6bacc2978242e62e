"""Means for tests of the account service: people, their mails and links, agents and their calls."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from ameli_support import sql
from ameli_support.accounts.contract import (
    ActAnswer,
    CheckAnswer,
    CheckRequest,
    CorrectReason,
    CorrectRequest,
    DisputeRequest,
    ProblemType,
    RecordView,
    ReissueReason,
    ReissueRequest,
    ResendRequest,
    SaidAddressAnswer,
    SaidAddressRequest,
    SupervisorRequest,
    SuspendRequest,
    Who,
)
from ameli_support.clock import FixedClock, to_us
from ameli_support.onboarding.identity import (
    FILE_FACTS,
    LEVEL_1_FACTS,
    Direction,
    Fact,
    Level,
    Representation,
    Role,
    Speaker,
)
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.person import PersonStatus, name_key
from ameli_support.outbox import MailState
from ameli_support.sandbox import acting, checks, confirming, records, said_address, schema, signing_up
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.world import World

FUND = "381"
FACTS: dict[Fact, str] = {
    Fact.NAME: "Dubois",
    Fact.BIRTH_DATE: "24/08/1962",
    Fact.POSTCODE: "38000",
    Fact.BANK_LAST4: "4821",
    Fact.CARD_SERIAL: "8025 0000 1234 5678 9012 3",
    Fact.DECLARED_DOCTOR: "docteur marchand",
    Fact.LAST_PAYMENT_MONTH: "janvier 2026",
    Fact.ADDRESS_LINE: "12 r. Lesdiguières",
    Fact.PHONE_BEFORE: "04 76 57 01 12",
}
_numbers = itertools.count(1)


def unique(prefix: str = "x") -> str:
    """A short name that no other test uses."""
    return f"{prefix}{next(_numbers)}"


def refused(act: Callable[[], Any]) -> Refused:
    """The refusal that an act ends in; fails the test if it is carried out."""
    try:
        done = act()
    except Refused as refusal:
        return refusal
    raise AssertionError(f"not refused: {done}")


@dataclass
class Service:
    """One world and its clock."""

    world: World
    clock: FixedClock

    def now(self) -> datetime:
        return self.world.now()

    def forward(self, **by: float) -> None:
        """Let time pass, as `timedelta` counts it."""
        self.clock.forward(timedelta(**by))

    def person(self, **other: Any) -> str:
        """One insured person with a whole file; gives the record."""
        record, number = uuid.uuid4().hex, next(_numbers)
        values: dict[str, Any] = {
            "id": record,
            "nir": f"26208999{number:05d}",
            "title": "Mme",
            "birth_name": "ROCHE",
            "used_name": "DUBOIS",
            "first_names": "Angela, Marie",
            "birth_date": "1962-08-24",
            "postcode": "38000",
            "status": PersonStatus.ORDINARY.value,
            "scheme": "general",
            "fund": FUND,
            "bank_last4": "4821",
            "card_serial": "802500001234567890123",
            "declared_doctor": "Dr Paul Marchand",
            "last_payment_month": "2026-01",
            "address_line": "12 rue Lesdiguières",
            "phone_before": "+33476570112",
        } | other
        with sql.write(self.world.engine) as conn:
            conn.execute(insert(schema.insured_person), values)
            for name in {values["birth_name"], values["used_name"]} - {None}:
                named = {"person": record, "name": name_key(name), "birth_date": values["birth_date"]}
                conn.execute(insert(schema.person_name), named)
        return record

    def at_contact(self, record: str) -> str:
        """An enrolment that waits for its address; gives its id."""
        enrolment, at = uuid.uuid4().hex, to_us(self.now())
        with sql.write(self.world.engine) as conn:
            conn.execute(
                insert(schema.enrolment),
                {
                    "id": enrolment,
                    "person": record,
                    "version": 0,
                    "route": Route.FRANCECONNECT.value,
                    "step": Step.CONTACT.value,
                    "started_at": at,
                    "step_since": at,
                    "consent_email": False,
                    "consent_mobile_phone": False,
                    "consent_mobile_sms": False,
                    "consent_landline_phone": False,
                },
            )
        return enrolment

    def waiting(self, address: str | None = None, *, delivered: bool = True, **person: Any) -> str:
        """A person whose first mail was just asked for (and left, unless told otherwise)."""
        record = self.person(**person)
        enrolment = self.at_contact(record)
        signing_up.submit_address(self.world, enrolment, address or f"{unique('p')}@orange.fr")
        if delivered:
            self.mails(record, MailState.HANDED_OVER)
        return record

    def enrolment(self, record: str) -> Any:
        """The newest enrolment's row."""
        e = schema.enrolment
        return self.one(select(e).where(e.c.person == record).order_by(e.c.started_at.desc()).limit(1))

    def address(self, record: str) -> str:
        return str(self.enrolment(record).address)

    def generations(self, record: str) -> list[Any]:
        g = schema.generation
        enrolment = self.enrolment(record).id
        with sql.read(self.world.engine) as conn:
            return list(conn.execute(select(g).where(g.c.enrolment == enrolment).order_by(g.c.number)))

    def sends(self, record: str) -> list[Any]:
        """Send rows with their mails, oldest first."""
        s, m = schema.send, schema.mail
        statement = (
            select(s.c.kind, s.c.address, s.c.agent, s.c.generation, m.c.state, m.c.recipient, m.c.message_id)
            .join(m, m.c.id == s.c.mail)
            .where(s.c.enrolment == self.enrolment(record).id)
            .order_by(s.c.at, s.c.id)
        )
        with sql.read(self.world.engine) as conn:
            return list(conn.execute(statement))

    def mails(self, record: str, state: MailState) -> None:
        """What became of every mail of this person that still waits."""
        s, m = schema.send, schema.mail
        ours = select(s.c.mail).where(s.c.enrolment == self.enrolment(record).id)
        at = to_us(self.now())
        values: dict[str, Any] = {"state": state.value, "state_at": at}
        if state is MailState.HANDED_OVER:
            values["handed_over_at"] = at
        if state not in (MailState.QUEUED, MailState.DEFERRED):
            values["not_before"] = None
        with sql.write(self.world.engine) as conn:
            waiting = m.c.state.in_(("queued", "deferred"))
            conn.execute(update(m).where(m.c.id.in_(ours), waiting).values(values))

    def sent_before(self, agent: str, number: int, ago: timedelta) -> None:
        """An agent's sends of a while ago, to somebody else, put there by hand."""
        at = to_us(self.now() - ago)
        ids = [uuid.uuid4().hex for _ in range(number)]
        mail = {"state": "handed_over", "queued_at": at, "state_at": at, "expires_at": at, "attempts": 1}
        send = {"kind": "resend", "address": "x@orange.fr", "agent": agent, "at": at}
        send["enrolment"] = self.at_contact(self.person())
        with sql.write(self.world.engine) as conn:
            conn.execute(
                insert(schema.mail),
                [{**mail, "id": i, "owner_ref": i, "message_id": i, "recipient": "x@orange.fr"} for i in ids],
            )
            conn.execute(insert(schema.send), [{**send, "id": i, "mail": i} for i in ids])

    def token(self, record: str, number: int | None = None) -> str:
        """The token of a generation's link, the newest unless numbered."""
        generations = self.generations(record)
        row = next(g for g in generations if g.number == number) if number else generations[-1]
        return self.world.ring.token(row.id, row.address, row.key_id)

    def confirm(self, record: str) -> confirming.Outcome:
        return confirming.confirm(self.world, self.token(record)).outcome

    def active(self, address: str | None = None, **person: Any) -> str:
        record = self.waiting(address, **person)
        assert self.confirm(record) is confirming.Outcome.CONFIRMED
        return record

    def one(self, statement: Any) -> Any:
        with sql.read(self.world.engine) as conn:
            return conn.execute(statement).one()

    def count(self, table: Any, *where: Any) -> int:
        with sql.read(self.world.engine) as conn:
            return int(conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    def audited(self, record: str, action: str, outcome: str = "done") -> int:
        a = schema.audit
        enrolment = self.enrolment(record).id
        return self.count(a, a.c.enrolment == enrolment, a.c.action == action, a.c.outcome == outcome)

    def change(self, table: Any, key: Any, **values: Any) -> None:
        """Build a state by hand."""
        with sql.write(self.world.engine) as conn:
            conn.execute(update(table).where(key).values(values))

    def agent(self, role: Role = Role.AGENT, **other: Any) -> "Asker":
        """An agent that no other test uses, on a call of their own."""
        return Asker(self, Who(agent=unique("a"), role=role, funds=other.pop("funds", (FUND,))), **other)


def facts_of(service: Service, record: str, *which: Fact) -> dict[Fact, str]:
    """What the person would say, right."""
    person = schema.insured_person.c
    row = service.one(select(person.nir, person.birth_date).where(person.id == record))
    own = {Fact.NIR: row.nir, Fact.BIRTH_DATE: f"{date.fromisoformat(row.birth_date):%d/%m/%Y}"}
    return {fact: own.get(fact) or FACTS[fact] for fact in which}


@dataclass
class Asker:
    """One agent and the present call."""

    service: Service
    who: Who
    call: str = field(default_factory=lambda: f"call-{uuid.uuid4().hex}")
    purpose: str | None = None
    check_id: str | None = None

    @property
    def world(self) -> World:
        return self.service.world

    def facts(self, record: str, *which: Fact) -> dict[Fact, str]:
        """What the person would say, right."""
        return facts_of(self.service, record, *which)

    def compare(
        self,
        record: str,
        facts: dict[Fact, str] | None = None,
        level: Level = Level.SIMPLE,
        *,
        direction: Direction = Direction.INCOMING,
        speaker: Speaker = Speaker.SELF,
        representation: Representation | None = None,
        check: str | None = None,
    ) -> CheckAnswer:
        """One comparison; the check id is kept for what follows."""
        request = CheckRequest(
            call=self.call,
            record=record,
            direction=direction,
            speaker=speaker,
            representation=representation,
            level=level,
            facts=facts or {},
            check=check,
        )
        answer = checks.check(self.world, self.who, request)
        self.check_id = answer.check
        return answer

    def reach(self, record: str, level: Level, **contact: Any) -> "Asker":
        """Pass a caller check for this level."""
        which = LEVEL_1_FACTS + (FILE_FACTS if level is Level.REINFORCED else ())
        answer = self.compare(record, self.facts(record, *which), level, **contact)
        assert answer.level is level
        return self

    def say(self, record: str, address: str | None = None) -> SaidAddressAnswer:
        said = SaidAddressRequest(address=address or self.service.address(record))
        return said_address.say(self.world, self.who, record, self.check_id, said)

    def view(self, record: str) -> RecordView:
        return records.see(self.world, self.who, record, check=self.check_id, purpose=self.purpose).view

    def etag(self, record: str) -> str:
        return records.see(self.world, self.who, record, check=self.check_id, purpose=self.purpose).etag

    def version(self, record: str) -> int:
        return int(self.service.enrolment(record).version)

    def act(self, record: str, act: str, body: acting.Body, key: str | None = None) -> ActAnswer:
        key = key or f"key-{uuid.uuid4().hex}"
        return acting.perform(self.world, acting.Request(self.who, act, record, body, key, self.check_id))

    def resend(self, record: str, version: int | None = None, key: str | None = None) -> ActAnswer:
        version = self.version(record) if version is None else version
        return self.act(record, "resend", ResendRequest(expected_version=version), key)

    def call_resend(self, record: str) -> ActAnswer:
        """The whole of it: level 1, the address said, the re-send."""
        self.reach(record, Level.SIMPLE).say(record)
        return self.resend(record)

    def reissue(
        self,
        record: str,
        version: int | None = None,
        *,
        self_created: bool = True,
        key: str | None = None,
    ) -> ActAnswer:
        body = ReissueRequest(
            expected_version=self.version(record) if version is None else version,
            reason=ReissueReason.ABSENT,
            self_created=self_created,
        )
        return self.act(record, "reissue", body, key)

    def correct(
        self,
        record: str,
        address: str,
        reason: CorrectReason = CorrectReason.MAILBOX_LOST,
        *,
        self_created: bool = True,
        version: int | None = None,
    ) -> ActAnswer:
        body = CorrectRequest(
            expected_version=self.version(record) if version is None else version,
            reason=reason,
            self_created=self_created,
            address=address,
        )
        return self.act(record, "correct", body)

    def suspend(self, record: str, reason: str = "ce n’est pas moi") -> ActAnswer:
        return self.act(record, "suspend", SuspendRequest(reason=reason))

    def dispute(self, record: str) -> ActAnswer:
        return self.act(record, "dispute", DisputeRequest(expected_version=self.version(record)))

    def supervise(self, record: str, act: str, version: int | None = None) -> ActAnswer:
        if version is None:
            version = self.view(record).version
        body = SupervisorRequest(expected_version=version, reason="vérifié")
        return self.act(record, act, body)


def kind_of(act: Callable[[], Any]) -> ProblemType:
    """The problem type of the refusal that an act ends in."""
    return refused(act).kind
