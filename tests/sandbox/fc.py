"""FranceConnect in tests: a partner that asks for codes, and a person who walks through its pages."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from ameli_support.clock import FixedClock
from ameli_support.sandbox.franceconnect.keys import client_secret
from ameli_support.sandbox.franceconnect.provider import BASE, CALLBACK_PATH, CLIENT_ID, challenge_of
from tests.sandbox.visitor import Shown, Visitor
from tests.service import RunningService, running_service

VERIFIER = "v" * 50
LA_POSTE = "LP L’Identité Numérique La Poste"
GO_ON = "Continuer sur L’Assurance Maladie"
NOT_YOU = "Ce n’est pas vous ?"
BACK = "← Revenir sur Ameli"


@dataclass
class Partner:
    """ameli as FranceConnect sees it, asking by hand."""

    service: RunningService
    state: str = "s" * 32
    nonce: str = "n" * 32
    answers: list[str] = field(default_factory=list)

    @property
    def callback(self) -> str:
        return f"{self.service.base_url}{CALLBACK_PATH}"

    def request(self, **other: str | None) -> dict[str, str]:
        asked: dict[str, str | None] = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "scope": "openid identite_pivot",
            "acr_values": "eidas1",
            "nonce": self.nonce,
            "state": self.state,
            "redirect_uri": self.callback,
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **other,
        }
        return {name: value for name, value in asked.items() if value is not None}

    def form(self, code: str, **other: str | None) -> dict[str, str]:
        given: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "client_id": CLIENT_ID,
            "client_secret": client_secret(self.service.world.keys),
            "code_verifier": VERIFIER,
            **other,
        }
        return {name: value for name, value in given.items() if value is not None}

    def redeem(self, code: str, **other: str | None) -> httpx.Response:
        with httpx.Client(base_url=self.service.base_url, trust_env=False) as client:
            return client.post(f"{BASE}/token", data=self.form(code, **other))

    def userinfo(self, token: str) -> httpx.Response:
        with httpx.Client(base_url=self.service.base_url, trust_env=False) as client:
            return client.get(f"{BASE}/userinfo", headers={"Authorization": f"Bearer {token}"})


class Person(Visitor):
    """A browser that stops at the door of the partner: where FranceConnect sends it is kept in `sent_to`."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.sent_to: dict[str, str] = {}
        self.client.follow_redirects = False

    def open(self, path: str) -> Shown:
        if urlsplit(path).path != CALLBACK_PATH:
            return super().open(path)
        self._leave(path)
        assert self.page is not None
        return self.page

    def _show(self, answer: httpx.Response) -> Shown:
        while answer.is_redirect:
            target = answer.headers["location"]
            if "/fc/" not in target:
                self._leave(target)
                break
            answer = self.client.get(target)
        return super()._show(answer)

    def _leave(self, target: str) -> None:
        self.sent_to = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        self.sent_to["to"] = target.partition("?")[0]

    def asked(self, partner: Partner, **other: str | None) -> Shown:
        """Sent by the partner's button."""
        return self._show(self.client.get(f"{BASE}/authorize", params=partner.request(**other)))

    def signed_in(self, partner: Partner, login: str, **other: str | None) -> Shown:
        """At « Bienvenue », as this person, or at what FranceConnect says instead."""
        self.asked(partner, **other)
        self.press(LA_POSTE)
        return self.press("Me connecter", login=login)

    def code(self, partner: Partner, login: str, **other: str | None) -> str:
        """The one-time code for this person."""
        self.signed_in(partner, login, **other)
        self.press(GO_ON)
        return self.sent_to["code"]


def claims(token: str) -> dict[str, Any]:
    """The claims of a JWT, whoever signed it."""
    found: dict[str, Any] = json.loads(_part(token, 1))
    return found


def header(token: str) -> dict[str, Any]:
    """The header of a JWT."""
    found: dict[str, Any] = json.loads(_part(token, 0))
    return found


@contextmanager
def person(service: RunningService) -> Iterator[Person]:
    """One browser for the length of the block."""
    browser = Person(service.base_url)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def cast_service(folder: Path) -> Iterator[RunningService]:
    """The service with the cast on a real socket."""
    with running_service(folder, with_cast=True) as service:
        yield service


def wait(service: RunningService, seconds: float) -> None:
    """Let the system clock go on."""
    assert isinstance(service.clock, FixedClock)
    service.clock.forward(timedelta(seconds=seconds))


def _part(token: str, number: int) -> bytes:
    part = token.split(".")[number]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
