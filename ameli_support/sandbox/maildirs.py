"""Maildirs by address, with folders (Maildir++): filing a mail, and reading a person's mailbox."""

import email
import email.policy
import hashlib
import itertools
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, unquote

from ameli_support.clock import to_us
from ameli_support.mail.parsing import parse

INBOX = ""
_PLAIN = re.compile(r"[a-z0-9@_+=-][a-z0-9.@_+=-]{0,199}")
_LINK = re.compile(r"https?://[^\s\"'<>]+")
_NAME = re.compile(r"\d{1,20}\.[0-9_]{1,40}\.sandbox")
_numbers = itertools.count(1)


def folder_of(root: Path, address: str) -> Path:
    """The Maildir of an address: its lower-case form if that is a harmless name, else escaped or hashed."""
    name = address.strip().lower()
    if not _PLAIN.fullmatch(name):
        name = "".join(c if re.fullmatch("[a-z0-9@_+=-]", c) else f"%{ord(c):x}%" for c in name)
    if len(name) > 200 or not name:
        name = "long-" + hashlib.sha256(address.strip().lower().encode()).hexdigest()
    return root / name


def deliver(
    root: Path,
    address: str,
    sender: str,
    content: bytes,
    *,
    folder: str = INBOX,
    at: datetime | None = None,
    notes: str = "",
) -> int:
    """File one message: written under tmp/, then renamed into new/. Gives its number in this process.

    `folder`: its name as a person reads it. `at`: when it arrives (default now). `notes`: whole header
    lines, each with its CRLF, that the provider puts above those of the mail.
    """
    place = _place(folder_of(root, address), folder)
    number = next(_numbers)
    instant = time.time_ns() if at is None else to_us(at) * 1000
    name = f"{instant:020d}.{os.getpid()}_{number:08d}.sandbox"
    head = f"Return-Path: <{sender}>\r\nDelivered-To: {address}\r\n{notes}".encode()
    written = place / "tmp" / name
    try:
        written.write_bytes(head + content)
    except FileNotFoundError:
        for part in ("tmp", "new", "cur"):
            (place / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        written.write_bytes(head + content)
    written.rename(place / "new" / name)
    return number


def _place(mailbox: Path, folder: str) -> Path:
    """Folders lie beside new/ and cur/, their names escaped so that a listing can give them back."""
    return mailbox / ("." + quote(folder, safe="").replace(".", "%2E")) if folder else mailbox


# ── reading ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as its person reads it; `number` counts from 1 over all folders, the oldest first.

    `folder`: "" is the inbox. `name` stands for the mail within its mailbox and says nothing of it.
    """

    number: int
    name: str
    folder: str
    arrived_at: datetime
    sender: str
    subject: str
    message_id: str
    text: str
    links: tuple[str, ...]
    raw: bytes


def list_mails(root: Path, address: str) -> list[Received]:
    """The mails of one address in the order of their arrival; none when nothing ever came."""
    return mails_in(folder_of(root, address))


def mails_in(mailbox: Path) -> list[Received]:
    """The mails of one Maildir, those of its folders too, in the order of their arrival."""
    files = sorted(_files(mailbox), key=lambda one: one[1].name)
    found = []
    for number, (folder, file) in enumerate(files, 1):
        with suppress(FileNotFoundError):
            found.append(_received(number, folder, file))
    return found


def show(root: Path, address: str, number: int) -> Received | None:
    """The mail with this number, or None."""
    return next((mail for mail in list_mails(root, address) if mail.number == number), None)


def move_to_inbox(mailbox: Path, name: str) -> bool:
    """Take a mail out of whatever folder it is in; false when there is none of this name."""
    for folder, file in _files(mailbox):
        if file.name == name and _NAME.fullmatch(name):
            if folder:
                for part in ("tmp", "new", "cur"):
                    (mailbox / part).mkdir(parents=True, exist_ok=True, mode=0o700)
                file.rename(mailbox / "new" / name)
            return True
    return False


def _files(mailbox: Path) -> Iterator[tuple[str, Path]]:
    """Every mail's file with the folder that it is in; what is still being written is not there yet."""
    for place in (mailbox, *mailbox.glob(".*")):
        folder = INBOX if place == mailbox else unquote(place.name[1:])
        for part in ("new", "cur"):
            for file in place.glob(f"{part}/*"):
                yield folder, file


def _received(number: int, folder: str, file: Path) -> Received:
    raw = file.read_bytes()
    message: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
    first = file.name.partition(".")[0]
    arrived = int(first) / 1e9 if first.isdigit() else file.stat().st_mtime
    text, head = _text(message), parse(raw).headers
    return Received(
        number=number,
        name=file.name,
        folder=folder,
        arrived_at=datetime.fromtimestamp(arrived, UTC),
        sender=head.decoded("from"),
        subject=head.decoded("subject"),
        message_id=head.decoded("message-id"),
        text=text,
        links=tuple(dict.fromkeys(_LINK.findall(text))),
        raw=raw,
    )


def _text(message: EmailMessage) -> str:
    """What there is to read; a stranger's mail may name a charset that does not exist."""
    with suppress(LookupError, KeyError, ValueError):
        body = message.get_body(("plain", "html"))
        return "" if body is None else str(body.get_content())
    return ""
