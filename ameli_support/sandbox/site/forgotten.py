"""« Code oublié ? »: one answer in all cases, and the page of its link (rules §5)."""

import logging
from datetime import date

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.onboarding.person import read_nir
from ameli_support.sandbox import hashing, resetting
from ameli_support.sandbox.comparing import read_date
from ameli_support.sandbox.site import code, forms, paths
from ameli_support.sandbox.site.forms import Fault
from ameli_support.sandbox.site.serving import Ask, Site
from ameli_support.sandbox.world import World

_log = logging.getLogger(__name__)
LINK = paths.FORGOTTEN + "/{token}"
ASKED = paths.FORGOTTEN + "/demande"


def routes(site: Site) -> list[WebRoute]:
    """The page, its answer, and the page of the link; the answer's path comes before any token's."""
    return [
        site.get(paths.FORGOTTEN, show),
        site.post(paths.FORGOTTEN, ask_for_a_link, keeps=True),
        site.get(ASKED, asked),
        site.get(LINK, show_reset),
        site.post(LINK, reset),
    ]


def show(ask: Ask) -> Response:
    """The empty page."""
    return _page(ask, ())


def ask_for_a_link(ask: Ask) -> Response:
    """The same answer whoever it is, and whether a mail leaves or not."""
    world = ask.site.world
    if ask.stale:
        return _page(ask, (forms.fault(world.procedure, forms.WHOLE, "stale"),), 403)
    typed_nir, typed_date = ask.typed("nir"), ask.typed("birth_date")
    faults = (
        forms.nir_fault(world.procedure, typed_nir),
        forms.birth_date_fault(world.procedure, typed_date, world.now()),
    )
    if any(faults):
        return _page(ask, tuple(fault for fault in faults if fault is not None), 422)
    nir, born = read_nir(typed_nir).normalised[:13], read_date(typed_date)
    if wait := ask.site.wait_for(f"reset {nir}"):
        return ask.notice("rate_limited", 429, retry_after=wait)
    assert born is not None
    answer = ask.go(ASKED)
    # after the answer has left: how long it takes tells nobody whether there is an account
    answer.background = BackgroundTask(_look, world, nir, born)
    return answer


def _look(world: World, nir: str, born: date) -> None:
    try:
        resetting.ask(world, nir, born)
    except Exception as error:
        _log.error("code reset failed: %s", type(error).__name__)


def asked(ask: Ask) -> Response:
    """What is answered in all cases; it names the 3646."""
    return ask.notice("code_forgotten")


def show_reset(ask: Ask) -> Response:
    """The page of a link that works; it changes nothing."""
    found = resetting.find(ask.site.world, ask.request.path_params["token"])
    return ask.notice("reset_dead", 404) if found is None else _choose(ask, None)


async def reset(ask: Ask) -> Response:
    """The new code, twice; the link works once, and every session of the person is over."""
    world, token = ask.site.world, ask.request.path_params["token"]
    found = await run_in_threadpool(resetting.find, world, token)
    if found is None:
        return await run_in_threadpool(ask.notice, "reset_dead", 404)
    if ask.typed("leave"):
        return ask.go(paths.LOGIN)
    chosen = code.read(ask, found.person)
    if chosen.faults:
        return await run_in_threadpool(_choose, ask, chosen, 422)
    code_hash = await hashing.hashed(chosen.code)
    done = await run_in_threadpool(resetting.reset, world, token, code_hash)
    # sent twice at once: the first one decided, and the code is changed
    return ask.go(paths.LOGIN, info="code_changed") if done else ask.go(paths.LOGIN)


def _choose(ask: Ask, chosen: code.Chosen | None, status: int = 200) -> Response:
    shown = {**code.content(ask.site.world.procedure, chosen), "here": ask.request.url.path}
    return ask.page("code.html", "reset_code", status=status, **shown)


def _page(ask: Ask, faults: tuple[Fault, ...], status: int = 200) -> Response:
    return ask.page(
        "forgotten.html",
        "forgotten",
        status=status,
        errors=faults,
        typed={name: ask.typed(name) for name in ("nir", "birth_date")},
        here=paths.FORGOTTEN,
        back=paths.LOGIN,
    )
