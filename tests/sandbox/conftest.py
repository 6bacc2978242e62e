"""One world on each database for the whole run; each test brings its own people and disturbs no other."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from argon2 import PasswordHasher

from ameli_support.clock import FixedClock
from ameli_support.sandbox import hashing
from ameli_support.sandbox.world import World, open_world
from tests import parts
from tests.sandbox.fc import Partner, Person, cast_service, person
from tests.sandbox.public_site import PublicSite, running
from tests.sandbox.service import Service
from tests.sandbox.visitor import Visitor
from tests.service import RunningService

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An empty world on SQLite and on PostgreSQL, on a clock that only tests move."""
    folder = tmp_path_factory.mktemp("world")
    if request.param == "sqlite":
        world = open_world(folder / "sandbox.db", folder / "keys", system=FixedClock(MONDAY), pool_size=16)
        yield world
        world.close()
        return
    server: parts.PostgreSQL = request.getfixturevalue("postgres_server")
    with server.fresh_database(f"w{uuid.uuid4().hex[:16]}") as url:
        world = open_world(url, folder / "keys", system=FixedClock(MONDAY), pool_size=16)
        yield world
        world.close()


@pytest.fixture
def service(shared_world: World) -> Service:
    """The account service, with the means to make people and to act as agents."""
    clock = shared_world.system
    assert isinstance(clock, FixedClock)
    return Service(shared_world, clock)


@pytest.fixture(scope="session")
def public_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicSite]:
    """The whole service on a port, with its mail; each test brings its own people."""
    # new codes cost next to nothing here; test_hashing.py holds the real costs
    dear, hashing.hasher = hashing.hasher, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    try:
        with running(tmp_path_factory.mktemp("site")) as site:
            yield site
    finally:
        hashing.hasher = dear


@pytest.fixture
def visitor(public_site: PublicSite) -> Iterator[Visitor]:
    """A browser without cookies yet."""
    browser = public_site.visitor()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def fc_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The service with the cast on a port, for FranceConnect's own tests: they change nobody."""
    with cast_service(tmp_path_factory.mktemp("fc")) as running:
        yield running


@pytest.fixture
def partner(fc_service: RunningService) -> Partner:
    """ameli as FranceConnect sees it."""
    return Partner(fc_service)


@pytest.fixture
def browser(fc_service: RunningService) -> Iterator[Person]:
    """A browser at FranceConnect's pages."""
    with person(fc_service) as found:
        yield found


@pytest.fixture
def client(fc_service: RunningService) -> Iterator[httpx.Client]:
    """Requests without a browser."""
    with httpx.Client(base_url=fc_service.base_url, trust_env=False) as found:
        yield found
