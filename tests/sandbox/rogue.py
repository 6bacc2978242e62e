"""An OpenID provider on a real socket that lies, breaks or dawdles, as one test wants it."""

import asyncio
import json
import socket
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ameli_support.clock import FixedClock
from tests.service import MONDAY

CLIENT_ID = "ameli-sandbox"
TOKEN = "access-token"
SUBJECT = "a" * 64 + "v1"
PIVOT: dict[str, Any] = {
    "given_name": "Angela Claire",
    "given_name_array": ["Angela", "Claire"],
    "family_name": "ROCHE",
    "birthdate": "1962-08-24",
    "gender": "female",
    "birthplace": "38185",
    "birthcountry": "99100",
}
Answer = Callable[[], Response]


def key(kid: str) -> ECKey:
    """A new signing key."""
    return ECKey.generate_key("P-256", parameters={"kid": kid, "use": "sig", "alg": "ES256"}, private=True)


@dataclass
class Rogue:
    """Right in everything but what a test changes."""

    issuer: str = ""
    clock: FixedClock = field(default_factory=lambda: FixedClock(MONDAY))
    nonce: str = ""
    signs: ECKey = field(default_factory=lambda: key("k1"))
    published: list[dict[str, Any]] = field(default_factory=list)
    discovery: dict[str, Any] = field(default_factory=dict)
    id_claims: dict[str, Any] = field(default_factory=dict)
    user_claims: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    rewrite_id: Callable[[str], str] = str
    rewrite_user: Callable[[str], str] = str
    user_type: str = "application/jwt"
    instead: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.published = [self.signs.as_dict(private=False)]

    @property
    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "authorization_response_iss_parameter_supported": True,
        } | self.discovery

    def id_token(self) -> str:
        claims = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT_ID,
            "exp": self.now + 60,
            "iat": self.now,
            "auth_time": self.now,
            "nonce": self.nonce,
            "acr": "eidas1",
            "amr": ["pwd"],
            "at_hash": _b64(sha256(TOKEN.encode()).digest()[:16]),
        }
        return self.rewrite_id(self._signed(_changed(claims, self.id_claims)))

    def userinfo(self) -> str:
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": SUBJECT, "iat": self.now, **PIVOT}
        return self.rewrite_user(self._signed(_changed(claims, self.user_claims)))

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": self.signs.kid}, claims, self.signs)

    def app(self) -> Starlette:
        def told(name: str, make: Answer) -> Callable[[Request], Any]:
            async def answer(request: Request) -> Response:
                self.asked.append(name)
                if request.method == "POST":
                    self.forms.append({k: str(v) for k, v in (await _fields(request)).items()})
                return self.instead.get(name, make)()

            return answer

        tokens = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 60}
        return Starlette(
            routes=[
                Route(
                    "/.well-known/openid-configuration",
                    told("discovery", lambda: JSONResponse(self.metadata())),
                ),
                Route("/jwks", told("jwks", lambda: JSONResponse({"keys": self.published}))),
                Route(
                    "/token",
                    told(
                        "token",
                        lambda: JSONResponse(_changed(tokens | {"id_token": self.id_token()}, self.tokens)),
                    ),
                    methods=["POST"],
                ),
                Route(
                    "/userinfo",
                    told("userinfo", lambda: Response(self.userinfo(), media_type=self.user_type)),
                ),
            ]
        )


def unsigned(token: str) -> str:
    """The same claims with `alg: none` and no signature."""
    return f"{_json({'alg': 'none', 'kid': 'k1', 'typ': 'JWT'})}.{token.split('.')[1]}."


def by_public_key(published: dict[str, Any]) -> Callable[[str], str]:
    """The same claims, HS256 with the published key as its secret: the classic confusion."""

    def forge(token: str) -> str:
        secret = OctKey.import_key(json.dumps(published).encode())
        claims = jwt.decode(token, ECKey.import_key(published)).claims
        return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, secret, algorithms=["HS256"])

    return forge


def altered(**claims: Any) -> Callable[[str], str]:
    """Other claims under the old signature."""

    def forge(token: str) -> str:
        head, _, seal = token.split(".")
        told = json.loads(_from_b64(token.split(".")[1])) | claims
        return f"{head}.{_json(told)}.{seal}"

    return forge


def dawdling() -> Response:
    """One byte now and then, for ever."""

    async def drops() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    return StreamingResponse(drops(), media_type="application/json")


def endless() -> Response:
    """More than anybody wants to keep."""
    return Response(b" " * 1_000_000, media_type="application/json")


@contextmanager
def served(rogue: Rogue) -> Iterator[Rogue]:
    """The provider on a free port for the length of the block; its issuer is set."""
    listener = socket.create_server(("127.0.0.1", 0))
    rogue.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listening(rogue.app(), listener):
        yield rogue


@contextmanager
def listening(app: Starlette, listener: socket.socket) -> Iterator[None]:
    """An application behind a listening socket for the length of the block."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


async def _fields(request: Request) -> dict[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl((await request.body()).decode()))


def _changed(claims: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """With some replaced, and those set to None left out."""
    return {name: value for name, value in (claims | by).items() if value is not None}


def _json(value: Any) -> str:
    return _b64(json.dumps(value).encode())


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _from_b64(part: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
