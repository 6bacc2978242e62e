"""Outcomes change the priors, per provider family: Beta counts that decay, with a least weight of the prior.

A cause met `n` times in `N` concluded runs of a family is as likely as (m·p + n) / (m + N), the mean of
Beta(m·p + n, m·(1 − p) + N − n), where the prior `p` counts as `m` cases and never less than its least share.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from checks.beliefs import ADDED_WEIGHT
from checks.priors import Learning, Priors

Counts = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Learned:
    """One cause in one family: the prior's probability, cases counted now, and what is believed."""

    cause: str
    prior: float
    cases: float
    now: float


def faded(count: float, since: timedelta, learning: Learning) -> float:
    """What a count is worth after a while."""
    days = max(since, timedelta()) / timedelta(days=1)
    return float(count * 0.5 ** (days / learning.half_life_days))


def counted(count: float, since: timedelta, learning: Learning, cases: float = 1.0) -> float:
    """The count with one more outcome, or with one taken back (`cases` below 0); never below 0."""
    return max(0.0, faded(count, since, learning) + cases)


def table(priors: Priors, family: str, counts: Mapping[str, float]) -> tuple[Learned, ...]:
    """Every cause of a family, the likeliest first; `counts` have faded to now."""
    before = _before(priors, family, counts)
    whole, met = sum(before.values()), sum(counts.values())
    kept = max(priors.learning.prior_cases / (priors.learning.prior_cases + met), priors.learning.prior_share)
    found = []
    for cause, weight in before.items():
        seen = counts.get(cause, 0.0) / met if met else 0.0
        found.append(
            Learned(cause, weight / whole, counts.get(cause, 0.0), kept * weight / whole + (1 - kept) * seen)
        )
    return tuple(sorted(found, key=lambda one: -one.now))


def learned(priors: Priors, counts: Counts) -> Priors:
    """The priors with what was learned: new multipliers, for the families that have counts."""
    families = dict(priors.families)
    for family, met in counts.items():
        if not sum(met.values()):
            continue
        whole = sum(_before(priors, family, met).values())
        families[family] = {
            one.cause: one.now * whole / priors.weights.get(one.cause, ADDED_WEIGHT)
            for one in table(priors, family, met)
        }
    return replace(priors, families=families)


def _before(priors: Priors, family: str, causes: Iterable[str]) -> dict[str, float]:
    """The weight of each cause in a family, before any outcome."""
    names = dict.fromkeys((*priors.weights, *causes))
    return {cause: priors.weights.get(cause, ADDED_WEIGHT) * priors.times(cause, family) for cause in names}
