"""Logged out, here and at FranceConnect: on a shared computer the next person must not find either open."""

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from ameli_support.sandbox.site import looks
from ameli_support.sandbox.site.serving import Ask

FRANCECONNECT_LOGOUT = "fc_logout"
"""What a session that came by FranceConnect keeps: the address that logs the browser out there."""


def part(ask: Ask, path: str, **query: str) -> Response:
    """End the session and go to a page of ours; for who came by FranceConnect, by way of its logout."""
    there = ask.session.data.get(FRANCECONNECT_LOGOUT)
    ended = ask.site.sessions.end(ask.session, path)
    if there is None:
        return ask.go(path, ended, **query)
    back = f"{ask.site.world.base_url}{path}" + (f"?{urlencode(query)}" if query else "")
    target = f"{there}&{urlencode({'post_logout_redirect_uri': back})}"
    response = RedirectResponse(target, 303, looks.HEADERS)
    ask.site.sessions.attach(response, ended)
    return response
