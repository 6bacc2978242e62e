"""Maildirs by address: filing a mail, and reading a person's mailbox."""

import email
import email.policy
import hashlib
import itertools
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

_PLAIN = re.compile(r"[a-z0-9@_+=-][a-z0-9.@_+=-]{0,199}")
_LINK = re.compile(r"https?://[^\s\"'<>]+")
_numbers = itertools.count(1)


def folder_of(root: Path, address: str) -> Path:
    """The Maildir of an address: its lower-case form if that is a harmless name, else escaped or hashed."""
    name = address.strip().lower()
    if not _PLAIN.fullmatch(name):
        name = "".join(c if re.fullmatch("[a-z0-9@_+=-]", c) else f"%{ord(c):x}%" for c in name)
    if len(name) > 200 or not name:
        name = "long-" + hashlib.sha256(address.strip().lower().encode()).hexdigest()
    return root / name


def deliver(root: Path, address: str, sender: str, content: bytes) -> int:
    """File one message: written under tmp/, then renamed into new/. Gives its number in this process."""
    folder = folder_of(root, address)
    number = next(_numbers)
    name = f"{time.time_ns():020d}.{os.getpid()}_{number:08d}.sandbox"
    head = f"Return-Path: <{sender}>\r\nDelivered-To: {address}\r\n".encode()
    written = folder / "tmp" / name
    try:
        written.write_bytes(head + content)
    except FileNotFoundError:
        for part in ("tmp", "new", "cur"):
            (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        written.write_bytes(head + content)
    written.rename(folder / "new" / name)
    return number


# ── reading ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as its person reads it; `number` counts from 1, the oldest first."""

    number: int
    arrived_at: datetime
    sender: str
    subject: str
    message_id: str
    text: str
    links: tuple[str, ...]
    raw: bytes


def list_mails(root: Path, address: str) -> list[Received]:
    """The mails of one address in the order of their arrival; none when nothing ever came."""
    folder = folder_of(root, address)
    files = [file for part in ("new", "cur") for file in folder.glob(f"{part}/*")]
    found = []
    for number, file in enumerate(sorted(files, key=lambda file: file.name), 1):
        with suppress(FileNotFoundError):
            found.append(_received(number, file))
    return found


def show(root: Path, address: str, number: int) -> Received | None:
    """The mail with this number, or None."""
    return next((mail for mail in list_mails(root, address) if mail.number == number), None)


def _received(number: int, file: Path) -> Received:
    raw = file.read_bytes()
    message: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    text = "" if body is None else str(body.get_content())
    first = file.name.partition(".")[0]
    arrived = int(first) / 1e9 if first.isdigit() else file.stat().st_mtime
    return Received(
        number=number,
        arrived_at=datetime.fromtimestamp(arrived, UTC),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        message_id=str(message["Message-ID"] or ""),
        text=text,
        links=tuple(dict.fromkeys(_LINK.findall(text))),
        raw=raw,
    )
