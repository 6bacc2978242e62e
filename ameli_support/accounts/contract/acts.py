"""Acts on an enrolment: what each asks for, what it did, and what became of one whose answer was lost."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ameli_support.accounts.contract.wire import AgentNumber, Key, LongText, ShortText, Wire
from ameli_support.onboarding.acts import Effect
from ameli_support.onboarding.link import Phase


class ResendRequest(Wire):
    """Send the confirmation mail again, to the address on file."""

    expected_version: int


class ReissueReason(StrEnum):
    """Why a new link is issued after the window (rules §10)."""

    MAIL_NOT_FOUND = "mail_not_found"
    ABSENT = "absent"
    CLICKED_TOO_LATE = "clicked_too_late"
    OTHER = "other"


class CorrectReason(StrEnum):
    """Why the address is corrected (rules §10)."""

    TYPO = "typo"
    TEST_OTHER_ADDRESS = "test_other_address"
    MAILBOX_LOST = "mailbox_lost"
    OTHER = "other"


class ReissueRequest(Wire):
    """New generation and new window; `self_created` answers « Avez-vous vous-même créé ce compte ? »."""

    expected_version: int
    reason: ReissueReason
    self_created: bool


class CorrectRequest(Wire):
    """New address, new generation, new window."""

    expected_version: int
    reason: CorrectReason
    self_created: bool
    address: ShortText


class SuspendRequest(Wire):
    """The insured person denies the request, or a stranger reports the mail.

    Without a check (level 0) the handle alone is enough, and no version is known.
    """

    expected_version: int | None = None
    reason: LongText


class DisputeRequest(Wire):
    """« Je n'ai jamais cliqué » on an active account: a flag for the supervisor."""

    expected_version: int


class SupervisorRequest(Wire):
    """Lift, cancel, unlock: a supervisor's reason, no check."""

    expected_version: int
    reason: LongText


class KeptLinkRequest(Wire):
    """The token of a link in a mail that the caller or a colleague kept; it is stored nowhere."""

    expected_version: int
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,256}$", repr=False)]


class KeptLinkState(StrEnum):
    """How a link stood when it reached us."""

    LIVE = "live"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    USED = "used"
    ENDED = "ended"


class KeptLinkView(Wire):
    """What a kept link was. Not `ours`: unknown, altered, or not this record's, which look the same.

    `superseded`: it was live and ended in this very step, so a new one is due.
    """

    ours: bool
    generation: int | None = None
    state: KeptLinkState | None = None
    superseded: bool = False


class ActAnswer(Wire):
    """What an act did; stored under its idempotency key."""

    act: str
    record: Key
    version: int
    phase: Phase | None
    effect: Effect | None = None
    generation: int | None = None
    expires_at: datetime | None = None
    window_closes_at: datetime | None = None
    mail_queued_at: datetime | None = None
    kept_link: KeptLinkView | None = None
    procedure_version: str
    as_of: datetime


class SettleRequest(Wire):
    """Whose act it was, when a colleague of the fund or a supervisor settles it in their place."""

    agent: AgentNumber


class Settled(StrEnum):
    """Whether an act with that key took place, or never will."""

    DONE = "done"
    VOID = "void"


class SettleAnswer(Wire):
    """`done` with the stored answer, or `void`: a late request with that key is refused."""

    settled: Settled
    answer: ActAnswer | None = None
    as_of: datetime
