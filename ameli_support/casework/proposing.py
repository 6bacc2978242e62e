"""What concluding proposes: the outcome of what was done last, and the cause it suggests (rules §10)."""

from dataclasses import replace

from ameli_support.casework.advising import EXPLAINED
from ameli_support.casework.bench import Bench, event_row
from ameli_support.casework.case import Outcome
from ameli_support.casework.diagnosing import concluded
from ameli_support.casework.learning import Learning
from ameli_support.casework.orders import OUTCOMES
from ameli_support.casework.views import Proposal
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Speaker
from ameli_support.onboarding.link import Phase
from ameli_support.store.cases import AnyRow
from checks.check import FollowUp

_CLOSED = {
    Reason.OTHER_SCHEME: Proposal(Outcome.OTHER_SCHEME, "none"),
    Reason.OTHER_FUND: Proposal(Outcome.REDIRECTED, "none"),
    Reason.PERSON_DECEASED: Proposal(Outcome.ESCALATED, "none", "bereavement"),
    Reason.PERSON_RESTRICTED: Proposal(Outcome.ESCALATED, "none", "fund"),
    Reason.PERSON_MINOR: Proposal(Outcome.ADVICE, "none"),
}
_CAUSES = {Phase.INACTIVE: "link_inactive", Phase.CLOSED: "window_closed", Phase.ACTIVE: "none"}


def proposal(bench: Bench, learning: Learning, number: int) -> Proposal:
    """See `Desk.proposed_outcome`."""
    row = bench.contact(number)
    proposed = _proposed(bench, learning, number, row)
    denied = row.phase == Phase.SUSPENDED or row.last_act == Act.SUSPEND
    return replace(proposed, likely_queue=proposed.queue or ("fraud" if denied else "fund"))


def _proposed(bench: Bench, learning: Learning, number: int, row: AnyRow) -> Proposal:
    seen = bench.seen.get(number)
    phase = Phase(row.phase) if row.phase else None
    if seen is not None and seen.view.closed_because in _CLOSED:
        return _CLOSED[seen.view.closed_because]
    cause = _CAUSES.get(phase) if phase else None
    events = [event_row(event) for event in bench.store.events(number)]
    diagnosed = concluded(events, row.call)
    if diagnosed is not None and phase is not Phase.ACTIVE:
        told = diagnosed.payload["cause"]
        cause = told if told in {*bench.procedure.names("causes"), *learning.checks()} else "unknown"
    if row.last_act in OUTCOMES:
        if row.last_act == Act.REISSUE and diagnosed is None:
            cause = "window_closed"
        return Proposal(OUTCOMES[row.last_act], cause or "unknown")
    if row.refused in _CLOSED:
        return _CLOSED[Reason(row.refused)]
    if row.check_failed or row.locked_until is not None or row.refused is not None:
        return Proposal(Outcome.IDENTITY_FAILED, "none")
    if row.speaker == Speaker.THIRD_PARTY:
        return Proposal(Outcome.THIRD_PARTY, "none")
    if phase is Phase.ACTIVE:
        return Proposal(Outcome.ALREADY_ACTIVE, "none")
    if diagnosed is not None:
        if diagnosed.payload["follow_up"] == FollowUp.ESCALATE:
            return Proposal(Outcome.ESCALATED, cause, "technical")
        return Proposal(Outcome.ADVICE, cause)
    advised = any(event.kind == EXPLAINED and event.payload["call"] == row.call for event in events)
    if advised or phase is Phase.NOT_SENT or bench.case(number).record is None:
        return Proposal(Outcome.ADVICE, "none")
    return Proposal(None, cause)
