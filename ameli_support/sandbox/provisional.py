"""The form's provisional code of 4 digits: 15 days, void after 5 wrong tries (rules §1, step 2).

code = HMAC-SHA-256(key, "provisional/1" ‖ enrolment ‖ number) mod 10,000: derived, never stored, so
no database, log or export holds one. Agents see sent, used or void. Used, it still opens the
journey until a personal code was chosen: whoever left at the terms comes back by it.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, ProvisionalCode
from ameli_support.clock import from_us, paris_day, to_us
from ameli_support.onboarding.journey import Route, Step
from ameli_support.sandbox import audit, schema
from ameli_support.sandbox.enrolments import ENROLMENT, NEWEST_ENROLMENT
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.world import World

PURPOSE = "provisional/1"
DIGITS = 4
_ACTION = "provisional_code"
_BEFORE_A_CODE = (Step.SIGN_UP, Step.IDENTITY, Step.TERMS, Step.PERSONAL_CODE)

_enrolment, _audit = schema.enrolment, schema.audit
_SENT_TODAY = (
    select(func.count())
    .select_from(_audit)
    .where(
        _audit.c.enrolment == bindparam("enrolment"),
        _audit.c.action == _ACTION,
        _audit.c.outcome == "sent",
        _audit.c.at >= bindparam("since"),
    )
)


def is_one(text: str) -> bool:
    """Whether it has the shape of a provisional code."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def state(row: Any, at: datetime) -> ProvisionalCode | None:
    """What agents see of an enrolment's code at `at`: one still needed whose days are over is void."""
    if row.provisional_code is None:
        return None
    kept = ProvisionalCode(row.provisional_code)
    over = row.provisional_ends_at is not None and to_us(at) >= row.provisional_ends_at
    needed = kept is ProvisionalCode.SENT or row.step in _BEFORE_A_CODE
    return ProvisionalCode.VOID if over and needed else kept


def opens(row: Any, at: datetime) -> bool:
    """Whether the code of this enrolment's row can still be typed at the login."""
    return (
        row.ended_at is None
        and row.suspended_at is None
        and row.step in _BEFORE_A_CODE
        and row.provisional_number is not None
        and state(row, at) in (ProvisionalCode.SENT, ProvisionalCode.USED)
        and to_us(at) < row.provisional_ends_at
    )


def send(world: World, enrolment: str) -> bool:
    """A code is on its way to what the fund knew before; False when the one that still opens is kept.

    Step 1 is done by it. Refused: `rate-limited` when too many were sent today.
    """
    with sql.write(world.engine) as conn:
        row, at = _locked(conn, enrolment), world.now()
        if row is None or row.ended_at is not None or row.step not in _BEFORE_A_CODE or opens(row, at):
            return False
        begins, ends = paris_day(at)
        sent: int = conn.execute(_SENT_TODAY, {"enrolment": enrolment, "since": to_us(begins)}).scalar_one()
        if sent >= world.procedure.numbers.provisional_codes_per_day:
            raise Refused(ProblemType.RATE_LIMITED, retry_after=int((ends - at).total_seconds()) + 1)
        values: dict[str, Any] = of_new_code(world, at, 1 + (row.provisional_number or 0))
        if row.step == Step.SIGN_UP:
            values |= {"step": Step.IDENTITY.value, "step_since": to_us(at), "route": Route.FORM.value}
            done = {"enrolment": enrolment, "step": Step.SIGN_UP.value, "at": to_us(at)}
            conn.execute(schema.step_done.insert(), done)
        elif row.step == Step.IDENTITY:
            values["route"] = Route.FORM.value
        conn.execute(update(_enrolment).where(_enrolment.c.id == enrolment).values(values))
        audit.write(conn, at=at, actor="service", action=_ACTION, outcome="sent", enrolment=enrolment)
        return True


def of_new_code(world: World, at: datetime, number: int) -> dict[str, Any]:
    """The columns of `enrolment` for a code sent at `at`."""
    ends = at + timedelta(days=world.procedure.numbers.provisional_code_days)
    return {
        "provisional_code": ProvisionalCode.SENT.value,
        "provisional_number": number,
        "provisional_key": world.ring.newest,
        "provisional_sent_at": to_us(at),
        "provisional_ends_at": to_us(ends),
        "provisional_wrong": 0,
    }


def fits(world: World, enrolment: str, typed: str) -> bool:
    """Whether this is the enrolment's code, which is used then; the last of too many wrong ones voids it."""
    with sql.write(world.engine) as conn:
        row, at = _locked(conn, enrolment), world.now()
        if row is None or not opens(row, at):
            return False
        code = _derived(world, row)
        if code is not None and hmac.compare_digest(code, typed):
            used = update(_enrolment).where(_enrolment.c.id == enrolment)
            conn.execute(used.values(provisional_code=ProvisionalCode.USED.value))
            return True
        wrong = row.provisional_wrong + 1
        values: dict[str, Any] = {"provisional_wrong": wrong}
        if wrong >= world.procedure.numbers.provisional_code_tries:
            values["provisional_code"] = ProvisionalCode.VOID.value
        conn.execute(update(_enrolment).where(_enrolment.c.id == enrolment).values(values))
        return False


def reveal(world: World, nir13: str) -> tuple[str, datetime] | None:
    """The code that a person has in hand and its end (UTC): for the sandbox's command line alone."""
    with sql.read(world.engine) as conn:
        found = conn.execute(
            select(schema.insured_person.c.id).where(schema.insured_person.c.nir == nir13)
        ).first()
        row = found and conn.execute(NEWEST_ENROLMENT, {"person": found.id}).first()
        if not row or not opens(row, world.now()):
            return None
        code = _derived(world, row)
        return None if code is None else (code, from_us(row.provisional_ends_at))


def _derived(world: World, row: Any) -> str | None:
    """None when its key has left the ring."""
    if row.provisional_key not in world.ring.keys:
        return None
    mac = world.ring.mac(PURPOSE, f"{row.id}:{row.provisional_number}".encode(), row.provisional_key)
    return f"{int.from_bytes(mac, 'big') % 10**DIGITS:0{DIGITS}d}"


def _locked(conn: Connection, enrolment: str) -> Row[Any] | None:
    statement = ENROLMENT if sql.is_sqlite(conn) else ENROLMENT.with_for_update()
    return conn.execute(statement, {"enrolment": enrolment}).first()
