"""Mail gateways put their own address in front of every link; four real forms (facts: link rewriters).

What is written here must be read by `mail.rewriters`, without which nobody would know where a link leads.
"""

import email
import email.policy
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import EmailMessage
from html import escape, unescape
from urllib.parse import quote

from ameli_support.mail.rewriters import read_link
from ameli_support.sandbox.mailworld.parcel import Behaviour, Parcel, Provider

_HREF = re.compile(r"(?i)(\bhref\s*=\s*)([\"'])(https?://[^\"'<>\s]+)\2")
_URL = re.compile(r"(?i)\bhttps?://[^\s<>\"']+")
# what Proofpoint does not leave as it is stands in base64 behind the address
_TAKEN = re.compile(rb"[^A-Za-z0-9._~:/?#@!$&(),;=%+-]{1,65}")
_RUNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def safelinks(url: str) -> str:
    """Microsoft Defender for Office 365."""
    return (
        f"https://eur02.safelinks.protection.outlook.com/?url={quote(url, safe='')}"
        "&data=05%7C02%7C%7C0%7C0%7C0%7C638998000000000000%7CUnknown%7C%7C%7C&sdata=c2FuZGJveA%3D%3D&reserved=0"
    )


def proofpoint(url: str) -> str:
    """Proofpoint URL Defense, version 3: one such byte is a star, a run of them two stars and its length."""

    def star(run: re.Match[bytes]) -> bytes:
        length = len(run[0])
        return b"*" if length == 1 else b"**" + _RUNS[length - 2 : length - 1]

    raw = url.encode()
    tail = urlsafe_b64encode(b"".join(_TAKEN.findall(raw))).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{_TAKEN.sub(star, raw).decode()}__;{tail}!!c2FuZGJveA!sandbox$"


def barracuda(url: str) -> str:
    """Barracuda Link Protection."""
    return f"https://linkprotect.cudasvc.com/url?a={quote(url, safe='')}&c=E,1,sandbox&typo=1"


def dereferrer(url: str) -> str:
    """GMX: its webmail puts a page of its own before every link."""
    return f"https://deref-gmx.fr/mail/client/sandbox/dereferrer/?redirectUrl={quote(url, safe='')}"


FORMS: dict[str, Callable[[str], str]] = {
    "safelinks": safelinks,
    "proofpoint": proofpoint,
    "barracuda": barracuda,
    "gmx": dereferrer,
}


@dataclass(frozen=True, slots=True)
class Rewrites(Behaviour):
    """Rewrites every link, in the text and in the HTML."""

    form: str

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        return replace(parcel, content=rewritten(parcel.content, FORMS[self.form]))


def rewritten(content: bytes, form: Callable[[str], str]) -> bytes:
    """The mail with each link in `form`; a link or a part that it cannot write for certain stays as it is."""
    message = email.message_from_bytes(content, policy=email.policy.SMTP)

    def put(url: str) -> str:
        made = form(url)
        return made if read_link(made).target == url else url

    for part in message.walk():
        with suppress(LookupError, ValueError):  # a part that says wrongly how it is written
            if part.get_content_type() == "text/plain":
                _set(part, _URL.sub(lambda found: put(found[0]), part.get_content()))
            elif part.get_content_type() == "text/html":
                _set(part, _rewrite_html(part.get_content(), put))
    try:
        return message.as_bytes()
    except (LookupError, ValueError):
        return content


def _rewrite_html(source: str, put: Callable[[str], str]) -> str:
    def href(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{escape(put(unescape(found[3])))}{found[2]}"

    return _HREF.sub(href, source)


def _set(part: EmailMessage, text: str) -> None:
    subtype = part.get_content_subtype()
    part.set_content(text, subtype=subtype, charset="utf-8", cte="quoted-printable")
