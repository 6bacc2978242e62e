"""A case store on each database, with a clock that only the test moves."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ameli_support.clock import FixedClock
from ameli_support.store.cases import CaseStore
from tests.stores import Place

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def store(store_place: Place, clock: FixedClock) -> Iterator[CaseStore]:
    """A fresh store, once on each database."""
    opened = store_place.open(clock)
    yield opened
    opened.close()
