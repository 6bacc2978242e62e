"""What a partner asks for at /authorize, checked as FranceConnect does (facts §1.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from ameli_support.sandbox.franceconnect.refusing import BAD_REQUEST, FranceConnectRefused

ACR = "eidas1"
NONCE_MIN = 22
_LONGEST = 512
_KNOWN_ONCE = (
    *("client_id", "response_type", "scope", "acr_values", "nonce", "state", "redirect_uri", "prompt"),
    *("code_challenge", "code_challenge_method", "idp_hint", "claims", "ui_locales"),
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PIVOT = (
    "given_name",
    "given_name_array",
    "family_name",
    "birthdate",
    "gender",
    "birthplace",
    "birthcountry",
)
SCOPES: Mapping[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "identite_pivot": _PIVOT,
    "profile": ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"),
    "birth": ("birthplace", "birthcountry"),
    "email": ("email",),
    **{name: (name,) for name in ("preferred_username", *_PIVOT) if name != "given_name_array"},
}
"""Scope → claims of userinfo (facts §1.3)."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A service provider that is registered with FranceConnect."""

    client_id: str
    secret: str
    redirect_uris: frozenset[str]
    post_logout_redirect_uris: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid request: everything that the code will be bound to."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    prompts: frozenset[str]
    challenge: str | None
    idp_hint: str | None


def read_request(params: QueryParams, partners: Mapping[str, Partner]) -> Asked:
    """The request of a partner's button; FranceConnectRefused (Y030007) for any fault, whoever asks."""
    if any(len(params.getlist(name)) > 1 for name in _KNOWN_ONCE):
        raise FranceConnectRefused(BAD_REQUEST)
    given = {name: params.get(name, "") for name in _KNOWN_ONCE}
    partner = partners.get(given["client_id"])
    scopes = tuple(dict.fromkeys(given["scope"].split()))
    prompts = frozenset(given["prompt"].split())
    challenge = given["code_challenge"]
    right = (
        partner is not None
        and given["redirect_uri"] in partner.redirect_uris
        and given["response_type"] == "code"
        and "openid" in scopes
        and SCOPES.keys() >= set(scopes)
        and ACR in given["acr_values"].split()
        and NONCE_MIN <= len(given["nonce"]) <= _LONGEST
        and 0 < len(given["state"]) <= _LONGEST
        and prompts <= {"login", "consent"}
        and (not challenge or _CHALLENGE.fullmatch(challenge) is not None)
        and given["code_challenge_method"] == ("S256" if challenge else "")
    )
    if not right:
        raise FranceConnectRefused(BAD_REQUEST)
    return Asked(
        given["client_id"],
        given["redirect_uri"],
        scopes,
        given["state"],
        given["nonce"],
        prompts,
        challenge or None,
        given["idp_hint"] or None,
    )
