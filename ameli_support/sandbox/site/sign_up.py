"""The sign-up page: the form's four starred fields, or FranceConnect (rules §1, step 1)."""

from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.journey import Route
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.person import normalise_nir
from ameli_support.sandbox import provisional, recognising, signing_up
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.site import forms, looks, paths, waiting
from ameli_support.sandbox.site.arriving import of_person, standing, turned_away
from ameli_support.sandbox.site.forms import Fault
from ameli_support.sandbox.site.serving import Ask, Site

FIELDS = ("name", "nir", "birth_date", "postcode")


def routes(site: Site) -> list[WebRoute]:
    """The page and its form."""
    return [site.get(paths.SIGN_UP, show), site.post(paths.SIGN_UP, sign_up, keeps=True)]


def show(ask: Ask) -> Response:
    """The empty page; who is on the way already goes on there."""
    there = standing(ask.site.world, ask.session)
    if there.path not in (paths.SIGN_UP, paths.LOGIN):
        return ask.go(there.path)
    return _page(ask, ())


def sign_up(ask: Ask) -> Response:
    """CONTINUER: the four fields are compared with the insured population, and a code goes out."""
    world = ask.site.world
    if ask.stale:
        return _page(ask, (forms.fault(world.procedure, forms.WHOLE, "stale"),), 403)
    if faults := _faults(ask):
        return _page(ask, faults, 422)
    if wait := ask.site.wait_for(normalise_nir(ask.typed("nir"))[:13]):
        return ask.notice("rate_limited", 429, retry_after=wait)
    said = {
        Fact.NAME: ask.typed("name"),
        Fact.NIR: ask.typed("nir"),
        Fact.BIRTH_DATE: ask.typed("birth_date"),
        Fact.POSTCODE: ask.typed("postcode"),
    }
    person = recognising.match(world, said)
    if person is None:
        mismatch = looks.text(world.procedure, world.procedure.text("pages.sign_up.mismatch"))
        return _page(ask, (Fault(forms.WHOLE, mismatch),), 422)
    return _recognised(ask, person)


def _recognised(ask: Ask, person: str) -> Response:
    """Who is matched on the four fields has proved no more than a caller at level 1: nothing opens yet."""
    world = ask.site.world
    try:
        enrolment = signing_up.start(world, person, Route.FORM)
    except Refused as refused:
        return turned_away(ask.site, ask.session, person, refused)
    there = of_person(world, person)
    if there.phase is Phase.ACTIVE:
        return ask.go(paths.LOGIN, info="active")
    if there.phase is not Phase.NOT_SENT:
        return waiting.told_without_login(ask, there)
    if there.row.step in ("contact",):
        return ask.go(paths.LOGIN, info="resume")
    try:
        sent = provisional.send(world, enrolment)
    except Refused as refused:
        return ask.notice("provisional_cap", 429, retry_after=refused.problem.retry_after)
    return ask.go(paths.LOGIN, info="code_sent" if sent else "code_kept")


def _faults(ask: Ask) -> tuple[Fault, ...]:
    procedure = ask.site.world.procedure
    faults = (
        None if ask.typed("name") else forms.fault(procedure, "name", "name"),
        forms.nir_fault(procedure, ask.typed("nir")),
        forms.birth_date_fault(procedure, ask.typed("birth_date"), ask.site.world.now()),
        forms.postcode_fault(procedure, ask.typed("postcode")),
    )
    return tuple(fault for fault in faults if fault is not None)


def _page(ask: Ask, faults: tuple[Fault, ...], status: int = 200) -> Response:
    procedure = ask.site.world.procedure
    return ask.page(
        "sign_up.html",
        "sign_up",
        status=status,
        errors=faults,
        typed={name: ask.typed(name) for name in FIELDS},
        here=paths.SIGN_UP,
        back=paths.LOGIN,
        franceconnect=paths.FRANCECONNECT,
        what_is=looks.text(procedure, procedure.pages["franceconnect"].sentences[0]),
    )
