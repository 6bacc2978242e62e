"""What can be refused: RFC 9457 problems of stable types."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from ameli_support.onboarding.acts import Reason


class ProblemType(StrEnum):
    """Stable problem types; on the wire `urn:ameli-support:problem:<value>`."""

    ADDRESS_NOT_CONFIRMED = "address-not-confirmed"
    ADDRESS_TAKEN = "address-taken"
    ADDRESS_INVALID = "address-invalid"
    ALREADY_ACTIVE = "already-active"
    ALREADY_QUEUED = "already-queued"
    BAD_REQUEST = "bad-request"
    COOLDOWN = "cooldown"
    DAY_CAP = "day-cap"
    FORBIDDEN_ROLE = "forbidden-role"
    HOUR_CAP = "hour-cap"
    IDENTITY_LEVEL = "identity-level"
    IDENTITY_EXPIRED = "identity-expired"
    IN_FLIGHT = "in-flight"
    KEY_REUSED = "key-reused"
    KEY_VOID = "key-void"
    LOCKED = "locked"
    NOT_FOUND = "not-found"
    NOT_CREATED_BY_CALLER = "not-created-by-caller"
    OTHER_FUND = "other-fund"
    OTHER_SCHEME = "other-scheme"
    PERSON_STATUS = "person-status"
    PHASE_FORBIDS = "phase-forbids"
    PURPOSE_MISSING = "purpose-missing"
    RATE_LIMITED = "rate-limited"
    STALE_VERSION = "stale-version"
    UNAUTHENTICATED = "unauthenticated"
    UNAVAILABLE = "unavailable"


PROBLEM_URN = "urn:ameli-support:problem:"
PROBLEM_STATUS: dict[ProblemType, int] = {
    ProblemType.ADDRESS_NOT_CONFIRMED: 409,
    ProblemType.ADDRESS_TAKEN: 409,
    ProblemType.ADDRESS_INVALID: 422,
    ProblemType.ALREADY_ACTIVE: 409,
    ProblemType.ALREADY_QUEUED: 409,
    ProblemType.BAD_REQUEST: 400,
    ProblemType.COOLDOWN: 429,
    ProblemType.DAY_CAP: 429,
    ProblemType.FORBIDDEN_ROLE: 403,
    ProblemType.HOUR_CAP: 429,
    ProblemType.IDENTITY_LEVEL: 403,
    ProblemType.IDENTITY_EXPIRED: 403,
    ProblemType.IN_FLIGHT: 409,
    ProblemType.KEY_REUSED: 422,
    ProblemType.KEY_VOID: 409,
    ProblemType.LOCKED: 423,
    ProblemType.NOT_FOUND: 404,
    ProblemType.NOT_CREATED_BY_CALLER: 409,
    ProblemType.OTHER_FUND: 403,
    ProblemType.OTHER_SCHEME: 403,
    ProblemType.PERSON_STATUS: 403,
    ProblemType.PHASE_FORBIDS: 409,
    ProblemType.PURPOSE_MISSING: 400,
    ProblemType.RATE_LIMITED: 429,
    ProblemType.STALE_VERSION: 412,
    ProblemType.UNAUTHENTICATED: 401,
    ProblemType.UNAVAILABLE: 503,
}


class Problem(BaseModel):
    """RFC 9457. `reason` repeats the verdict's reason; `version` the present one when stale;
    `retry_after` whole seconds, at least 1, when waiting helps."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str
    title: str
    status: int
    detail: str | None = None
    reason: Reason | None = None
    retry_after: int | None = None
    version: int | None = None
    contact: str | None = None

    @property
    def kind(self) -> ProblemType | None:
        """The stable type, or None for one that this version does not know."""
        try:
            return ProblemType(self.type.removeprefix(PROBLEM_URN))
        except ValueError:
            return None
