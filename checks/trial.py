"""The trial with another address (rules §9, 3): where the mail goes now, and what its arriving proves."""

from dataclasses import dataclass

from ameli_support.accounts.contract import RecordView, SendKind, SendView
from ameli_support.mail.providers import Providers
from checks.check import CANNOT


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial under way: where the mail goes to, and whether that provider is the old mailbox's.

    `confirmed`: the link of that mail was pressed, so it arrived and nobody need be asked.
    """

    domain: str
    same_provider: bool
    confirmed: bool = False


def under_way(view: RecordView | None, trials: int, providers: Providers) -> Trial | None:
    """The last of `trials` corrections made for the trial; None when there is none, or nothing to compare."""
    if view is None or trials < 1:
        return None
    sends = sorted(
        (send for send in view.sends if send.kind is not SendKind.NOTICE_ADDRESS_CHANGED),
        key=lambda send: send.queued_at,
    )
    corrections = [at for at, send in enumerate(sends) if send.kind is SendKind.CORRECTION]
    if len(corrections) < trials or corrections[-trials] == 0:
        return None
    tried, before = sends[corrections[-1]], sends[corrections[-trials] - 1]
    same = _provider(tried, providers) == _provider(before, providers)
    return Trial(tried.domain, same, tried.confirmed_at is not None)


def _provider(send: SendView, providers: Providers) -> str:
    family = providers.family_of(send.domain)
    return family.key if family is not None else send.domain


def answer(trial: Trial, arrived: bool) -> str:
    """The answer of the check `other_address` that the outcome proves.

    Not arrived at the same provider proves nothing yet: another provider is tried next.
    """
    if arrived:
        return "same_provider" if trial.same_provider else "only_elsewhere"
    return CANNOT if trial.same_provider else "nowhere"
