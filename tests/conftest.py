"""What every test stands on: hypothesis profiles, both databases, no network, and the time budgets."""

import gc
import ipaddress
import os
import sys
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from ameli_support import sql
from tests import parts

# tests start dozens of processes: what each imports is compiled once, not each time
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
REQUIRE_ALL = os.environ.get("AMELI_REQUIRE_ALL") == "1"
for _name in [name for name in os.environ if name.startswith("AMELI_") and name != "AMELI_REQUIRE_ALL"]:
    del os.environ[_name]

_slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "ci", derandomize=True, max_examples=60, deadline=None, database=None, suppress_health_check=_slow
)
settings.register_profile("fuzz", max_examples=5_000, deadline=None, suppress_health_check=_slow)
settings.load_profile("ci")


def missing(reason: str) -> NoReturn:
    """Skips for want of a part of the machine; fails instead when AMELI_REQUIRE_ALL=1."""
    if REQUIRE_ALL:
        pytest.fail(reason)
    pytest.skip(reason)


# ── databases ───────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[parts.PostgreSQL]:
    """One PostgreSQL a test process."""
    try:
        with parts.postgresql() as server:
            yield server
    except parts.PartMissing as lack:
        missing(str(lack))


@pytest.fixture
def postgres_url(postgres_server: parts.PostgreSQL) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test alone."""
    with postgres_server.fresh_database(f"t{uuid.uuid4().hex[:16]}") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of this test, once on each kind: a file's path or a URL for `sql.open_engine`."""
    if request.param == "sqlite":
        return str(tmp_path / "test.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def any_engine(engine_url: str) -> Iterator[Engine]:
    """An engine on a fresh database, once on each kind; room for 16 threads."""
    engine = sql.open_engine(engine_url, pool_size=16)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings or cases of whoever runs it."""
    monkeypatch.setenv("AMELI_HOME", str(_empty_home(tmp_path_factory)))


def _empty_home(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "home"


# ── case stores: fixtures made elsewhere ────────────────────────────────────

pytest_plugins = ["tests.stores"]


# ── what a test leaves is looked through, not what was imported ─────────────


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: the collector need not go through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


# ── no network ──────────────────────────────────────────────────────────────


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if not isinstance(address, tuple) or _is_local(str(address[0])):
            return
    elif event == "socket.getaddrinfo":
        if arguments[0] is None or _is_local(str(arguments[0])):
            return
        address = arguments[0]
    else:
        return
    raise ConnectionRefusedError(f"a test reached for the network: {address}")


def _is_local(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(_no_network)


# ── time budgets ────────────────────────────────────────────────────────────

# seconds of test time, summed over all workers (issue 2 §1); the first prefix that fits counts
BUDGETS: dict[str, tuple[int | None, tuple[str, ...]]] = {
    "browser": (120, ("tests/browser", "tests/sandbox/test_webmail_b", "tests/sandbox/test_franceconnect_b")),
    "rules": (30, ("tests/onboarding",)),
    "both databases": (90, ("tests/store", "tests/casework", "tests/test_sql")),
    "service and mail": (120, ("tests/sandbox", "tests/accounts", "tests/mail", "tests/test_outbox")),
    "screens": (180, ("tests/screens", "tests/scenarios")),
    "the rest": (None, ("tests/",)),
}
_spent: dict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if getattr(report, "_schemathesis_subtest", False):
        return  # a part of a test that is counted as a whole
    for name, (_budget, prefixes) in BUDGETS.items():
        if report.nodeid.startswith(prefixes):
            _spent[name] += report.duration
            return


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _spent:
        return
    terminalreporter.section("time spent, summed over workers")
    for name, (budget, _prefixes) in BUDGETS.items():
        if name in _spent:
            limit = f"of {budget:4d} s" if budget else ""
            over = "   OVER BUDGET" if budget and _spent[name] > budget else ""
            terminalreporter.write_line(f"{name:18s}{_spent[name]:7.1f} s {limit}{over}")
