"""The sandbox's own controls: its state, its clock, bearer tokens for a demo, its end.

Guarded by the control key of the owner-only lock file; without it every route looks absent.
"""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ameli_support import sql
from ameli_support.accounts.contract import Who
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.auth import issue_token
from ameli_support.sandbox.lock import Lock
from ameli_support.sandbox.world import World

CONTROL_HEADER = "Ameli-Control"
_TIMEOUT = 5.0
_LARGEST = 4096


class _Forward(BaseModel):
    """How far to move the clock; forward only, ten years at most."""

    model_config = ConfigDict(extra="forbid")

    seconds: int = Field(gt=0, le=3650 * 86_400)


class ControlFailed(Exception):
    """The sandbox did not carry out a control; `status` is None when it did not answer."""

    def __init__(self, status: int | None) -> None:
        super().__init__("the sandbox does not answer" if status is None else f"refused: {status}")
        self.status = status


# ── the server's side ───────────────────────────────────────────────────────


def routes(world: World, key: str, stop: Callable[[], None], wake: Callable[[], None]) -> list[Route]:
    """The control routes. `stop` ends the server; `wake` tells the outbox that time has moved."""

    def guarded(act: Callable[[bytes], dict[str, Any]]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            given = request.headers.get(CONTROL_HEADER, "")
            if not hmac.compare_digest(given.encode(), key.encode()):
                return Response(status_code=404)
            if int(request.headers.get("content-length") or 0) > _LARGEST:
                return Response(status_code=413)
            try:
                body = await request.body()
                return JSONResponse(await run_in_threadpool(act, body))
            except ValidationError:
                return Response(status_code=400)

        return answer

    def status(_body: bytes) -> dict[str, Any]:
        return _state(world)

    def forward(body: bytes) -> dict[str, Any]:
        world.forward(timedelta(seconds=_Forward.model_validate_json(body).seconds))
        wake()
        return _state(world)

    def token(body: bytes) -> dict[str, Any]:
        return {"token": issue_token(Who.model_validate_json(body), world.bearer_key, at=world.system.now())}

    def shutdown(_body: bytes) -> dict[str, Any]:
        stop()
        return {}

    return [
        Route("/control/status", guarded(status), methods=["GET"]),
        Route("/control/clock", guarded(forward), methods=["POST"]),
        Route("/control/token", guarded(token), methods=["POST"]),
        Route("/control/shutdown", guarded(shutdown), methods=["POST"]),
    ]


def _state(world: World) -> dict[str, Any]:
    mail, waiting = schema.mail, (MailState.QUEUED.value, MailState.DEFERRED.value)
    with sql.read(world.engine) as connection:
        people = connection.scalar(select(func.count()).select_from(schema.insured_person))
        # the index of due mails holds exactly those that still wait
        queued = connection.scalar(
            select(func.count())
            .select_from(mail)
            .where(mail.c.not_before.is_not(None), mail.c.state.in_(waiting))
        )
    return {
        "as_of": world.now().isoformat(),
        "offset_seconds": int(world.business.offset.total_seconds()),
        "people": people,
        "mails_waiting": queued,
        "procedure_version": world.procedure.version,
    }


# ── the caller's side ───────────────────────────────────────────────────────


def status(lock: Lock) -> dict[str, Any]:
    """`as_of` (ISO 8601, UTC), `offset_seconds`, `people`, `mails_waiting`, `procedure_version`."""
    return _call(lock, "GET", "/control/status")


def forward(lock: Lock, by: timedelta) -> dict[str, Any]:
    """Move the business clock on by `by` (whole seconds, more than none); gives the new status."""
    return _call(lock, "POST", "/control/clock", {"seconds": int(by.total_seconds())})


def token(lock: Lock, who: Who) -> str:
    """A bearer token for a demo's agent."""
    return str(_call(lock, "POST", "/control/token", who.model_dump(mode="json"))["token"])


def shutdown(lock: Lock) -> None:
    """Ask the sandbox to end; it does so within a second or two."""
    _call(lock, "POST", "/control/shutdown", {})


def _call(lock: Lock, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    place = urlsplit(lock.base_url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT)
    try:
        headers = {CONTROL_HEADER: lock.control_key}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException):
        raise ControlFailed(None) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise ControlFailed(answer.status)
    found: dict[str, Any] = json.loads(content)
    return found
