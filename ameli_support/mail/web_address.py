"""Web addresses as they stand in a mail: told from other text, their host, put right when escaped twice."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

MAX_URL = 16_384
HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


def host_of(url: str) -> str | None:
    """The host of a web address in lower case, without a final dot; None when it is none."""
    split = split_address(url)
    return split.hostname.lower().rstrip(".") if split and split.hostname else None


def split_address(url: str) -> SplitResult | None:
    """The parts of a web address with a host; None when it is none."""
    if len(url) > MAX_URL or not HTTP.match(url):
        return None
    try:
        split = urlsplit(url)
        _port = split.port
    except ValueError:
        return None
    return split if split.hostname else None


def web_address(text: str | None) -> str | None:
    """`text` when it is a whole web address; a scheme escaped twice or short of a slash is put right."""
    if text is None:
        return None
    text = text.strip()
    if re.match(r"(?i)https?%(?:25)*3a", text):
        text = unquote(text)
    text = re.sub(r"(?i)^(https?):/(?=[^/])", r"\1://", text)
    if not HTTP.match(text) or not text.isprintable() or "\ufffd" in text or split_address(text) is None:
        return None
    return text
