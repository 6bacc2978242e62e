"""A link that reached us in a kept mail: ours or not; a live one is superseded in the same step (rules §3).

Its token is compared and forgotten. Of a token that is unknown, altered or another person's nothing is told
but that it is not this record's, after the same work.
"""

from datetime import datetime

from ameli_support.accounts.contract import KeptLinkRequest, KeptLinkState, KeptLinkView
from ameli_support.clock import to_us
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Level, Role, Speaker
from ameli_support.onboarding.link import Enrolment, Generation, Phase, Superseded, live_generation, phase
from ameli_support.sandbox import claims, issuing
from ameli_support.sandbox.callers import Caller
from ameli_support.sandbox.carrying_out import Done, Moment
from ameli_support.sandbox.enrolments import Dossier
from ameli_support.sandbox.link_pages import find, unknown_page
from ameli_support.sandbox.problems import refused_because

KEPT_LINK = "kept-link"
_ROLES = (Role.AGENT, Role.HANDLER)


def may(caller: Caller, dossier: Dossier, lock: datetime | None, at: datetime) -> None:
    """Raises Refused below level 1, while the record is locked, and without an enrolment."""
    if lock is not None:
        raise refused_because(Reason.CHECKS_LOCKED, until=lock, at=at)
    if caller.who.role not in _ROLES:
        raise refused_because(Reason.FORBIDDEN_ROLE)
    if phase(dossier.enrolment, at) is None:
        raise refused_because(Reason.NO_ENROLMENT)
    if caller.speaker is Speaker.THIRD_PARTY:
        raise refused_because(Reason.THIRD_PARTY)
    if caller.level < Level.SIMPLE:
        raise refused_because(Reason.LEVEL_1_FIRST)


def carry_out(moment: Moment) -> Done:
    """What the link was; the live one of this enrolment ends, and its address is no longer held."""
    body, dossier, conn, at = moment.request.body, moment.dossier, moment.conn, moment.at
    assert isinstance(body, KeptLinkRequest)
    link = find(conn, moment.world, body.token)
    if link is None or link.row.person != moment.request.record:
        unknown_page(conn, at)
        return Done(None, kept_link=KeptLinkView(ours=False))
    number = link.generation.number
    if link.row.id != dossier.row.id or dossier.enrolment is None:
        ended = KeptLinkView(ours=True, generation=number, state=KeptLinkState.ENDED)
        return Done(None, kept_link=ended)
    state = _state(dossier.enrolment, link.generation, at)
    live = state is KeptLinkState.LIVE
    if live:
        conn.execute(
            issuing.SUPERSEDE, {"of": dossier.row.id, "at": to_us(at), "why": Superseded.NEWER.value}
        )
        claims.end(conn, link.generation.address, dossier.row.id, at=at)
    return Done(None, kept_link=KeptLinkView(ours=True, generation=number, state=state, superseded=live))


def _state(enrolment: Enrolment, generation: Generation, at: datetime) -> KeptLinkState:
    if generation.used_at is not None:
        return KeptLinkState.USED
    if generation.revoked_at is not None:
        return KeptLinkState.REVOKED
    if phase(enrolment, at) is Phase.ENDED:
        return KeptLinkState.ENDED
    if generation.superseded_at is not None:
        return KeptLinkState.SUPERSEDED
    live = live_generation(enrolment, at)
    return KeptLinkState.LIVE if live and live.number == generation.number else KeptLinkState.EXPIRED
