"""The insured person's pages behind the confirmation link: GET and HEAD show, only a POST acts (rules §3).

French, no JavaScript, no cookie: a web-view of a mail program has none, so the form carries a
CSRF token that is derived from the link's. Unknown and altered links get the generic page that
suspended ones get.
"""

import hmac
import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ameli_support.clock import monotonic
from ameli_support.i18n import typeset
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.link import DeadPage
from ameli_support.onboarding.wording import countdown, spoken_day, spoken_time
from ameli_support.sandbox.confirming import Outcome, PageView, confirm, open_page, person_resend
from ameli_support.sandbox.rate import Buckets, Rate
from ameli_support.sandbox.site import looks, paths
from ameli_support.sandbox.world import World

CONFIRM_PATH = "/confirmer/"
RESEND_PATH = "/renvoyer/"
LARGEST_FORM = 2048
# the mark beside the title says more than its colour: it only repeats what the title says
_TONES = {"confirmed": "done", "already_active": "done", "resent": "done", "confirm": ""}
_LEAD_TO_LOGIN = ("confirmed", "already_active")
_STATUS = {"generic": 404, "address_taken": 409, "rate_limited": 429, "cooldown": 429, "day_cap": 429,
           "try_again": 403, "unavailable": 503}  # fmt: skip

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How often pages are answered, in requests: one link's, and everybody's together."""

    link: Rate
    everybody: Rate


LIMITS = Limits(link=Rate(burst=30, per_second=0.5), everybody=Rate(burst=2000, per_second=500))


@dataclass(frozen=True, slots=True)
class _Form:
    action: str
    csrf: str
    button: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """One page to show: its name in procedure.toml, what fills its sentences, and its one form."""

    name: str
    values: Mapping[str, object] = field(default_factory=dict)
    form: _Form | None = None
    note: str | None = None
    retry_after: int | None = None


def link_of(world: World, token: str) -> str:
    """The whole URL of a link; its base comes from the settings, never from a request."""
    return f"{world.base_url}{CONFIRM_PATH}{token}"


def routes(world: World, limits: Limits = LIMITS, clock: Callable[[], float] = monotonic) -> list[Route]:
    """The public routes of a world; `clock` gives the seconds of the rate limits."""
    site = _Site(world, limits, clock)
    # a token holds no slash; what does is as unknown as any other
    return [
        Route(CONFIRM_PATH + "{token:path}", site.show, methods=["GET", "HEAD"]),
        Route(CONFIRM_PATH + "{token:path}", site.confirm, methods=["POST"]),
        Route(RESEND_PATH + "{token:path}", site.resend, methods=["POST"]),
    ]


class _Site:
    def __init__(self, world: World, limits: Limits, clock: Callable[[], float]) -> None:
        self._world = world
        self._links = Buckets(limits.link, clock)
        self._everybody = Buckets(limits.everybody, clock)

    # ── what is asked ───────────────────────────────────────────────────────

    async def show(self, request: Request) -> Response:
        """The page of a link."""
        token, method = request.path_params["token"], request.method
        return await self._answer(request, lambda: self._of(open_page(self._world, token, method), token))

    async def confirm(self, request: Request) -> Response:
        """The button of the confirmation page."""

        def act(token: str) -> _Shown:
            done = confirm(self._world, token)
            if done.outcome is Outcome.CONFIRMED:
                return _Shown("confirmed")
            if done.outcome is Outcome.ADDRESS_TAKEN:
                return _Shown("address_taken")
            return self._of(done.view, token)

        return await self._act(request, CONFIRM_PATH, act)

    async def resend(self, request: Request) -> Response:
        """The button of the dead link's page: a new mail to the same address."""

        def act(token: str) -> _Shown:
            done = person_resend(self._world, token)
            if done.queued:
                return _Shown("resent", {"address": done.view.address_masked or ""})
            if done.taken:
                return _Shown("address_taken")
            if done.reason is Reason.COOLDOWN:
                return _Shown("cooldown", {"countdown": countdown(done.wait)}, retry_after=done.wait)
            if done.reason is Reason.DAY_CAP:
                return _Shown("day_cap", retry_after=done.wait)
            return self._of(done.view, token)

        return await self._act(request, RESEND_PATH, act)

    async def _act(self, request: Request, path: str, act: Callable[[str], _Shown]) -> Response:
        """A POST; its CSRF token is compared first, so that no answer tells whether a link exists."""
        token = request.path_params["token"]
        given = await _csrf_of(request)
        if given is None or not self._csrf_fits(path, token, given):
            return await self._answer(request, lambda: _Shown("try_again"))
        return await self._answer(request, lambda: act(token))

    async def _answer(self, request: Request, work: Callable[[], _Shown]) -> Response:
        """Within the limits `work` is done in a thread; whatever fails becomes a page without details."""
        wait = self._everybody.take(b"") or self._links.take(_key(request.path_params["token"]))
        if wait:
            return self._render(_Shown("rate_limited", retry_after=ceil(wait)), request)
        try:
            shown = await run_in_threadpool(work)
        except Exception as error:
            _log.error("page failed: %s", type(error).__name__)
            shown = _Shown("unavailable")
        return self._render(shown, request)

    # ── what is shown ───────────────────────────────────────────────────────

    def _of(self, view: PageView, token: str) -> _Shown:
        match view.page:
            case DeadPage.CONFIRM:
                assert view.expires_at is not None
                day, time = spoken_day(view.expires_at, "fr"), spoken_time(view.expires_at, "fr")
                form = self._form(CONFIRM_PATH, token, "confirm")
                return _Shown("confirm", {"link_day": day, "link_time": time}, form)
            case DeadPage.NEWER_SENT if view.newer_at is None:
                # the newer mail was refused: to say that it was sent would be false
                return _Shown("generic")
            case DeadPage.NEWER_SENT:
                assert view.newer_at is not None
                day, time = spoken_day(view.newer_at, "fr"), spoken_time(view.newer_at, "fr")
                return _Shown("newer_sent", {"sent_day": day, "sent_time": time})
            case DeadPage.INACTIVE:
                form = self._form(RESEND_PATH, token, "inactive")
                return _Shown("inactive", form=form, note=self._same_address(view))
            case DeadPage.CLOSED if view.fund != self._world.procedure.contacts.fund:
                return _Shown("closed_elsewhere")
            case other:
                return _Shown(other.value)

    def _same_address(self, view: PageView) -> str | None:
        if view.address_masked is None:
            return None
        return self._world.procedure.text("pages.inactive.same_address", address=view.address_masked)

    def _form(self, path: str, token: str, page: str) -> _Form:
        button = self._world.procedure.pages[page].buttons[0]
        return _Form(path + quote(token, safe=""), self._csrf(path, token), button)

    def _render(self, shown: _Shown, request: Request) -> Response:
        procedure = self._world.procedure
        page = procedure.pages[shown.name]

        def text(sentence: str) -> str:
            return looks.text(procedure, sentence, shown.values)

        content: dict[str, Any] = {
            "title": text(page.title),
            "sentences": [text(sentence) for sentence in page.sentences],
            "tone": _TONES.get(shown.name, "stopped"),
            "form": shown.form,
            "note": shown.note and typeset(shown.note),
            "log_in": page.buttons[0] if shown.name in _LEAD_TO_LOGIN else "",
            "login": paths.LOGIN,
        }
        return looks.answer(
            looks.html(procedure, "page.html", content),
            status=_STATUS.get(shown.name, 200),
            method=request.method,
            retry_after=shown.retry_after,
        )

    # ── forged forms ────────────────────────────────────────────────────────

    def _csrf(self, path: str, token: str, key_id: str | None = None) -> str:
        seal = self._world.ring.mac(f"csrf{path}1", token.encode(errors="replace"), key_id)
        return urlsafe_b64encode(seal).decode().rstrip("=")

    def _csrf_fits(self, path: str, token: str, given: str) -> bool:
        """By any key of the ring: a page stays good while a new key comes in."""
        fits = [
            hmac.compare_digest(self._csrf(path, token, key_id).encode(), given.encode(errors="replace"))
            for key_id in tuple(self._world.ring.keys)
        ]
        return any(fits)


def _key(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()


async def _csrf_of(request: Request) -> str | None:
    """The one field of our forms; None for a body that is none of ours, or too large to be read."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                return None
    except ClientDisconnect:  # nobody reads the answer; a traceback each would fill the log
        return None
    try:
        fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=4)
    except ValueError:
        return None
    values = fields.get("csrf", [])
    return values[0] if len(values) == 1 else None
