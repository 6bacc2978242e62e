"""The agents' API of the account service: the contract's routes, each one use case (accounts/contract).

Endpoints are plain functions that run in worker threads; answers and problems are the contract's models.
"""

from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, FastAPI, Header, Path, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from ameli_support import sql
from ameli_support.accounts.contract import (
    CHECK_HEADER,
    IDEMPOTENCY_HEADER,
    PURPOSE_HEADER,
    ActAnswer,
    AgentsAnswer,
    CheckAnswer,
    CheckRequest,
    CorrectRequest,
    DisputeRequest,
    KeptLinkRequest,
    Key,
    ProblemType,
    ProviderAnswer,
    ProviderName,
    ProviderRequest,
    RecordView,
    ReissueRequest,
    ResendRequest,
    SaidAddressAnswer,
    SaidAddressRequest,
    SearchAnswer,
    SearchRequest,
    ServiceStatus,
    SettleAnswer,
    SettleRequest,
    SupervisorRequest,
    SuspendRequest,
    UnmaskAnswer,
    UnmaskRequest,
    Who,
    Wire,
)
from ameli_support.onboarding.acts import Act
from ameli_support.sandbox import (
    acting,
    agents,
    checks,
    idempotency,
    kept_links,
    openapi,
    providers,
    records,
    schema,
    searching,
)
from ameli_support.sandbox import said_address as said_addresses
from ameli_support.sandbox.auth import read_token
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.web import answer_problems
from ameli_support.sandbox.world import SERVICE, World

LONGEST_PURPOSE = 2000

Record = Annotated[Key, Path(description="The opaque handle of one person.")]
CheckId = Annotated[Key | None, Header(alias=CHECK_HEADER)]
ActKey = Annotated[Key, Header(alias=IDEMPOTENCY_HEADER)]


def create_api(world: World) -> FastAPI:
    """The application for one world; the caller runs it and mounts it at the root."""
    app = FastAPI(
        title="Account service",
        version="1",
        description="What ameli-support needs of the account service.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat the Host header
    )
    bearer = HTTPBearer(auto_error=False, description="JWT with agent, role and funds.")

    async def who(
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    ) -> Who:
        if credentials is None:
            raise Refused(ProblemType.UNAUTHENTICATED)
        return read_token(credentials.credentials, world.bearer_key, at=world.system.now())

    app.include_router(_open_routes(world))
    app.include_router(_finding(world, who))
    app.include_router(_records(world, who))
    app.include_router(_acts(world, who))
    app.include_router(_providers(world, who))
    answer_problems(app)
    openapi.describe(app)
    return app


def _open_routes(world: World) -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/status", response_model=ServiceStatus, responses=openapi.problems(503))
    def status() -> Response:
        """What the service says of itself; needs no token."""
        provider = schema.identity_provider.c
        with sql.read(world.engine) as conn:
            away = conn.execute(select(provider.name).where(provider.available.is_(False))).scalars()
            return _json(
                ServiceStatus(
                    service=SERVICE,
                    as_of=world.now(),
                    procedure_version=world.procedure.version,
                    unavailable_providers=tuple(sorted(away)),
                )
            )

    return router


def _finding(world: World, who: Any) -> APIRouter:
    router = APIRouter(prefix="/v1")
    Asker = Annotated[Who, Depends(who)]

    @router.get("/agents", response_model=AgentsAnswer, responses=openapi.problems(401, 503))
    def list_agents(asker: Asker) -> Response:
        """Who shares a fund with the one who asks: a case can be given to them."""
        return _json(agents.colleagues(world, asker))

    @router.post("/searches", response_model=SearchAnswer, responses=openapi.problems(400, 401, 403, 503))
    def search(asker: Asker, request: SearchRequest) -> Response:
        """How many match, and the handle once exactly one does; logged with its purpose."""
        return _json(searching.search(world, asker, request))

    @router.post(
        "/checks",
        response_model=CheckAnswer,
        responses=openapi.problems(400, 401, 403, 404, 423, 503),
    )
    def check(asker: Asker, request: CheckRequest) -> Response:
        """Begin a caller check, or compare once more in one."""
        return _json(checks.check(world, asker, request))

    @router.post("/calls/{call}/end", status_code=204, responses=openapi.problems(400, 401, 503))
    def end_call(asker: Asker, call: Key) -> Response:
        """End the levels of a call; unfinished checks count as failed."""
        checks.end_call(world, asker, call)
        return Response(status_code=204)

    return router


def _records(world: World, who: Any) -> APIRouter:
    router = APIRouter(prefix="/v1/records/{record}")
    Asker = Annotated[Who, Depends(who)]

    @router.get(
        "",
        response_model=RecordView,
        responses={
            304: {"description": "Nothing that it shows has changed"},
            **openapi.problems(400, 401, 403, 404, 503),
        },
    )
    def record_view(
        asker: Asker,
        record: Record,
        check: CheckId = None,
        purpose: Annotated[str | None, Header(alias=PURPOSE_HEADER)] = None,
        known: Annotated[str | None, Header(alias="If-None-Match")] = None,
    ) -> Response:
        """One record as of now, for the one who asks."""
        why = None if purpose is None else read_purpose(purpose)
        seen = records.look(world, asker, record, check=check, purpose=why, known=known)
        headers = {"ETag": seen.etag, "Cache-Control": "no-store"}
        return Response(status_code=304, headers=headers) if seen.known else _json(seen.view, headers)

    @router.post(
        "/said-address",
        response_model=SaidAddressAnswer,
        responses=openapi.problems(400, 401, 403, 404, 409, 422, 423, 503),
    )
    def said_address(
        asker: Asker, record: Record, request: SaidAddressRequest, check: CheckId = None
    ) -> Response:
        """Whether the caller said the address on file; three tries a call."""
        return _json(said_addresses.say(world, asker, record, check, request))

    @router.post(
        "/unmask",
        response_model=UnmaskAnswer,
        responses=openapi.problems(400, 401, 403, 404, 409, 423, 503),
    )
    def unmask(asker: Asker, record: Record, request: UnmaskRequest, check: CheckId = None) -> Response:
        """The whole address on file, at level 2; logged."""
        return _json(records.unmask(world, asker, record, check, request))

    return router


def _acts(world: World, who: Any) -> APIRouter:
    router = APIRouter(prefix="/v1")
    Asker = Annotated[Who, Depends(who)]
    refusals = openapi.problems(400, 401, 403, 404, 409, 412, 422, 423, 429, 503)

    def add(act: str, body: type[acting.Body], told: str) -> None:
        def endpoint(
            asker: Asker, record: Record, request: Any, key: ActKey, check: CheckId = None
        ) -> Response:
            return _json(acting.perform(world, acting.Request(asker, act, record, request, key, check)))

        endpoint.__name__ = act
        endpoint.__doc__ = told
        endpoint.__annotations__["request"] = body
        path = f"/records/{{record}}/{act}"
        router.post(path, response_model=ActAnswer, responses=refusals)(endpoint)

    add(Act.RESEND, ResendRequest, "Mail the link again, to the address on file (level 1, said address).")
    add(Act.REISSUE, ReissueRequest, "A new link and a new window after the old one closed (level 2).")
    add(Act.CORRECT, CorrectRequest, "Another address, a new link, a new window (level 2).")
    add(Act.SUSPEND, SuspendRequest, "Revoke every link; at any level.")
    add(Act.LIFT, SupervisorRequest, "A supervisor ends a suspension.")
    add(Act.CANCEL, SupervisorRequest, "A supervisor ends the enrolment and frees its address.")
    add(Act.UNLOCK, SupervisorRequest, "A supervisor lets caller checks go on.")
    add(acting.DISPUTE, DisputeRequest, "« Je n'ai jamais cliqué »: a flag for the supervisor (level 1).")

    add(
        kept_links.KEPT_LINK,
        KeptLinkRequest,
        "A link that reached us: ours or not; a live one ends (level 1).",
    )

    @router.put(
        "/acts/{key}/settle",
        response_model=SettleAnswer,
        responses=openapi.problems(400, 401, 403, 409, 422, 503),
    )
    def settle(asker: Asker, key: Key, request: SettleRequest | None = None) -> Response:
        """Whether the act with this key took place; if not, it never will. One's own, or a colleague's."""
        return _json(idempotency.settle(world, asker, key, request.agent if request else None))

    return router


def _providers(world: World, who: Any) -> APIRouter:
    router = APIRouter(prefix="/v1/providers")
    Asker = Annotated[Who, Depends(who)]

    @router.put(
        "/{provider}", response_model=ProviderAnswer, responses=openapi.problems(400, 401, 403, 404, 503)
    )
    def switch(asker: Asker, provider: ProviderName, request: ProviderRequest) -> Response:
        """A supervisor switches an identity provider on or off, with a reason; `status` tells all."""
        return _json(providers.switch(world, asker, provider, request))

    return router


def read_purpose(header: str) -> str:
    """The text of an `Ameli-Purpose` header: UTF-8, percent-encoded or raw; Refused when it is none."""
    try:
        text = unquote(header.encode("latin-1").decode("utf-8"), errors="strict").strip()
    except UnicodeError:
        text = unquote(header, errors="replace").strip()
    if not text:
        raise Refused(ProblemType.PURPOSE_MISSING)
    if "\x00" in text or len(text) > LONGEST_PURPOSE or any("\ud800" <= c <= "\udfff" for c in text):
        raise Refused(ProblemType.BAD_REQUEST, detail=PURPOSE_HEADER)
    return text


def _json(model: Wire, headers: dict[str, str] | None = None) -> Response:
    return Response(model.model_dump_json(), media_type="application/json", headers=headers)
