"""What goes wrong at a step, and a FranceConnect code noted as advice, at the command line."""

from collections.abc import Callable

import pytest

from ameli_support.cli.exit_codes import ExitCode
from tests.cli.conftest import Result, Run
from tests.scenarios.world import Person, ScenarioWorld

LEVEL_1 = "nir={nir}\nname=Dubois\nbirth_date=24/08/1962\npostcode=38000\n"


@pytest.fixture
def person(scenario_world: ScenarioWorld) -> Person:
    """Somebody who stands at step 5."""
    return scenario_world.person()


@pytest.fixture
def demo(run: Run, person: Person) -> Callable[..., Result]:
    """Runs a command in the demo."""
    return lambda *argv, **how: run("--demo", *argv, **how)


def test_status_tells_what_goes_wrong_at_the_step_and_general_advice_below_level_1(
    demo: Callable[..., Result], person: Person
) -> None:
    case = str(demo("find", "--json", given=person.nir).json["case"])
    general = demo("status", "--case", case)
    assert "Blocages, conseil général (--advice les détaille) : " in general.out.replace("\u00a0", " ")
    assert "Sa page dit" not in general.out
    assert "Sa page dit" in demo("status", "--case", case, "--advice").out
    assert not any(one["noticed"] for one in general_names(demo, case) if one["name"] != "provider_away")
    demo("verify", "--case", case, "--speaker", "self", given=LEVEL_1.format(nir=person.nir))
    told = demo("status", "--case", case).out.replace("\u00a0", " ")
    assert "En cours à l’étape 5 : Coordonnées | depuis" in told
    assert "Blocages à cette étape :\n  · Adresse déjà utilisée" in told
    assert "Sa page dit : « Cette adresse est déjà utilisée par un autre compte ameli. »" in told
    names = [one["name"] for one in general_names(demo, case)]
    assert names == ["address_used", "address_typed", "addresses_tried", "phone_typed", "session_over"]


def general_names(demo: Callable[..., Result], case: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = demo("status", "--case", case, "--json").json["difficulties"]
    return found


def test_a_code_is_noted_in_the_case_as_advice_and_nothing_else(
    demo: Callable[..., Result], person: Person
) -> None:
    case = str(demo("find", "--json", given=person.nir).json["case"])
    told = demo("refusal", "y 01 00 04", "--case", case)
    assert told.code == ExitCode.DONE, told
    assert told.out.startswith("Y010004")
    assert "code FranceConnect Y010004 expliqué" in demo("case", case).out
    wrong = demo("refusal", "bonjour", "--case", case)
    assert wrong.code != ExitCode.DONE
    assert "Ce n’est pas un code de FranceConnect" in wrong.err
    demo("verify", "--case", case, "--speaker", "self", given=LEVEL_1.format(nir=person.nir))
    assert demo("close", "--case", case).code == ExitCode.DONE  # advice is what is proposed


def test_a_code_typed_where_a_person_is_looked_up_names_its_command(demo: Callable[..., Result]) -> None:
    found = demo("find", given="Y010004")
    assert found.code == ExitCode.BAD_INPUT
    assert "Y010004 est un code d’erreur de FranceConnect" in found.err


def test_the_demos_addresses_and_whom_to_play(demo: Callable[..., Result]) -> None:
    told = demo("sandbox", "addresses").out
    assert "/inscription" in told
    assert "/webmail/" in told
    assert "bastien.leclercq" in told
    found = demo("sandbox", "addresses", "--json").json
    assert (found["form"], found["franceconnect"]) == ("no_enrolment", "never_began")
