"""Steps 1 to 6 of the journey as functions (rules §1), for the pages and for whoever makes up people."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, ProvisionalCode
from ameli_support.clock import to_us
from ameli_support.onboarding.contact import Consents, ContactData
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended, link_end
from ameli_support.onboarding.person import NirVerdict, PersonStatus, read_nir
from ameli_support.onboarding.personal_code import CodeRule, failures
from ameli_support.sandbox import audit, canonical, claims, hashing, issuing, schema
from ameli_support.sandbox.callers import GENERAL_SCHEME, status_of
from ameli_support.sandbox.enrolments import ENROLMENT, NEWEST_ENROLMENT, PERSON, Dossier, enrolment_of
from ameli_support.sandbox.issuing import Issued
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.world import World

_enrolment = schema.enrolment
STEP_DONE = insert(schema.step_done)
_NEXT = {
    Step.SIGN_UP: Step.IDENTITY,
    Step.IDENTITY: Step.TERMS,
    Step.TERMS: Step.PERSONAL_CODE,
    Step.PERSONAL_CODE: Step.CONTACT,
}
TRIES = (
    select(func.count())
    .select_from(schema.audit)
    .where(
        schema.audit.c.enrolment == bindparam("enrolment"),
        schema.audit.c.action == "submit_address",
        schema.audit.c.outcome == ProblemType.ADDRESS_TAKEN.value,
        schema.audit.c.at > bindparam("since"),
    )
)


class CodeRefused(Exception):
    """The personal code breaks rules; all of them, in the document's order."""

    def __init__(self, broken: tuple[CodeRule, ...]) -> None:
        super().__init__(", ".join(broken))
        self.broken = broken


class NotAtThisStep(Exception):
    """The enrolment stands elsewhere in the journey."""


def start(world: World, person: str, route: Route) -> str:
    """Begin an enrolment, or resume the one that has not ended; its id.

    Refused for a provisional number, a minor or a deceased person.
    """
    with sql.write(world.engine) as conn:
        row = conn.execute(PERSON.with_for_update(), {"person": person}).first()
        if row is None:
            raise Refused(ProblemType.NOT_FOUND)
        if row.scheme != GENERAL_SCHEME:
            raise Refused(ProblemType.OTHER_SCHEME)
        status = status_of(row, world.now(), world.procedure)
        may_not = status in (PersonStatus.MINOR, PersonStatus.DECEASED)
        if may_not or read_nir(row.nir).verdict is not NirVerdict.VALID:
            raise Refused(ProblemType.PERSON_STATUS)
        existing = conn.execute(NEWEST_ENROLMENT, {"person": person}).first()
        if existing is not None and existing.ended_at is None:
            return str(existing.id)
        return _begin(conn, world, person, route)


def pass_step(world: World, enrolment: str, step: Step, *, code: str | None = None) -> Step:
    """Pass `identity`, `terms` or another step before the contact data; the step reached.

    `code` is the personal code at `personal_code`: stored as argon2id, CodeRefused if it
    breaks a rule. NotAtThisStep when the enrolment stands elsewhere.
    """
    code_hash = _hash(world, enrolment, code or "") if step is Step.PERSONAL_CODE else None
    return _pass(world, enrolment, step, code_hash)


def keep_code(world: World, enrolment: str, code_hash: str) -> Step:
    """Pass `personal_code` with a code that was checked and hashed already; the step reached."""
    return _pass(world, enrolment, Step.PERSONAL_CODE, code_hash)


def _pass(world: World, enrolment: str, step: Step, code_hash: str | None) -> Step:
    with sql.write(world.engine) as conn:
        row = _open_row(conn, enrolment, step)
        at, reached = to_us(world.now()), _NEXT[step]
        values: dict[str, Any] = {"step": reached.value, "step_since": at}
        if code_hash:
            values["code_hash"] = code_hash
        if row.provisional_code == ProvisionalCode.SENT and step is Step.IDENTITY:
            values["provisional_code"] = ProvisionalCode.USED.value
        conn.execute(update(_enrolment).where(_enrolment.c.id == enrolment).values(values))
        conn.execute(STEP_DONE, {"enrolment": enrolment, "step": step.value, "at": at})
        return reached


def refuse_terms(world: World, enrolment: str) -> None:
    """« Non, je refuse »: the enrolment ends, nothing else is kept."""
    with sql.write(world.engine) as conn:
        _open_row(conn, enrolment, Step.TERMS)
        at = world.now()
        conn.execute(
            update(_enrolment)
            .where(_enrolment.c.id == enrolment)
            .values(version=_enrolment.c.version + 1, ended_at=to_us(at), ended=Ended.TERMS_REFUSED.value)
        )
        audit.write(
            conn,
            at=at,
            actor="person",
            action="refuse_terms",
            outcome="done",
            enrolment=enrolment,
        )


@sql.retrying
def submit_address(
    world: World,
    enrolment: str,
    address: str,
    *,
    mobile: str | None = None,
    landline: str | None = None,
    consents: Consents | None = None,
) -> Issued:
    """End of step 5: store the contact data, open the window and queue the first mail.

    Refused: `address-invalid`, `address-taken` (then `rate-limited` after five in an hour).
    """
    try:
        canonical_address = canonical.address(address)
    except canonical.NotAnAddress as fault:
        raise Refused(ProblemType.ADDRESS_INVALID, detail=str(fault)) from None
    contact = ContactData(
        canonical_address,
        canonical.phone(mobile) if mobile else None,
        canonical.phone(landline) if landline else None,
        consents or Consents(),
    )
    issued = _submit(world, enrolment, contact)
    if issued is None:
        raise Refused(ProblemType.ADDRESS_TAKEN)
    return issued


def _submit(world: World, enrolment: str, contact: ContactData) -> Issued | None:
    """None when the address is taken, which is counted in the same step: many at once are tries too."""
    with sql.write(world.engine) as conn:
        row = _open_row(conn, enrolment, Step.CONTACT)
        at = world.now()
        since = to_us(at - timedelta(hours=1))
        tries: int = conn.execute(TRIES, {"enrolment": enrolment, "since": since}).scalar_one()
        if tries >= world.procedure.numbers.address_tries_per_hour:
            raise Refused(ProblemType.RATE_LIMITED, retry_after=3600)
        held_until = link_end(at, world.procedure)
        if not claims.try_take(conn, contact.address, enrolment, until=held_until, at=at):
            _note_submission(conn, at, enrolment, ProblemType.ADDRESS_TAKEN.value)
            return None
        # before its first address an enrolment has neither links nor mails
        dossier = Dossier(None, row, enrolment_of(row, ()))
        issued = issuing.first_issue(conn, world, dossier, contact.address, at, _columns(contact, row, at))
        conn.execute(
            STEP_DONE,
            {"enrolment": enrolment, "step": Step.CONTACT.value, "at": to_us(at)},
        )
        _remember_phones(conn, row.person, contact)
        _note_submission(conn, at, enrolment, "done", issued.generation)
        return issued


def _note_submission(
    conn: Connection, at: datetime, enrolment: str, outcome: str, generation: int | None = None
) -> None:
    audit.write(
        conn,
        at=at,
        actor="person",
        action="submit_address",
        outcome=outcome,
        enrolment=enrolment,
        generation=generation,
    )


def _columns(contact: ContactData, row: Row[Any], at: Any) -> dict[str, Any]:
    counted = contact.counted_consents
    return {
        "version": row.version + 1,
        "step": Step.CONFIRMATION.value,
        "step_since": to_us(at),
        "mobile": contact.mobile,
        "landline": contact.landline,
        "consent_email": counted.email,
        "consent_mobile_phone": counted.mobile_phone,
        "consent_mobile_sms": counted.mobile_sms,
        "consent_landline_phone": counted.landline_phone,
    }


def _begin(conn: Connection, world: World, person: str, route: Route) -> str:
    enrolment, at = uuid4().hex, world.now()
    conn.execute(
        insert(_enrolment),
        {
            "id": enrolment,
            "person": person,
            "version": 0,
            "route": route.value,
            "step": Step.SIGN_UP.value,
            "started_at": to_us(at),
            "step_since": to_us(at),
            "consent_email": False,
            "consent_mobile_phone": False,
            "consent_mobile_sms": False,
            "consent_landline_phone": False,
        },
    )
    audit.write(conn, at=at, actor="person", action="sign_up", outcome="done", enrolment=enrolment)
    return enrolment


def _open_row(conn: Connection, enrolment: str, step: Step) -> Row[Any]:
    """The enrolment, locked; NotAtThisStep unless it stands at `step` and has not ended."""
    statement = ENROLMENT if sql.is_sqlite(conn) else ENROLMENT.with_for_update()
    row = conn.execute(statement, {"enrolment": enrolment}).first()
    if row is None or row.ended_at is not None or row.step != step.value:
        raise NotAtThisStep(step.value)
    return row


def _hash(world: World, enrolment: str, code: str) -> str:
    with sql.read(world.engine) as conn:
        row = _identity(conn, enrolment)
    born = date.fromisoformat(row.birth_date)
    if broken := failures(code, row.nir, born, world.procedure):
        raise CodeRefused(broken)
    return hashing.hash_code(code)


def _identity(conn: Connection, enrolment: str) -> Row[Any, Any]:
    person = schema.insured_person
    statement = (
        select(person.c.nir, person.c.birth_date)
        .join(_enrolment, _enrolment.c.person == person.c.id)
        .where(_enrolment.c.id == enrolment)
    )
    return conn.execute(statement).one()


def _remember_phones(conn: Connection, person: str, contact: ContactData) -> None:
    upsert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
    for phone in {contact.mobile, contact.landline} - {None}:
        statement = upsert(schema.person_phone).values(person=person, phone=phone)
        conn.execute(statement.on_conflict_do_nothing())
