"""What the receiving provider noted of SPF, DKIM and DMARC (RFC 8601); only its own note counts."""

import re
from dataclasses import dataclass

from ameli_support.mail.parsing import Headers
from ameli_support.mail.tokens import shown


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results in lower case as the provider wrote them; None for what it did not note."""

    server: str | None = None
    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the mail is not from whom it says: DMARC refuses it, or nothing vouches for it."""
        if self.dmarc is not None:
            return self.dmarc in ("fail", "permerror")
        return self.spf in ("fail", "softfail") and self.dkim != "pass"

    @property
    def passed(self) -> bool:
        """Whether the domain of the sender vouches for the mail."""
        return self.dmarc in ("pass", "bestguesspass") or (self.dmarc is None and self.dkim == "pass")


_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_SPF = re.compile(r"\s*([a-z]{1,20})", re.IGNORECASE)


def read_authentication(headers: Headers) -> Authentication:
    """The topmost note, with those of the same server beside it.

    A note below every Received field came with the mail: anybody can have written it.
    """
    server: str | None = None
    results: dict[str, str] = {}
    noted = False
    below = _last(headers, "received")
    for index, (name, value) in enumerate(headers.fields):
        if noted and name == "received":
            break
        if name != "authentication-results" or (below is not None and index > below):
            continue
        mine = _server(value)
        if noted and mine != server:
            continue
        server, noted = mine, True
        for method, result in _RESULT.findall(value[:8000]):
            method, result = method.lower(), result.lower()
            if results.get(method) != "pass":
                results[method] = result
    if "spf" not in results and (spf := _SPF.match(headers.get("received-spf"))):
        results["spf"] = spf[1].lower()
    return Authentication(
        server and shown(server, 255), results.get("spf"), results.get("dkim"), results.get("dmarc")
    )


def _server(value: str) -> str | None:
    """The authserv-id; Microsoft leaves it out, and begins with a result."""
    head = value.partition(";")[0].strip().split(" ")[0]
    return head if head and "=" not in head else None


def _last(headers: Headers, wanted: str) -> int | None:
    places = [index for index, (name, _value) in enumerate(headers.fields) if name == wanted]
    return places[-1] if places else None
