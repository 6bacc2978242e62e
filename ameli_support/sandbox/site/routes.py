"""Every public page of a world, in one list."""

from collections.abc import Callable

from starlette.routing import Route

from ameli_support.clock import monotonic
from ameli_support.sandbox.site import (
    account,
    code,
    contact,
    forgotten,
    franceconnect,
    links,
    login,
    looks,
    sign_up,
    terms,
    waiting,
)
from ameli_support.sandbox.site.serving import LIMITS, Limits, Site
from ameli_support.sandbox.world import World


def routes(world: World, limits: Limits = LIMITS, clock: Callable[[], float] = monotonic) -> list[Route]:
    """The routes; `clock` gives the seconds of the rate limits."""
    site = Site(world, limits, clock)
    pages = (sign_up, login, terms, code, contact, waiting, account, forgotten, franceconnect)
    return [
        *looks.routes(),
        *links.routes(world, clock=clock),
        *(route for page in pages for route in page.routes(site)),
    ]
