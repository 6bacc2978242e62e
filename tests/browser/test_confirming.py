"""The public pages in a real browser, without scripts: whole at 320 px and at 1280 px, one press confirms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import demo
from ameli_support.sandbox.site import links
from tests.conftest import missing
from tests.sandbox.browser import Browser, browser, chromium
from tests.sandbox.test_server import token_of

PAGES = procedure().pages
WIDTHS = (320, 1280)
DEAD = {
    "inactive_day_11": "inactive",
    "closed_day_25": "closed",
    "suspended": "generic",
    "active": "already_active",
    "other_fund": "closed_elsewhere",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo.DemoWorld]:
    if chromium() is None:
        missing("no Chromium on this machine: apt-get install chromium")
    with demo.start_or_attach(tmp_path_factory.mktemp("browsed")) as started:
        yield started


@pytest.fixture(scope="module")
def tab(world: demo.DemoWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    assert program is not None
    with browser(program, tmp_path_factory.mktemp("profile")) as opened:
        opened.scripts(False)
        yield opened


def url(world: demo.DemoWorld, key: str) -> str:
    return world.public_url + links.CONFIRM_PATH + token_of(world.home, key)


def title(tab: Browser) -> str:
    return str(tab.value("document.querySelector('h1').textContent")).replace("\u00a0", " ")


def nothing_sticks_out(tab: Browser, width: int) -> None:
    """WCAG 1.4.10: no sideways scrolling; every line of text inside the window."""
    assert tab.value("document.documentElement.scrollWidth") <= width
    edges = tab.value(
        "Array.from(document.querySelectorAll('h1,p,button'), e => e.getBoundingClientRect())"
        ".map(box => [box.left, box.right])"
    )
    assert all(0 <= left <= right <= width for left, right in edges)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_confirmation_page_fits_and_its_button_is_large_and_styled(
    world: demo.DemoWorld, tab: Browser, tmp_path: Path, width: int
) -> None:
    tab.size(width)
    tab.open(url(world, "forty_hours_left"))
    assert title(tab) == PAGES["confirm"].title
    nothing_sticks_out(tab, width)
    box = tab.value("(b => [b.width, b.height])(document.querySelector('button').getBoundingClientRect())")
    assert min(box) >= 44  # WCAG 2.5.5
    # the style sheet came through the policy
    colour = tab.value("getComputedStyle(document.querySelector('button')).backgroundColor")
    assert colour == "rgb(12, 74, 143)"
    tab.screenshot(tmp_path / f"confirm-{width}.png")
    assert (tmp_path / f"confirm-{width}.png").stat().st_size > 5_000


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("key", DEAD)
def test_every_dead_page_fits(world: demo.DemoWorld, tab: Browser, key: str, width: int) -> None:
    tab.size(width)
    tab.open(url(world, key))
    assert title(tab) == PAGES[DEAD[key]].title
    nothing_sticks_out(tab, width)


def test_with_the_keyboard_alone_and_without_scripts_the_address_is_confirmed(
    world: demo.DemoWorld, tab: Browser
) -> None:
    tab.size(1280)
    link = url(world, "live_day_3")
    tab.open(link)
    tab.press_tab()
    assert tab.value("document.activeElement.tagName") == "BUTTON"
    outline = tab.value("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    tab.press_enter()
    assert title(tab) == PAGES["confirmed"].title
    tab.open(link)
    assert title(tab) == PAGES["already_active"].title


def test_a_new_mail_is_asked_for_by_the_button_of_the_dead_page(world: demo.DemoWorld, tab: Browser) -> None:
    tab.size(320)
    tab.open(url(world, "same_name_1"))
    assert title(tab) == PAGES["inactive"].title
    tab.press_tab()
    tab.press_enter()
    assert title(tab) == PAGES["resent"].title
    nothing_sticks_out(tab, 320)
