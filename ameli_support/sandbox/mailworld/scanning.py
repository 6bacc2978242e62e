"""Antivirus programs open a mail's links before its reader does (rules §3): real requests, to us alone."""

from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, quote, urlsplit

from ameli_support.mail.links import links_in
from ameli_support.mail.parsing import parse
from ameli_support.sandbox.mailworld.parcel import Behaviour, Parcel, Provider

TIMEOUT = 5.0
MOST = 20


@dataclass(frozen=True, slots=True)
class Opens(Behaviour):
    """Has each link opened on arrival, once by each of these methods."""

    methods: tuple[str, ...]

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        return replace(parcel, opened_by=(*parcel.opened_by, *self.methods))


def open_links(content: bytes, methods: tuple[str, ...], site: str) -> int:
    """Request every link below `site` (a base URL) by each method; how many requests were answered.

    Links to anywhere else are left alone, and no redirection is followed.
    """
    place = urlsplit(site)
    answered = 0
    for link in links_in(parse(content))[:MOST]:
        target = _split(link.target or link.href)
        if (target.scheme, target.netloc) != ("http", place.netloc) or place.scheme != "http":
            continue
        for method in methods:
            answered += _request(place.hostname or "", place.port, method, target.path)
    return answered


def _split(url: str) -> SplitResult:
    """An address taken apart; of one that is none, nothing."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _request(host: str, port: int | None, method: str, path: str) -> bool:
    connection = HTTPConnection(host, port, timeout=TIMEOUT)
    with suppress(OSError, HTTPException):
        # a stranger's link may hold any letter; a request line holds ASCII
        connection.request(
            method,
            quote(path or "/", safe="/%:@!$&'()*+,;=~"),
            headers={"User-Agent": "sandbox link scanner"},
        )
        connection.getresponse().read()
        connection.close()
        return True
    connection.close()
    return False
