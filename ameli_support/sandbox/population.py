"""Turns made-up people into the rows that the service would have written for them."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from ameli_support.accounts.contract import ProvisionalCode, SendKind
from ameli_support.clock import paris, to_us
from ameli_support.mail.smtp_answers import enhanced_code, strip
from ameli_support.onboarding.identity import Comparison, Direction, Fact, Speaker
from ameli_support.onboarding.journey import Step
from ameli_support.onboarding.link import Ended, Superseded
from ameli_support.onboarding.person import name_key
from ameli_support.outbox import GIVE_UP_AFTER, MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.bulk import Bulk
from ameli_support.sandbox.lives import Fate, Issue, Life, Person
from ameli_support.sandbox.mailworld import mailboxes
from ameli_support.sandbox.world import World

# argon2id of the document's own example, « MotdePasse1 »: the code of every made-up person
CODE_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$c2FuZGJveC1wZW9wbGUwMQ$kYeEn4nwEnpjpwOjeClDSCGlzXYLnrH3mhOjXOoBbqw"
)
_ACCEPTED = "250 2.0.0 Ok"
STEPS = tuple(Step)
_DELIVERY = timedelta(seconds=2)
_BETWEEN_STEPS = timedelta(minutes=4)
_SENDER = "0427"
_CHECKER = "0310"
_SELF, _AGENT, _SUPERVISOR = "person", f"agent:{_SENDER}", "supervisor:0103"
_ACTIONS = {
    SendKind.FIRST: "submit_address",
    SendKind.RESEND: "resend",
    SendKind.REISSUE: "reissue",
    SendKind.CORRECTION: "correct",
}


class Scribe:
    """Writes people into a `Bulk`, as of one instant; ids come from a seeded generator."""

    def __init__(self, bulk: Bulk, world: World, at: datetime, seed: int) -> None:
        self._bulk = bulk
        self._at = at
        self._link = timedelta(days=world.procedure.numbers.link_days)
        self._window = timedelta(days=world.procedure.numbers.window_days)
        self._code_lasts = timedelta(days=world.procedure.numbers.provisional_code_days)
        self._code_tries = world.procedure.numbers.provisional_code_tries
        self._key_id = world.ring.newest
        self._domain = world.message_domain
        self._people = mailboxes.load()
        self._rng = random.Random(f"ids/{seed}")

    def write(self, person: Person) -> str:
        """Every row of one person; gives the record's id."""
        record = self._id()
        self._add(
            schema.insured_person,
            id=record,
            nir=person.nir,
            title=person.title,
            birth_name=person.birth_name,
            used_name=person.used_name,
            first_names=person.first_names,
            birth_date=person.birth_date,
            sex=person.sex,
            birth_place=person.birth_place,
            birth_country=person.birth_country,
            postcode=person.postcode,
            status=person.status.value,
            scheme=person.scheme,
            fund=person.fund,
            bank_last4=person.file.bank_last4,
            card_serial=person.file.card_serial,
            declared_doctor=person.file.declared_doctor,
            last_payment_month=person.file.last_payment_month,
            address_line=person.file.address_line,
            phone_before=person.file.phone_before,
        )
        for name in sorted({name_key(n) for n in (person.birth_name, person.used_name) if n}):
            self._add(schema.person_name, person=record, name=name, birth_date=person.birth_date)
        given = (person.mobile, person.landline) if person.life and person.life.issues else ()
        for phone in sorted({p for p in (*given, person.file.phone_before) if p}):
            self._add(schema.person_phone, person=record, phone=phone)
        for guardian in person.guardians:
            until = guardian.until_days
            self._add(
                schema.representative,
                person=record,
                kind=guardian.kind,
                valid_from=self._day(guardian.from_days),
                valid_until=None if until is None else self._day(until),
            )
        for number in range(person.failed_checks):
            self._failed_check(record, number)
        if person.life is not None:
            self._enrolment(record, person, person.life)
        return record

    def _enrolment(self, record: str, person: Person, life: Life) -> None:
        enrolment = self._id()
        submitted = life.issues[0].before if life.issues else life.since
        done = [s for s in STEPS[: STEPS.index(life.step)] if s is not Step.CONFIRMATION]
        begun = submitted + _BETWEEN_STEPS * len(done)
        opened = max((i for i in life.issues if i.kind is not SendKind.RESEND), key=_recency, default=None)
        corrected = [i.before for i in life.issues if i.kind is SendKind.CORRECTION]
        moments = (life.confirmed, life.disputed, life.suspended, life.ended_before)
        self._add(
            schema.enrolment,
            id=enrolment,
            person=record,
            version=sum(1 + len(i.again) for i in life.issues) + sum(m is not None for m in moments),
            route=life.route.value,
            step=life.step.value,
            started_at=self._us(begun),
            step_since=self._us(life.since),
            address=person.address if life.issues else None,
            mobile=person.mobile if life.issues else None,
            landline=person.landline if life.issues else None,
            consent_email=person.consents[0],
            consent_mobile_phone=person.consents[1],
            consent_mobile_sms=person.consents[2],
            consent_landline_phone=person.consents[3],
            code_hash=CODE_HASH if Step.PERSONAL_CODE in done and life.ended is None else None,
            **self._provisional(life, begun),
            window_opened_at=self._us(opened.before) if opened else None,
            window_closes_at=self._us(opened.before) + _us_of(self._window) if opened else None,
            corrected_at=self._us(corrected[-1]) if corrected else None,
            **{
                column: None if moment is None else self._us(moment)
                for column, moment in zip(
                    ("confirmed_at", "disputed_at", "suspended_at", "ended_at"), moments, strict=True
                )
            },
            ended=life.ended.value if life.ended else None,
        )
        for index, step in enumerate(done):
            moment = begun - _BETWEEN_STEPS * (index + 1)
            self._add(schema.step_done, enrolment=enrolment, step=step.value, at=self._us(moment))
        if life.confirmed is not None:
            self._add(
                schema.step_done,
                enrolment=enrolment,
                step=Step.CONFIRMATION.value,
                at=self._us(life.confirmed),
            )
        self._audit(enrolment, begun, _SELF, "sign_up")
        if life.ended is Ended.TERMS_REFUSED and life.ended_before is not None:
            self._audit(enrolment, life.ended_before, _SELF, "refuse_terms")
        if life.issues:
            self._links(enrolment, person, life)

    def _links(self, enrolment: str, person: Person, life: Life) -> None:
        assert person.address is not None
        if person.mailbox and person.address:
            self._people = mailboxes.load({person.address: person.mailbox})
        for number, issue in enumerate(life.issues, start=1):
            after = life.issues[number] if number < len(life.issues) else None
            address = issue.address or person.address
            generation = self._id()
            changed = after is not None and after.kind is SendKind.CORRECTION
            used = life.confirmed is not None and after is None
            self._add(
                schema.generation,
                id=generation,
                enrolment=enrolment,
                number=number,
                address=address,
                key_id=self._key_id,
                issued_at=self._us(issue.before),
                expires_at=self._us(issue.before) + _us_of(self._link),
                superseded_at=self._us(after.before) if after else None,
                superseded=(Superseded.ADDRESS_CHANGED if changed else Superseded.NEWER).value
                if after
                else None,
                revoked_at=None if life.suspended is None else self._us(life.suspended),
                used_at=self._us(life.confirmed) if used and life.confirmed is not None else None,
            )
            if after is None and life.openings:
                seen = life.confirmed if life.confirmed is not None else issue.before / 2
                self._add(
                    schema.page_opening,
                    generation=generation,
                    first_at=self._us((issue.before + seen) / 2),
                    last_at=self._us(seen),
                    count=life.openings,
                )
            self._mail(enrolment, generation, issue.kind, issue.before, address, issue.fate)
            for before in issue.again:
                self._mail(enrolment, generation, SendKind.RESEND, before, address, issue.fate)
            by_agent = issue.kind in (SendKind.REISSUE, SendKind.CORRECTION)
            self._audit(enrolment, issue.before, _AGENT if by_agent else _SELF, _ACTIONS[issue.kind], number)
        if life.holds_address:
            last = self._us(life.issues[-1].before) + _us_of(self._link)
            forever = life.confirmed is not None or life.suspended is not None
            self._add(
                schema.address_claim,
                address=person.address,
                enrolment=enrolment,
                until=schema.FOREVER if forever else last,
            )
        for moment, actor, action in (
            (life.confirmed, _SELF, "confirm"),
            (life.disputed, _AGENT, "dispute"),
            (life.suspended, _AGENT, "suspend"),
            (life.ended_before, _SUPERVISOR, "cancel"),
        ):
            if moment is not None:
                self._audit(enrolment, moment, actor, action, len(life.issues))

    def _mail(
        self, enrolment: str, generation: str, kind: SendKind, before: timedelta, address: str, fate: Fate
    ) -> None:
        send, mail = self._id(), self._id()
        said = _ACCEPTED if fate is Fate.HANDED_OVER else self._people.answer(address, self._at)
        by_agent = kind in (SendKind.REISSUE, SendKind.CORRECTION)
        self._add(
            schema.send,
            id=send,
            enrolment=enrolment,
            generation=generation,
            kind=kind.value,
            address=address,
            mail=mail,
            agent=_SENDER if by_agent else None,
            at=self._us(before),
        )
        tried = self._us(before - _DELIVERY)
        answered = tried + _us_of(timedelta(minutes=3)) if fate is Fate.BOUNCED else tried
        state = MailState(fate.value)
        accepted = fate in (Fate.HANDED_OVER, Fate.BOUNCED)
        self._add(
            schema.mail,
            id=mail,
            owner_ref=send,
            message_id=f"<{mail}@{self._domain}>",
            recipient=address,
            state=state.value,
            queued_at=self._us(before),
            state_at=answered,
            not_before=to_us(self._at + timedelta(minutes=10)) if state is MailState.DEFERRED else None,
            expires_at=self._us(before) + _us_of(GIVE_UP_AFTER),
            attempts=1,
            handed_over_at=tried if accepted else None,
            **_columns(said),
        )
        self._add(
            schema.metadata.tables["mail_attempt"],
            mail=mail,
            number=1,
            at=tried,
            state=(MailState.HANDED_OVER if accepted else state).value,
            duration_us=180_000,
            **_columns(_ACCEPTED if accepted else said),
        )

    def _audit(
        self, enrolment: str, before: timedelta, actor: str, action: str, generation: int | None = None
    ) -> None:
        self._add(
            schema.audit,
            at=self._us(before),
            actor=actor,
            action=action,
            enrolment=enrolment,
            generation=generation,
            outcome="done",
        )

    def _failed_check(self, record: str, number: int) -> None:
        before = timedelta(hours=3) - timedelta(minutes=20) * number
        at = self._us(before)
        self._add(
            schema.caller_check,
            id=self._id(),
            person=record,
            agent=_CHECKER,
            call=f"call-{self._id()}",
            direction=Direction.INCOMING.value,
            speaker=Speaker.SELF.value,
            level_sought=1,
            level=0,
            comparisons=3,
            results=json.dumps({Fact.BIRTH_DATE.value: Comparison.NO_MATCH.value}),
            started_at=at,
            expires_at=at + _us_of(timedelta(minutes=30)),
            failed_at=at,
            ended_at=at,
        )

    # ── small things ────────────────────────────────────────────────────────

    def _add(self, table: Table, **values: Any) -> None:
        self._bulk.add(table, values)

    def _id(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"

    def _provisional(self, life: Life, before: timedelta) -> dict[str, Any]:
        """The columns of a provisional code sent so long ago."""
        if life.provisional_code is None:
            return {}
        void = life.provisional_code is ProvisionalCode.VOID
        return {
            "provisional_code": life.provisional_code.value,
            "provisional_number": 1,
            "provisional_key": self._key_id,
            "provisional_sent_at": self._us(before),
            "provisional_ends_at": self._us(before) + _us_of(self._code_lasts),
            "provisional_wrong": self._code_tries if void else 0,
        }

    def _us(self, before: timedelta) -> int:
        return to_us(self._at - before)

    def _day(self, days_back: int) -> str:
        return paris(self._at - timedelta(days=days_back)).date().isoformat()


def _us_of(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


def _columns(said: str | None) -> dict[str, Any]:
    """An SMTP answer as the outbox stores it."""
    code, text = int((said or _ACCEPTED)[:3]), (said or _ACCEPTED)[4:]
    return {"smtp_code": code, "smtp_enhanced": enhanced_code(code, text), "smtp_text": strip(text)}


def _recency(issue: Issue) -> timedelta:
    return -issue.before
