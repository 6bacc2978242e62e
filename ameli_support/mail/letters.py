"""The mails to insured persons: confirmation, notice to a replaced address, « Code oublié ? » (rules §2, §5).

Sentences come from procedure.toml, in French only; the link stands in the bodies, never in a header.
"""

import email.policy
import quopri
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from ameli_support.clock import paris
from ameli_support.i18n import typeset
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.wording import plain, spoken_day, spoken_time

_NBSP = "\u00a0"
# "=_" can stand in no quoted-printable text (RFC 2045 §6.7)
_BOUNDARY = "=_ameli_support_letter"


class _Headers(HeaderRegistry):
    """Makes each class of headers once; the standard one makes a class for every header of every mail."""

    @cache  # noqa: B019 - there is one registry, for as long as the process lives
    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)


_POLICY = email.policy.SMTP.clone(header_factory=_Headers())


def confirmation(
    procedure: Procedure,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    link: str,
    expires_at: datetime,
    at: datetime,
) -> EmailMessage:
    """The confirmation mail of one link, in text and HTML.

    `sender`, `recipient`: bare addresses. `link`: the whole URL. `expires_at`: the end that is
    stored with the link; `at`: the instant of the hand-over. No References: each send stands alone.
    """
    end = _end_of_link(expires_at)
    names = ("body", "button", "page", "until", "copy", "warning", "automatic")
    parts = {name: typeset(procedure.text(f"mail.{name}", **end)) for name in names}
    subject = procedure.mail.subject
    parts |= {"title": subject, "link": link}
    text, html = (_template(f"confirmation.{kind}").render(parts) for kind in ("txt", "html"))
    return _letter(procedure, sender, recipient, message_id, subject, at, text, html)


def address_changed(
    procedure: Procedure, *, sender: str, recipient: str, message_id: str, at: datetime
) -> EmailMessage:
    """The notice to the address that a correction replaced: no name, NIR, fund, link or new address."""
    subject = procedure.mail.notice_subject
    parts = {
        "title": subject,
        "sentences": [typeset(plain(line)) for line in procedure.lines("mail.notice_sentences")],
        "automatic": typeset(procedure.text("mail.automatic")),
    }
    text, html = (_template(f"notice.{kind}").render(parts) for kind in ("txt", "html"))
    return _letter(procedure, sender, recipient, message_id, subject, at, text, html)


def code_reset(
    procedure: Procedure, *, sender: str, recipient: str, message_id: str, link: str, at: datetime
) -> EmailMessage:
    """The mail of « Code oublié ? », in text and HTML. `link`: the whole URL, in the bodies alone."""
    subject = procedure.mail.reset_subject
    parts = {
        "title": subject,
        "sentences": [typeset(plain(line)) for line in procedure.lines("mail.reset_sentences")],
        "button": procedure.mail.reset_button,
        "link": link,
        "copy": typeset(procedure.text("mail.copy")),
        "warning": typeset(procedure.text("mail.reset_warning")),
        "automatic": typeset(procedure.text("mail.automatic")),
    }
    text, html = (_template(f"code_reset.{kind}").render(parts) for kind in ("txt", "html"))
    return _letter(procedure, sender, recipient, message_id, subject, at, text, html)


def _end_of_link(expires_at: datetime) -> Mapping[str, str]:
    """The end of a link in Paris time, as the sentences name it."""
    local = paris(expires_at)
    # the hour that the change of October repeats needs its season
    repeated = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    season = (" d’été" if local.dst() else " d’hiver") if repeated else ""
    return {
        "link_day": f"{spoken_day(expires_at, 'fr')}{_NBSP}{local.year}",
        "link_time": f"{spoken_time(expires_at, 'fr')}{season and f', heure{season}'}",
    }


def _letter(
    procedure: Procedure,
    sender: str,
    recipient: str,
    message_id: str,
    subject: str,
    at: datetime,
    text: str,
    html: str,
) -> EmailMessage:
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(at)
    message["From"] = _header("From", str(Address(procedure.mail.sender_name, addr_spec=sender)))
    message["To"] = recipient
    message["Subject"] = _header("Subject", subject)
    message["Message-ID"] = message_id
    # RFC 3834: nobody's out-of-office note answers this
    message["Auto-Submitted"] = _header("Auto-Submitted", "auto-generated")
    message["MIME-Version"] = _header("MIME-Version", "1.0")
    message["Content-Type"] = _header("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"')
    message.set_payload([_part("plain", text), _part("html", html)])
    return message


def _part(subtype: str, text: str) -> EmailMessage:
    part = EmailMessage(_POLICY)
    part["Content-Type"] = _header("Content-Type", f'text/{subtype}; charset="utf-8"')
    part["Content-Transfer-Encoding"] = _header("Content-Transfer-Encoding", "quoted-printable")
    part.set_payload(quopri.encodestring(text.encode()).decode("ascii"))
    return part


@lru_cache(maxsize=64)
def _header(name: str, value: str) -> Any:
    """A parsed header that many mails share: parsing is the dearest part of making a mail."""
    return _POLICY.header_factory(name, value)


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("ameli_support.mail"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
