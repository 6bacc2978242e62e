"""A raw mail as headers and parts, in time and memory bounded by its size, whatever it holds.

The standard library decodes single headers and bodies; the tree of parts is cut here, because its parser
recurses with the nesting and compares every line with every open boundary.
"""

import binascii
import html
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import cached_property

MAX_BYTES = 32 * 1024 * 1024
MAX_HEADERS = 256 * 1024
MAX_HEADER = 16_384
MAX_DEPTH = 12
MAX_PARTS = 200
MAX_TEXT = 1024 * 1024

_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_PASTED = re.compile(
    rb"(?im)^[ \t>]*(?:return-path|received|delivered-to|from|to|subject|date|message-id|mime-version"
    rb"|authentication-results|x-[a-z-]+|arc-[a-z-]+|dkim-signature|content-type)[ \t]*:"
)


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a mail in their order; names in lower case, values unfolded."""

    fields: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Every value of a field, topmost first."""
        return [value for field_name, value in self.fields if field_name == name]

    def get(self, name: str) -> str:
        """The first value of a field, "" without one."""
        return next((value for field_name, value in self.fields if field_name == name), "")

    def decoded(self, name: str) -> str:
        """The first value with its encoded words (RFC 2047) read."""
        return decoded_words(self.get(name))


@dataclass(frozen=True)
class Part:
    """One part that holds no other, or an enclosed mail; `body` still in its transfer encoding."""

    headers: Headers
    content_type: str
    charset: str | None
    body: bytes
    depth: int = 0

    @cached_property
    def content(self) -> bytes:
        """The body without its transfer encoding."""
        encoding = self.headers.get("content-transfer-encoding").strip().lower()
        try:
            if encoding == "base64":
                return b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", self.body) + b"==")
            if encoding == "quoted-printable":
                return binascii.a2b_qp(self.body)
        except (ValueError, binascii.Error):
            pass
        return self.body

    @cached_property
    def text(self) -> str:
        """The body as text, of HTML what it shows; at most 1 MiB is read."""
        text = decoded_bytes(self.content[:MAX_TEXT], self.charset)
        return shown_text(text) if self.content_type == "text/html" else text

    @cached_property
    def source(self) -> str:
        """The body as text, of HTML its source; at most 1 MiB is read."""
        return decoded_bytes(self.content[:MAX_TEXT], self.charset)

    @cached_property
    def mail(self) -> "Mail":
        """The mail that a message/rfc822 part encloses."""
        return parse(self.content, self.depth + 1)


@dataclass(frozen=True)
class Mail:
    """A mail: its fields and its parts, in reading order."""

    headers: Headers
    content_type: str
    parts: tuple[Part, ...]
    parameters: dict[str, str] = field(default_factory=dict)

    def of_type(self, *types: str) -> list[Part]:
        """The parts of these media types."""
        return [part for part in self.parts if part.content_type in types]

    @cached_property
    def text(self) -> str:
        """What a reader sees: the plain text, or the HTML as text without one."""
        for kind in ("text/plain", "text/html"):
            texts = [part.text for part in self.of_type(kind)]
            if joined := "\n".join(texts).strip():
                return joined[:MAX_TEXT]
        return ""


def parse(raw: bytes, depth: int = 0) -> Mail:
    """The mail of `raw`: a file, what was forwarded as attachment, or headers that somebody pasted."""
    raw = raw[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    headers, body = _split(_from_first_field(raw) if depth == 0 else raw)
    kind = _kind(headers)
    parts = tuple(_parts(headers, body, depth))
    return Mail(headers, kind.type, parts, kind.parameters)


def headers_in(text: bytes) -> Headers:
    """One group of fields, as in a delivery report."""
    return _split(text.strip(b"\n") + b"\n\n")[0]


# ── headers ─────────────────────────────────────────────────────────────────


def _from_first_field(raw: bytes) -> bytes:
    """`raw` without what stands before its first field, and without the indent of a paste."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\n")
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    if _FIELD.match(raw):
        return raw
    found = _PASTED.search(raw[:MAX_HEADERS])
    if found is None:
        return raw
    raw = raw[found.start() :]
    indent = raw[: len(raw) - len(raw.lstrip(b" \t>"))]
    return re.sub(rb"(?m)^" + re.escape(indent), b"", raw[: 2 * MAX_HEADERS]) if indent else raw


def _split(raw: bytes) -> tuple[Headers, bytes]:
    end = 0 if raw.startswith(b"\n") else raw.find(b"\n\n")
    if end == -1:
        end = len(raw)
    head, body = raw[: min(end, MAX_HEADERS)], raw[end:].removeprefix(b"\n").removeprefix(b"\n")
    fields: list[tuple[str, str]] = []
    lines: list[bytes] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines.append(line)
            continue
        _add(fields, lines)
        lines = [line] if _FIELD.match(line) else []
    _add(fields, lines)
    if not fields:
        return Headers(), raw
    return Headers(tuple(fields)), body


def _add(fields: list[tuple[str, str]], lines: list[bytes]) -> None:
    if lines:
        name, _colon, value = b" ".join(lines)[:MAX_HEADER].partition(b":")
        fields.append(
            (name.decode("ascii", "replace").strip().lower(), " ".join(decoded_bytes(value).split()))
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    type: str
    charset: str | None
    boundary: bytes | None
    parameters: dict[str, str]


def _kind(headers: Headers, default: str = "text/plain") -> _Kind:
    message = Message()
    message["Content-Type"] = headers.get("content-type")[:2000] or default
    message.set_default_type(default)
    try:
        parameters = {
            name.lower(): collapse_rfc2231_value(value) for name, value in message.get_params(failobj=[])[1:]
        }
    except (ValueError, IndexError, AttributeError, LookupError):
        parameters = {}
    boundary = parameters.get("boundary", "").strip('"').rstrip()
    return _Kind(
        message.get_content_type(),
        parameters.get("charset"),
        boundary.encode("utf-8", "surrogateescape") or None,
        parameters,
    )


def decoded_words(value: str) -> str:
    """A field's text with its encoded words read; as it stands where they cannot be."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value[:2000])
    except Exception:  # the standard parser has no error of its own for what it cannot read
        return value
    return "".join(
        decoded_bytes(piece, charset) if isinstance(piece, bytes) else piece for piece, charset in pieces
    )


# codecs that are no charset of mail: slow in the square of the length, or read escapes
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}


def decoded_bytes(data: bytes, charset: str | None = None) -> str:
    """Text in the charset named, else UTF-8, else Latin-1; never fails."""
    for name in (charset or "utf-8", "utf-8"):
        if name.lower().replace("-", "_") in _NO_CHARSETS:
            continue
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


# ── parts ───────────────────────────────────────────────────────────────────


def _parts(headers: Headers, body: bytes, depth: int) -> Iterator[Part]:
    """The leaves, depth first; what is nested too deeply or too often stays closed."""
    waiting: list[tuple[Headers, bytes, int, str]] = [(headers, body, depth, "text/plain")]
    made = 0
    while waiting and made < MAX_PARTS:
        headers, body, level, default = waiting.pop()
        kind = _kind(headers, default)
        if kind.type.startswith("multipart/") and kind.boundary and level < MAX_DEPTH:
            inner = "message/rfc822" if kind.type == "multipart/digest" else "text/plain"
            sections = _sections(body, kind.boundary)
            if sections:
                waiting += [(*_split(one), level + 1, inner) for one in reversed(sections)]
                continue
        made += 1
        yield Part(headers, kind.type, kind.charset, body, level)


def _sections(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the boundary lines (RFC 2046 §5.1.1), the last one closed or not."""
    delimiter = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\n|\Z)")
    text = b"\n" + body
    found: list[bytes] = []
    start: int | None = None
    for line in delimiter.finditer(text):
        if start is not None:
            found.append(text[start : line.start()])
        start = None if line[1] else line.end() + 1
        if line[1] or len(found) >= MAX_PARTS:
            return found
    if start is not None:
        found.append(text[start:])
    return found


# ── HTML ────────────────────────────────────────────────────────────────────

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"(?i)<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table)\b[^<>]*>")


def shown_text(source: str) -> str:
    """What HTML shows, as lines."""
    for name in ("style", "script", "head"):
        source = _without(source, name)
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", source.replace("\n", " "))))
    return "\n".join(line for one in text.split("\n") if (line := " ".join(one.split())))


def _without(source: str, name: str) -> str:
    lower, kept, at = source.lower(), [], 0
    while (start := lower.find(f"<{name}", at)) != -1:
        if lower[start + len(name) + 1 : start + len(name) + 2].isalnum():  # <header> is no <head>
            kept.append(source[at : start + 1])
            at = start + 1
            continue
        kept.append(source[at:start])
        end = lower.find(f"</{name}", start)
        if end == -1:
            return "".join(kept)
        at = end
    return "".join([*kept, source[at:]])
