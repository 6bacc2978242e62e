"""Links that a mail gateway or a webmail rewrote: whose they are and where they lead, without opening one.

Forms: facts/mail.md §4.3. A host is compared whole; what cannot be decoded for certain has no target.
"""

import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, unquote_to_bytes, urlsplit

MAX_URL = 16_384
MAX_NESTING = 8
_HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)

Decode = Callable[[str, SplitResult], str | None]


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it was given: who rewrote it last, and where it leads in the end (None: cannot be known)."""

    href: str
    rewriter: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class _Rewriter:
    name: str
    host: re.Pattern[str] | None
    path: re.Pattern[str] | None
    decode: Decode

    def made(self, host: str, path: str) -> bool:
        return (self.host is None or self.host.fullmatch(host) is not None) and (
            self.path is None or self.path.fullmatch(path) is not None
        )


def read_link(text: str) -> Link:
    """Whose rewritten link `text` is, with the innermost target of links rewritten several times."""
    href = _cleaned(text)
    outer: str | None = None
    for _round in range(MAX_NESTING):
        split = _split(href)
        rewriter = split and _rewriter_of(split)
        if split is None or rewriter is None:
            return Link(text, outer, href if outer else None)
        outer = outer or rewriter.name
        target = _target(rewriter, href, split)
        if target is None:
            return Link(text, outer, None)
        href = target
    return Link(text, outer, None)


def host_of(url: str) -> str | None:
    """The host of a web address in lower case, without a final dot; None when it is none."""
    split = _split(url)
    return split.hostname.lower().rstrip(".") if split and split.hostname else None


def _cleaned(text: str) -> str:
    return text.strip().strip("<>").strip()


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL or not _HTTP.match(url):
        return None
    try:
        split = urlsplit(url)
        _port = split.port
    except ValueError:
        return None
    return split if split.hostname else None


def _rewriter_of(split: SplitResult) -> _Rewriter | None:
    host = (split.hostname or "").lower().rstrip(".")
    for rewriter in _REWRITERS:
        if rewriter.made(host, split.path):
            # anybody may serve such a path: only what it decodes tells a webmail from a stranger
            if rewriter.host is None and rewriter.name != "owa" and _target(rewriter, "", split) is None:
                continue
            return rewriter
    return None


def _target(rewriter: _Rewriter, href: str, split: SplitResult) -> str | None:
    try:
        return _web_address(rewriter.decode(href, split))
    except (ValueError, NotBase64):
        return None


def _web_address(text: str | None) -> str | None:
    """`text` when it is a whole web address; a scheme escaped twice or short of a slash is put right."""
    if text is None:
        return None
    text = text.strip()
    if re.match(r"(?i)https?%(?:25)*3a", text):
        text = unquote(text)
    text = re.sub(r"(?i)^(https?):/(?=[^/])", r"\1://", text)
    if not _HTTP.match(text) or not text.isprintable() or "\ufffd" in text or _split(text) is None:
        return None
    return text


# ── decoding ────────────────────────────────────────────────────────────────


def _raw(split: SplitResult, *names: str) -> str | None:
    """The first parameter of one of these names, still escaped."""
    for pair in split.query.replace("&amp;", "&").split("&"):
        name, sign, value = pair.partition("=")
        if sign and name.lower() in names:
            return value
    return None


def _parameter(*names: str) -> Decode:
    def decode(_href: str, split: SplitResult) -> str | None:
        value = _raw(split, *names)
        if value is None:
            return None
        # an address that was not escaped goes on to its own fragment
        if _HTTP.match(value) and split.fragment:
            value = f"{value}#{split.fragment}"
        return unquote(value)

    return decode


def _opaque(_href: str, _split: SplitResult) -> str | None:
    return None


def _base64_text(text: str) -> str:
    text = unquote(text).rstrip("=.").replace("+", "-").replace("/", "_")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not base64")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")


def _sophos(_href: str, split: SplitResult) -> str | None:
    value = _raw(split, "u")
    return _base64_text(value) if value else None


def _cisco(_href: str, split: SplitResult) -> str | None:
    _nothing, _token, *rest = split.path.split("/", 2)
    return unquote(rest[0]) if rest else None


def _proofpoint(href: str, split: SplitResult) -> str | None:
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


def _mailinblack(_href: str, split: SplitResult) -> str | None:
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


def _checkpoint(href: str, split: SplitResult) -> str | None:
    found = re.search(r"/v2/(?:r\d\d/)?___(.+?)___(?:\.|$)", href)
    if found:
        return unquote(found[1]) if re.match(r"(?i)https?%3a", found[1]) else found[1]
    return _parameter("o")(href, split)


def _mcas(_href: str, split: SplitResult) -> str | None:
    """Microsoft's session proxy: the site's own host with `.mcas.ms` behind it."""
    host = (split.hostname or "").lower()
    if host == "mcas-proxyweb.mcas.ms":
        return _parameter("originalurl")("", split)
    site = host.removesuffix(".mcas.ms")
    if "." not in site or site.startswith(("access.", "us.", "eu.")):
        return None
    kept = [pair for pair in split.query.split("&") if pair and not pair.lower().startswith("mcas")]
    return split._replace(netloc=site, query="&".join(kept)).geturl()


def _owa(href: str, split: SplitResult) -> str | None:
    """`URL` holds the address; `REF` holds it in base64 behind the byte 1."""
    if _raw(split, "url"):
        return _parameter("url")(href, split)
    reference = _raw(split, "ref")
    if not reference:
        return None
    text = unquote(reference).rstrip("=.")
    head, mark, tail = urlsafe_b64decode(text + "=" * (-len(text) % 4)).rpartition(b"\x01http")
    return ("http" + tail.decode("utf-8")) if mark and len(head) >= 16 else None


def _gmx(_href: str, split: SplitResult) -> str | None:
    value = _raw(split, "redirecturl")
    return unquote_to_bytes(value).decode("utf-8") if value else None


# ── who rewrites how ────────────────────────────────────────────────────────


def _of(name: str, host: str | None, path: str | None, decode: Decode) -> _Rewriter:
    return _Rewriter(name, re.compile(host) if host else None, re.compile(path) if path else None, decode)


_LABEL = r"[a-z0-9-]+"
_REWRITERS = (
    _of(
        "safelinks",
        rf"{_LABEL}\.safelinks\.protection\.(?:outlook\.com|office365\.us|partner\.outlook\.cn)",
        r"/?|/ap/.*|/[A-Za-z]*",
        _parameter("url"),
    ),
    _of(
        "safelinks", r"statics\.teams\.cdn\.office\.net", r"/evergreen-assets/safelinks/.*", _parameter("url")
    ),
    _of("proofpoint", r"urldefense\.(?:proofpoint\.com|com|us)", None, _proofpoint),
    _of("mimecast", rf"protect-{_LABEL}\.mimecast\.com", r"/s/.*|/redirect/.*", _opaque),
    _of(
        "mimecast",
        rf"url(?:\.{_LABEL}){{0,2}}\.(?:m\.)?mimecastprotect\.com|protect-{_LABEL}\.mimecastprotect\.com",
        None,
        _opaque,
    ),
    _of("barracuda", r"linkprotect\.cudasvc\.com", None, _parameter("a")),
    _of("sophos", r"[a-z0-9-]+-\d+\.protection\.sophos\.com", None, _sophos),
    _of("cisco", r"secure-web\.cisco\.com", None, _cisco),
    _of("fireeye", r"protect\d*\.fireeye\.com", r"/(?:v\d/)?url", _parameter("u")),
    _of(
        "trendmicro",
        rf"(?:{_LABEL}\.)+trendmicro\.com",
        r"/wis/clicktime/v\d/query",
        _parameter("url"),
    ),
    _of("vade", rf"(?:{_LABEL}\.)+vadesecure\.com", r"/(?:safeproxy/)?v\d/?|/\d/.*", _parameter("u")),
    _of("mailinblack", rf"mibc-{_LABEL}\.mailinblack\.com", r"/securelink/?", _mailinblack),
    _of("hornetsecurity", r"atpscan\.global\.hornetsecurity\.com", None, _parameter("u")),
    _of("symantec", r"clicktime\.symantec\.com", None, _parameter("u")),
    _of(
        "checkpoint",
        rf"(?:{_LABEL}\.)+url-protection\.com|protect\.checkpoint\.com|url\.avanan\.click",
        None,
        _checkpoint,
    ),
    _of("titanhq", r"linklock\.titanhq\.com", None, _parameter("url")),
    _of(
        "gmx",
        r"deref-(?:gmx|mail|web|1und1|web-02)\.(?:fr|net|com|de|at|ch|es|co\.uk)",
        r"/mail/client/(?:[^/]+/)?dereferrer/?",
        _gmx,
    ),
    _of("edgepilot", r"link\.edgepilot\.com", None, _parameter("u")),
    _of("zix", r"link\.zixcentral\.com", None, _parameter("u")),
    _of("trustwave", r"scanmail\.trustwave\.com", None, _parameter("u")),
    _of("topsec", r"scanner\.topsec\.com", None, _parameter("u")),
    _of("esva", r"urlsand\.(?:esvalabs\.)?com", None, _parameter("u")),
    _of("mcas", rf"(?:{_LABEL}\.)+mcas\.ms", None, _mcas),
    # on hosts of their customers: the path, and that it decodes
    _of("fortimail", None, r"/fmlurlsvc/", _parameter("url")),
    _of("mailinblack", None, r"/securelink/?", _mailinblack),
    _of("owa", None, r"(?i:/owa/redir\.aspx)", _owa),
    _of("horde", None, r"(?:/[A-Za-z0-9._-]+)*/(?:services|util)/go\.php", _parameter("url")),
    _of("axigen", None, r"/redir\.hsp", _parameter("url")),
)
