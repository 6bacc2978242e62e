"""Who is at the sign-up page: the form's four fields against the insured population (rules §1, step 2)."""

from sqlalchemy import bindparam, insert, select, update

from ameli_support import sql
from ameli_support.accounts.contract import ProvisionalCode
from ameli_support.clock import to_us
from ameli_support.onboarding.identity import LEVEL_1_FACTS, Comparison, Fact
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.person import read_nir
from ameli_support.sandbox import schema
from ameli_support.sandbox.comparing import compare
from ameli_support.sandbox.enrolments import ENROLMENT
from ameli_support.sandbox.world import World

_person, _enrolment = schema.insured_person, schema.enrolment
_OF_NIR = select(_person).where(_person.c.nir == bindparam("nir"))


def match(world: World, said: dict[Fact, str]) -> str | None:
    """The person whose name (birth or used), NIR, birth date and postcode these all are; None else.

    `said`: the facts of level 1 as typed. Every fact is compared, whichever is wrong.
    """
    nir = read_nir(said[Fact.NIR]).nir13
    with sql.read(world.engine) as conn:
        row = conn.execute(_OF_NIR, {"nir": nir or ""}).first()
    if row is None:
        return None
    found = [compare(row, fact, said[fact]) is Comparison.MATCH for fact in LEVEL_1_FACTS]
    return str(row.id) if all(found) else None


def identify(world: World, enrolment: str, route: Route) -> None:
    """Steps 1 and 2 are done, by this route; nothing to do when they were.

    A provisional code is used by the form's route, and of no more use by the other.
    """
    with sql.write(world.engine) as conn:
        statement = ENROLMENT if sql.is_sqlite(conn) else ENROLMENT.with_for_update()
        row = conn.execute(statement, {"enrolment": enrolment}).first()
        if row is None or row.ended_at is not None or row.step not in (Step.SIGN_UP, Step.IDENTITY):
            return
        at = to_us(world.now())
        values = {"step": Step.TERMS.value, "step_since": at, "route": route.value}
        if row.provisional_code == ProvisionalCode.SENT:
            by_form = route is Route.FORM
            values["provisional_code"] = (ProvisionalCode.USED if by_form else ProvisionalCode.VOID).value
        conn.execute(update(_enrolment).where(_enrolment.c.id == enrolment).values(values))
        done = [Step.SIGN_UP, Step.IDENTITY] if row.step == Step.SIGN_UP else [Step.IDENTITY]
        conn.execute(
            insert(schema.step_done),
            [{"enrolment": enrolment, "step": step.value, "at": at} for step in done],
        )
