"""FranceConnect's answers over HTTP: metadata, keys, signed tokens; bounded in size and time.

Everything is async: while the sandbox waits for its own provider no thread is held, so fifty
journeys at once cannot wait for each other.
"""

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from ameli_support.clock import Clock

ALGORITHM = "ES256"
WELL_KNOWN = "/.well-known/openid-configuration"
LARGEST_ANSWER = 64 * 1024
_KEPT = timedelta(minutes=10)
_LATER = (408, 429)


class Fault(StrEnum):
    """Why nobody was identified."""

    UNREACHABLE = "unreachable"  # no usable answer: another time may do
    INVALID = "invalid"  # an answer that proves nothing


class NotIdentified(Exception):
    """The provider's answers do not identify anybody; `about` names the check, never a value."""

    def __init__(self, fault: Fault, about: str) -> None:
        super().__init__(f"{fault}: {about}")
        self.fault = fault
        self.about = about


@dataclass(frozen=True, slots=True)
class Metadata:
    """The provider's endpoints; `names_itself`: its answers carry `iss` (RFC 9207)."""

    authorization: str
    token: str
    userinfo: str
    jwks: str
    end_session: str
    names_itself: bool


class Answers:
    """What one issuer answers; every method raises NotIdentified instead of anything doubtful.

    `seconds`: how long one whole answer may take. Metadata and keys are kept for ten minutes.
    """

    def __init__(self, issuer: str, clock: Clock, seconds: float) -> None:
        self._issuer = issuer
        self._clock = clock
        self._seconds = seconds
        self._tls = ssl.create_default_context() if issuer.startswith("https:") else False
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: dict[str, ECKey] = {}
        self._keys_until = clock.now()

    async def metadata(self) -> Metadata:
        """The provider's metadata: its own, for the issuer that the settings name."""
        now = self._clock.now()
        if self._metadata is not None and self._metadata[0] > now:
            return self._metadata[1]
        found = await self.json("GET", f"{self._issuer}{WELL_KNOWN}")
        try:
            metadata = Metadata(
                authorization=self._endpoint(found, "authorization_endpoint"),
                token=self._endpoint(found, "token_endpoint"),
                userinfo=self._endpoint(found, "userinfo_endpoint"),
                jwks=self._endpoint(found, "jwks_uri"),
                end_session=self._endpoint(found, "end_session_endpoint"),
                names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            )
        except ValueError:
            raise NotIdentified(Fault.UNREACHABLE, "discovery") from None
        if found.get("issuer") != self._issuer:
            raise NotIdentified(Fault.INVALID, "issuer")
        self._metadata = (now + _KEPT, metadata)
        return metadata

    async def signed(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of the provider's keys signed with ES256, and nothing else."""
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError):
            raise NotIdentified(Fault.INVALID, "no token") from None
        kid = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(kid, str):
            raise NotIdentified(Fault.INVALID, "alg")
        now = self._clock.now()
        if kid not in self._keys or self._keys_until <= now:
            # the provider has turned its keys: they are asked for once, then this one is unknown
            self._keys, self._keys_until = await self._fetch_keys(), now + _KEPT
        if kid not in self._keys:
            raise NotIdentified(Fault.INVALID, "kid")
        try:
            return dict(jwt.decode(token, self._keys[kid], algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            raise NotIdentified(Fault.INVALID, "signature") from None

    async def json(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        """One answer that is a JSON object."""
        kind, body = await self.ask(method, url, **options)
        try:
            if kind != "application/json":
                raise ValueError(kind)
            found = httpx.Response(200, content=body).json()
        except ValueError:
            raise NotIdentified(Fault.UNREACHABLE, "no JSON") from None
        if not isinstance(found, dict):
            raise NotIdentified(Fault.UNREACHABLE, "no object")
        return found

    async def ask(self, method: str, url: str, **options: Any) -> tuple[str, bytes]:
        """Media type and body of one answer of status 200; no redirect is followed."""
        body = b""
        try:
            with anyio.fail_after(self._seconds):
                async with (
                    httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=self._seconds) as client,
                    client.stream(method, url, **options) as answer,
                ):
                    async for part in answer.aiter_bytes():
                        body += part
                        if len(body) > LARGEST_ANSWER:
                            raise NotIdentified(Fault.UNREACHABLE, "too large")
        except (httpx.HTTPError, TimeoutError):
            raise NotIdentified(Fault.UNREACHABLE, "no answer") from None
        if answer.status_code != 200:
            wrong = 400 <= answer.status_code < 500 and answer.status_code not in _LATER
            fault = Fault.INVALID if wrong else Fault.UNREACHABLE
            raise NotIdentified(fault, f"status {answer.status_code}")
        return answer.headers.get("content-type", "").partition(";")[0].strip().lower(), body

    def _endpoint(self, found: dict[str, Any], name: str) -> str:
        """One endpoint; it must lie at the issuer's own origin, or our secret would go elsewhere."""
        url, issuer = urlsplit(str(found.get(name))), urlsplit(self._issuer)
        if (url.scheme, url.netloc) != (issuer.scheme, issuer.netloc) or url.query or url.fragment:
            raise ValueError(name)
        return url.geturl()

    async def _fetch_keys(self) -> dict[str, ECKey]:
        """The keys that may sign for it, by `kid`; others are passed over."""
        listed = (await self.json("GET", (await self.metadata()).jwks)).get("keys")
        found: dict[str, ECKey] = {}
        for entry in listed if isinstance(listed, list) else []:
            fits = isinstance(entry, dict) and entry.get("kty") == "EC" and entry.get("crv") == "P-256"
            if not fits or not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig":
                continue
            try:
                found[entry["kid"]] = ECKey.import_key({k: entry[k] for k in ("kty", "crv", "x", "y")})
            except (JoseError, KeyError, ValueError, TypeError):
                continue
        return found
