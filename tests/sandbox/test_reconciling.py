"""The pivot identity against the fund's file: one person, or nobody."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.sandbox import schema
from ameli_support.sandbox.franceconnect.identities import find
from ameli_support.sandbox.reconciling import Pivot, presumed, reconcile
from ameli_support.sandbox.world import World, open_world
from tests.sandbox.service import Service
from tests.service import MONDAY

RIGHT = Pivot("ROCHETTE", ("Angèle", "Marie"), "1962-08-24", "female", "38185", "99100")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder, clock = tmp_path_factory.mktemp("file"), FixedClock(MONDAY)
    world = open_world(folder / "sandbox.db", folder / "keys", system=clock)
    yield Service(world, clock)
    world.close()


@pytest.fixture
def file(empty: Service) -> Iterator[Service]:
    """The fund's file with nobody in it."""
    yield empty
    with sql.write(empty.world.engine) as conn:
        conn.execute(delete(schema.person_name))
        conn.execute(delete(schema.insured_person))


def known(file: Service, **other: object) -> str:
    on_file: dict[str, object] = {
        "birth_name": "ROCHETTE",
        "used_name": None,
        "first_names": "Angèle",
        "sex": "female",
        "birth_place": "38185",
        "birth_country": "99100",
    }
    return file.person(**on_file | other)


def changed(pivot: Pivot, **by: object) -> Pivot:
    return replace(pivot, **by)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on_file", "pivot"),
    [
        ({}, {}),
        ({"first_names": "Angèle, Marie, Louise"}, {}),
        ({"first_names": "ANGELE MARIE"}, {"given_names": ("Angèle-Marie",)}),
        ({"birth_name": "N’GUESSAN"}, {"family_name": "N GUESSAN"}),
        ({"birth_name": "BŒUF-PIÑOL"}, {"family_name": "BOEUF PINOL"}),
        ({"sex": None}, {"gender": "male"}),
        ({}, {"gender": "unspecified"}),
        ({"birth_country": None, "birth_place": None}, {"birth_place": "75107"}),
        ({"birth_place": "20004"}, {"birth_place": "2A004"}),
        ({"birth_place": "2B050"}, {"birth_place": "20050"}),
        ({"birth_place": None, "birth_country": "99352"}, {"birth_place": "", "birth_country": "99352"}),
        ({"birth_date": "1992-01-01"}, {"birth_date": "1992-00-00"}),
        ({"birth_date": "1988-11-01"}, {"birth_date": "1988-11-00"}),
        ({"birth_date": "1977-01-03"}, {"birth_date": "1977-00-03"}),
    ],
    ids=str,
)
def test_the_same_identity_written_in_two_ways(
    file: Service, on_file: dict[str, object], pivot: dict[str, object]
) -> None:
    record = known(file, **on_file)
    assert reconcile(file.world, changed(RIGHT, **pivot)) == record


@pytest.mark.parametrize(
    ("on_file", "pivot"),
    [
        ({}, {"family_name": "ROCHET"}),
        ({"birth_name": "VIAL", "used_name": "ROCHETTE"}, {}),
        ({}, {"given_names": ("Marie", "Angèle")}),
        ({}, {"given_names": ()}),
        ({}, {"birth_date": "1962-08-25"}),
        ({}, {"gender": "male"}),
        ({}, {"birth_place": "38186"}),
        ({}, {"birth_place": ""}),
        ({}, {"birth_place": "", "birth_country": "99352"}),
        ({"birth_place": None, "birth_country": "99352"}, {}),
        ({"birth_place": "2A004"}, {"birth_place": "2B050"}),
        ({"birth_date": "1992-05-17"}, {"birth_date": "1992-00-00"}),
    ],
    ids=str,
)
def test_another_identity_is_nobody(
    file: Service, on_file: dict[str, object], pivot: dict[str, object]
) -> None:
    known(file, **on_file)
    assert reconcile(file.world, changed(RIGHT, **pivot)) is None


def test_two_who_fit_are_nobody(file: Service) -> None:
    one = known(file)
    known(file, first_names="Angèle, Marie")
    assert reconcile(file.world, RIGHT) is None
    assert reconcile(file.world, changed(RIGHT, given_names=("Angèle", "Louise"))) == one


def test_both_databases_know_the_same_people(shared_world: World) -> None:
    on_file = Service(shared_world, FixedClock(MONDAY))
    record = known(on_file, birth_name="ROCHETTEAU", birth_date="1931-02-03")
    found = find(shared_world, "angele.rochetteau.03021931")
    assert found is not None
    pivot = changed(RIGHT, family_name=found.family_name, birth_date=found.birth_date)
    assert reconcile(shared_world, pivot) == record


def test_a_date_that_is_not_known_counts_as_the_first() -> None:
    assert presumed("1992-00-00") == "1992-01-01"
    assert presumed("1962-08-24") == "1962-08-24"
