"""One HTTP exchange with the account service: bounded, its failures typed, nothing personal logged.

Logs carry the route template, the request id and the outcome; httpx and httpcore, which log
whole addresses, are silenced below WARNING. Requests are never chained to the errors raised,
so no crash report holds a token or a body.
"""

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from ameli_support.accounts.contract import REQUEST_HEADER
from ameli_support.accounts.errors import InsecureUrl, Kind
from ameli_support.clock import monotonic

MAX_BODY = 1 << 20  # bytes; the largest answer of the contract has a few dozen KiB

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)
log = logging.getLogger("ameli_support.accounts")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, for each silence while reading, and for one exchange as a whole."""

    connect: float = 2.0
    read: float = 8.0
    whole: float = 15.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as one thing: `template` is the route for the log, `path` the same filled in."""

    method: str
    template: str
    path: str
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `json` is None for an empty body."""

    status: int
    headers: Mapping[str, str]
    json: Any


class Failed(Exception):
    """No answer of HTTP and JSON; `sent` is False only when nothing can have reached the service."""

    def __init__(
        self,
        kind: Kind,
        *,
        sent: bool,
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.sent = sent
        self.status = status
        self.retry_after = retry_after


@lru_cache(maxsize=8)
def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """The TLS context, built once for every client (38 ms each otherwise); `ca_file` adds an authority."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def safe_base(url: str) -> str:
    """The base address without a trailing slash; raises `InsecureUrl` for http beyond loopback."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return url.rstrip("/")
    raise InsecureUrl(f"{parts.scheme}://{parts.hostname}")


def exchange(http: httpx.Client, what: Exchange, timeouts: Timeouts) -> Answer:
    """One try; raises `Failed`. Redirects are not followed: the contract has none."""
    began = monotonic()
    try:
        answer = _send(http, what, timeouts, began)
    except Failed as failure:
        _note(what, failure.kind, began, failure.status)
        raise
    _note(what, "ok", began, answer.status)
    return answer


def _send(http: httpx.Client, what: Exchange, timeouts: Timeouts, began: float) -> Answer:
    content = None if what.body is None else json.dumps(what.body).encode()
    headers = {**what.headers, REQUEST_HEADER: what.request_id, "Accept-Encoding": "identity"}
    if content is not None:
        headers["Content-Type"] = "application/json"
    limits = httpx.Timeout(timeouts.read, connect=timeouts.connect)
    request = http.build_request(what.method, what.path, content=content, headers=headers, timeout=limits)
    status = None
    try:
        response = http.send(request, stream=True)
        status = response.status_code
        try:
            raw = _bounded(response, timeouts.whole, began)
        finally:
            response.close()
    except Failed:
        raise
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        raise Failed(Kind.TIMEOUT, sent=False) from None
    except httpx.ConnectError as error:
        raise Failed(Kind.TLS if _is_tls(error) else Kind.REFUSED, sent=False) from None
    except httpx.TimeoutException:
        raise Failed(Kind.TIMEOUT, sent=True, status=status) from None
    except httpx.HTTPError:
        raise Failed(Kind.CUT, sent=True, status=status) from None
    return Answer(response.status_code, response.headers, _json(raw, response.status_code))


def _bounded(response: httpx.Response, whole: float, began: float) -> bytes:
    """The body, or `Failed` when it is larger than any answer of the contract or drips for too long."""
    raw = bytearray()
    for piece in response.iter_raw():
        raw += piece
        if len(raw) > MAX_BODY:
            raise Failed(Kind.GARBAGE, sent=True, status=response.status_code)
        if monotonic() - began > whole:
            raise Failed(Kind.TIMEOUT, sent=True, status=response.status_code)
    return bytes(raw)


def _json(raw: bytes, status: int) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        if status >= 400:  # a proxy's page: the status tells enough
            return None
        raise Failed(Kind.GARBAGE, sent=True, status=status) from None


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _note(what: Exchange, outcome: str, began: float, status: int | None) -> None:
    log.info(
        "%s %s %s status=%s ms=%d request=%s",
        what.method,
        what.template,
        outcome,
        status if status is not None else "-",
        (monotonic() - began) * 1000,
        what.request_id,
    )
