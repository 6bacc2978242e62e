"""A desk put together from settings, as `main` does it."""

from pathlib import Path

import pytest

from ameli_support.casework.opening import DemoClock, open_desk
from ameli_support.casework.permissions import AgentsFileError, system_user
from ameli_support.clock import FixedClock
from ameli_support.settings import load_settings
from ameli_support.store.opening import key_file
from tests.service import MONDAY, RunningService


def settings_in(folder: Path, service: RunningService) -> Path:
    (folder / "token.jwt").write_text(service.token())
    (folder / "agents.toml").write_text(
        f'[users."{system_user()}"]\nagent = "0427"\nrole = "agent"\nfunds = ["381"]\n'
        'token_file = "token.jwt"\n'
    )
    file = folder / "settings.toml"
    file.write_text(f'[service]\nurl = "{service.base_url}"\n[machine]\nagents_file = "agents.toml"\n')
    return file


def test_a_demos_desk_opens_on_its_own_files(account_service: RunningService, tmp_path: Path) -> None:
    settings = load_settings(settings_in(tmp_path, account_service), {})
    desk = open_desk(settings, tmp_path, demo=True)
    assert desk.me.agent == "0427"
    case = desk.find_no_record()
    assert desk.call_state(case).level_0_chosen
    assert key_file(tmp_path / "cases.db").exists()
    desk.close_desk()


def test_elsewhere_a_file_that_one_can_write_opens_nothing(
    account_service: RunningService, tmp_path: Path
) -> None:
    settings = load_settings(settings_in(tmp_path, account_service), {})
    with pytest.raises(AgentsFileError, match="modifié par vous"):
        open_desk(settings, tmp_path)
    assert not (tmp_path / "cases.db").exists()


def test_settings_that_name_no_service_or_no_agents_are_told(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    for text in ("", '[machine]\nagents_file = "agents.toml"\n'):
        file.write_text(text)
        with pytest.raises(AgentsFileError, match="réglage"):
            open_desk(load_settings(file, {}), tmp_path, demo=True)


def test_the_demos_clock_follows_the_service_and_never_goes_back() -> None:
    system = FixedClock(MONDAY)
    clock = DemoClock(system)
    assert clock.now() == MONDAY
    later = MONDAY.replace(day=10)
    clock.heard(later)
    assert clock.now() == later
    clock.heard(MONDAY)
    assert clock.now() == later
