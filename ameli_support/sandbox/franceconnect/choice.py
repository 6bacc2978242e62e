"""The identity providers that may be chosen: data from `providers.toml`, titles from procedure.toml,
availability from the table that a supervisor switches."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from ameli_support import sql
from ameli_support.sandbox import schema
from ameli_support.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Provider:
    """One identity provider, as it may be chosen now; `amr`: what its people sign in with."""

    name: str
    title: str
    sign: str
    amr: tuple[str, ...]
    available: bool


def providers(world: World) -> dict[str, Provider]:
    """By name, in the order shown; one that the table does not know is not available."""
    row = schema.identity_provider.c
    with sql.read(world.engine) as conn:
        available = {r.name for r in conn.execute(select(row.name).where(row.available))}
    return {
        entry["name"]: Provider(
            name=entry["name"],
            title=world.procedure.text(f"providers.{entry['name']}"),
            sign=entry["sign"],
            amr=tuple(entry["amr"]),
            available=entry["name"] in available,
        )
        for entry in _entries()
    }


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    text = (files(__package__) / "providers.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["provider"])
