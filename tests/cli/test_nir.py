"""`ameli-support nir`: one object a number, the procedure's sentences, nothing personal needed in argv."""

import pytest

from tests.cli.conftest import Run

VALID = "2620899999001"
PROVISIONAL = "8020399999028"


def test_a_valid_number_is_answered_with_the_object_that_the_issue_names(run: Run) -> None:
    spaced = run("nir", "2 62 08 99 999 001", "--json")
    assert spaced.code == 0
    assert spaced.json == {
        "input": "2 62 08 99 999 001",
        "normalised": VALID,
        "verdict": "valid",
        "reason": None,
    }


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        (PROVISIONAL, "provisional", "provisional"),
        ("5620899999001", "other", "other"),
        ("26208", "invalid", "length"),
        ("", "invalid", "empty"),
        ("262089999900199", "invalid", "key"),
    ],
)
def test_every_other_verdict_has_its_reason_and_exit_code_1(
    run: Run, text: str, verdict: str, reason: str
) -> None:
    result = run("nir", text, "--json")
    assert result.code == 1
    assert (result.json["verdict"], result.json["reason"]) == (verdict, reason)


def test_several_numbers_give_one_object_a_line_and_the_worst_code(run: Run) -> None:
    result = run("nir", "-", "--json", given=f"{VALID}\n\n{PROVISIONAL}\n")
    assert [item["verdict"] for item in result.json_lines] == ["valid", "provisional"]
    assert result.code == 1


def test_without_argument_the_number_is_asked_and_not_repeated(run: Run) -> None:
    result = run("nir", typed=f"{VALID}\n")
    assert result.code == 0
    assert VALID not in result.out + result.err


def test_a_provisional_number_is_told_the_sentence_of_the_procedure(run: Run) -> None:
    assert "numéro provisoire ne peut pas ouvrir" in run("nir", PROVISIONAL).out
    assert "provisional number cannot open" in run("--lang", "en", "nir", PROVISIONAL).out


def test_a_dash_stands_alone_and_an_empty_input_is_a_mistake(run: Run) -> None:
    assert run("nir", "-", VALID).code == 2
    assert run("nir", given="").code == 2
