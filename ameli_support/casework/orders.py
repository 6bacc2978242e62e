"""What can be ordered of the account service: each act with what it needs and the request it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ameli_support.accounts import contract as c
from ameli_support.casework import texts
from ameli_support.casework.addresses import NotAnAddress, idna_address
from ameli_support.casework.case import Outcome
from ameli_support.casework.errors import DeskError
from ameli_support.casework.permissions import Action
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.identity import Level

DISPUTE = "dispute"
KEPT_LINK = "kept-link"
OUTCOMES: Mapping[str, Outcome] = {
    Act.RESEND: Outcome.RESENT,
    Act.REISSUE: Outcome.REISSUED,
    Act.CORRECT: Outcome.ADDRESS_CORRECTED,
    Act.SUSPEND: Outcome.FRAUD_REPORT,
    DISPUTE: Outcome.FRAUD_REPORT,
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: `codes` go into the event as they are, `texts` into rows that can be erased, and
    `unkept` nowhere but into the request;
    `events`: codes for the event alone."""

    act: str
    action: Action
    level: Level = Level.NOTHING
    codes: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    unkept: Mapping[str, str] = field(default_factory=dict, repr=False)
    events: Mapping[str, Any] = field(default_factory=dict)
    needs_version: bool = True

    def body(self, version: int | None) -> c.Wire:
        """The request of the contract."""
        told = {"expected_version": version, **self.codes, **self.texts, **self.unkept}
        return _BODIES[self.act].model_validate(told)


_BODIES: Mapping[str, type[c.Wire]] = {
    Act.RESEND: c.ResendRequest,
    Act.REISSUE: c.ReissueRequest,
    Act.CORRECT: c.CorrectRequest,
    Act.SUSPEND: c.SuspendRequest,
    DISPUTE: c.DisputeRequest,
    KEPT_LINK: c.KeptLinkRequest,
    Act.LIFT: c.SupervisorRequest,
    Act.CANCEL: c.SupervisorRequest,
    Act.UNLOCK: c.SupervisorRequest,
}


def correction(address: str, reason: c.CorrectReason, self_created: bool) -> Order:
    """The order to correct the address; raises `DeskError` for what is no address."""
    try:
        typed = idna_address(address)
    except NotAnAddress as wrong:
        raise DeskError(wrong.sentence) from None
    codes = {"reason": reason.value, "self_created": self_created}
    return Order(
        Act.CORRECT,
        Action.CORRECT,
        Level.REINFORCED,
        codes,
        {"address": typed},
    )


def denial() -> Order:
    """The order that tells the service a no to « Avez-vous vous-même créé ce compte ? »; always refused."""
    codes = {"reason": c.ReissueReason.OTHER.value, "self_created": False}
    return Order(Act.REISSUE, Action.REISSUE, Level.SIMPLE, codes)


def kept_link(token: str, message: str) -> Order:
    """The order to end a link that reached us in a kept mail, named by its message."""
    codes = {"message": message}
    return Order(KEPT_LINK, Action.KEEP_MAIL, Level.SIMPLE, events=codes, unkept={"token": token})


def with_reason(act: Act, reason: str, *, needs_version: bool = True) -> Order:
    """Suspend, lift, cancel, unlock: an act with a reason in words."""
    said = {"reason": texts.reason(reason)}
    return Order(act, Action(act.value), texts=said, needs_version=needs_version)
