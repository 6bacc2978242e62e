"""A demo world that runs beside a measurement, and people of it who can call."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from ameli_support import sql
from ameli_support.sandbox import lock, schema
from bench.terminal import ROOT

START_SECONDS = 60.0


@dataclass(frozen=True)
class Caller:
    """What an invented person says at level 1, as it is typed into the one box."""

    nir: str
    name: str
    born: str
    postcode: str

    @property
    def express(self) -> str:
        """All of it in one go."""
        return f"{self.nir} {self.name} {self.born} {self.postcode}"


@contextmanager
def a_world(home: str, people: int) -> Iterator[Path]:
    """Runs `ameli-support sandbox serve`; the folder of the world."""
    with a_service(home, people) as (folder, _child):
        yield folder


@contextmanager
def a_service(home: str, people: int) -> Iterator[tuple[Path, "subprocess.Popen[bytes]"]]:
    """The same, with its process, which may be ended early."""
    environment = {**os.environ, "AMELI_HOME": home}
    command = [sys.executable, "-m", "ameli_support", "sandbox", "serve", "--people", str(people)]
    child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        folder = Path(home) / "demo"
        while not folder.exists() or lock.read(folder) is None:
            if time.monotonic() > deadline or child.poll() is not None:
                raise RuntimeError("the demo's world does not start")
            time.sleep(0.1)
        yield folder, child
    finally:
        child.terminate()
        child.wait()


def active_people(world: Path, number: int) -> list[Caller]:
    """Ordinary people of the fund whose account is active: their calls need no act."""
    person, enrolment = schema.insured_person.c, schema.enrolment.c
    wanted = (
        select(person.nir, person.birth_name, person.birth_date, person.postcode)
        .join(schema.enrolment, enrolment.person == person.id)
        .where(
            person.status == "ordinary",
            person.fund == "381",
            enrolment.confirmed_at.is_not(None),
            enrolment.suspended_at.is_(None),
            enrolment.ended_at.is_(None),
        )
        .limit(number)
    )
    engine = sql.open_engine(world / "sandbox.db")
    try:
        with sql.read(engine) as connection:
            rows = connection.execute(wanted).all()
    finally:
        engine.dispose()
    return [
        Caller(row.nir, row.birth_name, "".join(reversed(str(row.birth_date).split("-"))), row.postcode)
        for row in rows
    ]
