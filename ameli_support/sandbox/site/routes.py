"""Every public page of a world, in one list."""

from collections.abc import Callable

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
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
from ameli_support.sandbox.site.sessions import Session
from ameli_support.sandbox.world import World


class _Nowhere(Convertor[str]):
    """Whatever a person can mistype; what programs ask for keeps its problems (RFC 9457)."""

    regex = r"(?!v1(?:/|$)|openapi\.json$).*"

    def convert(self, value: str) -> str:
        """The path as it is."""
        return value

    def to_string(self, value: str) -> str:
        """The path as it is."""
        return value


register_url_convertor("nowhere", _Nowhere())


def nowhere(world: World) -> Route:
    """The page of a path that nobody serves; after every other route, before the programs' own."""
    site = Site(world)

    def page(request: Request) -> Response:
        return site.notice(Session("", fresh=False), "login_generic", 404, method=request.method)

    return Route("/{path:nowhere}", page, methods=["GET", "HEAD"])


def routes(world: World, limits: Limits = LIMITS, clock: Callable[[], float] = monotonic) -> list[Route]:
    """The routes; `clock` gives the seconds of the rate limits."""
    site = Site(world, limits, clock)
    pages = (sign_up, login, terms, code, contact, waiting, account, forgotten, franceconnect)
    return [
        *looks.routes(),
        *links.routes(world, clock=clock),
        *(route for page in pages for route in page.routes(site)),
    ]
