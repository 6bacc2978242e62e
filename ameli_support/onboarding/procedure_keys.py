"""Which entries procedure.toml must hold: one for everything that the rules can answer."""

from collections.abc import Iterator
from enum import StrEnum

from ameli_support.onboarding.acts import Act, Effect, Reason
from ameli_support.onboarding.difficulties import NAMES
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Role, Speaker
from ameli_support.onboarding.link import Ended, Phase
from ameli_support.onboarding.pages import AT
from ameli_support.onboarding.person import NIR_REASONS
from ameli_support.onboarding.personal_code import CodeRule
from ameli_support.onboarding.steps import Step


class Moment(StrEnum):
    """What is possible while the agent speaks; the script depends on it."""

    POSSIBLE = "possible"
    DONE = "done"
    SERVICE_CUT = "service_cut"


_ONE_EACH: dict[str, type[StrEnum]] = {
    "steps": Step,
    "phases": Phase,
    "ended": Ended,
    "roles": Role,
    "speakers": Speaker,
    "representations": Representation,
    "directions": Direction,
    "facts": Fact,
    "code_rules": CodeRule,
}
_PARTS: dict[str, tuple[type[StrEnum], tuple[str, ...]]] = {
    "acts": (Act, ("label", "question", "verb", "done")),
    "reasons": (Reason, ("hint", "sentence")),
    "effects": (Effect, ("hint", "consequence")),
    "bands": (Phase, ("left", "short", "right")),
}


def required_keys() -> Iterator[str]:
    """Every key that must be there, besides `says`."""
    for section, names in _ONE_EACH.items():
        yield from (f"{section}.{name}" for name in names)
    for section, (names, parts) in _PARTS.items():
        yield from (f"{section}.{name}.{part}" for name in names for part in parts)
    yield from (f"nir.{reason}" for reason in NIR_REASONS)
    yield from (f"levels.level_{level:d}" for level in Level)
    yield from (f"difficulties.{name}.{part}" for name in NAMES for part in ("label", "say", "do"))
    yield from ("bands.not_sent.today", "bands.not_sent.yesterday")
    yield from (f"resume.{by}" for by in ("sign_up", "franceconnect", "provisional_code", "personal_code"))
    yield from (f"refusals.unknown.{part}" for part in ("meaning", "say", "do"))
    yield from (f"strength.level_{strength}" for strength in range(5))
    yield from ("seen.stage", *(shown.note for shown in AT.values() if shown.note))


def says_keys(place: str, level: Level, moment: Moment, supervisor: bool = False) -> tuple[str, ...]:
    """The keys that can answer for one cell of `says`, the most particular first: a supervisor's own."""
    levels = ("supervisor",) * supervisor + (f"level_{level:d}", "any")
    moments = (moment.value, "any")
    return tuple(f"says.{place}.{one}.{other}" for one in levels for other in moments)
