"""« S’identifier avec FranceConnect » on ameli's side: the departure, the return, what is said on failure.

A departure is bound to the browser's session by `state`, and each can come back once. Whoever is
not recognised is led to the form, and told no more than that.
"""

import hmac
import logging
import re
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as WebRoute

from ameli_support.onboarding.journey import Route
from ameli_support.sandbox.franceconnect.keys import client_secret
from ameli_support.sandbox.franceconnect.provider import BASE, CALLBACK_PATH, CLIENT_ID
from ameli_support.sandbox.provider_answers import Fault, NotIdentified
from ameli_support.sandbox.reconciling import reconcile
from ameli_support.sandbox.relying_party import Pending, Registration, RelyingParty
from ameli_support.sandbox.site import looks, paths
from ameli_support.sandbox.site.arriving import identified, standing
from ameli_support.sandbox.site.parting import FRANCECONNECT_LOGOUT
from ameli_support.sandbox.site.serving import Ask, Site
from ameli_support.sandbox.world import World

_PENDING = "fc"
_MOST_PENDING = 4
_PATIENCE = 1800  # seconds that FranceConnect itself waits for somebody
_LONGEST = 1024
_CODE = re.compile(r"\bY[0-9A-F]{6}\b")
_CANCELLED = "Y030030"
_REASONS = {Fault.UNREACHABLE: ("unavailable", 503), Fault.INVALID: ("invalid", 400)}
_ERRORS = {
    "access_denied": ("denied", 403),
    "temporarily_unavailable": ("unavailable", 503),
    "server_error": ("unavailable", 503),
}

_log = logging.getLogger(__name__)


def registration(world: World) -> Registration:
    """The sandbox's ameli at the sandbox's FranceConnect; addresses from the settings' base alone."""
    return Registration(
        issuer=f"{world.base_url}{BASE}",
        client_id=CLIENT_ID,
        client_secret=client_secret(world.keys),
        redirect_uri=f"{world.base_url}{CALLBACK_PATH}",
    )


def routes(site: Site, party: RelyingParty | None = None) -> list[WebRoute]:
    """The departure by POST, the return by GET; `party`: towards another provider than the sandbox's."""
    door = _Door(party or RelyingParty(registration(site.world), site.world.system))
    return [site.post(paths.FRANCECONNECT, door.depart), site.get(CALLBACK_PATH, door.come_back)]


class _Door:
    def __init__(self, party: RelyingParty) -> None:
        self._party = party

    async def depart(self, ask: Ask) -> Response:
        """The button: to FranceConnect, and this browser alone can come back from there."""
        try:
            target, pending = await self._party.depart()
        except NotIdentified as fault:
            return await self._failed(ask, fault)

        def remember(data: dict[str, Any]) -> None:
            data[_PENDING] = [*data.get(_PENDING, []), asdict(pending)][-_MOST_PENDING:]

        await run_in_threadpool(ask.site.sessions.change, ask.session, remember)
        response = RedirectResponse(target, 303, looks.HEADERS)
        ask.site.sessions.attach(response, ask.session)
        return response

    async def come_back(self, ask: Ask) -> Response:
        """The return from FranceConnect: with a code, with an error, or with nothing that we asked for."""
        if ask.request.method != "GET":
            return Response(status_code=405, headers={"Allow": "GET"})
        given = _given(ask.request)
        pending = await run_in_threadpool(_taken, ask, given.get("state", ""), self._party.now)
        if pending is None:
            return await self._not_expected(ask)
        try:
            await self._party.check_sender(given.get("iss"))
            if "error" in given:
                return await self._refused(ask, given)
            if "code" not in given:
                raise NotIdentified(Fault.INVALID, "no code")
            who = await self._party.arrive(given["code"], pending)
        except NotIdentified as fault:
            return await self._failed(ask, fault)
        person = await run_in_threadpool(reconcile, ask.site.world, who.pivot)
        if person is None:
            return await self._say(ask, "unmatched", 403)
        kept = {FRANCECONNECT_LOGOUT: await self._party.logout_url(who.id_token)}
        return await run_in_threadpool(
            lambda: identified(ask.site, ask.session, person, Route.FRANCECONNECT, **kept)
        )

    async def _not_expected(self, ask: Ask) -> Response:
        """No departure of this browser: a second click and the back button find where they stand."""
        if ask.session.person is not None:
            there = await run_in_threadpool(standing, ask.site.world, ask.session)
            return ask.go(there.path)
        return await self._say(ask, "invalid", 400)

    async def _refused(self, ask: Ask, given: dict[str, str]) -> Response:
        found = _CODE.search(given.get("error_description", ""))
        code = found[0] if found else None
        reason, status = _ERRORS.get(given["error"], ("invalid", 400))
        if given["error"] == "access_denied" and code in (None, _CANCELLED):
            return await self._say(ask, "cancelled", 200)
        return await self._say(ask, reason, status, code)

    async def _failed(self, ask: Ask, fault: NotIdentified) -> Response:
        _log.warning("franceconnect: %s", fault)
        return await self._say(ask, *_REASONS[fault.fault])

    async def _say(self, ask: Ask, reason: str, status: int, code: str | None = None) -> Response:
        procedure = ask.site.world.procedure
        said = procedure.lines(f"pages.franceconnect_back.{reason}")
        content: dict[str, Any] = {
            "said": [looks.text(procedure, line) for line in said],
            "code": code
            and looks.text(procedure, procedure.text("pages.franceconnect_error.code", code=code)),
            "form": paths.SIGN_UP,
            "login": paths.LOGIN,
            "franceconnect": paths.FRANCECONNECT,
        }
        return ask.page("franceconnect_back.html", "franceconnect_back", status=status, **content)


def _given(request: Request) -> dict[str, str]:
    """The parameters that count, each given once and no longer than any of ours."""
    query = request.query_params
    names = ("state", "code", "error", "error_description", "iss")
    listed = {name: query.getlist(name) for name in names}
    return {
        name: values[0] for name, values in listed.items() if len(values) == 1 and len(values[0]) <= _LONGEST
    }


def _taken(ask: Ask, state: str, now: int) -> Pending | None:
    """The departure of this session that this is the return of, taken out: each comes back once."""

    def take(data: dict[str, Any]) -> list[dict[str, Any]]:
        waiting = data.get(_PENDING, [])
        found = [one for one in waiting if hmac.compare_digest(one["state"].encode(), state.encode())]
        data[_PENDING] = [one for one in waiting if one not in found]
        return found

    # what strangers make up writes nothing
    if not state or not take(dict(ask.session.data)):
        return None
    # two at once: one of them takes it out
    found = ask.site.sessions.change(ask.session, take)
    pending = Pending(**found[0]) if found else None
    return pending if pending and pending.at > now - _PATIENCE else None
