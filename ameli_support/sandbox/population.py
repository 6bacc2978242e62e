"""Turns made-up people into the rows that the service would have written for them."""

import json
from datetime import datetime, timedelta
from typing import Any

from ameli_support.accounts.contract import ProvisionalCode, SendKind
from ameli_support.onboarding.identity import Comparison, Direction, Fact, Speaker
from ameli_support.onboarding.journey import Step
from ameli_support.onboarding.link import Ended
from ameli_support.onboarding.person import name_key
from ameli_support.sandbox import schema
from ameli_support.sandbox.bulk import Bulk
from ameli_support.sandbox.lives import Issue, Life, Person
from ameli_support.sandbox.pen import SELF, Pen, us_of
from ameli_support.sandbox.population_links import Links
from ameli_support.sandbox.world import World

# argon2id of the document's own example, « MotdePasse1 »: the code of every made-up person
CODE_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$c2FuZGJveC1wZW9wbGUwMQ$kYeEn4nwEnpjpwOjeClDSCGlzXYLnrH3mhOjXOoBbqw"
)
STEPS = tuple(Step)
_BETWEEN_STEPS = timedelta(minutes=4)
_CHECKER = "0310"


class Scribe:
    """Writes people into a `Bulk`, as of one instant; ids come from a seeded generator."""

    def __init__(self, bulk: Bulk, world: World, at: datetime, seed: int) -> None:
        self._pen = Pen(bulk, at, seed)
        self._links = Links(self._pen, world)
        self._window = timedelta(days=world.procedure.numbers.window_days)
        self._code_lasts = timedelta(days=world.procedure.numbers.provisional_code_days)
        self._code_tries = world.procedure.numbers.provisional_code_tries
        self._key_id = world.ring.newest

    def write(self, person: Person) -> str:
        """Every row of one person; gives the record's id."""
        record = self._pen.id()
        self._pen.add(
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
            self._pen.add(schema.person_name, person=record, name=name, birth_date=person.birth_date)
        given = (person.mobile, person.landline) if person.life and person.life.issues else ()
        for phone in sorted({p for p in (*given, person.file.phone_before) if p}):
            self._pen.add(schema.person_phone, person=record, phone=phone)
        for guardian in person.guardians:
            until = guardian.until_days
            self._pen.add(
                schema.representative,
                person=record,
                kind=guardian.kind,
                valid_from=self._pen.day(guardian.from_days),
                valid_until=None if until is None else self._pen.day(until),
            )
        for number in range(person.failed_checks):
            self._failed_check(record, number)
        if person.life is not None:
            self._enrolment(record, person, person.life)
        return record

    def _enrolment(self, record: str, person: Person, life: Life) -> None:
        enrolment = self._pen.id()
        submitted = life.issues[0].before if life.issues else life.since
        done = [s for s in STEPS[: STEPS.index(life.step)] if s is not Step.CONFIRMATION]
        begun = submitted + _BETWEEN_STEPS * len(done)
        opened = max((i for i in life.issues if i.kind is not SendKind.RESEND), key=_recency, default=None)
        corrected = [i.before for i in life.issues if i.kind is SendKind.CORRECTION]
        moments = (life.confirmed, life.disputed, life.suspended, life.ended_before)
        self._pen.add(
            schema.enrolment,
            id=enrolment,
            person=record,
            version=sum(1 + len(i.again) for i in life.issues) + sum(m is not None for m in moments),
            route=life.route.value,
            step=life.step.value,
            started_at=self._pen.us(begun),
            step_since=self._pen.us(life.since),
            address=person.address if life.issues else None,
            mobile=person.mobile if life.issues else None,
            landline=person.landline if life.issues else None,
            consent_email=person.consents[0],
            consent_mobile_phone=person.consents[1],
            consent_mobile_sms=person.consents[2],
            consent_landline_phone=person.consents[3],
            code_hash=CODE_HASH if Step.PERSONAL_CODE in done and life.ended is None else None,
            **self._provisional(life, begun),
            window_opened_at=self._pen.us(opened.before) if opened else None,
            window_closes_at=self._pen.us(opened.before) + us_of(self._window) if opened else None,
            corrected_at=self._pen.us(corrected[-1]) if corrected else None,
            **{
                column: None if moment is None else self._pen.us(moment)
                for column, moment in zip(
                    ("confirmed_at", "disputed_at", "suspended_at", "ended_at"), moments, strict=True
                )
            },
            ended=life.ended.value if life.ended else None,
        )
        for index, step in enumerate(done):
            moment = begun - _BETWEEN_STEPS * (index + 1)
            self._pen.add(schema.step_done, enrolment=enrolment, step=step.value, at=self._pen.us(moment))
        if life.confirmed is not None:
            self._pen.add(
                schema.step_done,
                enrolment=enrolment,
                step=Step.CONFIRMATION.value,
                at=self._pen.us(life.confirmed),
            )
        self._pen.audit(enrolment, begun, SELF, "sign_up")
        if life.ended is Ended.TERMS_REFUSED and life.ended_before is not None:
            self._pen.audit(enrolment, life.ended_before, SELF, "refuse_terms")
        if life.issues:
            self._links.write(enrolment, person, life)

    def _failed_check(self, record: str, number: int) -> None:
        before = timedelta(hours=3) - timedelta(minutes=20) * number
        at = self._pen.us(before)
        self._pen.add(
            schema.caller_check,
            id=self._pen.id(),
            person=record,
            agent=_CHECKER,
            call=f"call-{self._pen.id()}",
            direction=Direction.INCOMING.value,
            speaker=Speaker.SELF.value,
            level_sought=1,
            level=0,
            comparisons=3,
            results=json.dumps({Fact.BIRTH_DATE.value: Comparison.NO_MATCH.value}),
            started_at=at,
            expires_at=at + us_of(timedelta(minutes=30)),
            failed_at=at,
            ended_at=at,
        )

    def _provisional(self, life: Life, before: timedelta) -> dict[str, Any]:
        """The columns of a provisional code sent so long ago."""
        if life.provisional_code is None:
            return {}
        void = life.provisional_code is ProvisionalCode.VOID
        return {
            "provisional_code": life.provisional_code.value,
            "provisional_number": 1,
            "provisional_key": self._key_id,
            "provisional_sent_at": self._pen.us(before),
            "provisional_ends_at": self._pen.us(before) + us_of(self._code_lasts),
            "provisional_wrong": self._code_tries if void else 0,
        }


def _recency(issue: Issue) -> timedelta:
    return -issue.before
