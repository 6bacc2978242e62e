"""What one check declares: where it comes from, where it is done, what to ask, what each answer proves."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ameli_support.i18n import Language, language, typeset
from ameli_support.onboarding.identity import Level
from checks.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages, with `{placeholders}` that `wording` fills."""

    fr: str
    en: str

    def text(self, wanted: Language | None = None) -> str:
        """The sentence in a language, by default the one in force; French is typeset."""
        return typeset(self.fr) if (wanted or language()) == "fr" else self.en


class Place(StrEnum):
    """Where a check is done; opening one costs time once a call."""

    AGENT = "agent"
    WEBMAIL = "webmail"
    PROGRAM = "program"


class FollowUp(StrEnum):
    """What the agent does once the cause is known."""

    NONE = "none"
    RESEND = "resend"
    CORRECT = "correct"
    WAIT = "wait"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that can be given, and the causes that it proves or rules out (ids of checks)."""

    key: str
    label: Text
    proves: tuple[str, ...] = ()
    rules_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `passage` quotes the document; without it `added` says why the check is there.

    `when` says in words what `applies` decides: None, or why the question makes no sense here. `below`
    takes its place while the caller has not reached `level`. `changes_first`: nothing is sent again to
    the same address before the remedy is done. `at_home`: what the caller can do alone, for the leaflet.
    `label`: its cause in a few words, where the procedure's file has none.
    """

    id: str
    place: Place
    question: Text
    look_for: Text
    answers: tuple[Answer, ...]
    remedy: Text
    follow_up: FollowUp
    when: Text
    passage: str | None = None
    added: Text | None = None
    at_home: Text | None = None
    applies: "Callable[[Evidence], Text | None]" = lambda evidence: None
    level: Level = Level.NOTHING
    below: "Check | None" = None
    changes_first: bool = False
    label: Text | None = None

    @property
    def documented(self) -> bool:
        """Whether the document demands it."""
        return self.passage is not None

    def at(self, level: Level) -> "Check":
        """The check as it is asked at a level."""
        return self.below if self.below is not None and level < self.level else self

    def answer(self, key: str) -> Answer:
        """One of its answers; raises `KeyError`."""
        return next((answer for answer in self.answers if answer.key == key), None) or _no_answer(self, key)


def _no_answer(check: Check, key: str) -> Answer:
    raise KeyError(f"{check.id}: {key}")


YES, NO, CANNOT = "yes", "no", "cannot_tell"
ALWAYS = Text("toujours", "always")
_CANNOT = Answer(CANNOT, Text("Ne sait pas", "Cannot tell"))


def yes_no(cause: str, yes: str = "Oui", yes_en: str = "Yes", no: str = "Non", no_en: str = "No",
           *, reversed: bool = False) -> tuple[Answer, ...]:  # fmt: skip
    """The three answers: yes proves the cause and no rules it out, or the other way round."""
    found = ((cause,), ())
    not_found = ((), (cause,))
    first, second = (not_found, found) if reversed else (found, not_found)
    return (Answer(YES, Text(yes, yes_en), *first), Answer(NO, Text(no, no_en), *second), _CANNOT)


def cannot_tell() -> Answer:
    """The answer that changes nothing."""
    return _CANNOT
