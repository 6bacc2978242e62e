"""How the agents' API fails and what it logs: a problem for every error, and no personal data."""

import logging
import re
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ameli_support.accounts.contract import REQUEST_HEADER, Problem, ProblemType
from ameli_support.sandbox.problems import CONTENT_TYPE, Refused

LARGEST_BODY = 64 * 1024
_RETRY_UNAVAILABLE = 2
_OUR_ID = re.compile(rb"req-[0-9a-f]{32}")
# PostgreSQL: lock_timeout ran out
_LOCK_NOT_AVAILABLE = "55P03"

_log = structlog.wrap_logger(
    logging.getLogger("ameli_support.sandbox.api"),
    wrapper_class=structlog.stdlib.BoundLogger,
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
)


def answer_problems(app: FastAPI) -> None:
    """Every error becomes a problem, every request one line of log."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(_Frame)


class _Frame:
    """Outside everything: request id, size limit, last resort and log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        began, status = perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (REQUEST_HEADER.lower().encode(), request_id.encode()),
                ]
            await send(message)

        try:
            if _too_large(scope):
                refused = Refused(ProblemType.BAD_REQUEST, status=413)
                await _response(refused.problem)(scope, receive, noted)
            else:
                await self.app(scope, _bounded(receive), noted)
        except Exception as error:
            _log.error("failed", request_id=request_id, route=_route(scope), error=_where(error))
            if status:
                raise
            down = isinstance(error, OperationalError | InterfaceError | PoolTimeout) or _waited(error)
            problem = Refused(
                ProblemType.UNAVAILABLE,
                status=503 if down else 500,
                retry_after=_RETRY_UNAVAILABLE if down else None,
            ).problem
            await _response(problem)(scope, receive, noted)
        _log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=_route(scope),
            status=status,
            ms=round((perf_counter() - began) * 1000, 1),
        )


def _request_id(scope: Scope) -> str:
    """The id that our own client gave, else a new one: it goes into the log."""
    for name, value in scope["headers"]:
        if name == REQUEST_HEADER.lower().encode() and _OUR_ID.fullmatch(value):
            return str(value, "ascii")
    return token_hex(8)


def _too_large(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return not value.isdigit() or int(value) > LARGEST_BODY
    return False


def _bounded(receive: Receive) -> Receive:
    """Ends a body that was sent without its length once it is larger than any of the contract."""
    size = 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise Refused(ProblemType.BAD_REQUEST, status=413)
        return message

    return bounded


def _route(scope: Scope) -> str:
    """The template, never the path: `/v1/records/{record}`."""
    return getattr(scope.get("route"), "path", "-")


def _where(error: BaseException) -> str:
    """Kind and place of an error; its text could hold what was typed."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def _waited(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _response(error.problem)


async def _invalid(_: Request, error: Exception) -> Response:
    """Names the fields, never what was in them."""
    assert isinstance(error, RequestValidationError)
    fields = sorted({".".join(str(part) for part in fault["loc"][:3]) for fault in error.errors()})
    detail = ", ".join(fields).encode("ascii", "backslashreplace").decode()[:300]
    return _response(Refused(ProblemType.BAD_REQUEST, detail=detail).problem)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = ProblemType.NOT_FOUND if error.status_code == 404 else ProblemType.BAD_REQUEST
    return _response(Refused(kind, status=error.status_code).problem, dict(error.headers or {}))


def _response(problem: Problem, headers: dict[str, Any] | None = None) -> Response:
    told = dict(headers or {})
    if problem.retry_after is not None:
        told["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        told["WWW-Authenticate"] = "Bearer"
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=problem.status,
        media_type=CONTENT_TYPE,
        headers=told,
    )
