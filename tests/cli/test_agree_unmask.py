"""A third party by the person's own agreement, and the whole address, by command."""

import pytest

from tests.cli.conftest import Run
from tests.scenarios.world import Person, ScenarioWorld

LEVEL_1 = "nir={nir}\nname=Dubois\nbirth_date=24/08/1962\npostcode=38000\n"


@pytest.fixture
def person(scenario_world: ScenarioWorld) -> Person:
    """Somebody whose first mail is there."""
    return scenario_world.person().signs_up()


@pytest.fixture
def case(run: Run, person: Person) -> str:
    """The number of the case that the call has opened."""
    return str(run("--demo", "find", "--json", given=person.nir).json["case"])


def test_a_third_party_takes_part_once_the_person_has_agreed(run: Run, person: Person, case: str) -> None:
    here = ("--case", case)
    said = LEVEL_1.format(nir=person.nir)
    assert run("--demo", "verify", *here, "--speaker", "third_party", given=said).code == 1
    refused = run("--demo", "agree", *here, "--json", given="third_party_agrees=oui")
    assert (refused.code, refused.json["reason"]) == (1, "third_party")

    assert run("--demo", "verify", *here, "--speaker", "self", given=said).code == 0
    assert run("--demo", "agree", *here, given="non").code == 1
    asked = run("--demo", "agree", *here, typed="oui\n")
    assert asked.code == 0
    assert "Acceptez-vous que cette personne participe" in asked.err
    assert "Accord noté" in asked.out
    again = run("--demo", "agree", *here, "--json", given="third_party_agrees=oui")
    assert again.json == {"case": int(case), "third_party_agrees": True, "level": 1}
    history = run("--demo", "case", case).out
    assert history.count("accepte la présence d’un tiers") == 1


def test_the_whole_address_is_for_level_2_and_a_logged_purpose(run: Run, person: Person, case: str) -> None:
    here = ("--case", case)
    said = LEVEL_1.format(nir=person.nir)
    assert run("--demo", "verify", *here, "--speaker", "self", given=said).code == 0
    early = run("--demo", "unmask", *here, "--json", given="il épelle son adresse")
    assert (early.code, early.json["reason"]) == (1, "level_2_first")
    said = "".join(f"{fact.value}={value}\n" for fact, value in person.facts.items())
    assert run("--demo", "verify", *here, "--level", "2", "--speaker", "self", given=said).code == 0
    assert run("--demo", "unmask", *here, given="").code == 2
    shown = run("--demo", "unmask", *here, given="il épelle son adresse")
    assert person.address in shown.out
    assert "Ne lisez jamais" in shown.err
    answer = run("--demo", "unmask", *here, "--json", given="purpose=il épelle son adresse")
    assert answer.json == {"case": int(case), "address": person.address}
    history = run("--demo", "case", case).out
    assert history.count("adresse lue en clair") == 2
    assert person.address not in history
