"""`checks list` and `checks run`, as a person reads them and as a program does."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.checklist import load as checklist
from tests.cli.conftest import Result, Run
from tests.scenarios.world import Person, ScenarioWorld

LEVEL_1 = "nir={nir}\nname=Dubois\nbirth_date=24/08/1962\npostcode=38000\n"


@pytest.fixture
def person(scenario_world: ScenarioWorld) -> Person:
    """Somebody whose first mail is there."""
    return scenario_world.person().signs_up()


@pytest.fixture
def demo(run: Run, person: Person) -> Callable[..., Result]:
    """Runs a command in the demo."""
    return lambda *argv, **how: run("--demo", *argv, **how)


@pytest.fixture
def case(demo: Callable[..., Result], person: Person) -> str:
    """A call at level 1."""
    found = re.search(r"n° (\d+)", demo("find", given=person.nir).out.replace("\u00a0", " "))
    assert found
    checked = demo("verify", "--case", found[1], "--speaker", "self", given=LEVEL_1.format(nir=person.nir))
    assert checked.code == 0, checked
    return found[1]


def test_the_list_has_every_check_the_documents_first(run: Run) -> None:
    held = run("checks", "list", "--json").json_lines
    assert [one["id"] for one in held] == list(checklist().checks)
    assert [one["documented"] for one in held] == [True] * 8 + [False] * 11
    assert {one["checklist"] for one in held} == {checklist().version}
    told = run("checks", "list").out
    for check in checklist().checks:
        assert check in told
    assert "{" not in told


def test_the_list_in_english_has_english_sentences(run: Run) -> None:
    told = run("--lang", "en", "checks", "list").out
    assert "Could you open the folder" in told
    assert "Ajoutée" not in told


def test_a_run_from_a_file_concludes_and_is_in_the_case(
    demo: Callable[..., Result], case: str, person: Person, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.txt"
    answers.write_text(
        "# ce que l’appelant a dit\n"
        "junk_folder=yes\njunk_folder.helped=no\nold_mail=no\nsearch_keywords=yes\n"
        + "".join(
            f"{check}.skip=pas le temps\n"
            for check in checklist().checks
            if check not in ("junk_folder", "old_mail", "search_keywords")
        ),
        encoding="utf-8",
    )
    done = demo("checks", "run", "--case", case, "--answers", str(answers), "--json")
    assert done.code == 0, done
    told = done.json
    assert told["conclusion"]["cause"] == "search_keywords"
    assert told["in_vain"] == ["junk_folder"]
    assert told["next"] is None
    assert {one["check"] for one in told["not_asked"]} | set(told["answers"]) == set(checklist().checks)
    assert {one["probe"] for one in told["evidence"]} >= {"service", "domain", "address"}
    assert sum(one["probability"] for one in told["causes"]) == pytest.approx(1, abs=0.01)
    assert person.address not in done.out
    history = demo("case", case).out.replace("\u00a0", " ")
    assert "diagnostic conclu : Recherche" in history
    closed = demo("close", "--case", case, "--outcome", "advice", "--json")
    assert closed.json["cause"] == "search_keywords"


def test_without_an_answer_the_run_stays_open_and_goes_on(
    demo: Callable[..., Result], case: str, person: Person, tmp_path: Path
) -> None:
    (tmp_path / "none.txt").write_text("", encoding="utf-8")
    first = demo(
        "checks",
        "run",
        "--case",
        case,
        "--answers",
        str(tmp_path / "none.txt"),
        "--order",
        "document",
        "--json",
    ).json
    assert first["conclusion"] is None
    assert first["next"]["check"] == "address_exact"
    ticked = demo("checks", "run", "--case", case, "--json", given="address_exact=yes\n")
    assert ticked.code != 0
    assert "le service la compare" in ticked.err + ticked.out
    said = f"said_address={person.address}\n"
    second = demo("checks", "run", "--case", case, "--json", given=said).json
    assert person.address not in str(second)
    assert second["order"] == "document"
    assert second["next"]["check"] == "junk_folder"


def test_questions_on_the_terminal_read_in_french(
    demo: Callable[..., Result], case: str, person: Person
) -> None:
    typed = f"{person.address}\npasser\npas d’ordinateur\nhein\npause\nrappelle ce soir\n"
    told = demo("checks", "run", "--case", case, "--order", "document", typed=typed)
    assert told.code == 0, told
    read = told.out.replace("\u00a0", " ")
    assert "Déjà connu :" in read
    assert "Demander : Pouvez-vous me dire l’adresse mail" in read
    assert "Pouvez-vous ouvrir le dossier" in read
    assert "Probable :" in read
    assert "Diagnostic ouvert" in read
    assert "Réponse non comprise." in told.err


def test_a_remedy_is_said_on_the_terminal_before_the_conclusion(
    demo: Callable[..., Result], case: str
) -> None:
    told = demo(
        "checks", "run", "--case", case, "--order", "document", typed="autre.personne@orange.fr\noui\n"
    )
    assert told.code == 0, told
    read = told.out.replace("\u00a0", " ")
    assert "► Cause : Adresse inexacte" in read
    assert "Ensuite : corriger l’adresse" in read


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("gremlins=yes\n", "n’est pas une vérification"),
        ("junk_folder=perhaps\n", "réponse inconnue"),
        ("junk_folder.helped=perhaps\n", "réponse inconnue"),
        ("junk_folder\n", "Ligne non comprise"),
    ],
)
def test_a_bad_file_is_refused_before_anything_is_recorded(
    demo: Callable[..., Result], case: str, given: str, said: str
) -> None:
    told = demo("checks", "run", "--case", case, given=given)
    assert told.code == 2
    assert said in told.err
    assert "diagnostic" not in demo("case", case).out


def test_a_file_that_is_not_there_is_said(demo: Callable[..., Result], case: str, tmp_path: Path) -> None:
    told = demo("checks", "run", "--case", case, "--answers", str(tmp_path / "gone.txt"))
    assert told.code == 2
    assert "ne se lit pas" in told.err
