"""Mailboxes that say no while the mail is handed over: for good, for now, or after reading it."""

from dataclasses import dataclass
from datetime import timedelta

from ameli_support.sandbox.mailworld.parcel import Attempt, Behaviour, Parcel, Provider


@dataclass(frozen=True, slots=True)
class Refuses(Behaviour):
    """No such mailbox, full, inactive, sender refused: in the provider's own words, at the recipient."""

    why: str

    def refusal(self, provider: Provider, attempt: Attempt) -> str | None:
        return provider.answers[self.why]


@dataclass(frozen=True, slots=True)
class Rejects(Behaviour):
    """Takes the recipient and refuses the message once it was read."""

    why: str

    def rejection(self, provider: Provider, parcel: Parcel) -> str | None:
        return provider.answers[self.why]


@dataclass(frozen=True, slots=True)
class Greylists(Behaviour):
    """Asks a newcomer to come again, and takes a try so many minutes later (RFC 6647)."""

    minutes: int

    def refusal(self, provider: Provider, attempt: Attempt) -> str | None:
        patient = attempt.at - attempt.first_at >= timedelta(minutes=self.minutes)
        return None if patient else provider.answers["greylisted"]
