"""The account service's mailbox for mails that come back: read, matched with their sends, and deleted.

What is kept is the provider's answer without addresses; a report that fits no send leaves nothing.
"""

import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError

from ameli_support import outbox, sql
from ameli_support.mail import answers
from ameli_support.mail.bounces import Bounce, read_bounce
from ameli_support.mail.families import Family
from ameli_support.mail.parsing import Mail, headers_in, parse
from ameli_support.mail.smtp_answers import strip
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.maildirs import folder_of
from ameli_support.sandbox.world import World

# a report can be faster than the note that the mail was handed over
PATIENCE_SECONDS = 60.0
MAX_BYTES = 1_000_000
_NO_FAILURE = (Family.DELIVERED, Family.AUTO_REPLY, Family.COMPLAINT)
_FAILED = re.compile(rb"(?im)^action[ \t]*:[ \t]*failed\b")
_WAITING = (MailState.QUEUED.value, MailState.DEFERRED.value)


class _Verdict(Enum):
    """What became of one mail in the mailbox of returns."""

    NOTED = "noted"
    TOO_EARLY = "too early"
    NOTHING = "nothing"


class Returns:
    """Reads one mailbox for one world; not for use by two threads at once."""

    def __init__(self, world: World, maildir: Path, address: str) -> None:
        self._world = world
        self._mailbox = folder_of(maildir, address)

    def read(self) -> int:
        """Go through the mailbox and empty it; how many sends are now noted as bounced."""
        noted = 0
        for file in sorted(self._mailbox.glob("new/*")):
            with suppress(OSError):
                verdict = self._told(file)
                noted += verdict is _Verdict.NOTED
                if verdict is _Verdict.TOO_EARLY and time.time() - file.stat().st_mtime < PATIENCE_SECONDS:
                    continue
                file.unlink()
        return noted

    def _told(self, file: Path) -> _Verdict:
        """What became of one file; what no database can look up is nothing of ours."""
        try:
            return self._note(file.read_bytes()[:MAX_BYTES], _arrival(file))
        except (DataError, LookupError, ValueError):
            return _Verdict.NOTHING

    def _note(self, raw: bytes, at: datetime) -> _Verdict:
        mail = parse(raw)
        bounce = read_bounce(mail)
        if bounce is None or not _is_final(mail, bounce):
            return _Verdict.NOTHING
        message_id = _message_id(mail)
        if not message_id:
            return _Verdict.NOTHING
        with sql.write(self._world.engine) as connection:
            state = _state(connection, message_id, bounce.recipient)
            if state in _WAITING:
                return _Verdict.TOO_EARLY
            if state != MailState.HANDED_OVER:
                return _Verdict.NOTHING
            codes = answers.codes_in(bounce.smtp_reply or "")
            outbox.record_bounce(
                connection,
                schema.mail,
                message_id=message_id,
                at=min(at, self._world.now()),
                code=codes.reply,
                enhanced=codes.enhanced or bounce.status,
                answer=strip(re.sub(r"^\s*[245]\d\d[ -]", "", bounce.smtp_reply or "")) or None,
            )
        return _Verdict.NOTED


def _is_final(mail: Mail, bounce: Bounce) -> bool:
    """Whether nobody tries any more: a report says "failed", or without one the words say for good."""
    if bounce.family in _NO_FAILURE:
        return False
    reports = mail.of_type("message/delivery-status", "message/global-delivery-status")
    if reports:
        return any(_FAILED.search(part.content) for part in reports)
    return bounce.permanent is True


def _message_id(mail: Mail) -> str:
    """Of the mail that came back: of its head or of the whole of it, whichever is enclosed."""
    for part in mail.of_type("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        if found := headers_in(part.content).get("message-id"):
            return found.strip()
    for part in mail.of_type("message/rfc822", "message/global"):
        if found := part.mail.headers.get("message-id"):
            return found.strip()
    return ""


def _state(connection: Connection, message_id: str, recipient: str | None) -> str | None:
    """Where our mail of this id stands; None when there is none, or it went to somebody else."""
    mail = schema.mail.c
    row = connection.execute(select(mail.state, mail.recipient).where(mail.message_id == message_id)).first()
    if row is None or (recipient is not None and recipient != row.recipient.lower()):
        return None
    return str(row.state)


def _arrival(file: Path) -> datetime:
    """When a mail of a Maildir arrived: nanoseconds before the first dot of its name."""
    return datetime.fromtimestamp(int(file.name.partition(".")[0]) / 1e9, UTC)
