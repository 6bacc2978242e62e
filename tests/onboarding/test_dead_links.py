"""Rules §3: which page a link shows, in the document's order."""

import pytest

from ameli_support.onboarding.link import DeadPage, page_of
from tests.onboarding.model import (
    DAY,
    SECOND,
    T0,
    N,
    P,
    cancel,
    confirm,
    correct,
    current,
    issue,
    lift,
    reissue,
    submitted,
    suspend,
)

LINK, WINDOW = N.link_days * DAY, N.window_days * DAY
FIRST = submitted().generations[0]


def test_a_live_link_shows_the_button_until_its_last_second() -> None:
    enrolment = submitted()
    assert page_of(enrolment, FIRST, T0, queued=False) is DeadPage.CONFIRM
    assert page_of(enrolment, FIRST, T0 + LINK - SECOND, queued=True) is DeadPage.CONFIRM
    assert page_of(enrolment, FIRST, T0 + LINK, queued=False) is DeadPage.INACTIVE
    assert page_of(enrolment, FIRST, T0 + WINDOW - SECOND, queued=False) is DeadPage.INACTIVE
    assert page_of(enrolment, FIRST, T0 + WINDOW, queued=False) is DeadPage.CLOSED


@pytest.mark.parametrize("queued", [False, True])
def test_suspended_and_cancelled_show_the_generic_page_before_anything_else(queued: bool) -> None:
    active = confirm(submitted(), T0)
    dead = suspend(active, T0)
    assert page_of(dead, dead.generations[0], T0, queued) is DeadPage.GENERIC
    ended = cancel(dead, T0)
    assert page_of(ended, ended.generations[0], T0, queued) is DeadPage.GENERIC


def test_an_active_account_is_told_before_a_changed_address() -> None:
    moved = confirm(correct(submitted(), T0 + DAY, "b@sfr.fr"), T0 + 2 * DAY)
    for generation in moved.generations:
        assert page_of(moved, generation, T0 + 2 * DAY, queued=False) is DeadPage.ALREADY_ACTIVE


def test_a_changed_address_shows_the_generic_page_although_a_newer_link_is_live() -> None:
    moved = correct(submitted(), T0 + DAY, "b@sfr.fr")
    old, new = moved.generations
    assert page_of(moved, old, T0 + DAY, queued=True) is DeadPage.GENERIC
    assert page_of(moved, old, T0 + 30 * DAY, queued=False) is DeadPage.GENERIC
    assert page_of(moved, new, T0 + DAY, queued=False) is DeadPage.CONFIRM
    again = issue(moved, T0 + 2 * DAY)
    assert page_of(again, again.generations[0], T0 + 2 * DAY, queued=False) is DeadPage.GENERIC


def test_a_generation_of_another_address_never_confirms_even_if_nobody_marked_it() -> None:
    moved = correct(submitted(), T0, "b@sfr.fr")
    assert page_of(moved, FIRST, T0, queued=False) is DeadPage.GENERIC


def test_a_newer_live_link_is_named_and_says_whether_its_mail_has_left() -> None:
    twice = issue(submitted(), T0 + 5 * DAY)
    old = twice.generations[0]
    assert page_of(twice, old, T0 + 5 * DAY, queued=True) is DeadPage.NEWER_QUEUED
    assert page_of(twice, old, T0 + 5 * DAY, queued=False) is DeadPage.NEWER_SENT
    assert page_of(twice, old, T0 + 12 * DAY, queued=False) is DeadPage.INACTIVE
    assert page_of(twice, old, T0 + WINDOW, queued=False) is DeadPage.CLOSED


def test_a_link_revoked_and_then_lifted_stays_dead() -> None:
    lifted = lift(suspend(submitted(), T0))
    assert page_of(lifted, lifted.generations[0], T0, queued=False) is DeadPage.INACTIVE
    assert page_of(lifted, lifted.generations[0], T0 + WINDOW, queued=False) is DeadPage.CLOSED


def test_after_a_reissue_the_old_link_names_the_newer_mail() -> None:
    reissued = reissue(submitted(), T0 + 25 * DAY)
    assert page_of(reissued, reissued.generations[0], T0 + 25 * DAY, queued=False) is DeadPage.NEWER_SENT
    assert page_of(reissued, current(reissued), T0 + 25 * DAY, queued=False) is DeadPage.CONFIRM


@pytest.mark.parametrize("page", DeadPage)
def test_every_page_has_its_words(page: DeadPage) -> None:
    assert P.pages[page].title
    assert P.pages[page].sentences
    assert bool(P.pages[page].buttons) == (
        page in (DeadPage.CONFIRM, DeadPage.INACTIVE, DeadPage.ALREADY_ACTIVE)
    )
