"""Step 1 of 3: the terms of use, accepted or refused (rules §1, step 3)."""

from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.onboarding.journey import Step
from ameli_support.sandbox import signing_up
from ameli_support.sandbox.signing_up import NotAtThisStep
from ameli_support.sandbox.site import forms, paths
from ameli_support.sandbox.site.arriving import leave, onward, standing
from ameli_support.sandbox.site.forms import Fault
from ameli_support.sandbox.site.parting import part
from ameli_support.sandbox.site.serving import Ask, Site


def routes(site: Site) -> list[WebRoute]:
    """The page, its form, and the page after a refusal."""
    return [
        site.get(paths.TERMS, show),
        site.post(paths.TERMS, answer),
        site.get(paths.REFUSED, refused),
    ]


def show(ask: Ask) -> Response:
    """The page, to whoever stands at this step."""
    there = standing(ask.site.world, ask.session)
    return _page(ask, ()) if there.path == paths.TERMS else onward(ask, there)


def answer(ask: Ask) -> Response:
    """CONTINUER with an answer; ANNULER leaves, and the request waits here."""
    world = ask.site.world
    there = standing(world, ask.session)
    if there.path != paths.TERMS:
        return onward(ask, there)
    if ask.typed("leave"):
        return leave(ask)
    chosen = ask.typed("terms")
    if chosen not in ("yes", "no"):
        return _page(ask, (forms.fault(world.procedure, "terms", "terms"),), 422)
    try:
        if chosen == "yes":
            signing_up.pass_step(world, there.row.id, Step.TERMS)
        else:
            signing_up.refuse_terms(world, there.row.id)
    except NotAtThisStep:  # the same form, sent twice at once
        return ask.go(standing(world, ask.session).path)
    if chosen == "no":
        return part(ask, paths.REFUSED)
    return ask.go(standing(world, ask.session).path)


def refused(ask: Ask) -> Response:
    """What follows a refusal; it tells nothing of anybody."""
    return ask.notice("terms_refused", stopped=True)


def _page(ask: Ask, faults: tuple[Fault, ...], status: int = 200) -> Response:
    typed = {"terms": ask.typed("terms")}
    return ask.page("terms.html", "terms", status=status, errors=faults, typed=typed, here=paths.TERMS)
