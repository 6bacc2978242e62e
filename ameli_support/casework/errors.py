"""What can go wrong at the desk; every error carries a sentence for the person (`.sentence`)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ameli_support.accounts.contract import Problem
from ameli_support.casework.case import Missing
from ameli_support.onboarding.acts import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from ameli_support.casework.views import EventRow


class DeskError(Exception):
    """Something the person must be told; nothing typed is lost."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(DeskError):
    """The role, or the case's owner, forbids it."""


class NoSuchCase(DeskError):
    """No case has that number, or it is another fund's."""


class PurposeMissing(DeskError):
    """A supervisor looks a record up only with a typed purpose."""


class SpeakerFirst(DeskError):
    """Who speaks is recorded before anything is compared."""


class NotInCall(DeskError):
    """The act belongs to an open contact, and this agent has none in that case."""


class ServiceCut(DeskError):
    """The account service did not answer; `since` is when it was first missed."""

    def __init__(self, sentence: str, kind: str, since: "datetime | None" = None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.since = since


class ActRefused(DeskError):
    """An act, a check or a reading was refused: by the service (`problem`) or before it (`reason`)."""

    def __init__(
        self, sentence: str, *, reason: Reason | None = None, problem: Problem | None = None
    ) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.problem = problem


class ActUnknown(DeskError):
    """An act's answer was lost: it may have taken place; `key` settles it later."""

    def __init__(self, sentence: str, key: str) -> None:
        super().__init__(sentence)
        self.key = key


class GateClosed(DeskError):
    """The contact cannot be concluded yet; `missing` in the order in which it is told."""

    def __init__(self, sentence: str, missing: Sequence[Missing]) -> None:
        super().__init__(sentence)
        self.missing = tuple(missing)


class Conflict(DeskError):
    """Somebody else changed the case meanwhile: `others` are their events; one's own text is kept."""

    def __init__(self, sentence: str, others: "Sequence[EventRow]") -> None:
        super().__init__(sentence)
        self.others = tuple(others)
