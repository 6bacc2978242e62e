"""Speaks to a running sandbox's controls: its state, its clock, a demo's bearer token, its end."""

import json
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from ameli_support.onboarding.identity import Role
from ameli_support.sandbox.lock import Lock

CONTROL_HEADER = "Ameli-Control"
_TIMEOUT = 5.0


class ControlFailed(Exception):
    """The sandbox did not carry out a control; `status` is None when it did not answer."""

    def __init__(self, status: int | None) -> None:
        super().__init__("the sandbox does not answer" if status is None else f"refused: {status}")
        self.status = status


def status(lock: Lock) -> dict[str, Any]:
    """`as_of` (ISO 8601, UTC), `offset_seconds`, `people`, `mails_waiting`, `procedure_version`."""
    return _call(lock, "GET", "/control/status")


def forward(lock: Lock, by: timedelta) -> dict[str, Any]:
    """Move the business clock on by `by` (whole seconds, more than none); gives the new status."""
    return _call(lock, "POST", "/control/clock", {"seconds": int(by.total_seconds())})


def token(lock: Lock, agent: str, role: Role, funds: tuple[str, ...]) -> str:
    """A bearer token for a demo's agent."""
    who = {"agent": agent, "role": role.value, "funds": funds}
    return str(_call(lock, "POST", "/control/token", who)["token"])


def provisional_code(lock: Lock, nir13: str) -> dict[str, Any] | None:
    """The `code` of 4 digits that a person has in hand and `ends_at` (ISO 8601, UTC); None without one."""
    told = _call(lock, "POST", "/control/provisional-code", {"nir": nir13})
    return told if told["code"] is not None else None


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
