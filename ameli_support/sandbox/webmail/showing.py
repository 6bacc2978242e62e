"""One mail as a webmail may show it: cleaned twice over, with every link led through our own page."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup

from ameli_support.mail.links import links_in, written_links
from ameli_support.mail.parsing import Mail, parse
from ameli_support.mail.rewriters import Link

MAX_LINE = 500
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TAGS = set(
    re.findall(
        r"\S+",
        "a abbr b blockquote br center code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span "
        "strong sub sup table tbody td tfoot th thead tr u ul",
    )
)
_ATTRIBUTES = {
    "*": {"style", "align", "dir", "lang"},
    "a": {"href"},
    "td": {"colspan", "rowspan", "valign", "width"},
    "th": {"colspan", "rowspan", "valign", "width"},
    "table": {"width", "cellpadding", "cellspacing", "border"},
}
_STYLES = set(
    re.findall(
        r"\S+",
        "background-color border border-radius border-top border-collapse color display font-family "
        "font-size font-style font-weight line-height list-style-type margin max-width min-width padding "
        "padding-top overflow-wrap text-align text-decoration vertical-align white-space width word-break",
    )
)


@dataclass(frozen=True)
class Shown:
    """What a mail shows: its head in single lines, its text, its cleaned HTML if it has any, its links."""

    sender: str
    recipient: str
    subject: str
    text: Markup
    html: str | None
    links: tuple[Link, ...]


def show(raw: bytes, *, live: bool = True) -> Shown:
    """`live`: whether links can be followed; some providers' junk folders switch them off."""
    mail = parse(raw)
    links = tuple(links_in(mail))
    numbers = {link.href: number for number, link in enumerate(links, 1)} if live else {}
    return Shown(
        one_line(mail.headers.decoded("from")) or "(sans expéditeur)",
        one_line(mail.headers.decoded("to")),
        one_line(mail.headers.decoded("subject")) or "(sans objet)",
        _text(_plain(mail), numbers),
        _clean(mail, numbers),
        links,
    )


def one_line(text: str) -> str:
    """A header's value without line breaks, and without what turns the writing round."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:MAX_LINE]


def leads_to(link: Link, site: str) -> str | None:
    """Where a link leads on our own site, whoever rewrote it; None for anywhere else."""
    target = link.target or (link.href if link.rewriter is None else None)
    if target is None:
        return None
    ours, there = urlsplit(site), urlsplit(target)
    if (there.scheme, there.netloc) != (ours.scheme, ours.netloc) or not target.isascii():
        return None
    return target


def _plain(mail: Mail) -> str:
    return "\n".join(part.text for part in mail.of_type("text/plain")) or mail.text


def _text(text: str, numbers: dict[str, int]) -> Markup:
    """The text escaped, its links as links."""
    pieces, end = [], 0
    for start, href in written_links(text):
        number = numbers.get(href)
        if number is None:
            continue
        pieces += [escape(text[end:start]), _anchor(number, href)]
        end = start + len(href)
    pieces.append(escape(text[end:]))
    return Markup("".join(pieces))  # noqa: S704 - every piece is escaped


def _anchor(number: int, href: str) -> str:
    return f'<a href="lien/{number}" target="_blank" rel="noopener noreferrer">{escape(href)}</a>'


def _clean(mail: Mail, numbers: dict[str, int]) -> str | None:
    sources = [part.source for part in mail.of_type("text/html")]
    if not sources:
        return None

    def put(tag: str, name: str, value: str) -> str | None:
        if (tag, name) != ("a", "href"):
            return value
        number = numbers.get("".join(value.split()))
        return None if number is None else f"lien/{number}"

    return nh3.clean(
        "\n".join(sources),
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=put,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
