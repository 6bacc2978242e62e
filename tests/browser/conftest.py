"""One Chromium and one running site for all browser tests of a process; each test brings its own people."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from ameli_support.sandbox import hashing, past_mails, people
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.post import cast_mailboxes
from tests.browser.chromium import LACK, chromium, launched
from tests.browser.tab import Look, Tab, opened
from tests.conftest import missing
from tests.sandbox.public_site import PublicSite, running

Opener = Callable[..., Tab]


# of the package, not of the session: playwright’s loop holds the main thread, and other tests run their own
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        missing(LACK)
    with launched(program) as found:
        yield found


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicSite]:
    """The whole service with its cast and its mail."""
    # new codes cost next to nothing here; tests/sandbox/test_logging_in.py holds the real costs
    dear, hashing.hasher = hashing.hasher, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    try:
        with running(tmp_path_factory.mktemp("browsed")) as found:
            people.fill(found.world, len(CAST))
            past_mails.file_them(found.world, found.maildir, cast_mailboxes())
            yield found
    finally:
        hashing.hasher = dear


@pytest.fixture
def tab(browser: Browser, site: PublicSite) -> Iterator[Opener]:
    """Opens tabs, each in a browser without cookies: `tab(width=320, scripts=False)`."""
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(opened(browser, site, Look(**how)))
