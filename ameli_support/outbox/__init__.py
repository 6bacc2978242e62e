"""Mails waiting in a database until an SMTP server takes them (design.md, "Outbox")."""

from ameli_support.mail.smtp_answers import Trouble
from ameli_support.outbox.table import (
    GIVE_UP_AFTER,
    MailState,
    QueuedMail,
    attempts_of,
    define,
    enqueue,
    record_bounce,
)

__all__ = [
    "GIVE_UP_AFTER",
    "MailState",
    "QueuedMail",
    "Trouble",
    "attempts_of",
    "define",
    "enqueue",
    "record_bounce",
]
