"""The login page: the number and the personal code, or the provisional one of 4 digits (rules §1, §5)."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support import sql
from ameli_support.onboarding.journey import Route
from ameli_support.onboarding.person import read_nir
from ameli_support.sandbox import hashing, logging_in, provisional
from ameli_support.sandbox.problems import seconds_left
from ameli_support.sandbox.site import forms, looks, paths
from ameli_support.sandbox.site.arriving import identified, standing
from ameli_support.sandbox.site.forms import Fault
from ameli_support.sandbox.site.parting import part
from ameli_support.sandbox.site.serving import Ask, Site
from ameli_support.sandbox.site.sessions import end_all

# what another page may say here: `?info=…`, an entry of `pages.login`
INFOS = ("code_sent", "code_kept", "active", "resume", "left", "over", "code_changed")


def routes(site: Site) -> list[WebRoute]:
    """The page, its form, and the way out."""
    return [
        site.get(paths.HOME, show_home),
        site.get(paths.LOGIN, show),
        site.post(paths.LOGIN, log_in, keeps=True),
        site.post(paths.LOG_OUT, log_out, keeps=True),
    ]


def show_home(ask: Ask) -> Response:
    """The bare address of the site: one’s own page, for a stranger this one."""
    return ask.go(standing(ask.site.world, ask.session).path)


def show(ask: Ask) -> Response:
    """The empty page; who is logged in already goes on there."""
    there = standing(ask.site.world, ask.session)
    if there.path not in (paths.SIGN_UP, paths.LOGIN):
        return ask.go(there.path)
    return _page(ask, ())


async def log_in(ask: Ask) -> Response:
    """ME CONNECTER: one answer for every wrong pair, and a lock that counts unknown numbers too."""
    world = ask.site.world
    faults = () if ask.stale else _faults(ask)
    if ask.stale:
        faults = (forms.fault(world.procedure, forms.WHOLE, "stale"),)
    if faults:
        return await run_in_threadpool(_page, ask, faults, 403 if ask.stale else 422)
    nir = read_nir(ask.typed("nir")).normalised[:13]
    if until := await run_in_threadpool(logging_in.take_try, world, nir):
        return await run_in_threadpool(_closed, ask, seconds_left(until, world.now()))
    found = await run_in_threadpool(logging_in.candidate, world, nir)
    code = ask.secret("code")
    if provisional.is_one(code):
        enrolment = found.enrolment if found else ""
        fits = await run_in_threadpool(provisional.fits, world, enrolment, code)
    else:
        fits = await hashing.verified(found.code_hash if found else None, code)
    if found is None or not fits:
        return await run_in_threadpool(_wrong, ask, nir)
    return await run_in_threadpool(_right, ask, nir, found)


def log_out(ask: Ask) -> Response:
    """Back to the login page, with another session; harmless for who is logged out."""
    if ask.stale:
        return ask.go(paths.LOGIN)
    return part(ask, paths.LOGIN, info="left")


def _right(ask: Ask, nir: str, found: logging_in.Candidate) -> Response:
    world = ask.site.world
    logging_in.right(world, nir)
    answer = identified(ask.site, ask.session, found.person, Route.FORM)
    if logging_in.candidate(world, nir) == found:
        return answer
    # the code was changed, or the request ended, while this one was compared: it opens nothing
    with sql.write(world.engine) as conn:
        end_all(conn, found.person)
    return _wrong(ask, nir)


def _wrong(ask: Ask, nir: str) -> Response:
    world = ask.site.world
    if until := logging_in.wrong(world, nir):
        return _closed(ask, seconds_left(until, world.now()))
    return _page(ask, (forms.fault(world.procedure, forms.WHOLE, "wrong_login"),), 422)


def _closed(ask: Ask, wait: int) -> Response:
    procedure = ask.site.world.procedure
    return _page(ask, (forms.fault(procedure, forms.WHOLE, "login_closed"),), 429, retry_after=wait)


def _faults(ask: Ask) -> tuple[Fault, ...]:
    procedure = ask.site.world.procedure
    faults = (
        forms.nir_fault(procedure, ask.typed("nir")),
        None if ask.secret("code") else forms.fault(procedure, "code", "code_missing"),
    )
    return tuple(fault for fault in faults if fault is not None)


def _page(ask: Ask, faults: tuple[Fault, ...], status: int = 200, retry_after: int | None = None) -> Response:
    procedure = ask.site.world.procedure
    info = ask.request.query_params.get("info", "")
    said = looks.text(procedure, procedure.text(f"pages.login.{info}")) if info in INFOS else ""
    return ask.page(
        "login.html",
        "login",
        status=status,
        retry_after=retry_after,
        errors=faults,
        info="" if faults else said,
        typed={"nir": ask.typed("nir")},
        here=paths.LOGIN,
        forgotten=paths.FORGOTTEN,
        sign_up=paths.SIGN_UP,
        franceconnect=paths.FRANCECONNECT,
        what_is=looks.text(procedure, procedure.pages["franceconnect"].sentences[0]),
    )
