"""The signed-in home of an active account, and the change of its personal code (rules §5)."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.onboarding.personal_code import CodeRule
from ameli_support.sandbox import hashing, logging_in, resetting
from ameli_support.sandbox.problems import seconds_left
from ameli_support.sandbox.site import code, forms, looks, paths
from ameli_support.sandbox.site.arriving import onward, standing
from ameli_support.sandbox.site.serving import Ask, Site


def routes(site: Site) -> list[WebRoute]:
    """The home, and the change of code."""
    return [
        site.get(paths.ACCOUNT, show),
        site.get(paths.CHANGE_CODE, show_change),
        site.post(paths.CHANGE_CODE, change),
    ]


def show(ask: Ask) -> Response:
    """The home, to whoever is logged in to an active account."""
    there = standing(ask.site.world, ask.session)
    if there.path != paths.ACCOUNT:
        return onward(ask, there)
    procedure = ask.site.world.procedure
    said = looks.text(procedure, procedure.text("pages.account.code_changed"))
    words = looks.text(procedure, procedure.text("pages.account.links"))
    return ask.page(
        "account.html",
        "account",
        tone="done",
        info=said if ask.request.query_params.get("info") == "code_changed" else "",
        note=looks.text(procedure, procedure.text("pages.account.access")),
        act="",
        here=paths.ACCOUNT,
        leads=((paths.CHANGE_CODE, words),),
    )


def show_change(ask: Ask) -> Response:
    """The form: the old code, the new one twice."""
    there = standing(ask.site.world, ask.session)
    return _page(ask, None) if there.path == paths.ACCOUNT else onward(ask, there)


async def change(ask: Ask) -> Response:
    """Every fault at once; a wrong old code counts like a wrong login."""
    world = ask.site.world
    there = await run_in_threadpool(standing, world, ask.session)
    if there.path != paths.ACCOUNT or ask.typed("leave"):
        return onward(ask, there)
    assert there.dossier is not None
    person = there.dossier.person
    chosen = code.read(ask, person)
    if until := await run_in_threadpool(logging_in.take_try, world, person.nir):
        return await run_in_threadpool(_closed, ask, seconds_left(until, world.now()))
    stored = await run_in_threadpool(resetting.code_hash_of, world, there.row.id)
    if not await hashing.verified(stored, ask.secret("old_code")):
        until = await run_in_threadpool(logging_in.wrong, world, person.nir)
        if until is not None:
            return await run_in_threadpool(_closed, ask, seconds_left(until, world.now()))
        wrong = forms.fault(world.procedure, "old_code", "wrong_code")
        return await run_in_threadpool(_page, ask, _with(chosen, wrong), 422)
    await run_in_threadpool(logging_in.right, world, person.nir)
    if chosen.faults:
        return await run_in_threadpool(_page, ask, chosen, 422)
    code_hash = await hashing.hashed(chosen.code)
    return await run_in_threadpool(_keep, ask, there.row.id, stored, code_hash)


def _keep(ask: Ask, enrolment: str, old_hash: str | None, code_hash: str) -> Response:
    if not resetting.change(ask.site.world, enrolment, old_hash, code_hash):
        return ask.go(paths.LOGIN)
    renewed = ask.site.sessions.renew(ask.session, ask.session.person, **ask.session.data)
    return ask.go(paths.ACCOUNT, renewed, info="code_changed")


def _closed(ask: Ask, wait: int) -> Response:
    closed = forms.fault(ask.site.world.procedure, "old_code", "login_closed")
    return _page(ask, code.Chosen("", (closed,), ()), 429, wait)


def _with(chosen: code.Chosen, fault: forms.Fault) -> code.Chosen:
    broken: tuple[CodeRule, ...] = chosen.broken
    return code.Chosen(chosen.code, (fault, *chosen.faults), broken)


def _page(
    ask: Ask, chosen: code.Chosen | None, status: int = 200, retry_after: int | None = None
) -> Response:
    procedure = ask.site.world.procedure
    old = looks.text(procedure, procedure.text("pages.change_code.fields"))
    shown = {**code.content(procedure, chosen), "old_label": old, "here": paths.CHANGE_CODE}
    return ask.page("code.html", "change_code", status=status, retry_after=retry_after, **shown)
