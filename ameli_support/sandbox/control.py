"""The sandbox's own controls: state, clock, bearer tokens for a demo, end; `remote` is the caller's side.

Guarded by the control key of the owner-only lock file; without it every route looks absent.
"""

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ameli_support import sql
from ameli_support.accounts.contract import Who
from ameli_support.outbox import MailState
from ameli_support.sandbox import agents, provisional, schema
from ameli_support.sandbox.auth import issue_token
from ameli_support.sandbox.remote import CONTROL_HEADER
from ameli_support.sandbox.world import World

_LARGEST = 4096
_DEMO_LIFETIME = timedelta(days=30)


class _Forward(BaseModel):
    """How far to move the clock; forward only, ten years at most."""

    model_config = ConfigDict(extra="forbid")

    seconds: int = Field(gt=0, le=3650 * 86_400)


class _Nir(BaseModel):
    """Whose provisional code: 13 characters."""

    model_config = ConfigDict(extra="forbid")

    nir: str = Field(min_length=13, max_length=13)


class _Refused(Exception):
    """What is asked for cannot be."""


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
            except (ValidationError, _Refused):
                return Response(status_code=400)

        return answer

    def status(_body: bytes) -> dict[str, Any]:
        return _state(world)

    def forward(body: bytes) -> dict[str, Any]:
        try:
            world.forward(timedelta(seconds=_Forward.model_validate_json(body).seconds))
        except ValueError:
            raise _Refused from None
        wake()
        return _state(world)

    def token(body: bytes) -> dict[str, Any]:
        who = Who.model_validate_json(body)
        agents.register(world, who)
        # a demo may stay open over night
        return {"token": issue_token(who, world.bearer_key, at=world.system.now(), lifetime=_DEMO_LIFETIME)}

    def provisional_code(body: bytes) -> dict[str, Any]:
        told = provisional.reveal(world, _Nir.model_validate_json(body).nir)
        return {"code": told and told[0], "ends_at": told and told[1].isoformat()}

    def shutdown(_body: bytes) -> dict[str, Any]:
        stop()
        return {}

    return [
        Route("/control/status", guarded(status), methods=["GET"]),
        Route("/control/clock", guarded(forward), methods=["POST"]),
        Route("/control/token", guarded(token), methods=["POST"]),
        Route("/control/provisional-code", guarded(provisional_code), methods=["POST"]),
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
