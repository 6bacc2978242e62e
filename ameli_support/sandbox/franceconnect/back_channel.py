"""What partners ask the provider without a browser: discovery, keys, tokens, userinfo."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ameli_support.sandbox.franceconnect.choice import providers
from ameli_support.sandbox.franceconnect.forms import read_form
from ameli_support.sandbox.franceconnect.provider import BASE, OAuthError, Provider

_KEPT_OUT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_MAY_STAY = {"Cache-Control": "public, max-age=300"}


def routes(provider: Provider) -> list[Route]:
    """The routes of one provider."""

    async def discovery(_request: Request) -> Response:
        return JSONResponse(provider.discovery(), headers=_MAY_STAY)

    async def jwks(_request: Request) -> Response:
        return JSONResponse(provider.keys.published(), headers=_MAY_STAY)

    async def token(request: Request) -> Response:
        form = await read_form(request)
        if form is None:
            return _problem(OAuthError("invalid_request"))
        known = await run_in_threadpool(providers, provider.world)
        try:
            tokens = provider.redeem(form, {name: one.amr for name, one in known.items()})
        except OAuthError as error:
            return _problem(error)
        return JSONResponse(tokens, headers=_KEPT_OUT)

    async def userinfo(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        found = provider.userinfo(token) if scheme.lower() == "bearer" else None
        if found is None:
            refused: dict[str, Any] = {**_KEPT_OUT, "WWW-Authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, refused)
        return Response(found, 200, _KEPT_OUT, "application/jwt")

    return [
        Route(f"{BASE}/.well-known/openid-configuration", discovery, methods=["GET"]),
        Route(f"{BASE}/jwks", jwks, methods=["GET"]),
        Route(f"{BASE}/token", token, methods=["POST"]),
        Route(f"{BASE}/userinfo", userinfo, methods=["GET", "POST"]),
    ]


def _problem(error: OAuthError) -> Response:
    return JSONResponse({"error": error.error}, error.status, _KEPT_OUT)
