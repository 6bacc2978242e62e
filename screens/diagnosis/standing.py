"""What the Diagnostic screen knows at one instant, and what it says of a check there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ameli_support.i18n import language, typeset
from checks.check import Check, Text
from checks.run import Run
from checks.trial import Trial
from checks.wording import said
from screens.picture import PersonLine

if TYPE_CHECKING:
    from screens.words import Words


@dataclass(frozen=True, slots=True)
class Standing:
    """What the picture is made from. `at`: the question in the middle, None for the conclusion; `sequence`:
    the questions in the order in which they were put; `record`: acts on it are possible; `held`: nothing is
    sent again before a setting is changed; `waiting`: the DNS has not answered yet."""

    run: Run | None
    words: "Words"
    person: PersonLine
    at: str | None = None
    sequence: tuple[str, ...] = ()
    trial: Trial | None = None
    record: bool = False
    ended: bool = False
    held: bool = False
    waiting: bool = False
    wide: bool = True

    def said(self, text: Text, check: Check) -> str:
        """A sentence of a check in the provider's words."""
        assert self.run is not None
        sentence = said(text, check, self.run.evidence.family, self.words.procedure)
        return typeset(sentence) if language() == "fr" else sentence
