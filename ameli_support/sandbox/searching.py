"""Finding one insured person: how many match, and an opaque handle once exactly one does (rules §8)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Select, and_, bindparam, select

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
# namesakes born on the same day that are told apart by their first names; each has one name or two
_NAMESAKES = 60


class By(StrEnum):
    """What people are searched by."""

    NIR = "nir"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact to search by, and the values that its statement takes, as they are stored."""

    by: By
    values: dict[str, str | list[str]]


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
    facts = tuple(condition.by for condition in conditions)
    values = {name: value for condition in conditions for name, value in condition.values.items()}
    rows = conn.execute(_statement(facts), values).all()
    if By.NAME in facts:
        rows = [row for row in rows if named(row, request.name or "")]
    return list(dict.fromkeys(row.record for row in rows))[:COUNTED]


@cache
def _statement(facts: tuple[By, ...]) -> Select[Any]:
    """Whom all these facts fit, each statement built once; with their names when these tell them apart.

    Each fact is looked up in the index of its own table, beginning with the first.
    """
    person, by_name = schema.insured_person.c, By.NAME in facts
    record, *others = dict.fromkeys([_fits(fact)[0] for fact in facts] + [person.id] * by_name)
    joined: FromClause = record.table
    for column in others:
        joined = joined.join(column.table, column == record)
    names = (person.first_names, person.birth_name, person.used_name) if by_name else ()
    return (
        select(record.label("record"), *names)
        .select_from(joined)
        .where(*(_fits(fact)[1] for fact in facts))
        .limit(2 * _NAMESAKES if by_name else COUNTED)
    )


def _fits(fact: By) -> tuple[Column[str], ColumnElement[bool]]:
    """The column that names the person, and what holds in its table."""
    p, e, f, n = (
        table.c
        for table in (schema.insured_person, schema.enrolment, schema.person_phone, schema.person_name)
    )
    match fact:
        case By.NIR:
            return p.id, p.nir == bindparam("nir")
        case By.EMAIL:
            return e.person, and_(e.address == bindparam("email"), e.ended_at.is_(None))
        case By.PHONE:
            return f.person, f.phone == bindparam("phone")
        case By.NAME:
            among = n.name.in_(bindparam("names", expanding=True))
            return n.person, and_(among, n.birth_date == bindparam("born"))
        case By.BIRTH_DATE:
            return p.id, p.birth_date == bindparam("birth_date")
        case By.POSTCODE:
            return p.id, p.postcode == bindparam("postcode")


def conditions_of(request: SearchRequest) -> list[Condition] | None:
    """What is searched by, the most telling first.

    None when the request names nobody; empty when what it names can be nobody's.
    """
    wanted: list[Condition] = []
    if request.nir is not None:
        nir = read_nir(request.nir).nir13
        if nir is None:
            return []
        wanted.append(Condition(By.NIR, {"nir": nir}))
    if request.email is not None:
        try:
            address = canonical.address(request.email)
        except canonical.NotAnAddress:
            return []
        wanted.append(Condition(By.EMAIL, {"email": address}))
    if request.phone is not None:
        phone = canonical.phone(request.phone)
        if phone is None:
            return []
        wanted.append(Condition(By.PHONE, {"phone": phone}))
    if request.name is not None and request.birth_date is not None:
        names = name_candidates(request.name)
        if not names:
            return []
        wanted.append(Condition(By.NAME, {"names": names, "born": request.birth_date.isoformat()}))
    elif request.birth_date is not None and wanted:
        wanted.append(Condition(By.BIRTH_DATE, {"birth_date": request.birth_date.isoformat()}))
    if not wanted:
        return None
    if request.postcode is not None:
        wanted.append(Condition(By.POSTCODE, {"postcode": request.postcode.strip()}))
    return wanted
