"""Reads the invented people's Maildirs: with the person's mailbox, the only place where a link may show."""

import email
import email.policy
import mailbox
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from ameli_support.cli.errors import CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.i18n import _

_LINK = re.compile(r"https?://[^\s\"'<>]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its person reads it; `number` counts from 1, oldest first."""

    number: int
    date: str
    sender: str
    subject: str
    message_id: str
    text: str
    links: tuple[str, ...]

    def row(self) -> str:
        """One line of the list."""
        return f"{self.number}. {self.date} · {self.sender} · {self.subject}"

    def full(self) -> list[str]:
        """The whole mail."""
        return [
            _("De : {sender}").format(sender=self.sender),
            _("Objet : {subject}").format(subject=self.subject),
            _("Date : {date}").format(date=self.date),
            "",
            *self.text.rstrip().splitlines(),
        ]


def mails(root: Path, address: str) -> list[Mail]:
    """The mails of one address, oldest first; empty when none came."""
    folder = root / address.strip().lower()
    if not folder.resolve().is_relative_to(root.resolve()) or not (folder / "new").is_dir():
        return []
    box = mailbox.Maildir(folder, create=False)
    try:
        raw = [box.get_bytes(key) for key in box.iterkeys()]
    except (OSError, KeyError) as error:
        raise CommandError(_("La boîte ne peut pas être lue."), ExitCode.MACHINE) from error
    parsed = sorted((_parse(content) for content in raw), key=_arrival)
    return [_mail(number, message) for number, message in enumerate(parsed, 1)]


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def _arrival(message: EmailMessage) -> float:
    stamp = message["date"]
    return stamp.datetime.timestamp() if stamp is not None and stamp.datetime else 0.0


def _mail(number: int, message: EmailMessage) -> Mail:
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    return Mail(
        number,
        str(message["date"] or ""),
        str(message["from"] or ""),
        str(message["subject"] or ""),
        str(message["message-id"] or ""),
        text,
        tuple(dict.fromkeys(_LINK.findall(text))),
    )
