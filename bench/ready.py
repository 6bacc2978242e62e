"""A world whose people have all done steps 1 to 4 and wait to give their e-mail address."""

from itertools import count
from pathlib import Path

from sqlalchemy import insert

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.onboarding.journey import Route, Step
from ameli_support.sandbox import schema, signing_up
from ameli_support.sandbox.world import World, open_world

_numbers = count(1)


def open_ready(folder: Path) -> World:
    """An empty world in `folder`."""
    return open_world(folder / "ameli.db", folder / "keys", pool_size=12)


def add_people(world: World, number: int) -> list[str]:
    """Adds people at the step `contact`; gives their enrolments."""
    at = to_us(world.now())
    numbers = [next(_numbers) for _ in range(number)]
    people = [
        {
            "id": f"{one:032x}",
            "nir": f"18501999{one:05d}",  # département 99, country 9xx: nobody's number
            "title": "M.",
            "birth_name": "Essai",
            "first_names": "Paul",
            "birth_date": "1985-01-01",
            "postcode": "38000",
            "status": "ordinary",
            "scheme": "general",
            "fund": "381",
        }
        for one in numbers
    ]
    enrolments = [
        {
            "id": f"{one:031x}e",
            "person": f"{one:032x}",
            "version": 0,
            "route": Route.FRANCECONNECT.value,
            "step": Step.CONTACT.value,
            "started_at": at,
            "step_since": at,
        }
        for one in numbers
    ]
    with sql.write(world.engine) as connection:
        connection.execute(insert(schema.insured_person), people)
        connection.execute(insert(schema.enrolment), enrolments)
    return [str(row["id"]) for row in enrolments]


def issue(world: World, enrolments: list[str]) -> None:
    """Step 5 of each, in a transaction of its own: claim, window, link, outbox row, audit row."""
    for enrolment in enrolments:
        signing_up.submit_address(world, enrolment, f"u{enrolment[20:]}@example.org")
