"""What a sentence about a delivery means, by the ideas that stand in it: the last resort of `answers`.

The rules know how servers word things; this knows only what is spoken of (a mailbox, the sender) and what is
said of it (full, missing), in seven languages. Ideas of two families at once mean nothing.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ameli_support.mail.families import Reason, family_of


@dataclass(frozen=True, slots=True)
class _Sense:
    reason: Reason
    ideas: Sequence[str]
    needs: Sequence[str]
    without: Sequence[str]

    def holds(self, found: set[str]) -> bool:
        return (
            found.issuperset(self.ideas)
            and (not self.needs or not found.isdisjoint(self.needs))
            and found.isdisjoint(self.without)
        )


def sense_of(text: str) -> Reason | None:
    """The reason that the ideas of a folded text give, or None when they give none or several families."""
    ideas, senses = _known()
    found = {idea for idea, pattern in ideas.items() if pattern.search(text)}
    reasons = [sense.reason for sense in senses if sense.holds(found)]
    return reasons[0] if len({family_of(reason) for reason in reasons}) == 1 else None


@cache
def _known() -> tuple[Mapping[str, re.Pattern[str]], Sequence[_Sense]]:
    data = tomllib.loads((files("ameli_support.mail") / "senses.toml").read_text("utf-8"))
    ideas = {
        idea: re.compile("|".join(f"(?:{word})" for word in words)) for idea, words in data["ideas"].items()
    }
    senses = [
        _Sense(Reason(one["reason"]), one["ideas"], one.get("needs", ()), one.get("without", ()))
        for one in data["sense"]
    ]
    return ideas, senses
