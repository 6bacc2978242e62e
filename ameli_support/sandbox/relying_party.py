"""ameli's side of OpenID Connect: asks FranceConnect who somebody is, and believes nothing unchecked."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from ameli_support.clock import Clock
from ameli_support.sandbox.provider_answers import Answers, Fault, NotIdentified
from ameli_support.sandbox.reconciling import Pivot

ACR = "eidas1"
SCOPE = "openid identite_pivot"
_LEEWAY = 10
_OLDEST_TOKEN = 300
_GENDERS = ("male", "female", "unspecified")


@dataclass(frozen=True, slots=True)
class Registration:
    """How we are known to the provider; `seconds`: how long one whole answer may take."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    seconds: float = 6.0


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
    """Our side towards one provider, whose issuer the settings name."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        self.registration = registration
        self._clock = clock
        self._answers = Answers(registration.issuer, clock, registration.seconds)

    @property
    def now(self) -> int:
        """Epoch seconds of the system clock."""
        return int(self._clock.now().timestamp())

    async def depart(self) -> tuple[str, Pending]:
        """Where to send the browser, and what its session must remember. NotIdentified when unreachable."""
        metadata = await self._answers.metadata()
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
        missing = iss is None and (await self._answers.metadata()).names_itself
        if missing or (iss is not None and iss != self.registration.issuer):
            raise NotIdentified(Fault.INVALID, "iss")

    async def arrive(self, code: str, pending: Pending) -> Recognised:
        """The identity behind a code, every part of the answers checked; NotIdentified."""
        metadata = await self._answers.metadata()
        tokens = await self._redeem(metadata.token, code, pending)
        access_token, id_token = tokens.get("access_token"), tokens.get("id_token")
        if not isinstance(access_token, str) or not isinstance(id_token, str):
            raise NotIdentified(Fault.INVALID, "tokens")
        if str(tokens.get("token_type")).lower() != "bearer":
            raise NotIdentified(Fault.INVALID, "token_type")
        claims = await self._answers.signed(id_token)
        self._check_id_token(claims, pending, access_token)
        bearer = {"Authorization": f"Bearer {access_token}"}
        kind, body = await self._answers.ask("GET", metadata.userinfo, headers=bearer)
        if kind != "application/jwt":
            raise NotIdentified(Fault.INVALID, "userinfo")
        told = await self._answers.signed(body.decode("ascii", "replace"))
        self._check_userinfo(told, str(claims["sub"]))
        return Recognised(_pivot(told), id_token)

    async def logout_url(self, id_token: str) -> str:
        """Where the browser logs out of the provider too; `&post_logout_redirect_uri=` may be added."""
        metadata = await self._answers.metadata()
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

    async def _redeem(self, endpoint: str, code: str, pending: Pending) -> dict[str, Any]:
        ours = self.registration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ours.redirect_uri,
            "client_id": ours.client_id,
            "client_secret": ours.client_secret,
            "code_verifier": pending.verifier,
        }
        return await self._answers.json("POST", endpoint, data=form)


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
