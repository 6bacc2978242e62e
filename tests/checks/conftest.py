"""The office of the casework tests, on an embedded store: tests/store and tests/casework take both."""

import shutil
from pathlib import Path

import pytest

from ameli_support.store.opening import key_file
from tests.casework.conftest import account_service as account_service
from tests.casework.conftest import office as office
from tests.cli.conftest import run as run
from tests.scenarios.conftest import scenario_world as scenario_world
from tests.stores import FILE, Place


@pytest.fixture
def store_place(store_templates: Path, tmp_path: Path) -> Place:
    """An empty embedded store of this test alone."""
    for file in (store_templates / FILE, key_file(store_templates / FILE)):
        shutil.copy(file, tmp_path / file.name)
    return Place(tmp_path / FILE)
