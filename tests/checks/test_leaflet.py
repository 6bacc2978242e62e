"""The fiche: what the caller does at home, in the provider's words, with nothing about the person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ameli_support.mail.providers import load as providers
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import procedure
from checks.check import Place
from checks.checklist import load
from checks.evidence import Evidence
from checks.leaflet import WIDTH, leaflet
from checks.priors import load as priors
from checks.run import Run
from tests.casework.office import Office
from tests.checks.test_checklist import GOOD
from tests.checks.test_commands import case as case
from tests.checks.test_commands import demo as demo
from tests.checks.test_commands import person as person
from tests.cli.conftest import Result
from tests.scenarios.world import Person

ENDS = datetime(2026, 11, 30, 13, 5, tzinfo=UTC)


def a_run(family: str | None = None, phase: Phase = Phase.LIVE) -> Run:
    known = providers().families[family] if family else None
    return Run(load(), priors(), Evidence(family=known, phase=phase))


def read(run: Run, **how: object) -> str:
    text = leaflet(run, procedure(), **how)  # type: ignore[arg-type]
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("family", [None, *providers().families])
@pytest.mark.parametrize("wanted", ["fr", "en"])
def test_every_provider_has_a_leaflet_that_prints(family: str | None, wanted: str) -> None:
    text = leaflet(a_run(family), procedure(), ends=ENDS, wanted=wanted)  # type: ignore[arg-type]
    assert "{" not in text
    assert all(len(line) <= WIDTH or "http" in line for line in text.splitlines())
    assert procedure().mail.subject in " ".join(text.split())


def test_it_names_the_mail_the_search_words_the_path_and_the_end_of_the_link() -> None:
    told = read(a_run("orange"), ends=ENDS)
    assert f"Objet : {procedure().mail.subject}" in told
    assert "Expéditeur : Votre Assurance Maladie" in told
    assert "jusqu’au lundi 30 novembre à 14 h 05" in told
    assert "orange.fr > mail > roue dentée > Tous les paramètres > Sécurité" in told
    assert "indésirables/spam" in told
    assert told.index("tapez « Votre compte ameli") < told.index("puis « Votre Assurance Maladie »")
    assert "sans couper l’antivirus" in told
    assert procedure().contacts.call_centre in told


def test_the_cause_that_was_found_comes_first_and_what_was_done_is_left_out() -> None:
    run = a_run("orange").answer("junk_folder", "no").answer("provider_block_list", "yes")
    told = read(run)
    assert told.index("D’abord Dans vos réglages, ouvrez") < told.index("Ensuite, dans cet ordre")
    assert "Ouvrez le dossier" not in told
    assert told.count("liste rouge") == 1


def test_a_cause_that_only_the_agent_can_cure_is_not_put_first() -> None:
    assert "D’abord" not in read(a_run().answer("address_exact", "no"))


def test_what_the_caller_could_not_tell_is_still_to_do_at_home() -> None:
    run = a_run().answer("junk_folder", "cannot_tell").skip("old_mail", "pas d’ordinateur")
    assert "Ouvrez le dossier" in read(run)
    assert "cliquez dans le plus récent" in read(run)


def test_a_check_that_a_supervisor_added_gives_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "checks.toml").write_text(GOOD, encoding="utf-8")
    run = replace(a_run(), checklist=load(tmp_path)).answer("children_tablet", "yes")
    assert "D’abord Cliquez là. Ensuite" in read(run)


@pytest.mark.parametrize("phase", [Phase.INACTIVE, Phase.CLOSED])
def test_a_dead_link_is_said_with_where_to_ask(phase: Phase) -> None:
    assert "il en faut un nouveau, au 3646" in read(a_run(phase=phase))


def test_an_active_account_needs_no_search() -> None:
    told = read(a_run(phase=Phase.ACTIVE))
    assert "déjà activé" in told
    assert "indésirables" not in told


@pytest.mark.parametrize("check", load().checks.values(), ids=lambda check: check.id)
def test_what_is_done_at_the_callers_can_be_done_at_home(check: object) -> None:
    assert check.place is Place.AGENT or check.at_home or check.id == "link_in_junk"  # type: ignore[attr-defined]


def test_at_the_desk_it_begins_no_run_and_knows_the_end_of_the_link(office: Office) -> None:
    desk = office.desk()
    desk._diagnosing.offline = True
    case = office.said(desk, record := office.people.waiting())
    told = desk.leaflet(case)
    assert "Le lien marche jusqu’au" in told
    assert office.people.address(record) not in told
    assert not [event for event in desk.case(case).events if event.kind.startswith("checks.")]


def test_the_command_prints_it(demo: Callable[..., Result], case: str, person: Person) -> None:
    told = demo("checks", "leaflet", "--case", case)
    assert told.code == 0, told
    assert "RETROUVER LE MAIL DE CONFIRMATION" in told.out
    assert person.address not in told.out
    assert person.nir[:7] not in told.out
    assert "RETROUVER" in demo("checks", "leaflet", "--case", case, "--json").json["leaflet"]
