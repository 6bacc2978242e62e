"""Enrolments for the rules' tests, and what each act does to one, written out without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ameli_support.onboarding.link import (
    Ended,
    Enrolment,
    Generation,
    Superseded,
    current_generation,
    link_end,
    live_generation,
    new_window,
)
from ameli_support.onboarding.procedure import procedure
from ameli_support.onboarding.steps import Route, Step

P = procedure()
N = P.numbers
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
T0 = datetime(2026, 11, 12, 8, 14, tzinfo=UTC)
ADDRESS = "a.dubois@orange.fr"


def at_step(step: Step) -> Enrolment:
    """An enrolment under way, no address submitted."""
    return Enrolment(step, Route.FRANCECONNECT)


def submitted(at: datetime = T0, address: str = ADDRESS) -> Enrolment:
    """Step 5 submitted at `at`: the window opens, the first link is issued."""
    opens, closes = new_window(at, P)
    blank = Enrolment(Step.CONFIRMATION, Route.FRANCECONNECT, address, opens, closes)
    return issue(blank, at)


def issue(enrolment: Enrolment, at: datetime, why: Superseded = Superseded.NEWER) -> Enrolment:
    """A new generation to the present address; the older ones are superseded."""
    older = tuple(
        generation
        if generation.superseded_at or generation.revoked_at
        else replace(generation, superseded_at=at, superseded=why)
        for generation in enrolment.generations
    )
    new = Generation(len(older) + 1, at, link_end(at, P), enrolment.address or "")
    return replace(enrolment, generations=(*older, new))


def reissue(enrolment: Enrolment, at: datetime) -> Enrolment:
    opens, closes = new_window(at, P)
    return replace(issue(enrolment, at), window_opened_at=opens, window_closes_at=closes)


def correct(enrolment: Enrolment, at: datetime, address: str) -> Enrolment:
    opens, closes = new_window(at, P)
    moved = replace(enrolment, address=address, window_opened_at=opens, window_closes_at=closes)
    return issue(moved, at, Superseded.ADDRESS_CHANGED)


def confirm(enrolment: Enrolment, at: datetime) -> Enrolment:
    """The button pressed on the live link; nothing happens without one."""
    live = live_generation(enrolment, at)
    if live is None:
        return enrolment
    used = replace(live, used_at=at)
    generations = tuple(used if generation is live else generation for generation in enrolment.generations)
    return replace(enrolment, step=Step.ACTIVE, confirmed_at=at, generations=generations)


def suspend(enrolment: Enrolment, at: datetime) -> Enrolment:
    dead = tuple(replace(g, revoked_at=g.revoked_at or at) for g in enrolment.generations)
    return replace(enrolment, suspended_at=at, generations=dead)


def lift(enrolment: Enrolment) -> Enrolment:
    return replace(enrolment, suspended_at=None)


def cancel(enrolment: Enrolment, at: datetime) -> Enrolment:
    return replace(enrolment, ended_at=at, ended=Ended.CANCELLED)


def current(enrolment: Enrolment) -> Generation:
    generation = current_generation(enrolment)
    assert generation is not None
    return generation
