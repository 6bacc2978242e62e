"""One account service for all tests of a run; a fresh case store of each kind for every test."""

from collections.abc import Iterator

import pytest

from tests.casework.office import Office, an_office
from tests.service import RunningService, running_service
from tests.stores import Place


@pytest.fixture(scope="session")
def account_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The real account service on a socket, on a clock that only tests move."""
    with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def office(account_service: RunningService, store_place: Place) -> Iterator[Office]:
    """Desks on one service and one store, once on each database."""
    with an_office(account_service, store_place) as opened:
        yield opened
