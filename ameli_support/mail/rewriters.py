"""Links that a mail gateway or a webmail rewrote: whose they are and where they lead, without opening one.

Forms: facts/mail.md §4.3. A host is compared whole; what cannot be decoded for certain has no target.
"""

import re
from binascii import Error as NotBase64
from dataclasses import dataclass
from urllib.parse import SplitResult

from ameli_support.mail.link_decoding import (
    Decode,
    checkpoint,
    cisco,
    gmx,
    mailinblack,
    mcas,
    opaque,
    owa,
    parameter,
    proofpoint,
    sophos,
)
from ameli_support.mail.web_address import host_of, split_address, web_address

__all__ = ["MAX_NESTING", "Link", "host_of", "read_link"]

MAX_NESTING = 8


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
        split = split_address(href)
        rewriter = split and _rewriter_of(split)
        if split is None or rewriter is None:
            return Link(text, outer, href if outer else None)
        outer = outer or rewriter.name
        target = _target(rewriter, href, split)
        if target is None:
            return Link(text, outer, None)
        href = target
    return Link(text, outer, None)


def _cleaned(text: str) -> str:
    return text.strip().strip("<>").strip()


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
        return web_address(rewriter.decode(href, split))
    except (ValueError, NotBase64):
        return None


# ── who rewrites how ────────────────────────────────────────────────────────


def _of(name: str, host: str | None, path: str | None, decode: Decode) -> _Rewriter:
    return _Rewriter(name, re.compile(host) if host else None, re.compile(path) if path else None, decode)


_LABEL = r"[a-z0-9-]+"
_REWRITERS = (
    _of(
        "safelinks",
        rf"{_LABEL}\.safelinks\.protection\.(?:outlook\.com|office365\.us|partner\.outlook\.cn)",
        r"/?|/ap/.*|/[A-Za-z]*",
        parameter("url"),
    ),
    _of(
        "safelinks", r"statics\.teams\.cdn\.office\.net", r"/evergreen-assets/safelinks/.*", parameter("url")
    ),
    _of("proofpoint", r"urldefense\.(?:proofpoint\.com|com|us)", None, proofpoint),
    _of("mimecast", rf"protect-{_LABEL}\.mimecast\.com", r"/s/.*|/redirect/.*", opaque),
    _of(
        "mimecast",
        rf"url(?:\.{_LABEL}){{0,2}}\.(?:m\.)?mimecastprotect\.com|protect-{_LABEL}\.mimecastprotect\.com",
        None,
        opaque,
    ),
    _of("barracuda", r"linkprotect\.cudasvc\.com", None, parameter("a")),
    _of("sophos", r"[a-z0-9-]+-\d+\.protection\.sophos\.com", None, sophos),
    _of("cisco", r"secure-web\.cisco\.com", None, cisco),
    _of("fireeye", r"protect\d*\.fireeye\.com", r"/(?:v\d/)?url", parameter("u")),
    _of(
        "trendmicro",
        rf"(?:{_LABEL}\.)+trendmicro\.com",
        r"/wis/clicktime/v\d/query",
        parameter("url"),
    ),
    _of("vade", rf"(?:{_LABEL}\.)+vadesecure\.com", r"/(?:safeproxy/)?v\d/?|/\d/.*", parameter("u")),
    _of("mailinblack", rf"mibc-{_LABEL}\.mailinblack\.com", r"/securelink/?", mailinblack),
    _of("hornetsecurity", r"atpscan\.global\.hornetsecurity\.com", None, parameter("u")),
    _of("symantec", r"clicktime\.symantec\.com", None, parameter("u")),
    _of(
        "checkpoint",
        rf"(?:{_LABEL}\.)+url-protection\.com|protect\.checkpoint\.com|url\.avanan\.click",
        None,
        checkpoint,
    ),
    _of("titanhq", r"linklock\.titanhq\.com", None, parameter("url")),
    _of(
        "gmx",
        r"deref-(?:gmx|mail|web|1und1|web-02)\.(?:fr|net|com|de|at|ch|es|co\.uk)",
        r"/mail/client/(?:[^/]+/)?dereferrer/?",
        gmx,
    ),
    _of("edgepilot", r"link\.edgepilot\.com", None, parameter("u")),
    _of("zix", r"link\.zixcentral\.com", None, parameter("u")),
    _of("trustwave", r"scanmail\.trustwave\.com", None, parameter("u")),
    _of("topsec", r"scanner\.topsec\.com", None, parameter("u")),
    _of("esva", r"urlsand\.(?:esvalabs\.)?com", None, parameter("u")),
    _of("mcas", rf"(?:{_LABEL}\.)+mcas\.ms", None, mcas),
    # on hosts of their customers: the path, and that it decodes
    _of("fortimail", None, r"/fmlurlsvc/", parameter("url")),
    _of("mailinblack", None, r"/securelink/?", mailinblack),
    _of("owa", None, r"(?i:/owa/redir\.aspx)", owa),
    _of("horde", None, r"(?:/[A-Za-z0-9._-]+)*/(?:services|util)/go\.php", parameter("url")),
    _of("axigen", None, r"/redir\.hsp", parameter("url")),
)
