"""The provider itself: its partners, its keys, what it remembers, and what it issues."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ameli_support.sandbox.franceconnect.asking import ACR, SCOPES, Partner
from ameli_support.sandbox.franceconnect.keys import ALGORITHM, SigningKeys, client_secret, open_keys
from ameli_support.sandbox.franceconnect.state import TOKEN, Desk, Grant, Interaction, SignedIn
from ameli_support.sandbox.world import World

BASE = "/fc/api/v2"
CLIENT_ID = "ameli-sandbox"
CALLBACK_PATH = "/franceconnect/retour"
AFTER_LOGOUT_PATHS = ("/connexion?info=left", "/deconnecte", "/conditions/refusees")


class OAuthError(Exception):
    """What the token endpoint answers instead of tokens (RFC 6749 §5.2)."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


class Provider:
    """One FranceConnect for one world; times are of the system clock."""

    def __init__(self, world: World, partners: Mapping[str, Partner] | None = None) -> None:
        self.world = world
        self.issuer = f"{world.base_url}{BASE}"
        self.keys: SigningKeys = open_keys(world.keys, world.system)
        self.partners = partners if partners is not None else sandbox_partners(world)
        self.desk = Desk(world.system)

    @property
    def now(self) -> int:
        """Epoch seconds."""
        return int(self.world.system.now().timestamp())

    def discovery(self) -> dict[str, Any]:
        """The metadata (OpenID Connect Discovery 1.0 §3)."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "acr_values_supported": [ACR],
            "prompt_values_supported": ["login", "consent"],
            "scopes_supported": list(SCOPES),
            "claims_supported": list(dict.fromkeys(c for claims in SCOPES.values() for c in claims)),
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "userinfo_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }

    def answer_to(self, interaction: Interaction, who: SignedIn) -> str:
        """Where the browser goes with a new one-time code of 30 seconds."""
        code = secrets.token_urlsafe(32)
        self.desk.codes.put(code, Grant(interaction.asked, who))
        asked = interaction.asked
        query = {"code": code, "state": asked.state, "iss": self.issuer}
        return f"{asked.redirect_uri}?{urlencode(query)}"

    def refusal_to(self, interaction: Interaction, error: str, description: str) -> str:
        """Where the browser goes back to without a code."""
        asked = interaction.asked
        query = {"error": error, "error_description": description, "state": asked.state, "iss": self.issuer}
        return f"{asked.redirect_uri}?{urlencode(query)}"

    def redeem(self, form: Mapping[str, str], amr: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        """Tokens for a code, once; `amr` by identity provider. A code that comes twice ends what it gave."""
        partner = self.partners.get(form.get("client_id", ""))
        secret = form.get("client_secret", "")
        if partner is None or not secrets.compare_digest(partner.secret.encode(), secret.encode()):
            raise OAuthError("invalid_client", 401)
        if form.get("grant_type") != "authorization_code":
            raise OAuthError("unsupported_grant_type")
        code = form.get("code", "")
        grant = self.desk.codes.pop(code)
        if grant is None:
            if given := self.desk.spent.pop(code):
                self.desk.tokens.pop(given)
            raise OAuthError("invalid_grant")
        access_token = secrets.token_urlsafe(32)
        self.desk.spent.put(code, access_token)
        asked = grant.asked
        if asked.client_id != partner.client_id or asked.redirect_uri != form.get("redirect_uri"):
            raise OAuthError("invalid_grant")
        if not _verified(asked.challenge, form.get("code_verifier", "")):
            raise OAuthError("invalid_grant")
        self.desk.tokens.put(access_token, grant)
        seconds = int(TOKEN.total_seconds())
        claims = {
            "iss": self.issuer,
            "sub": self._subject(partner, grant),
            "aud": partner.client_id,
            "exp": self.now + seconds,
            "iat": self.now,
            "auth_time": grant.who.auth_time,
            "nonce": asked.nonce,
            "acr": ACR,
            "amr": list(amr.get(grant.who.provider, ())),
            "at_hash": at_hash(access_token),
        }
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": seconds,
            "id_token": self.keys.sign(claims),
            "scope": " ".join(asked.scopes),
        }

    def userinfo(self, access_token: str) -> str | None:
        """The identity as a signed JWT, by the scopes that were asked for; None for a token that is none."""
        grant = self.desk.tokens.get(access_token)
        if grant is None:
            return None
        partner = self.partners[grant.asked.client_id]
        wanted = {claim for scope in grant.asked.scopes for claim in SCOPES[scope]}
        known = {name: value for name, value in grant.who.identity.claims().items() if name in wanted}
        fixed = {"iss": self.issuer, "aud": partner.client_id, "sub": self._subject(partner, grant)}
        return self.keys.sign({**fixed, "iat": self.now, **known})

    def _subject(self, partner: Partner, grant: Grant) -> str:
        return self.keys.subject(partner.client_id, grant.who.identity.pivot)


def sandbox_partners(world: World) -> dict[str, Partner]:
    """The one partner: the sandbox's own ameli; its addresses follow from the settings' base alone."""
    ours = Partner(
        CLIENT_ID,
        client_secret(world.keys),
        frozenset({f"{world.base_url}{CALLBACK_PATH}"}),
        frozenset(f"{world.base_url}{path}" for path in AFTER_LOGOUT_PATHS),
    )
    return {CLIENT_ID: ours}


def at_hash(access_token: str) -> str:
    """The left half of its SHA-256 (OpenID Connect Core §3.1.3.6, for ES256)."""
    return _b64(hashlib.sha256(access_token.encode()).digest()[:16])


def challenge_of(verifier: str) -> str:
    """PKCE's S256 (RFC 7636 §4.2)."""
    return _b64(hashlib.sha256(verifier.encode()).digest())


def _verified(challenge: str | None, verifier: str) -> bool:
    if challenge is None:
        return not verifier
    return secrets.compare_digest(challenge_of(verifier).encode(), challenge.encode())


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
