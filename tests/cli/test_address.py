"""`ameli-support address`: one object an address, the DNS behind it real, the exit code for programs."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ameli_support import mx
from tests.cli.conftest import Run
from tests.dns_server import WORLD, dns_server

KEYS = [
    "input", "cleaned", "syntax", "domain", "family", "suggestion", "known_domain", "disposable",
    "mx", "notes",
]  # fmt: skip


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    world = {
        **WORLD,
        "gateway.example": {"MX": ["10 mx1.mailinblack.com"]},
        "mx1.mailinblack.com": {"A": ["9.9.9.9"]},
    }
    with dns_server(world) as (resolver, asked):
        monkeypatch.setattr(mx, "system_resolver", lambda: resolver)
        yield asked


def test_the_object_that_the_issue_names(run: Run) -> None:
    result = run("address", "--offline", "--json", "Jean point Dupont arobase gmial point com")
    assert result.code == 0
    assert list(result.json) == KEYS
    assert result.json["cleaned"] == "jean.dupont@gmial.com"
    assert result.json["syntax"] == "valid"
    assert result.json["domain"] == "gmial.com"
    assert result.json["suggestion"] == "jean.dupont@gmail.com"
    assert (result.json["family"], result.json["known_domain"]) == (None, False)
    assert (result.json["disposable"], result.json["mx"]) == (False, None)
    assert [note["code"] for note in result.json["notes"]] == ["dictated", "suggestion"]


def test_an_address_that_cannot_be_gives_exit_code_1_and_its_sentence(run: Run) -> None:
    result = run("address", "--offline", "jean.dupont")
    assert result.code == 1
    assert "manque l’arobase" in result.out
    assert "is missing" in run("--lang", "en", "address", "--offline", "jean.dupont").out


@pytest.mark.parametrize(
    ("domain", "outcome", "code"),
    [
        ("orange.fr", "nothing", "mx"),
        ("null.example", "finding", "null_mx"),
        ("dead-target.example", "finding", "target_without_address"),
        ("absent.example", "finding", "no_domain"),
        ("servfail.example", "unknown", "server_failure"),
    ],
)
def test_what_the_dns_says_is_one_of_three_values(
    run: Run, dns: list[tuple[str, str]], domain: str, outcome: str, code: str
) -> None:
    answer = run("address", "--json", f"jean@{domain}").json
    assert (answer["mx"]["outcome"], answer["mx"]["code"]) == (outcome, code)
    assert [note["code"] for note in answer["notes"]] == ([] if outcome == "nothing" else [code])


def test_the_family_of_an_unknown_domain_comes_from_its_mx(run: Run, dns: list[tuple[str, str]]) -> None:
    answer = run("address", "--json", "jean@gateway.example").json
    assert answer["family"] == "mailinblack"
    assert answer["mx"]["hosts"] == ["mx1.mailinblack.com"]
    assert "quarantaine" in answer["notes"][0]["text"]


def test_nothing_but_the_domain_leaves_and_offline_nothing_does(run: Run, dns: list[tuple[str, str]]) -> None:
    run("address", "--offline", "jean.dupont@orange.fr")
    assert dns == []
    run("address", "jean.dupont@orange.fr", "pas une adresse")
    assert not [name for name, _kind in dns if "jean" in name or "adresse" in name]


def test_behind_a_dns_that_denies_everything_no_provider_is_said_not_to_exist(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dns_server({}) as (resolver, _asked):
        monkeypatch.setattr(mx, "system_resolver", lambda: resolver)
        answer = run("address", "--json", "jean@orange.fr").json
    assert answer["mx"] == {"outcome": "unknown", "code": "resolver_lies", "hosts": []}


def test_one_object_a_line_in_order_thousands_a_minute(run: Run) -> None:
    count = 2_000
    begun = time.monotonic()
    result = run(
        "address", "-", "--json", "--offline", given="".join(f"j{n}@ornage{n}.fr\n\n" for n in range(count))
    )
    assert time.monotonic() - begun < 60 * count / 5_000
    assert [item["input"] for item in result.json_lines] == [f"j{n}@ornage{n}.fr" for n in range(count)]


def test_what_was_typed_comes_back_as_typed_and_hostile_text_moves_no_cursor(run: Run) -> None:
    typed = "\u00a0<jean@orange.fr>\u200b"
    assert run("address", "-", "--json", "--offline", given=f"{typed}\r\n").json["input"] == typed
    assert "\x1b" not in run("address", "--offline", "\x1b[2Jjean@orange.fr").out


def test_bytes_that_are_no_text_are_no_traceback(run: Run) -> None:
    assert run("address", "--offline", "--json", "je\udcffan@orange.fr").json["input"] == "je?an@orange.fr"
    raw = [sys.executable, "-m", "ameli_support", "address", "-", "--offline", "--json"]
    answer = subprocess.run(raw, input=b"j\xffan@orange.fr\n", capture_output=True, check=False, timeout=60)
    assert (answer.returncode, answer.stderr) == (1, b"")
    assert json.loads(answer.stdout)["syntax"] == "local_character"


def test_without_argument_the_address_is_asked(run: Run) -> None:
    assert "Orange" in run("address", "--offline", typed="jean@orange.fr\n").out
    assert run("address", "-", "jean@orange.fr").code == 2
    assert run("address", given="").code == 2
