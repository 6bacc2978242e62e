"""What every page with a session shares: reading forms, limits, CSRF, sessions, and failing quietly.

A handler takes an `Ask` and gives a response; it runs in a thread unless it is a coroutine. What it
asks for by POST was sent by a form of the same session, or it is told so (`Ask.stale`).
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ameli_support.clock import monotonic
from ameli_support.sandbox.rate import Buckets, Rate
from ameli_support.sandbox.site import looks, paths
from ameli_support.sandbox.site.sessions import Session, Sessions
from ameli_support.sandbox.world import World

LARGEST_FORM = 16 * 1024
MOST_FIELDS = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often, in requests: everybody's together, and those about one number or person."""

    everybody: Rate
    person: Rate


LIMITS = Limits(everybody=Rate(burst=2000, per_second=500), person=Rate(burst=20, per_second=0.1))


@dataclass(slots=True)
class Ask:
    """One request to a page with a session.

    `form`: the fields sent, each once, as typed; empty for a GET. `stale`: the form belongs to a
    session that is no more: show it again with what was typed, do nothing.
    """

    site: "Site"
    request: Request
    session: Session
    form: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False

    def typed(self, name: str) -> str:
        """One field as typed, without control characters and the spaces around it; empty when missing."""
        kept = "".join(c for c in self.form.get(name, "") if c.isprintable())
        return kept.strip()

    def secret(self, name: str) -> str:
        """One field exactly as typed: codes."""
        return self.form.get(name, "")

    def page(
        self, template: str, name: str, *, status: int = 200, retry_after: int | None = None, **content: Any
    ) -> Response:
        """The page `name` of procedure.toml in this session."""
        return self.site.page(
            self.session,
            template,
            name,
            status=status,
            retry_after=retry_after,
            method=self.request.method,
            **content,
        )

    def notice(self, name: str, status: int = 200, **content: Any) -> Response:
        """A page that only says something."""
        return self.site.notice(self.session, name, status, method=self.request.method, **content)

    def go(self, path: str, session: Session | None = None, **query: str) -> Response:
        """On to another page of ours, by GET (POST-redirect-GET)."""
        return self.site.go(path, session or self.session, **query)


Handler = Callable[[Ask], Response] | Callable[[Ask], Awaitable[Response]]


class Site:
    """The pages with a session of one world; `clock` gives the seconds of the rate limits."""

    def __init__(self, world: World, limits: Limits = LIMITS, clock: Callable[[], float] = monotonic) -> None:
        self.world = world
        self.sessions = Sessions(world)
        self._everybody = Buckets(limits.everybody, clock)
        self._person = Buckets(limits.person, clock)

    # ── routes ──────────────────────────────────────────────────────────────

    def get(self, path: str, handler: Handler) -> Route:
        """A page by GET and HEAD; it changes nothing."""
        return self._route(path, handler, ["GET", "HEAD"])

    def post(self, path: str, handler: Handler, *, keeps: bool = False) -> Route:
        """A form's target. `keeps`: `handler` itself shows a stale form again, with what was typed."""
        return self._route(path, handler, ["POST"], keeps=keeps)

    def _route(self, path: str, handler: Handler, methods: list[str], *, keeps: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            if wait := self._everybody.take(b""):
                return self._plain("rate_limited", request, 429, ceil(wait))
            try:
                return await self._answer(request, handler, keeps)
            except ClientDisconnect:  # nobody reads the answer
                return Response(status_code=400)
            except Exception as error:
                _log.error("page failed: %s at %s", type(error).__name__, path)
                return self._plain("unavailable", request, 503)

        return Route(path, endpoint, methods=methods)

    async def _answer(self, request: Request, handler: Handler, keeps: bool) -> Response:
        form = await read_form(request) if request.method == "POST" else {}
        if form is None:
            return self._plain("form_refused", request, 400)
        session = await run_in_threadpool(self.sessions.read, request)
        ask = Ask(self, request, session, form)
        if request.method == "POST" and not session.csrf_fits(form.get("csrf", "")):
            ask.stale = True
            if not keeps:
                return self.notice(session, "session_over", 403)
        if inspect.iscoroutinefunction(handler):
            return cast(Response, await handler(ask))
        return cast(Response, await run_in_threadpool(handler, ask))

    # ── answers ─────────────────────────────────────────────────────────────

    def page(
        self,
        session: Session,
        template: str,
        name: str,
        *,
        status: int = 200,
        method: str = "GET",
        retry_after: int | None = None,
        values: Mapping[str, object] | None = None,
        **content: Any,
    ) -> Response:
        """The page `name` of procedure.toml through a template; `values` fill its sentences."""
        procedure = self.world.procedure
        page = procedure.pages[name]

        def text(sentence: str) -> str:
            return looks.text(procedure, sentence, values)

        def part(part: str) -> tuple[str, ...]:
            return tuple(text(line) for line in procedure.cells[f"pages.{name}.{part}"].fr)

        body = looks.html(
            procedure,
            template,
            {
                "name": name,
                "title": text(page.title),
                "sentences": tuple(map(text, page.sentences)),
                "buttons": tuple(map(text, page.buttons)),
                "part": part,
                "csrf": session.csrf,
                "signed_in": session.person is not None,
                **content,
            },
        )
        response = looks.answer(
            body, template=template, status=status, method=method, retry_after=retry_after
        )
        self.sessions.attach(response, session)
        return response

    def notice(self, session: Session, name: str, status: int = 200, **content: Any) -> Response:
        """A page that only says something, and leads back to the login where it has `links`.

        Marked as stopped where something was refused, or where `stopped` says so.
        """
        content.setdefault("stopped", status >= 400)
        links = self.world.procedure.cells.get(f"pages.{name}.links")
        leads = ((paths.LOGIN, looks.text(self.world.procedure, links.fr[0])),) if links else ()
        return self.page(session, "notice.html", name, status=status, leads=leads, **content)

    def go(self, path: str, session: Session, **query: str) -> Response:
        """303 to a path of this site: always one of ours, never from a request."""
        target = f"{path}?{urlencode(query)}" if query else path
        response = RedirectResponse(target, 303, looks.HEADERS)
        self.sessions.attach(response, session)
        return response

    def wait_for(self, about: str) -> int:
        """Seconds to wait before the next try about one person or number; 0 when none."""
        return ceil(self._person.take(sha256(about.encode()).digest()))

    def _plain(self, name: str, request: Request, status: int, retry_after: int | None = None) -> Response:
        """A page that reads no database."""
        session = Session("", fresh=False)
        return self.notice(session, name, status, method=request.method, retry_after=retry_after)


async def read_form(request: Request) -> dict[str, str] | None:
    """The fields of a form of ours, each once; None for a body that is none of ours, or too large."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    try:
        fields = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        return None
    if any(len(values) != 1 for values in fields.values()):
        return None
    return {name: values[0] for name, values in fields.items()}
