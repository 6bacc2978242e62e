"""One mail on its way into one mailbox, and what a behaviour may do to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INBOX = ""


class End(StrEnum):
    """Where a mail ends that a provider accepted: in a folder, nowhere, or back at its sender."""

    FILED = "filed"
    LOST = "lost"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Provider:
    """Whose mailbox it is: the words it answers in, its folders, what it notes in a mail's head.

    `answers`: by kind (`unknown`, `full`, …) one SMTP answer, the provider's own or the common one.
    `junk`: its folder for junk, None where it has none. `junk_notes`: header fields on junk.
    `dead_links_in_junk`: whether its webmail switches off the links of what lies there.
    """

    host: str
    answers: dict[str, str]
    junk: str | None
    junk_notes: dict[str, str]
    dead_links_in_junk: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand a mail over; instants of the business clock."""

    address: str
    at: datetime
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is carried: the envelope, the bytes, and what the behaviours made of it so far.

    `wait`: how long after its acceptance it arrives (business clock). `opened_by`: the HTTP methods
    with which a scanner opens its links on arrival. `answer`: why it came back (RETURNED).
    """

    address: str
    sender: str
    content: bytes
    accepted_at: datetime
    folder: str = INBOX
    wait: timedelta = timedelta()
    end: End = End.FILED
    answer: str = ""
    opened_by: tuple[str, ...] = ()

    @property
    def arrives_at(self) -> datetime:
        """When it reaches its end."""
        return self.accepted_at + self.wait


class Behaviour:
    """What one mailbox does; each subclass is one habit of real providers."""

    def refusal(self, provider: Provider, attempt: Attempt) -> str | None:
        """The answer to the recipient, or None to accept."""
        return None

    def rejection(self, provider: Provider, parcel: Parcel) -> str | None:
        """The answer after the message, or None to accept."""
        return None

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        """The accepted mail as it goes on."""
        return parcel
