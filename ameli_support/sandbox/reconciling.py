"""The pivot identity against the insured population: FranceConnect hands out no NIR (facts §1.3).

Birth name, first names, birth date, sex and birth place must agree, as far as the fund's file has
them. Nobody, or more than one: whoever it is goes by the form, and nothing is guessed.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from ameli_support import sql
from ameli_support.onboarding.person import name_key
from ameli_support.sandbox import schema
from ameli_support.sandbox.world import World

UNSPECIFIED = "unspecified"
_ISLANDS = re.compile(r"2[AB](?=[0-9]{3})")
_person, _name = schema.insured_person, schema.person_name
_NAMED = (
    select(_person)
    .join(_name, _name.c.person == _person.c.id)
    .where(_name.c.name == bindparam("name"), _name.c.birth_date == bindparam("birth_date"))
)


@dataclass(frozen=True, slots=True)
class Pivot:
    """The pivot identity as it was received; `birth_place` is empty for who was born abroad."""

    family_name: str
    given_names: tuple[str, ...]
    birth_date: str
    gender: str
    birth_place: str
    birth_country: str


def reconcile(world: World, pivot: Pivot) -> str | None:
    """The one insured person whose identity this is; None for nobody and for several."""
    values = {"name": name_key(pivot.family_name), "birth_date": presumed(pivot.birth_date)}
    with sql.read(world.engine) as conn:
        rows = conn.execute(_NAMED, values).all()
    found = [row for row in rows if _agrees(row, pivot)]
    return str(found[0].id) if len(found) == 1 else None


def presumed(birth_date: str) -> str:
    """A birth date as the fund writes it: a day or month that nobody knows (00) counts as the first."""
    year, month, day = birth_date.split("-")
    return f"{year}-{month if month != '00' else '01'}-{day if day != '00' else '01'}"


def _agrees(row: Row[Any], pivot: Pivot) -> bool:
    return (
        name_key(row.birth_name) == name_key(pivot.family_name)
        and _same_first_names(re.split(r"[ ,]+", row.first_names.strip()), pivot.given_names)
        and (row.sex is None or pivot.gender in (row.sex, UNSPECIFIED))
        and _same_place(row, pivot)
    )


def _same_first_names(on_file: list[str], given: tuple[str, ...]) -> bool:
    """The fund may know fewer of them than the civil register, or join two that it writes apart."""
    ours, theirs = [name_key(name) for name in on_file], [name_key(name) for name in given]
    known = min(len(ours), len(theirs))
    return bool(known) and (ours[:known] == theirs[:known] or "".join(ours) == "".join(theirs))


def _same_place(row: Row[Any], pivot: Pivot) -> bool:
    if row.birth_country is None:
        return True
    if row.birth_country != pivot.birth_country:
        return False
    if not row.birth_place or not pivot.birth_place:
        # a French birth place that one side does not have proves nothing
        return not row.birth_place and not pivot.birth_place
    return _place(row.birth_place) == _place(pivot.birth_place)


def _place(code: str) -> str:
    """Corsica's communes carried 20 before 1976, and 2A or 2B since."""
    return _ISLANDS.sub("20", code.upper())
