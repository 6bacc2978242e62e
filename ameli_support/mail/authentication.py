"""What the receiving provider noted of SPF, DKIM and DMARC (RFC 8601); only its own note counts."""

import re
from dataclasses import dataclass

from ameli_support.mail.parsing import Headers
from ameli_support.mail.tokens import shown


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results in lower case as the provider wrote them; None for what it did not note.

    `signed`: the domains whose DKIM signature held.
    """

    server: str | None = None
    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    signed: tuple[str, ...] = ()

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

    def passed_for(self, domain: str) -> bool:
        """Whether the domain of the From address vouches: without DMARC its own signature, or a parent's."""
        if not self.passed or self.dmarc is not None or not self.signed:
            return self.passed
        return any(_within(domain.lower(), one) or _within(one, domain.lower()) for one in self.signed)


_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_SIGNED = re.compile(
    r"\bdkim\s*=\s*pass\b[^;]{0,200}?\bheader\.[di]\s*=\s*[^@\s;]{0,64}?@?([a-z0-9.-]{1,255})", re.IGNORECASE
)
_SPF = re.compile(r"\s*([a-z]{1,20})", re.IGNORECASE)
_FROM = re.compile(r"\s*from\s+([^\s();]{1,255})(?:\s+\(([^\s()\[\]]{1,255}))?", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([^\s();]{1,255})", re.IGNORECASE)
_MOST = 8000


def read_authentication(headers: Headers) -> Authentication:
    """The topmost note that the receiving provider made, with those of the same server beside it.

    A note below every Received field came with the mail: anybody can have written it. So did one below the
    hop by which the mail came in, unless it names the server of that hop (RFC 8601 §5).
    """
    server: str | None = None
    results: dict[str, str] = {}
    signed: dict[str, None] = {}
    noted = False
    below = _last(headers, "received")
    border, next_hop, host = _border(headers)
    for index, (name, value) in enumerate(headers.fields):
        if noted and name == "received":
            break
        if name != "authentication-results" or (below is not None and index > below):
            continue
        mine = _server(value)
        if noted and mine != server:
            continue
        if border is not None and index > border:
            own = mine is not None and host is not None and _within(_organisation(mine), _organisation(host))
            if not own or (next_hop is not None and index > next_hop):
                continue
        server, noted = mine, True
        for method, result in _RESULT.findall(value[:_MOST]):
            method, result = method.lower(), result.lower()
            if results.get(method) != "pass":
                results[method] = result
        signed |= dict.fromkeys(found.lower() for found in _SIGNED.findall(value[:_MOST]))
    if "spf" not in results and (spf := _SPF.match(headers.get("received-spf"))):
        results["spf"] = spf[1].lower()
    return Authentication(
        server and shown(server, 255),
        results.get("spf"),
        results.get("dkim"),
        results.get("dmarc"),
        tuple(shown(domain, 255) for domain in signed)[:10],
    )


def _border(headers: Headers) -> tuple[int | None, int | None, str | None]:
    """Where the mail came in: the place of the first hop from outside the receiving organisation, of the hop
    below it, and the host that took the mail; None without one that can be read."""
    places = [(index, value) for index, (name, value) in enumerate(headers.fields) if name == "received"]
    for at, (index, value) in enumerate(places):
        sender, taker = _FROM.match(value[:2000]), _BY.search(value[:2000])
        if sender is None or taker is None or "." not in taker[1]:
            continue
        own = _organisation(taker[1])
        if all(_organisation(name) != own for name in (sender[1], sender[2]) if name):
            return index, places[at + 1][0] if at + 1 < len(places) else None, taker[1]
    return None, None, None


def _organisation(host: str) -> str:
    """The last labels of a host's name, enough to tell two organisations apart."""
    labels = host.lower().strip("[]<>.;,").split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])


def _within(domain: str, above: str) -> bool:
    return domain == above or domain.endswith("." + above)


def _server(value: str) -> str | None:
    """The authserv-id; Microsoft leaves it out, and begins with a result."""
    head = value.partition(";")[0].strip().split(" ")[0]
    return head if head and "=" not in head else None


def _last(headers: Headers, wanted: str) -> int | None:
    places = [index for index, (name, _value) in enumerate(headers.fields) if name == wanted]
    return places[-1] if places else None
