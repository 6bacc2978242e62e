"""What each act changes, once its version has moved and its verdict allows it (rules §3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ameli_support.accounts.contract import (
    CorrectReason,
    CorrectRequest,
    DisputeRequest,
    KeptLinkRequest,
    KeptLinkView,
    ProblemType,
    ReissueRequest,
    ResendRequest,
    SupervisorRequest,
    SuspendRequest,
    Who,
)
from ameli_support.onboarding.acts import Act, Effect, Verdict
from ameli_support.sandbox import canonical, issuing, said_address, suspending
from ameli_support.sandbox.callers import Caller
from ameli_support.sandbox.enrolments import Dossier
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.world import World

DISPUTE = "dispute"
_NOT_TOLD = (CorrectReason.TYPO, CorrectReason.TEST_OTHER_ADDRESS)

Body = (
    ResendRequest
    | ReissueRequest
    | CorrectRequest
    | SuspendRequest
    | SupervisorRequest
    | DisputeRequest
    | KeptLinkRequest
)


@dataclass(frozen=True, slots=True)
class Request:
    """One act as asked for: by whom, on which record, under which key and check."""

    who: Who
    act: str
    record: str
    body: Body
    key: str
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What an act finds once its enrolment can change under it no more."""

    conn: Connection
    world: World
    request: Request
    caller: Caller
    dossier: Dossier
    at: datetime
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did."""

    effect: Effect | None
    issued: issuing.Issued | None = None
    kept_link: KeptLinkView | None = None


def _resend(moment: Moment) -> Done:
    assert moment.verdict is not None
    effect = moment.verdict.effect
    assert effect is not None
    who = moment.request.who
    issued = issuing.resend(moment.conn, moment.world, moment.dossier, effect, moment.at, who.agent)
    return Done(effect, issued)


def _reissue(moment: Moment) -> Done:
    who = moment.request.who
    issued = issuing.reissue(moment.conn, moment.world, moment.dossier, moment.at, who.agent)
    return Done(Effect.NEW_LINK_NEW_WINDOW, issued)


def _correct(moment: Moment) -> Done:
    body = moment.request.body
    assert isinstance(body, CorrectRequest)
    assert moment.dossier.enrolment is not None
    try:
        address = canonical.address(body.address)
    except canonical.NotAnAddress as fault:
        raise Refused(ProblemType.ADDRESS_INVALID, detail=str(fault)) from None
    if address == moment.dossier.enrolment.address:
        raise Refused(ProblemType.ADDRESS_INVALID, detail="this is the address on file")
    issued = issuing.correct(
        moment.conn,
        moment.world,
        moment.dossier,
        address,
        moment.at,
        moment.request.who.agent,
        tell_old_address=body.reason not in _NOT_TOLD,
    )
    # the caller said the new address; what was said of the old one in other calls is void
    said_address.forget(moment.conn, moment.request.record, but=moment.caller.call)
    return Done(Effect.NEW_ADDRESS_NEW_WINDOW, issued)


def _plain(change: Callable[[Connection, Dossier, datetime], None]) -> Callable[[Moment], Done]:
    def carry_out(moment: Moment) -> Done:
        change(moment.conn, moment.dossier, moment.at)
        return Done(moment.verdict.effect if moment.verdict else None)

    return carry_out


CARRY_OUT: dict[str, Callable[[Moment], Done]] = {
    Act.RESEND.value: _resend,
    Act.REISSUE.value: _reissue,
    Act.CORRECT.value: _correct,
    Act.SUSPEND.value: _plain(suspending.suspend),
    Act.LIFT.value: _plain(suspending.lift),
    Act.CANCEL.value: _plain(suspending.cancel),
    Act.UNLOCK.value: _plain(suspending.unlock),
    DISPUTE: _plain(suspending.dispute),
}
