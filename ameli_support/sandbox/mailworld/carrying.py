"""What happens to a mail that a provider accepted: late, in another folder, gone, or sent back."""

from dataclasses import dataclass, replace
from datetime import timedelta

from ameli_support.mail.parsing import parse
from ameli_support.sandbox.mailworld.parcel import Behaviour, End, Parcel, Provider

JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Waits(Behaviour):
    """Keeps the mail for so many minutes of the business clock before anything else becomes of it."""

    minutes: int

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        return replace(parcel, wait=parcel.wait + timedelta(minutes=self.minutes))


@dataclass(frozen=True, slots=True)
class Files(Behaviour):
    """Puts the mail into a folder: `junk` is the provider's own, any other name is taken as it stands."""

    folder: str

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        return replace(parcel, folder=(provider.junk or "Spam") if self.folder == JUNK else self.folder)


@dataclass(frozen=True, slots=True)
class Erases(Behaviour):
    """Deletes without a trace whatever has this word in its subject or text (Orange's red list, seed)."""

    word: str

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        mail = parse(parcel.content)
        words = f"{mail.headers.decoded('subject')}\n{mail.text}".casefold()
        return replace(parcel, end=End.LOST) if self.word in words else parcel


@dataclass(frozen=True, slots=True)
class Loses(Behaviour):
    """Accepts everything and shows it to nobody: a parked domain, one letter beside a real one."""

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        return replace(parcel, end=End.LOST)


@dataclass(frozen=True, slots=True)
class Returns(Behaviour):
    """Accepts the mail and sends it back to its envelope sender with a report (RFC 3464)."""

    why: str

    def carry(self, provider: Provider, parcel: Parcel) -> Parcel:
        return replace(parcel, end=End.RETURNED, answer=provider.answers[self.why])
