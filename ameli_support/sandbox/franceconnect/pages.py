"""The provider's pages: the choice of an identity provider, who to be there, « Bienvenue », and the way back.

A page acts by POST alone, with its session's CSRF token; leaving by « Revenir sur Ameli » is a GET
that ends nothing but its own interaction.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.franceconnect import looks
from ameli_support.sandbox.franceconnect.asking import read_request
from ameli_support.sandbox.franceconnect.choice import Provider as Choice
from ameli_support.sandbox.franceconnect.choice import providers
from ameli_support.sandbox.franceconnect.forms import read_form
from ameli_support.sandbox.franceconnect.identities import SeveralPeople, find, hard_ones, published
from ameli_support.sandbox.franceconnect.keys import UnknownKey
from ameli_support.sandbox.franceconnect.provider import BASE, Provider
from ameli_support.sandbox.franceconnect.refusing import (
    CANCELLED,
    CSRF_MISSING,
    CSRF_WRONG,
    DISABLED,
    FAILED,
    NO_AT_HASH,
    NO_SESSION,
    UNKNOWN_PROVIDER,
    WRONG_STEP,
    FranceConnectRefused,
)
from ameli_support.sandbox.franceconnect.state import SESSION, BrowserSession, Interaction, SignedIn

COOKIE_PATH = "/fc"
_REMEMBERED_SECONDS = 365 * 86_400
_LOGGED_OUT = "Y030007"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Visit:
    """One request of a browser, as far as it is known."""

    request: Request
    form: Mapping[str, str] = field(default_factory=dict)
    session: BrowserSession | None = None
    interaction: Interaction | None = None

    @property
    def here(self) -> tuple[BrowserSession, Interaction]:
        """Session and interaction; FranceConnectRefused without them."""
        if self.session is None:
            raise FranceConnectRefused(NO_SESSION)
        if self.interaction is None:
            raise FranceConnectRefused(WRONG_STEP)
        return self.session, self.interaction


_Handler = Callable[[_Visit], Awaitable[Response]]


class Pages:
    """The pages of one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._world = provider.world
        self._secure = provider.issuer.startswith("https:")
        prefix = "__Secure-" if self._secure else ""
        self._cookie, self._choice_cookie = f"{prefix}fc_session", f"{prefix}fc_choice"

    def routes(self) -> list[Route]:
        """Every page and form."""
        step = f"{BASE}/interaction/{{uid}}"
        return [
            Route(f"{BASE}/authorize", self._page(self._authorize), methods=["GET"]),
            Route(step, self._page(self._choice), methods=["GET"]),
            Route(step, self._page(self._choose), methods=["POST"]),
            Route(f"{step}/provider/{{name}}", self._page(self._login), methods=["GET"]),
            Route(f"{step}/provider/{{name}}", self._page(self._sign_in), methods=["POST"]),
            Route(f"{step}/consent", self._page(self._recognised), methods=["GET"]),
            Route(f"{step}/consent", self._page(self._go_on), methods=["POST"]),
            Route(f"{step}/other", self._page(self._somebody_else), methods=["POST"]),
            Route(f"{step}/cancel", self._page(self._cancel), methods=["GET"]),
            Route(f"{BASE}/session/end", self._page(self._log_out), methods=["GET"]),
            *looks.routes(),
        ]

    # ── the journey ─────────────────────────────────────────────────────────

    async def _authorize(self, visit: _Visit) -> Response:
        asked = read_request(visit.request.query_params, self._provider.partners)
        session = visit.session or self._provider.desk.open_session()
        if "login" in asked.prompts:
            session.signed_in = None
        visit.session, visit.interaction = session, session.begin(asked)
        if asked.idp_hint is not None:
            await self._available(asked.idp_hint)
            return self._to(visit.interaction, f"/provider/{asked.idp_hint}")
        return self._to(visit.interaction, "/consent" if session.signed_in else "")

    async def _choice(self, visit: _Visit) -> Response:
        session, interaction = visit.here
        known = await run_in_threadpool(providers, self._world)
        remembered = visit.request.cookies.get(self._choice_cookie, "")
        shown = sorted(known.values(), key=lambda one: one.name != remembered)
        unavailable = [
            looks.Words(self._world.procedure, "franceconnect", {"provider": one.title})("one_unavailable")
            for one in known.values()
            if not one.available
        ]
        return self._show(
            visit,
            "franceconnect.html",
            action=_path(interaction),
            cancel=_path(interaction, "/cancel"),
            csrf=session.csrf,
            providers=shown,
            unavailable=unavailable,
            remembered=remembered if remembered in known else "",
        )

    async def _choose(self, visit: _Visit) -> Response:
        _session, interaction = visit.here
        name = visit.form.get("provider", "")
        await self._available(name)
        response = self._to(interaction, f"/provider/{name}")
        if "remember" in visit.form:
            self._set(response, self._choice_cookie, name, _REMEMBERED_SECONDS)
        else:
            response.delete_cookie(self._choice_cookie, COOKIE_PATH)
        return response

    async def _login(self, visit: _Visit) -> Response:
        return await self._login_page(visit)

    async def _login_page(self, visit: _Visit, fault: str | None = None, status: int = 200) -> Response:
        session, interaction = visit.here
        provider = await self._available(visit.request.path_params["name"])
        return self._show(
            visit,
            "identity_provider.html",
            status=status,
            values={"provider": provider.title},
            action=_path(interaction, f"/provider/{provider.name}"),
            back=_path(interaction),
            csrf=session.csrf,
            provider=provider,
            fault=fault,
            typed=visit.form.get("login", ""),
            hard=list(hard_ones().values()),
            cast=list(CAST.values()),
        )

    async def _sign_in(self, visit: _Visit) -> Response:
        session, interaction = visit.here
        provider = await self._available(visit.request.path_params["name"])
        login = visit.form.get("login", "").strip() or visit.form.get("person", "")
        try:
            identity = await run_in_threadpool(find, self._world, login) if login else None
        except SeveralPeople:
            return await self._login_page(visit, "several", 422)
        if identity is None:
            return await self._login_page(visit, "unknown" if login else "nobody", 422)
        if identity.refusal is not None:
            raise FranceConnectRefused(identity.refusal)
        self._provider.desk.renew(session)
        session.signed_in = SignedIn(identity, provider.name, self._provider.now)
        interaction.provider = provider.name
        return self._to(interaction, "/consent")

    async def _recognised(self, visit: _Visit) -> Response:
        session, interaction = visit.here
        who = session.signed_in
        if who is None:
            return self._to(interaction)
        if interaction.answer is not None:
            raise FranceConnectRefused(WRONG_STEP)
        identity = who.identity
        name = f"{published(identity.given_names[0])} {published(identity.used_name or identity.family_name)}"
        return self._show(
            visit,
            "recognised.html",
            action=_path(interaction, "/consent"),
            other=_path(interaction, "/other"),
            cancel=_path(interaction, "/cancel"),
            csrf=session.csrf,
            gender=identity.gender,
            name=name,
            born=written_birth(identity.birth_date),
        )

    async def _go_on(self, visit: _Visit) -> Response:
        session, interaction = visit.here
        if session.signed_in is None:
            raise FranceConnectRefused(WRONG_STEP)
        if interaction.answer is None:  # a double click gets the same code twice, not two
            interaction.answer = self._provider.answer_to(interaction, session.signed_in)
        return looks.redirect(interaction.answer)

    async def _somebody_else(self, visit: _Visit) -> Response:
        """« Ce n’est pas vous ? »: logged out of the provider, nothing kept, back to the choice."""
        session, interaction = visit.here
        session.signed_in, interaction.provider = None, None
        self._provider.desk.renew(session)
        response = self._to(interaction)
        response.delete_cookie(self._choice_cookie, COOKIE_PATH)
        return response

    async def _cancel(self, visit: _Visit) -> Response:
        session, interaction = visit.here
        del session.interactions[interaction.uid]
        return looks.redirect(self._refusal(interaction, CANCELLED, "access_denied"))

    async def _log_out(self, visit: _Visit) -> Response:
        """RP-initiated logout; the browser goes on only to an address that is registered."""
        query = visit.request.query_params
        target, hint = query.get("post_logout_redirect_uri"), query.get("id_token_hint", "")
        if target is not None or hint:
            self._check_logout(hint, target)
        if visit.session is not None:
            self._provider.desk.sessions.pop(visit.session.id)
            visit.session = None
        if target is None:
            response = self._show(visit, "franceconnect_left.html")
        else:
            state = query.get("state")
            joint = "&" if "?" in target else "?"
            response = looks.redirect(f"{target}{joint}{urlencode({'state': state})}" if state else target)
        response.delete_cookie(self._cookie, COOKIE_PATH)
        return response

    def _check_logout(self, hint: str, target: str | None) -> None:
        try:
            claims = self._provider.keys.read(hint)
        except UnknownKey:
            raise FranceConnectRefused(_LOGGED_OUT) from None
        partner = self._provider.partners.get(str(claims.get("aud")))
        if claims.get("iss") != self._provider.issuer or partner is None:
            raise FranceConnectRefused(_LOGGED_OUT)
        if "at_hash" not in claims:
            raise FranceConnectRefused(NO_AT_HASH)
        if target is not None and target not in partner.post_logout_redirect_uris:
            raise FranceConnectRefused(_LOGGED_OUT)

    # ── what every page needs ───────────────────────────────────────────────

    def _page(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            visit = _Visit(request)
            try:
                await self._enter(visit)
                response = await handler(visit)
            except FranceConnectRefused as refused:
                response = self._refused(visit, refused)
            except Exception as error:
                _log.error("page failed: %s", type(error).__name__)
                response = self._refused(visit, FranceConnectRefused(FAILED))
            if visit.session is not None:
                self._set(response, self._cookie, visit.session.id, int(SESSION.total_seconds()))
            return response

        return endpoint

    async def _enter(self, visit: _Visit) -> None:
        """Session, interaction and form of a request; a form without the session's token is refused."""
        request = visit.request
        visit.session = self._provider.desk.sessions.get(request.cookies.get(self._cookie, ""))
        if visit.session is not None:
            visit.interaction = visit.session.interactions.get(request.path_params.get("uid", ""))
        if request.method != "POST":
            return
        visit.form = await read_form(request) or {}
        if visit.session is None:
            raise FranceConnectRefused(NO_SESSION)
        given = visit.form.get("csrf", "")
        if not given:
            raise FranceConnectRefused(CSRF_MISSING)
        if not secrets.compare_digest(given.encode(errors="replace"), visit.session.csrf.encode()):
            raise FranceConnectRefused(CSRF_WRONG)

    async def _available(self, name: str) -> Choice:
        known = (await run_in_threadpool(providers, self._world)).get(name)
        if known is None:
            raise FranceConnectRefused(UNKNOWN_PROVIDER)
        if not known.available:
            raise FranceConnectRefused(DISABLED)
        return known

    def _refused(self, visit: _Visit, refused: FranceConnectRefused) -> Response:
        """The page of a code. Where the partner is known, it leads back there with the error."""
        interaction, manner = visit.interaction, refused.manner
        back = self._refusal(interaction, refused.code, manner.error) if interaction else None
        other = _path(interaction) if interaction and manner.elsewhere else None
        if visit.session and interaction and not manner.elsewhere:
            visit.session.interactions.pop(interaction.uid, None)
        return self._show(
            visit,
            "franceconnect_error.html",
            status=manner.status,
            values={"code": refused.code},
            error=manner.error,
            back=back,
            other=other,
        )

    def _refusal(self, interaction: Interaction, code: str, error: str) -> str:
        """The way back to the partner: the error, and the code in its description."""
        told = "User auth aborted" if code == CANCELLED else "authentication aborted"
        return self._provider.refusal_to(interaction, error, f"{told} ({code})")

    def _show(self, visit: _Visit, template: str, **content: Any) -> Response:
        back = visit.interaction.asked.redirect_uri if visit.interaction else None
        return looks.page(self._world.procedure, template, returns_to=back, **content)

    def _to(self, interaction: Interaction, rest: str = "") -> Response:
        return looks.redirect(_path(interaction, rest))

    def _set(self, response: Response, cookie: str, value: str, seconds: int) -> None:
        response.set_cookie(
            cookie,
            value,
            max_age=seconds,
            path=COOKIE_PATH,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )


def written_birth(birth_date: str) -> str:
    """The day as people write it; parts that nobody knows (00) are left out: `24/08/1962`, `11/1988`."""
    year, month, day = birth_date.split("-")
    return "/".join(part for part in (day, month, year) if part != "00")


def _path(interaction: Interaction, rest: str = "") -> str:
    return f"{BASE}/interaction/{quote(interaction.uid, safe='')}{rest}"
