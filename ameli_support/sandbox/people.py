"""The sandbox's people: the documented cast first, then as many seeded, made-up others as wanted.

Their numbers are synthetic: département 99 with a country code from 900 on, which no country
has (the COG's begin with 1 to 5), so none can belong to anybody; the rules find them valid.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, select

from ameli_support import sql
from ameli_support.sandbox import agents, schema
from ameli_support.sandbox.bulk import Bulk
from ameli_support.sandbox.cast import CAST, CastMember
from ameli_support.sandbox.crowd import made_up
from ameli_support.sandbox.lives import Person
from ameli_support.sandbox.population import CODE_HASH, Scribe
from ameli_support.sandbox.world import World

__all__ = ["CAST", "CODE_HASH", "DEFAULT", "MOST", "CastMember", "anybody", "fill", "is_synthetic"]

DEFAULT = 60
SEED = 1962
MOST = 1_000_000
_BATCH = 20_000


def is_synthetic(nir: str) -> bool:
    """Whether a number of 13 characters carries the mark of a made-up person."""
    return len(nir) == 13 and nir[5:8] == "999"


def anybody(engine: Engine) -> bool:
    """Whether the sandbox has its people already."""
    with sql.read(engine) as connection:
        return connection.execute(select(schema.insured_person.c.id).limit(1)).first() is not None


def fill(
    world: World,
    number: int = DEFAULT,
    *,
    at: datetime | None = None,
    seed: int = SEED,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Fill an empty world with `number` people as of `at` (default now); gives how many there are.

    `number` is raised to the size of the cast and may go to 1,000,000. Written in batches:
    `progress` hears how many are in after each. Raises ValueError when somebody is there
    already or the number is too large.
    """
    if number > MOST:
        raise ValueError(f"at most {MOST} people")
    if anybody(world.engine):
        raise ValueError("the sandbox has its people already")
    at = at or world.now()
    bulk = Bulk(schema.metadata)
    for name in world.procedure.names("providers"):
        # the document: « La connexion via impots.gouv est indisponible pour le moment »
        bulk.add(schema.identity_provider, {"name": name, "available": name != "impots"})
    with sql.write(world.engine) as connection:
        agents.hire(connection, world.procedure.contacts.fund)
    scribe = Scribe(bulk, world, at, seed)
    everybody = islice(_everybody(at, seed), max(number, len(CAST)))
    written = 0
    while batch := [scribe.write(person) for person in islice(everybody, _BATCH)]:
        with sql.write(world.engine) as connection:
            bulk.flush(connection)
        written += len(batch)
        if progress is not None:
            progress(written)
    return written


def _everybody(at: datetime, seed: int) -> Iterator[Person]:
    yield from (member.person for member in CAST.values())
    yield from made_up(at, seed)
