"""Finding one insured person: how many match, and an opaque handle once exactly one does (rules §8)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, SearchAnswer, SearchRequest, Who
from ameli_support.clock import to_us
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.person import read_nir
from ameli_support.sandbox import canonical, schema
from ameli_support.sandbox.audit import spoken
from ameli_support.sandbox.comparing import name_candidates, named
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.world import World

COUNTED = 11
_person = schema.insured_person
# namesakes born on the same day that are told apart by their first names
_NAMESAKES = 60


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact to search by; `by_name`: first names are told apart outside the database."""

    holds: ColumnElement[bool]
    by_name: bool = False


def search(world: World, who: Who, request: SearchRequest) -> SearchAnswer:
    """Count at most 11 matches and log the look-up; Refused without a fact to search by.

    A supervisor says what for; an administrator searches nobody.
    """
    if who.role is Role.ADMINISTRATOR:
        raise Refused(ProblemType.FORBIDDEN_ROLE)
    if who.role is Role.SUPERVISOR and not (request.purpose and request.purpose.strip()):
        raise Refused(ProblemType.PURPOSE_MISSING)
    conditions = conditions_of(request)
    if conditions is None:
        raise Refused(ProblemType.BAD_REQUEST, detail="nir, email, phone, or name with birth_date")
    if conditions:
        with sql.read(world.engine) as conn:
            found = matching(conn, request, conditions)
    else:
        found = []
    record = found[0] if len(found) == 1 else None
    log_search(world, who, request, len(found), record)
    return SearchAnswer(matches=len(found), record=record, as_of=world.now())


def matching(conn: Connection, request: SearchRequest, conditions: list[Condition]) -> list[str]:
    """The ids of those who fit, at most 11; a further fact is looked at only while several do.

    Were all facts looked at, a search beside a right number would tell for nothing whether a name
    or postcode is right: that is the caller check's to tell, and to count.
    """
    found: list[str] = []
    for used in range(1, len(conditions) + 1):
        found = _fitting(conn, request, conditions[:used])
        if len(found) <= 1:
            break
    return found


def log_search(world: World, who: Who, request: SearchRequest, matches: int, record: str | None) -> None:
    """Every look-up leaves a row: who, in which call, what for, how many; never what was typed."""
    with sql.write(world.engine) as conn:
        conn.execute(
            schema.lookup_log.insert().values(
                at=to_us(world.now()),
                agent=who.agent,
                role=who.role.value,
                call=request.call,
                what="search",
                purpose=request.purpose and spoken(request.purpose),
                person=record,
                matches=matches,
            )
        )


def _fitting(conn: Connection, request: SearchRequest, conditions: list[Condition]) -> list[str]:
    by_name = request.name is not None and any(condition.by_name for condition in conditions)
    rows = conn.execute(_narrowed(conditions, _NAMESAKES if by_name else COUNTED))
    return [row.id for row in rows if not by_name or named(row, request.name or "")][:COUNTED]


def _narrowed(conditions: list[Condition], limit: int) -> Select[tuple[str, str, str, str | None]]:
    columns = (_person.c.id, _person.c.first_names, _person.c.birth_name, _person.c.used_name)
    return select(*columns).where(and_(*(condition.holds for condition in conditions))).limit(limit)


def conditions_of(request: SearchRequest) -> list[Condition] | None:
    """What is searched by, the most telling first.

    None when the request names nobody; empty when what it names can be nobody's.
    """
    wanted: list[Condition] = []
    if request.nir is not None:
        nir = read_nir(request.nir).nir13
        if nir is None:
            return []
        wanted.append(Condition(_person.c.nir == nir))
    if request.email is not None:
        try:
            address = canonical.address(request.email)
        except canonical.NotAnAddress:
            return []
        e = schema.enrolment.c
        holders = select(e.person).where(e.address == address, e.ended_at.is_(None))
        wanted.append(Condition(_person.c.id.in_(holders)))
    if request.phone is not None:
        phone = canonical.phone(request.phone)
        if phone is None:
            return []
        p = schema.person_phone.c
        wanted.append(Condition(_person.c.id.in_(select(p.person).where(p.phone == phone))))
    if request.name is not None and request.birth_date is not None:
        n = schema.person_name.c
        names = name_candidates(request.name)
        if not names:
            return []
        born = request.birth_date.isoformat()
        bearers = select(n.person).where(n.name.in_(names), n.birth_date == born)
        wanted.append(Condition(_person.c.id.in_(bearers), by_name=True))
    elif request.birth_date is not None and wanted:
        wanted.append(Condition(_person.c.birth_date == request.birth_date.isoformat()))
    if not wanted:
        return None
    if request.postcode is not None:
        wanted.append(Condition(_person.c.postcode == request.postcode.strip()))
    return wanted
