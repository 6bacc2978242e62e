"""The links of a mail: found in text and HTML, unwrapped, shown without a token."""

import html
import re
from collections.abc import Iterator

from ameli_support.mail.parsing import Mail
from ameli_support.mail.rewriters import Link, host_of, read_link
from ameli_support.mail.tokens import LENGTH, MARK, shown, without_tokens

MAX_LINKS = 200
_MAX_SHOWN = 4096

_HREF = re.compile(
    r"""(?i)<a\b[^<>]{0,2000}?\bhref\s{0,5}=\s{0,5}("[^"<>]{1,16000}"|'[^'<>]{1,16000}'|[^\s"'<>]{1,16000})"""
)
_URL = re.compile(r"(?i)\bhttps?://[^\s<>\"'\u00a0]{1,16000}")
_TOKEN = re.compile(rf"/(?:confirmer|renvoyer)/([A-Za-z0-9_-]{{{LENGTH}}})(?=$|[/?#])")


def links_in(mail: Mail, text: str | None = None) -> list[Link]:
    """The web links of a mail as they stand, tokens included: for comparing, never for showing.

    `text` takes the place of the plain text, where only a part of it is the sender's own.
    """
    found: dict[str, Link] = {}
    for href in _hrefs(mail, text):
        if len(found) >= MAX_LINKS:
            break
        if href not in found:
            found[href] = read_link(href)
    return list(found.values())


def written_links(text: str) -> Iterator[tuple[int, str]]:
    """The web links that stand in a text: where each begins, and itself without what ends the sentence.

    A token may end with « _ » or « - », so neither counts as an end.
    """
    for found in _URL.finditer(text):
        yield found.start(), found[0].rstrip(".,;:!?)]}»*'")


def _hrefs(mail: Mail, text: str | None) -> Iterator[str]:
    for part in mail.of_type("text/html"):
        for found in _HREF.finditer(part.source):
            href = "".join(html.unescape(found[1].strip("\"'")).split())
            if href.lower().startswith(("http://", "https://")):
                yield href
    plain = [part.text for part in mail.of_type("text/plain")] if text is None else [text]
    for one in plain:
        for _start, href in written_links(one):
            yield href


def shown_link(link: Link) -> Link:
    """A link as it may be shown: its token gone from every form of it, opaque ways to our page included."""
    href = without_tokens(link.href)
    if link.rewriter is not None and _leads_to_a_token(link, href):
        href = f"https://{host_of(link.href) or ''}/{MARK}"
    return Link(
        shown(href, _MAX_SHOWN),
        link.rewriter,
        None if link.target is None else shown(link.target, _MAX_SHOWN),
    )


def _leads_to_a_token(link: Link, href: str) -> bool:
    """Whether `href`, masked, still gives the token of `link` away."""
    if link.target is None or without_tokens(link.target) == link.target:
        return False
    again = read_link(href).target
    return again is not None and without_tokens(again) != again


def tokens_in(mail: Mail, hosts: frozenset[str]) -> list[str]:
    """The tokens of the links to our own hosts, rewritten ones included: for the service alone, once."""
    found: dict[str, None] = {}
    for link in links_in(mail):
        url = link.target or (link.href if link.rewriter is None else None)
        if url and host_of(url) in hosts and (token := _TOKEN.search(url)):
            found[token[1]] = None
    return list(found)
