"""The account service over HTTP: one method an endpoint, contract models in and out.

Retries have jitter and happen only where they cannot do a thing twice: readings, settling and
ending a call; acts, thanks to their idempotency key; everything else (a comparison, an address
said) only when nothing can have reached the service.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
import stamina
import stamina.instrumentation
from pydantic import BaseModel, ValidationError

from ameli_support.accounts import contract as c
from ameli_support.accounts.errors import Kind, OutcomeUnknown, ServiceDown, ServiceProblem
from ameli_support.accounts.transport import (
    Answer,
    Exchange,
    Failed,
    Timeouts,
    exchange,
    safe_base,
    tls_context,
)
from ameli_support.accounts.trying import Again, Errand, proof, refuse, worth_another
from ameli_support.clock import Clock, SystemClock, monotonic

# a retry is in our own log already, and stamina's would be drawn over the screen
stamina.instrumentation.set_on_retry_hooks([])

TRIES = 3
IMPATIENT = 3.0  # seconds of silence after which what is asked every second is given up

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A record as it now is, and the tag to ask for news with."""

    view: c.RecordView
    etag: str | None


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing changed since the tag."""


class AccountsClient:
    """The account service for one agent; thread-safe, one connection pool.

    `token` is the bearer token, or a function that reads it anew for each request. `heard` is
    called with every answer's `as_of` (the demo sets its business clock by it).
    """

    def __init__(
        self,
        base_url: str,
        token: str | Callable[[], str],
        *,
        timeouts: Timeouts | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
        heard: Callable[[datetime], None] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._token = token if callable(token) else lambda: token
        self._timeouts = timeouts or Timeouts()
        self._clock = clock or SystemClock()
        self._heard = heard
        self.down_since: datetime | None = None
        self.last_seconds = 0.0
        self._http = httpx.Client(
            base_url=safe_base(base_url),
            timeout=httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect),
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=4),
            verify=tls or tls_context(),
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return str(self._http.base_url)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    # ── endpoints ───────────────────────────────────────────────────────────

    def status(self, *, patient: bool = True) -> c.ServiceStatus:
        """What the service says of itself; `patient` as for `record`."""
        errand = self._errand("GET", "/v1/status")
        return self._model(errand, c.ServiceStatus, Again.ALWAYS if patient else Again.NEVER)

    def agents(self) -> c.AgentsAnswer:
        """The agents of one's funds; tried once, for nobody waits long to give a case."""
        return self._model(self._errand("GET", "/v1/agents"), c.AgentsAnswer, Again.NEVER)

    def search(self, request: c.SearchRequest) -> c.SearchAnswer:
        """How many records match."""
        return self._ask("/v1/searches", c.SearchAnswer, request)

    def check(self, request: c.CheckRequest) -> c.CheckAnswer:
        """One comparison of a caller check; never doubled."""
        return self._ask("/v1/checks", c.CheckAnswer, request)

    def end_call(self, call: str) -> None:
        """Ends the levels of the call."""
        self._run(self._errand("POST", "/v1/calls/{call}/end", {"call": call}), Again.ALWAYS, None)

    def record(
        self,
        record: str,
        check: str | None = None,
        purpose: str | None = None,
        etag: str | None = None,
        *,
        patient: bool = True,
    ) -> Fresh | NotModified:
        """One person as of now, unless nothing changed since `etag`.

        Not `patient`: one try, given up after some seconds, because it is asked again anyway.
        """
        headers = proof(check, purpose) | ({"If-None-Match": etag} if etag else {})
        errand = self._errand("GET", "/v1/records/{record}", {"record": record}, None, headers)
        answer, view = self._run(errand, Again.ALWAYS if patient else Again.NEVER, c.RecordView)
        if not isinstance(view, c.RecordView):
            return NotModified()
        return Fresh(view, answer.headers.get("etag"))

    def said_address(
        self, record: str, request: c.SaidAddressRequest, check: str | None
    ) -> c.SaidAddressAnswer:
        """Whether the address said is the one on file; never doubled."""
        path = "/v1/records/{record}/said-address"
        return self._ask(path, c.SaidAddressAnswer, request, {"record": record}, check)

    def unmask(self, record: str, request: c.UnmaskRequest, check: str | None) -> c.UnmaskAnswer:
        """The address on file, at level 2."""
        path = "/v1/records/{record}/unmask"
        return self._ask(path, c.UnmaskAnswer, request, {"record": record}, check)

    def act(
        self,
        act: str,
        record: str,
        body: c.Wire,
        key: str,
        check: str | None = None,
        purpose: str | None = None,
    ) -> c.ActAnswer:
        """Carries an act out once: `key` makes every retry the same act.

        Raises `ServiceProblem` (refused: it did not take place), `ServiceDown` (nothing can have
        reached the service) or `OutcomeUnknown` (it may have taken place).
        """
        headers = proof(check, purpose) | {c.IDEMPOTENCY_HEADER: key}
        errand = self._errand("POST", f"/v1/records/{{record}}/{act}", {"record": record}, body, headers)
        try:
            return self._model(errand, c.ActAnswer, Again.ALWAYS)
        except ServiceDown as down:
            if errand.sent:
                raise OutcomeUnknown(key, down.kind, down.since) from None
            raise
        except ServiceProblem as refused:
            return self._sure_of_refusal(key, errand, refused)

    def _sure_of_refusal(self, key: str, errand: Errand, refused: ServiceProblem) -> c.ActAnswer:
        """A refusal is final unless an earlier try may still be on its way: then settling decides."""
        in_flight = refused.problem.kind is c.ProblemType.IN_FLIGHT
        if not in_flight and not errand.lost:
            raise refused
        try:
            settled = self.settle(key)
        except (ServiceDown, ServiceProblem):
            raise OutcomeUnknown(key, Kind.CUT, self.down_since) from None
        if settled.settled is c.Settled.VOID:
            raise refused
        if settled.answer is None:
            raise OutcomeUnknown(key, Kind.GARBAGE, self.down_since)
        return settled.answer

    def settle(self, key: str, agent: str | None = None) -> c.SettleAnswer:
        """What became of the act with that key; if it never took place, it never will.

        `agent`: whose act it was, when it was not one's own.
        """
        body = c.SettleRequest(agent=agent) if agent is not None else None
        errand = self._errand("PUT", "/v1/acts/{key}/settle", {"key": key}, body)
        return self._model(errand, c.SettleAnswer, Again.ALWAYS)

    def switch_provider(self, name: str, request: c.ProviderRequest) -> c.ProviderAnswer:
        """Switches an identity provider; the same twice is the same."""
        errand = self._errand("PUT", "/v1/providers/{provider}", {"provider": name}, request)
        return self._model(errand, c.ProviderAnswer, Again.ALWAYS)

    # ── the way there ───────────────────────────────────────────────────────

    def _ask(
        self,
        template: str,
        model: type[Model],
        body: c.Wire,
        names: Mapping[str, str] | None = None,
        check: str | None = None,
    ) -> Model:
        """A POST that must not be doubled."""
        errand = self._errand("POST", template, names, body, proof(check, None))
        return self._model(errand, model, Again.UNSENT)

    def _errand(
        self,
        method: str,
        template: str,
        names: Mapping[str, str] | None = None,
        body: c.Wire | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Errand:
        path = template.format(**{name: quote(value, safe="") for name, value in (names or {}).items()})
        json = None if body is None else body.model_dump(mode="json", exclude_none=True)
        return Errand(method, template, path, json, headers or {}, f"req-{uuid4().hex}")

    def _model(self, errand: Errand, model: type[Model], again: Again) -> Model:
        parsed = self._run(errand, again, model)[1]
        assert isinstance(parsed, model)
        return parsed

    def _run(
        self, errand: Errand, again: Again, model: type[BaseModel] | None
    ) -> tuple[Answer, BaseModel | None]:
        """Tries until there is an answer of the contract; raises `ServiceProblem` or `ServiceDown`."""

        def judge(error: Exception) -> bool | float:
            return worth_another(error, again)

        began = monotonic()
        try:
            for attempt in stamina.retry_context(
                on=judge,
                attempts=TRIES,
                timeout=self._timeouts.whole,
                wait_initial=0.1,
                wait_max=1.0,
                wait_jitter=0.2,
            ):
                with attempt:
                    answer, parsed = self._once(errand, model, self._timeouts_for(again))
        except Failed as failure:
            self.down_since = self.down_since or self._clock.now()
            raise ServiceDown(failure.kind, self.down_since) from None
        except ServiceProblem:
            self.down_since = None
            raise
        finally:
            self.last_seconds = monotonic() - began
        self.down_since = None
        as_of = getattr(parsed, "as_of", None)
        if self._heard is not None and isinstance(as_of, datetime):
            self._heard(as_of)
        return answer, parsed

    def _timeouts_for(self, again: Again) -> Timeouts:
        """Those of the settings, shorter for what is asked every second."""
        told = self._timeouts
        if again is not Again.NEVER:
            return told
        return Timeouts(min(told.connect, 2.0), min(told.read, IMPATIENT), min(told.whole, 2 * IMPATIENT))

    def _once(
        self, errand: Errand, model: type[BaseModel] | None, timeouts: Timeouts
    ) -> tuple[Answer, BaseModel | None]:
        errand.lost = errand.sent
        headers = {**errand.headers, "Authorization": f"Bearer {self._token()}"}
        what = Exchange(errand.method, errand.template, errand.path, errand.json, headers, errand.request_id)
        try:
            answer = exchange(self._http, what, timeouts)
        except Failed as failure:
            errand.sent = errand.sent or failure.sent
            raise
        errand.sent = True
        refuse(answer)
        if model is None or answer.status == httpx.codes.NOT_MODIFIED:
            return answer, None
        try:
            return answer, model.model_validate(answer.json)
        except ValidationError:
            raise Failed(Kind.GARBAGE, sent=True, status=answer.status) from None
