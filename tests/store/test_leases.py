"""A program's lease outlives a database that is away for a while: else others would settle its acts."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from ameli_support.store import leases
from ameli_support.store.cases import CaseStore
from ameli_support.store.errors import StoreMissing
from ameli_support.store.leases import Lease

pytestmark = pytest.mark.parametrize("store_place", ["sqlite"], indirect=True)


def test_renewing_goes_on_after_the_database_was_away(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    lease, renewed, failures = Lease(store, "0427"), threading.Event(), 3
    lease.start(renewing=False)
    write = store.write

    def away(act: Callable[[Any], Any]) -> Any:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreMissing("gone")
        done = write(act)
        renewed.set()
        return done

    monkeypatch.setattr(store, "write", away)
    lease.start_renewing()
    assert renewed.wait(20)
    lease.stop()


def test_leaving_does_not_fail_on_a_database_that_is_gone(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = Lease(store, "0427")
    lease.start(renewing=False)

    def gone(act: Callable[[Any], Any]) -> Any:
        raise StoreMissing("gone")

    monkeypatch.setattr(store, "write", gone)
    lease.stop()
