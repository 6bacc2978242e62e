"""The page of the phase, after a login while the account is not active (rules §3), with its re-send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.routing import Route as WebRoute

from ameli_support.clock import from_us
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.contact import mask_address
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.wording import countdown, spoken_day, spoken_time
from ameli_support.outbox import MailState
from ameli_support.sandbox import resending
from ameli_support.sandbox.enrolments import WAITING
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.site import looks, paths
from ameli_support.sandbox.site.arriving import Standing, onward, standing
from ameli_support.sandbox.site.serving import Ask, Site

_LOST = (MailState.REFUSED.value, MailState.BOUNCED.value)


@dataclass(frozen=True, slots=True)
class PhasePage:
    """The entry of `pages` that a phase shows, and what fills it; `resend`: with its button."""

    name: str
    values: Mapping[str, object] = field(default_factory=dict)
    resend: bool = False
    address: str | None = None


def routes(site: Site) -> list[WebRoute]:
    """The page and its button."""
    return [site.get(paths.PHASE, show), site.post(paths.PHASE, resend)]


def show(ask: Ask) -> Response:
    """The page of the phase, to whoever is logged in and stands there."""
    there = standing(ask.site.world, ask.session)
    if there.path != paths.PHASE:
        return onward(ask, there)
    return _page(ask, there)


def resend(ask: Ask) -> Response:
    """The button: the same link again, or a new one to the same address."""
    world = ask.site.world
    there = standing(world, ask.session)
    if there.path != paths.PHASE or ask.session.person is None:
        return onward(ask, there)
    try:
        asked = resending.resend(world, ask.session.person)
    except Refused:
        return ask.notice("address_taken", 409)
    if asked.reason is Reason.COOLDOWN:
        wait = {"countdown": countdown(asked.wait)}
        return ask.notice("cooldown", 429, values=wait, retry_after=asked.wait)
    if asked.reason is Reason.DAY_CAP:
        return ask.notice("day_cap", 429, retry_after=asked.wait)
    return ask.go(paths.PHASE, info="resent") if asked.queued else ask.go(paths.PHASE)


def told_without_login(ask: Ask, there: Standing) -> Response:
    """The page of the phase for whoever signs up again by the form: nothing to press (rules §1, §3)."""
    return _page(ask, there, logged_in=False)


def page_of(there: Standing, procedure: Procedure, now: Any) -> PhasePage:
    """Which page a phase shows; a suspended request gets the general one."""
    if there.phase is Phase.CLOSED:
        assert there.dossier is not None
        elsewhere = there.dossier.person.fund != procedure.contacts.fund
        return PhasePage("closed_elsewhere" if elsewhere else "closed")
    address = mask_address(there.enrolment.address or "") if there.dossier else None
    if there.phase is Phase.INACTIVE:
        return PhasePage("inactive", resend=True, address=address)
    if there.phase is not Phase.LIVE:
        return PhasePage("login_generic")
    return _live(there, address)


def _live(there: Standing, address: str | None) -> PhasePage:
    """The newest mail of the link decides: on its way, refused or left."""
    assert there.dossier is not None
    current = max(there.dossier.generations, key=lambda generation: generation.number)
    mails = [send for send in there.dossier.sends if send.generation == current.id]
    newest = next(iter(mails), None)
    if newest is None or newest.state in WAITING:
        return PhasePage("login_queued")
    at = from_us(newest.handed_over_at or newest.queued_at)
    values = {"sent_day": spoken_day(at, "fr"), "sent_time": spoken_time(at, "fr")}
    name = "login_refused" if newest.state in _LOST else "login_unconfirmed"
    return PhasePage(name, values, resend=True, address=address)


def _page(ask: Ask, there: Standing, *, logged_in: bool = True) -> Response:
    world = ask.site.world
    procedure, shown = world.procedure, page_of(there, world.procedure, world.now())
    note = ""
    if logged_in and shown.address and shown.resend:
        words = procedure.text(f"pages.{shown.name}.same_address", address=shown.address)
        note = looks.text(procedure, words)
    told = logged_in and ask.request.query_params.get("info") == "resent"
    back = looks.text(procedure, procedure.text("pages.sign_up_refused.links"))
    return ask.page(
        "account.html",
        shown.name,
        values=shown.values,
        tone="stopped",
        info=looks.text(procedure, procedure.pages["resent"].title) if told else "",
        note=note,
        act=looks.text(procedure, procedure.pages[shown.name].buttons[0])
        if logged_in and shown.resend
        else "",
        here=paths.PHASE,
        leads=() if logged_in else ((paths.LOGIN, back),),
    )
