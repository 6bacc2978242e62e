"""How each gateway and webmail hides the address that it rewrote (facts/mail.md §4.3).

A decoder gives the text that it finds, or None; it raises ValueError for what does not decode.
"""

import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from urllib.parse import SplitResult, unquote, unquote_to_bytes

from ameli_support.mail.web_address import HTTP, host_of

Decode = Callable[[str, SplitResult], str | None]


def _raw(split: SplitResult, *names: str) -> str | None:
    """The first parameter of one of these names, still escaped."""
    for pair in split.query.replace("&amp;", "&").split("&"):
        name, sign, value = pair.partition("=")
        if sign and name.lower() in names:
            return value
    return None


def parameter(*names: str) -> Decode:
    """Decodes by the first of these parameters that is there."""

    def decode(_href: str, split: SplitResult) -> str | None:
        value = _raw(split, *names)
        if value is None:
            return None
        # an address that was not escaped goes on to its own fragment
        if HTTP.match(value) and split.fragment:
            value = f"{value}#{split.fragment}"
        return unquote(value)

    return decode


def opaque(_href: str, _split: SplitResult) -> str | None:
    """Only its maker can tell where it leads."""
    return None


def _base64_text(text: str) -> str:
    text = unquote(text).rstrip("=.").replace("+", "-").replace("/", "_")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not base64")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")


def sophos(_href: str, split: SplitResult) -> str | None:
    """`u` is the address in base64."""
    value = _raw(split, "u")
    return _base64_text(value) if value else None


def cisco(_href: str, split: SplitResult) -> str | None:
    """The address is the rest of the path."""
    _nothing, _token, *rest = split.path.split("/", 2)
    return unquote(rest[0]) if rest else None


def proofpoint(href: str, split: SplitResult) -> str | None:
    """Three forms, told by the path."""
    if split.path.startswith("/v3/"):
        return _proofpoint_3(href)
    value = _raw(split, "u")
    if value is None:
        return None
    if split.path.startswith("/v2/"):
        return unquote(value.replace("-", "%").replace("_", "/")).replace("&amp;", "&")
    return unquote(value).replace("&amp;", "&") if split.path.startswith("/v1/") else None


_V3 = re.compile(r"/v3/__(.+?)__;([A-Za-z0-9_-]*)={0,2}!")
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _proofpoint_3(href: str) -> str | None:
    """`*` stands for one byte of the tail, `**X` for a run of them: A two … _ sixty-five."""
    found = _V3.search(href)
    if found is None:
        return None
    tail = urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4))
    url, made, at, taken = found[1], bytearray(), 0, 0
    while at < len(url):
        if url[at] != "*":
            made += url[at].encode()
            at += 1
            continue
        run = _RUNS.find(url[at + 2]) + 2 if url[at + 1 : at + 2] == "*" and len(url) > at + 2 else 1
        if run == 1 and url[at + 1 : at + 2] == "*":
            return None
        made += tail[taken : taken + run]
        taken += run
        at += 3 if run > 1 else 1
    if taken != len(tail):
        return None
    return made.decode("utf-8")


def mailinblack(_href: str, split: SplitResult) -> str | None:
    """`key` is JSON in base64 with the whole address; `url` is only its origin and must agree."""
    key, origin = _raw(split, "key"), _raw(split, "url")
    for piece in (key or "").split(".")[:3]:
        try:
            held = json.loads(_base64_text(piece))
        except (ValueError, NotBase64, RecursionError):
            continue
        target = held.get("url") if isinstance(held, dict) else None
        if isinstance(target, str) and (not origin or host_of(target) == host_of(unquote(origin))):
            return target
    return None


def checkpoint(href: str, split: SplitResult) -> str | None:
    """Between `___` in the path, else in `o`."""
    found = re.search(r"/v2/(?:r\d\d/)?___(.+?)___(?:\.|$)", href)
    if found:
        return unquote(found[1]) if re.match(r"(?i)https?%3a", found[1]) else found[1]
    return parameter("o")(href, split)


def mcas(_href: str, split: SplitResult) -> str | None:
    """Microsoft's session proxy: the site's own host with `.mcas.ms` behind it."""
    host = (split.hostname or "").lower()
    if host == "mcas-proxyweb.mcas.ms":
        return parameter("originalurl")("", split)
    site = host.removesuffix(".mcas.ms")
    if "." not in site or site.startswith(("access.", "us.", "eu.")):
        return None
    kept = [pair for pair in split.query.split("&") if pair and not pair.lower().startswith("mcas")]
    return split._replace(netloc=site, query="&".join(kept)).geturl()


def owa(href: str, split: SplitResult) -> str | None:
    """`URL` holds the address; `REF` holds it in base64 behind the byte 1."""
    if _raw(split, "url"):
        return parameter("url")(href, split)
    reference = _raw(split, "ref")
    if not reference:
        return None
    text = unquote(reference).rstrip("=.")
    head, mark, tail = urlsafe_b64decode(text + "=" * (-len(text) % 4)).rpartition(b"\x01http")
    return ("http" + tail.decode("utf-8")) if mark and len(head) >= 16 else None


def gmx(_href: str, split: SplitResult) -> str | None:
    """`redirectUrl`, by bytes."""
    value = _raw(split, "redirecturl")
    return unquote_to_bytes(value).decode("utf-8") if value else None
