"""ameli's side of OpenID Connect: asks FranceConnect who somebody is, and believes nothing unchecked.

Everything is async: while the sandbox waits for its own provider no thread is held, so fifty
journeys at once cannot wait for each other. The issuer comes from the settings alone.
"""

import hmac
import secrets
import ssl
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

import anyio
import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from ameli_support.clock import Clock
from ameli_support.sandbox.reconciling import Pivot

ACR = "eidas1"
SCOPE = "openid identite_pivot"
ALGORITHM = "ES256"
WELL_KNOWN = "/.well-known/openid-configuration"
LARGEST_ANSWER = 64 * 1024
_METADATA_LASTS = timedelta(minutes=10)
_LEEWAY = 10
_OLDEST_TOKEN = 300
_LATER = (408, 429)
_GENDERS = ("male", "female", "unspecified")


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
class Registration:
    """How we are known to the provider; `seconds`: how long one whole answer may take."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    seconds: float = 6.0


@dataclass(frozen=True, slots=True)
class Metadata:
    """The provider's endpoints."""

    authorization: str
    token: str
    userinfo: str
    jwks: str
    end_session: str
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """What the browser's session keeps of one departure."""

    state: str
    nonce: str
    verifier: str
    at: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who came back, and the id_token with which they can be logged out there."""

    pivot: Pivot
    id_token: str


class RelyingParty:
    """Our side towards one provider; keys and metadata are kept for a while."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        self.registration = registration
        self._clock = clock
        self._tls = ssl.create_default_context() if registration.issuer.startswith("https:") else False
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: dict[str, ECKey] = {}
        self._keys_until = clock.now()

    @property
    def now(self) -> int:
        """Epoch seconds of the system clock."""
        return int(self._clock.now().timestamp())

    async def depart(self) -> tuple[str, Pending]:
        """Where to send the browser, and what its session must remember. NotIdentified when unreachable."""
        metadata = await self.metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        pending = Pending(state, nonce, verifier, self.now)
        query = {
            "client_id": self.registration.client_id,
            "response_type": "code",
            "scope": SCOPE,
            "acr_values": ACR,
            "redirect_uri": self.registration.redirect_uri,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": _b64(sha256(pending.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        return f"{metadata.authorization}?{urlencode(query)}", pending

    async def check_sender(self, iss: str | None) -> None:
        """Whether an answer names the provider that was asked (RFC 9207): NotIdentified for another."""
        missing = iss is None and (await self.metadata()).names_itself
        if missing or (iss is not None and iss != self.registration.issuer):
            raise NotIdentified(Fault.INVALID, "iss")

    async def arrive(self, code: str, pending: Pending) -> Recognised:
        """The identity behind a code, every part of the answers checked; NotIdentified."""
        metadata = await self.metadata()
        tokens = await self._redeem(metadata, code, pending)
        access_token, id_token = tokens.get("access_token"), tokens.get("id_token")
        if not isinstance(access_token, str) or not isinstance(id_token, str):
            raise NotIdentified(Fault.INVALID, "tokens")
        if str(tokens.get("token_type")).lower() != "bearer":
            raise NotIdentified(Fault.INVALID, "token_type")
        claims = await self._verified(metadata, id_token)
        self._check_id_token(claims, pending, access_token)
        bearer = {"Authorization": f"Bearer {access_token}"}
        kind, body = await self._ask("GET", metadata.userinfo, headers=bearer)
        if kind != "application/jwt":
            raise NotIdentified(Fault.INVALID, "userinfo")
        told = await self._verified(metadata, body.decode("ascii", "replace"))
        self._check_userinfo(told, str(claims["sub"]))
        return Recognised(_pivot(told), id_token)

    async def logout_url(self, id_token: str) -> str:
        """Where the browser logs out of the provider too; `&post_logout_redirect_uri=` may be added."""
        metadata = await self.metadata()
        return f"{metadata.end_session}?{urlencode({'id_token_hint': id_token})}"

    # ── checks ──────────────────────────────────────────────────────────────

    def _check_id_token(self, claims: dict[str, Any], pending: Pending, access_token: str) -> None:
        self._check_common(claims)
        now = self.now
        at_hash = _b64(sha256(access_token.encode()).digest()[:16])
        subject = claims.get("sub")
        checks = {
            "exp": _whole(claims.get("exp")) and claims["exp"] > now - _LEEWAY,
            "iat": _whole(claims.get("iat")) and now - _OLDEST_TOKEN <= claims["iat"] <= now + _LEEWAY,
            "auth_time": _whole(claims.get("auth_time")) and claims["auth_time"] <= now + _LEEWAY,
            "nonce": _same(claims.get("nonce"), pending.nonce),
            "acr": claims.get("acr") == ACR,
            "at_hash": _same(claims.get("at_hash"), at_hash),
            "sub": isinstance(subject, str) and 0 < len(subject) <= 255,
        }
        _all(checks)

    def _check_userinfo(self, claims: dict[str, Any], subject: str) -> None:
        self._check_common(claims)
        # another one's data under this login would be the worst that can happen
        _all({"userinfo sub": _same(claims.get("sub"), subject)})

    def _check_common(self, claims: dict[str, Any]) -> None:
        audience = self.registration.client_id
        _all(
            {
                "iss": claims.get("iss") == self.registration.issuer,
                "aud": claims.get("aud") in (audience, [audience]),
                "azp": claims.get("azp", audience) == audience,
            }
        )

    async def _verified(self, metadata: Metadata, token: str) -> dict[str, Any]:
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
            self._keys, self._keys_until = await self._fetch_keys(metadata), now + _METADATA_LASTS
        if kid not in self._keys:
            raise NotIdentified(Fault.INVALID, "kid")
        try:
            return dict(jwt.decode(token, self._keys[kid], algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            raise NotIdentified(Fault.INVALID, "signature") from None

    # ── requests ────────────────────────────────────────────────────────────

    async def metadata(self) -> Metadata:
        """The provider's metadata: its own, for the issuer that the settings name."""
        now = self._clock.now()
        if self._metadata is not None and self._metadata[0] > now:
            return self._metadata[1]
        found = await self._json("GET", f"{self.registration.issuer}{WELL_KNOWN}")
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
        if found.get("issuer") != self.registration.issuer:
            raise NotIdentified(Fault.INVALID, "issuer")
        self._metadata = (now + _METADATA_LASTS, metadata)
        return metadata

    def _endpoint(self, found: dict[str, Any], name: str) -> str:
        """One endpoint; it must lie at the issuer's own origin, or our secret would go elsewhere."""
        url, issuer = urlsplit(str(found.get(name))), urlsplit(self.registration.issuer)
        if (url.scheme, url.netloc) != (issuer.scheme, issuer.netloc) or url.query or url.fragment:
            raise ValueError(name)
        return url.geturl()

    async def _redeem(self, metadata: Metadata, code: str, pending: Pending) -> dict[str, Any]:
        ours = self.registration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ours.redirect_uri,
            "client_id": ours.client_id,
            "client_secret": ours.client_secret,
            "code_verifier": pending.verifier,
        }
        return await self._json("POST", metadata.token, data=form)

    async def _fetch_keys(self, metadata: Metadata) -> dict[str, ECKey]:
        """The keys that may sign for us, by `kid`; others are passed over."""
        listed = (await self._json("GET", metadata.jwks)).get("keys")
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

    async def _json(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        kind, body = await self._ask(method, url, **options)
        try:
            if kind != "application/json":
                raise ValueError(kind)
            found = httpx.Response(200, content=body).json()
        except ValueError:
            raise NotIdentified(Fault.UNREACHABLE, "no JSON") from None
        if not isinstance(found, dict):
            raise NotIdentified(Fault.UNREACHABLE, "no object")
        return found

    async def _ask(self, method: str, url: str, **options: Any) -> tuple[str, bytes]:
        """Media type and body of one answer: no redirect is followed, its size and time are bounded."""
        body = b""
        try:
            with anyio.fail_after(self.registration.seconds):
                async with (
                    httpx.AsyncClient(
                        verify=self._tls, trust_env=False, timeout=self.registration.seconds
                    ) as client,
                    client.stream(method, url, **options) as answer,
                ):
                    async for part in answer.aiter_bytes():
                        body += part
                        if len(body) > LARGEST_ANSWER:
                            raise NotIdentified(Fault.UNREACHABLE, "too large")
        except (httpx.HTTPError, TimeoutError):
            raise NotIdentified(Fault.UNREACHABLE, "no answer") from None
        if 400 <= answer.status_code < 500 and answer.status_code not in _LATER:
            raise NotIdentified(Fault.INVALID, f"status {answer.status_code}")
        if answer.status_code != 200:
            raise NotIdentified(Fault.UNREACHABLE, f"status {answer.status_code}")
        return answer.headers.get("content-type", "").partition(";")[0].strip().lower(), body


def _pivot(told: dict[str, Any]) -> Pivot:
    """The six parts of the pivot identity; NotIdentified when one is missing or malformed."""
    given = told.get("given_name_array")
    if given is None and isinstance(told.get("given_name"), str):
        given = told["given_name"].split()
    texts = {name: told.get(name) for name in ("family_name", "birthdate", "birthplace", "birthcountry")}
    _all(
        {
            "pivot": all(isinstance(value, str) and len(value) <= 500 for value in texts.values()),
            "given_name": isinstance(given, list) and all(isinstance(name, str) for name in given),
            "gender": told.get("gender") in _GENDERS,
            "birthdate": _is_date(texts["birthdate"]),
        }
    )
    assert isinstance(given, list)
    return Pivot(
        family_name=str(texts["family_name"]),
        given_names=tuple(given),
        birth_date=str(texts["birthdate"]),
        gender=str(told["gender"]),
        birth_place=str(texts["birthplace"]),
        birth_country=str(texts["birthcountry"]),
    )


def _is_date(value: object) -> bool:
    parts = value.split("-") if isinstance(value, str) and value.isascii() else []
    return [len(part) for part in parts if part.isdigit()] == [4, 2, 2] and len(parts) == 3


def _all(checks: dict[str, bool]) -> None:
    for about, passed in checks.items():
        if not passed:
            raise NotIdentified(Fault.INVALID, about)


def _whole(value: object) -> bool:
    return type(value) is int


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
