"""The mock identity providers' people: hard test identities from `identities.toml`, and the sandbox's own.

A person of the sandbox signs in as `prenom.nom-de-naissance`, followed by `.jjmmaaaa` where
several have that name, or by the key of the cast. No secret is asked: nobody here is real.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from ameli_support import sql
from ameli_support.onboarding.person import fold_name, name_key
from ameli_support.sandbox import schema
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.lives import FRANCE
from ameli_support.sandbox.world import World

_LONGEST_LOGIN = 200
_MOST_NAMESAKES = 2000
_PUBLISHED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÆŒ -'")
_PERSON = schema.insured_person.c
_COLUMNS = (
    *(_PERSON.birth_name, _PERSON.used_name, _PERSON.first_names, _PERSON.birth_date),
    *(_PERSON.sex, _PERSON.birth_place, _PERSON.birth_country),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The pivot identity as FranceConnect hands it out (facts §1.3), and what it refuses instead."""

    login: str
    what: str
    family_name: str
    given_names: tuple[str, ...]
    birth_date: str
    gender: str
    birth_place: str
    birth_country: str = FRANCE
    used_name: str | None = None
    email: str = "personne@example.org"
    refusal: str | None = None

    @property
    def pivot(self) -> str:
        """What makes the person the same with every identity provider."""
        parts = (self.family_name, " ".join(self.given_names), self.birth_date, self.gender)
        return "\x1f".join((*parts, self.birth_place, self.birth_country))

    def claims(self) -> dict[str, Any]:
        """Every claim but `sub`; the names in the character set that FranceConnect publishes."""
        given = [published(name) for name in self.given_names]
        claims = {
            "given_name": " ".join(given),
            "given_name_array": given,
            "family_name": published(self.family_name).upper(),
            "birthdate": self.birth_date,
            "gender": self.gender,
            "birthplace": self.birth_place,
            "birthcountry": self.birth_country,
            "email": self.email,
        }
        return claims | ({"preferred_username": published(self.used_name)} if self.used_name else {})


class SeveralPeople(Exception):
    """A login that several people have; their birth date tells them apart."""


def published(name: str) -> str:
    """A name in the published set: other letters lose their accents, other signs become a space."""
    signs = name.replace("’", "'").replace("ʼ", "'")
    return re.sub(r" +", " ", "".join(map(_letter, signs))).strip()


@cache
def hard_ones() -> dict[str, Identity]:
    """The identities of `identities.toml` by login, in the file's order."""
    tree = tomllib.loads((files(__package__) / "identities.toml").read_text(encoding="utf-8"))
    entries = [entry | {"given_names": tuple(entry["given_names"])} for entry in tree["identity"]]
    return {entry["login"]: Identity(**entry) for entry in entries}


def find(world: World, login: str) -> Identity | None:
    """Who signs in under this name; None for nobody, SeveralPeople when the birth date is needed."""
    login = login.strip()[:_LONGEST_LOGIN]
    if hard := hard_ones().get(login):
        return hard
    chosen = schema.insured_person.select().with_only_columns(*_COLUMNS)
    if member := CAST.get(login):
        with sql.read(world.engine) as conn:
            row = conn.execute(chosen.where(_PERSON.nir == member.nir)).first()
        return _identity(row, login) if row is not None else None
    first, _, rest = login.partition(".")
    name, _, born = rest.partition(".")
    if not first or not name:
        return None
    key = name_key(name)
    named = schema.person_name.c
    statement = (
        select(*_COLUMNS)
        .join(schema.person_name, named.person == _PERSON.id)
        .where(named.name == key)
        .limit(_MOST_NAMESAKES)
    )
    if born:
        if (day := _day(born)) is None:
            return None
        statement = statement.where(named.birth_date == day)
    with sql.read(world.engine) as conn:
        rows = conn.execute(statement).all()
    mine = [row for row in rows if _slug(_given(row)[0]) == _slug(first) and name_key(row.birth_name) == key]
    if len(mine) > 1:
        raise SeveralPeople
    return _identity(mine[0], login) if mine else None


def login_of(birth_name: str, first_names: str, birth_date: str) -> str:
    """The full login of a person of the sandbox."""
    first = re.split(r"[ ,]+", first_names)[0]
    return f"{_slug(first)}.{_slug(birth_name)}.{date.fromisoformat(birth_date):%d%m%Y}"


def _identity(row: Any, login: str) -> Identity:
    return Identity(
        login=login,
        what="",
        family_name=row.birth_name,
        given_names=_given(row),
        birth_date=row.birth_date,
        gender=row.sex or "unspecified",
        birth_place=row.birth_place or "",
        birth_country=row.birth_country or FRANCE,
        used_name=row.used_name,
    )


def _given(row: Any) -> tuple[str, ...]:
    return tuple(re.split(r"[ ,]+", row.first_names.strip()))


def _slug(name: str) -> str:
    return fold_name(name).lower().replace(" ", "-")


def _day(text: str) -> str | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    return f"{text[4:]}-{text[2:4]}-{text[:2]}"


def _letter(letter: str) -> str:
    if letter.upper() in _PUBLISHED:
        return letter
    plain = unicodedata.normalize("NFKD", letter)[:1]
    return plain if plain.upper() in _PUBLISHED else " "
