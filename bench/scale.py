"""Every search and the read of one person, below HTTP, with 1,000 and with 1,000,000 people, in one run.

The same calls as the API's, without its look-up log (one more row, written durably, timed on a
line of its own). Both worlds are asked in turn. Every statement's plan is looked at for scans.
"""

import logging
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, event, select

from ameli_support import sql
from ameli_support.accounts.contract import SearchRequest, Who
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox import enrolments, people, records, schema, searching
from ameli_support.sandbox.world import World, open_world
from bench.measure import line, percentile, title

SMALL, LARGE = 1_000, 1_000_000
SAMPLES = 400
AGENT = Who(agent="bench", role=Role.AGENT, funds=("381",))
SUPERVISOR = Who(agent="bench", role=Role.SUPERVISOR, funds=("381",))
Ask = Callable[[World, "Sample"], object]


def run(large: int = LARGE) -> None:
    """Prints p50 and p95 of each question at both sizes, the ratio of the p95, and the scans found."""
    title(f"One person among {SMALL:,} and among {large:,} (below HTTP, ms)")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        worlds = [_world(Path(folder), size) for size in (SMALL, large)]
        samples = [_sample(world) for world in worlds]
        for name, ask in QUESTIONS.items():
            times: list[list[float]] = [[], []]
            for index in range(-20, SAMPLES):
                for place, (world, people_of) in enumerate(zip(worlds, samples, strict=True)):
                    person = people_of[index]
                    begun = time.perf_counter()
                    ask(world, person)
                    spent = time.perf_counter() - begun
                    if index >= 0:
                        times[place].append(1000 * spent)
            small, big = (percentile(one, 0.95) for one in times)
            middle = [percentile(one, 0.5) for one in times]
            line(
                name,
                f"p50 {middle[0]:.2f} → {middle[1]:.2f}   p95 {small:.2f} → {big:.2f}   {big / small:.2f} x",
                "" if name.startswith("(") else "aim: p95 ≤ 3 x and ≤ 0.5 ms",
            )
        scans = sorted(
            {scan for name, ask in QUESTIONS.items() for scan in _scans(worlds[1], ask, samples[1])}
        )
        line("scans in the plans", len(scans), "aim: none")
        for scan in scans:
            print("   ", scan)
        for world in worlds:
            world.close()


def _world(folder: Path, size: int) -> World:
    begun = time.perf_counter()
    world = open_world(folder / f"{size}.db", folder / f"keys{size}")
    people.fill(world, size, progress=lambda written: _progress(written, size))
    with world.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    line(f"{size:,} people made in, s", f"{time.perf_counter() - begun:.1f}")
    return world


def _progress(written: int, size: int) -> None:
    if sys.stderr.isatty():
        print(f"\r  {written:,} of {size:,} people", end="", file=sys.stderr)


@dataclass(frozen=True)
class Sample:
    """What a caller would say of themselves."""

    id: str
    nir: str
    birth_date: str
    postcode: str
    address: str
    name: str
    phone: str


def _sample(world: World) -> list[Sample]:
    """Seeded: people with an enrolment and an address, each with what a search needs."""
    p, e, n, f = schema.insured_person, schema.enrolment, schema.person_name, schema.person_phone
    with sql.read(world.engine) as connection:
        ids = connection.execute(select(e.c.person).where(e.c.address.is_not(None))).scalars().all()
        chosen = random.Random(7).sample(ids, min(len(ids), SAMPLES + 20))
        names = _by_person(connection, select(n.c.person, n.c.name).where(n.c.person.in_(chosen)))
        phones = _by_person(connection, select(f.c.person, f.c.phone).where(f.c.person.in_(chosen)))
        wanted = select(p.c.id, p.c.nir, p.c.birth_date, p.c.postcode, e.c.address)
        people_of = connection.execute(
            wanted.join(e, e.c.person == p.c.id).where(p.c.id.in_(chosen), e.c.address.is_not(None))
        ).all()
    found = [
        Sample(row.id, row.nir, row.birth_date, row.postcode, row.address, names[row.id],
               phones.get(row.id, "0639980001"))
        for row in people_of
    ]  # fmt: skip
    return [found[index % len(found)] for index in range(SAMPLES + 20)]


def _by_person(connection: Connection, statement: Select[str, str]) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(statement)}


# ── the questions ───────────────────────────────────────────────────────────


def _by(**facts: Callable[["Sample"], str]) -> Ask:
    def ask(world: World, person: Sample) -> object:
        request = SearchRequest.model_validate(
            {"call": "call-bench", **{name: get(person) for name, get in facts.items()}}
        )
        conditions = searching.conditions_of(request)
        assert conditions
        with sql.read(world.engine) as connection:
            return searching.matching(connection, request, conditions)

    return ask


def _read(world: World, person: Sample) -> object:
    return records.see(world, SUPERVISOR, person.id, check=None, purpose="bench")


def _rows(world: World, person: Sample) -> object:
    with sql.read(world.engine) as connection:
        found = enrolments.read_person(connection, person.id)
        assert found
        return enrolments.read_dossier(connection, found)


def _logged(world: World, person: Sample) -> object:
    return searching.search(world, AGENT, SearchRequest(call="call-bench", nir=person.nir))


QUESTIONS: dict[str, Ask] = {
    "search by NIR": _by(nir=lambda person: person.nir),
    "search by e-mail": _by(email=lambda person: person.address),
    "search by phone": _by(phone=lambda person: person.phone),
    "search by name and birth date": _by(
        name=lambda person: person.name, birth_date=lambda person: person.birth_date
    ),
    "search by name, birth date and postcode": _by(
        name=lambda person: person.name,
        birth_date=lambda person: person.birth_date,
        postcode=lambda person: person.postcode,
    ),
    "read of one person with enrolment, links and mails": _rows,
    "(the same as the API's answer: verdicts, view, ETag)": _read,
    "(search by NIR with its line in the look-up log)": _logged,
}


def _scans(world: World, ask: Ask, sample: list[Sample]) -> set[str]:
    """The steps of every plan that read a whole table or index."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(world.engine, "before_cursor_execute", note)
    try:
        for person in sample[:20]:
            ask(world, person)
    finally:
        event.remove(world.engine, "before_cursor_execute", note)
    found = set()
    with world.engine.connect() as connection:
        for statement, parameters in dict(seen).items():
            if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)", statement):
                for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                    if step.detail.startswith("SCAN") and "CONSTANT ROW" not in step.detail:
                        found.add(f"{step.detail}: {' '.join(statement.split())[:160]}")
    return found
