"""What every page of the provider shares: session, interaction, CSRF, the page of a refusal, cookies."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ameli_support.sandbox.franceconnect import looks
from ameli_support.sandbox.franceconnect.choice import Provider as Choice
from ameli_support.sandbox.franceconnect.choice import providers
from ameli_support.sandbox.franceconnect.forms import read_form
from ameli_support.sandbox.franceconnect.provider import BASE, Provider
from ameli_support.sandbox.franceconnect.refusing import (
    CANCELLED,
    CSRF_MISSING,
    CSRF_WRONG,
    DISABLED,
    FAILED,
    NO_SESSION,
    UNKNOWN_PROVIDER,
    WRONG_STEP,
    FranceConnectRefused,
)
from ameli_support.sandbox.franceconnect.state import SESSION, BrowserSession, Interaction

COOKIE_PATH = "/fc"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Visit:
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


Handler = Callable[[Visit], Awaitable[Response]]


class Frame:
    """The frame around the pages of one provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.world = provider.world
        self.secure = provider.issuer.startswith("https:")
        prefix = "__Secure-" if self.secure else ""
        self.cookie, self.choice_cookie = f"{prefix}fc_session", f"{prefix}fc_choice"

    def page(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A handler as an endpoint: whatever fails in it becomes the page of a code."""

        async def endpoint(request: Request) -> Response:
            visit = Visit(request)
            try:
                await self._enter(visit)
                response = await handler(visit)
            except FranceConnectRefused as refused:
                response = self._refused(visit, refused)
            except Exception as error:
                _log.error("page failed: %s", type(error).__name__)
                response = self._refused(visit, FranceConnectRefused(FAILED))
            if visit.session is not None:
                self.give(response, self.cookie, visit.session.id, int(SESSION.total_seconds()))
            return response

        return endpoint

    async def _enter(self, visit: Visit) -> None:
        """Session, interaction and form of a request; a form without the session's token is refused."""
        request = visit.request
        visit.session = self.provider.desk.sessions.get(request.cookies.get(self.cookie, ""))
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

    async def available(self, name: str) -> Choice:
        """An identity provider that can be chosen now; FranceConnectRefused for another."""
        known = (await run_in_threadpool(providers, self.world)).get(name)
        if known is None:
            raise FranceConnectRefused(UNKNOWN_PROVIDER)
        if not known.available:
            raise FranceConnectRefused(DISABLED)
        return known

    def _refused(self, visit: Visit, refused: FranceConnectRefused) -> Response:
        """The page of a code. Where the partner is known, it leads back there with the error."""
        interaction, manner = visit.interaction, refused.manner
        back = self.refusal_of(interaction, refused.code, manner.error) if interaction else None
        other = path_of(interaction) if interaction and manner.elsewhere else None
        if visit.session and interaction and not manner.elsewhere:
            visit.session.interactions.pop(interaction.uid, None)
        return self.show(
            visit,
            "franceconnect_error.html",
            status=manner.status,
            values={"code": refused.code},
            error=manner.error,
            back=back,
            other=other,
        )

    def refusal_of(self, interaction: Interaction, code: str, error: str) -> str:
        """The way back to the partner: the error, and the code in its description."""
        told = "User auth aborted" if code == CANCELLED else "authentication aborted"
        return self.provider.refusal_to(interaction, error, f"{told} ({code})")

    def show(self, visit: Visit, template: str, **content: Any) -> Response:
        """A page; its forms may lead to the partner of this visit, and to nobody else."""
        back = visit.interaction.asked.redirect_uri if visit.interaction else None
        return looks.page(self.world.procedure, template, returns_to=back, **content)

    def to(self, interaction: Interaction, rest: str = "") -> Response:
        """On to another page of the same request."""
        return looks.redirect(path_of(interaction, rest))

    def give(self, response: Response, cookie: str, value: str, seconds: int) -> None:
        """A cookie of these pages alone, which no script reads."""
        response.set_cookie(
            cookie,
            value,
            max_age=seconds,
            path=COOKIE_PATH,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def path_of(interaction: Interaction, rest: str = "") -> str:
    """Where the pages of one request are."""
    return f"{BASE}/interaction/{quote(interaction.uid, safe='')}{rest}"
