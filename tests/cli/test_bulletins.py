"""`banner` and `provider`: a supervisor's commands, and what everybody reads."""

import pytest

from ameli_support.cli.exit_codes import ExitCode
from tests.cli.conftest import Run
from tests.scenarios.world import ScenarioWorld

SUPERVISOR = ("--demo", "--role", "supervisor")


@pytest.fixture
def demo(scenario_world: ScenarioWorld) -> ScenarioWorld:
    return scenario_world


def test_a_banner_is_set_shown_and_cleared(run: Run, demo: ScenarioWorld) -> None:
    assert "Aucun message" in run("--demo", "banner", "show").out
    given = "text=FranceConnect est lent\nreason=ticket 12\n"
    told = run(*SUPERVISOR, "banner", "set", "--to", "01/01/2099 18:00", "--provider", "msa", given=given)
    assert told.code == 0, told
    lines = run("--demo", "banner", "show").out.replace("\u00a0", " ").splitlines()
    assert lines == told.out.replace("\u00a0", " ").splitlines()
    assert lines[0] == "▲ MSA : FranceConnect est lent"
    assert "jusqu’au 01/01/2099 18:00" in lines[1]
    assert lines[2].endswith("motif : ticket 12")
    shown = run("--demo", "banner", "show", "--json").json["banner"]
    assert (shown["text"], shown["provider"]) == ("FranceConnect est lent", "msa")
    assert run(*SUPERVISOR, "banner", "clear", given="rétabli").code == 0
    assert run("--demo", "banner", "show", "--json").json == {"banner": None}


def test_a_banner_is_typed_at_a_terminal_and_may_begin_later(run: Run, demo: ScenarioWorld) -> None:
    told = run(*SUPERVISOR, "banner", "set", "--from", "01/01/2099 08:00", typed="Travaux\nprévu\n")
    assert "Du 01/01/2099 08:00, jusqu’à ce qu’il soit retiré." in told.out.replace("\u00a0", " ")
    assert run(*SUPERVISOR, "banner", "clear", typed="annulé\n").code == 0


@pytest.mark.parametrize(
    ("argv", "given", "code"),
    [
        (("banner", "set", "--from", "demain"), "text=a\nreason=b", 2),
        (("banner", "set"), "message=a", 2),
        (("banner", "set"), "text=a\n", 1),
        (("banner", "clear"), "motif", 1),
        (("provider", "msa", "maybe"), "motif", 2),
        (("provider", "nobody", "off"), "motif", 1),
    ],
)
def test_what_cannot_be_done_is_told(
    run: Run, demo: ScenarioWorld, argv: tuple[str, ...], given: str, code: int
) -> None:
    told = run(*SUPERVISOR, *argv, given=given)
    assert (told.code, told.out) == (code, ""), told
    assert told.err


def test_other_roles_read_and_change_nothing(run: Run, demo: ScenarioWorld) -> None:
    for argv in (("banner", "set"), ("banner", "clear"), ("provider", "msa", "off")):
        assert run("--demo", *argv, given="text=a\nreason=b").code == ExitCode.NOT_PERMITTED


def test_a_provider_is_switched_and_listed(run: Run, demo: ScenarioWorld) -> None:
    listed = {one["name"]: one["available"] for one in run("--demo", "provider", "--json").json_lines}
    assert listed["impots"] is False
    assert run(*SUPERVISOR, "provider", "impots", "on", given="rétabli").out.endswith("√ disponible\n")
    assert "indisponible" not in run("--demo", "provider", "list").out
    assert run(*SUPERVISOR, "provider", "impots", "off", "--json", given="panne").json["available"] is False
    assert "impots.gouv" in run("--demo", "provider").out
