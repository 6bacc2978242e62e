"""Refusals of the account service: raised as `Refused`, answered as RFC 9457 problems."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil

from ameli_support.accounts.contract import PROBLEM_STATUS, PROBLEM_URN, Problem, ProblemType
from ameli_support.onboarding.acts import Reason, Verdict

CONTENT_TYPE = "application/problem+json"

TITLES: Mapping[ProblemType, str] = {
    ProblemType.ADDRESS_INVALID: "No mail can be sent to this address",
    ProblemType.ADDRESS_NOT_CONFIRMED: "The caller has not said the address on file",
    ProblemType.ADDRESS_TAKEN: "Another account uses this address",
    ProblemType.ALREADY_ACTIVE: "The account is active",
    ProblemType.ALREADY_QUEUED: "The mail is still waiting to leave",
    ProblemType.BAD_REQUEST: "The request does not fit the contract",
    ProblemType.COOLDOWN: "Too soon after the last mail",
    ProblemType.DAY_CAP: "No more mails to this person today",
    ProblemType.FORBIDDEN_ROLE: "Not for this role",
    ProblemType.HOUR_CAP: "No more mails by this agent this hour",
    ProblemType.IDENTITY_EXPIRED: "The caller check has ended",
    ProblemType.IDENTITY_LEVEL: "The caller check does not allow this",
    ProblemType.IN_FLIGHT: "The same request is being carried out",
    ProblemType.KEY_REUSED: "This idempotency key belongs to another request",
    ProblemType.KEY_VOID: "This request was given up",
    ProblemType.LOCKED: "Caller checks on this record are locked",
    ProblemType.NOT_CREATED_BY_CALLER: "The caller did not create this account",
    ProblemType.NOT_FOUND: "Nothing there",
    ProblemType.OTHER_FUND: "Another fund's record",
    ProblemType.OTHER_SCHEME: "Another scheme's record",
    ProblemType.PERSON_STATUS: "The person's status closes the record",
    ProblemType.PHASE_FORBIDS: "Not possible where the enrolment stands",
    ProblemType.PURPOSE_MISSING: "Say what for",
    ProblemType.RATE_LIMITED: "Too many tries",
    ProblemType.STALE_VERSION: "The record has changed since it was read",
    ProblemType.UNAUTHENTICATED: "No valid bearer token",
    ProblemType.UNAVAILABLE: "The service cannot answer now",
}

_OF_REASON: Mapping[Reason, ProblemType] = {
    Reason.OTHER_SCHEME: ProblemType.OTHER_SCHEME,
    Reason.OTHER_FUND: ProblemType.OTHER_FUND,
    Reason.PERSON_DECEASED: ProblemType.PERSON_STATUS,
    Reason.PERSON_MINOR: ProblemType.PERSON_STATUS,
    Reason.PERSON_RESTRICTED: ProblemType.PERSON_STATUS,
    Reason.CHECKS_LOCKED: ProblemType.LOCKED,
    Reason.FORBIDDEN_ROLE: ProblemType.FORBIDDEN_ROLE,
    Reason.PHASE_ACTIVE: ProblemType.ALREADY_ACTIVE,
    Reason.ALREADY_QUEUED: ProblemType.ALREADY_QUEUED,
    Reason.COOLDOWN: ProblemType.COOLDOWN,
    Reason.DAY_CAP: ProblemType.DAY_CAP,
    Reason.HOUR_CAP: ProblemType.HOUR_CAP,
    Reason.OUTGOING_CALL: ProblemType.IDENTITY_LEVEL,
    Reason.NOT_AN_INCOMING_CALL: ProblemType.IDENTITY_LEVEL,
    Reason.THIRD_PARTY: ProblemType.IDENTITY_LEVEL,
    Reason.LEVEL_1_FIRST: ProblemType.IDENTITY_LEVEL,
    Reason.LEVEL_2_FIRST: ProblemType.IDENTITY_LEVEL,
    Reason.DID_NOT_CREATE: ProblemType.NOT_CREATED_BY_CALLER,
    Reason.ADDRESS_NOT_CONFIRMED: ProblemType.ADDRESS_NOT_CONFIRMED,
}


class Refused(Exception):
    """The service will not; the transaction is rolled back and nothing is counted."""

    def __init__(
        self,
        kind: ProblemType,
        *,
        reason: Reason | None = None,
        detail: str | None = None,
        retry_after: int | None = None,
        version: int | None = None,
        contact: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(kind.value if reason is None else f"{kind.value}: {reason.value}")
        self.kind = kind
        self.problem = Problem(
            type=PROBLEM_URN + kind.value,
            title=TITLES[kind],
            status=status or PROBLEM_STATUS[kind],
            detail=detail,
            reason=reason,
            retry_after=retry_after,
            version=version,
            contact=contact,
        )


def refusal_of(verdict: Verdict, at: datetime) -> Refused:
    """The refusal that a verdict of `onboarding.acts` stands for."""
    assert verdict.reason is not None
    return refused_because(verdict.reason, until=verdict.until, at=at)


def refused_because(
    reason: Reason, *, until: datetime | None = None, at: datetime | None = None, contact: str | None = None
) -> Refused:
    """The refusal for one reason; `until` (with the present `at`) becomes whole seconds to wait."""
    kind = _OF_REASON.get(reason, ProblemType.PHASE_FORBIDS)
    waiting_helps = kind in (
        ProblemType.COOLDOWN,
        ProblemType.DAY_CAP,
        ProblemType.HOUR_CAP,
        ProblemType.LOCKED,
    )
    retry_after = seconds_left(until, at) if waiting_helps and until and at else None
    return Refused(kind, reason=reason, retry_after=retry_after, contact=contact)


def seconds_left(until: datetime, at: datetime) -> int:
    """Whole seconds from `at` to `until`, rounded up, at least 1."""
    return max(1, ceil((until - at).total_seconds()))
