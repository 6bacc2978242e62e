"""Who uses the desk and what they may do to a case: deny by default (rules §8)."""

from dataclasses import dataclass

from ameli_support.onboarding.identity import Role


@dataclass(frozen=True, slots=True)
class Me:
    """The agent at the keyboard, from the agents file; `funds` are fund codes such as "381"."""

    agent: str
    role: Role
    funds: tuple[str, ...]
    name: str = ""
