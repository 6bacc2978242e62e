"""The address that the caller says: the service answers yes or no, three tries a call (rules §3)."""

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, SaidAddressAnswer, SaidAddressRequest, Who
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import Phase, phase
from ameli_support.sandbox import canonical, schema
from ameli_support.sandbox.callers import read_caller, refuse_if_closed, refuse_if_locked
from ameli_support.sandbox.enrolments import read_dossier, read_person
from ameli_support.sandbox.problems import Refused, refused_because
from ameli_support.sandbox.world import World

_said = schema.said_address


@sql.retrying
def say(
    world: World, who: Who, record: str, check: str | None, request: SaidAddressRequest
) -> SaidAddressAnswer:
    """Whether the caller said the address on file (level 1); three tries a call."""
    try:
        said = canonical.address(request.address)
    except canonical.NotAnAddress as fault:
        raise Refused(ProblemType.ADDRESS_INVALID, detail=str(fault)) from None
    allowed = world.procedure.numbers.said_address_tries
    with sql.write(world.engine) as conn:
        person = read_person(conn, record)
        if person is None:
            raise Refused(ProblemType.NOT_FOUND)
        at = world.now()
        refuse_if_closed(person, who, at, world.procedure)
        refuse_if_locked(conn, record, at, world.procedure)
        caller = read_caller(conn, world, who, record, check, strict=True)
        if caller.level < Level.SIMPLE:
            raise refused_because(Reason.LEVEL_1_FIRST)
        dossier = read_dossier(conn, person)
        where = phase(dossier.enrolment, at)
        if dossier.enrolment is None or dossier.enrolment.address is None or where is Phase.ENDED:
            raise refused_because(Reason.NO_ENROLMENT if where is None else Reason(f"phase_{where}"))
        matches = said == dossier.enrolment.address
        insert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
        statement = insert(_said).values(person=record, call=caller.call, tries=1, matched=matches)
        statement = statement.on_conflict_do_update(
            index_elements=[_said.c.person, _said.c.call],
            set_={"tries": _said.c.tries + 1, "matched": statement.excluded.matched},
            where=_said.c.tries < allowed,
        )
        tries = conn.execute(statement.returning(_said.c.tries)).scalar()
        if tries is None:
            raise refused_because(Reason.ADDRESS_NOT_CONFIRMED)
        return SaidAddressAnswer(matches=matches, tries_left=allowed - tries, as_of=at)


def forget(conn: Connection, person: str, *, but: str | None) -> None:
    """After a correction no earlier « yes » stands; in the call `but`, the new address was said."""
    conn.execute(update(_said).where(_said.c.person == person).values(matched=False))
    if but is None:
        return
    insert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
    statement = insert(_said).values(person=person, call=but, tries=0, matched=True)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[_said.c.person, _said.c.call], set_={"matched": statement.excluded.matched}
        )
    )
