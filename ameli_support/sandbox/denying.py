"""« Avez-vous vous-même créé ce compte ? »: a no stands for the rest of the call (rules §3)."""

from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.sandbox import schema
from ameli_support.sandbox.callers import read_caller
from ameli_support.sandbox.carrying_out import Request
from ameli_support.sandbox.enrolments import read_person
from ameli_support.sandbox.world import World

_denied = schema.creation_denied


@sql.retrying
def keep(world: World, request: Request) -> None:
    """Keep the no of a request, whatever else refuses it; without a valid check there is no call."""
    if getattr(request.body, "self_created", None) is not False:
        return
    with sql.write(world.engine) as conn:
        if read_person(conn, request.record) is None:
            return
        caller = read_caller(conn, world, request.who, request.record, request.check, strict=False)
        if caller.call is None:
            return
        insert = sqlite.insert if sql.is_sqlite(conn) else postgresql.insert
        statement = insert(_denied).values(person=request.record, call=caller.call)
        conn.execute(statement.on_conflict_do_nothing())
