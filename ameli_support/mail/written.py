"""The providers that people write, by name and top level: what a typo is measured against."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ameli_support.mail.domains import names, real_domains
from ameli_support.mail.providers import Providers, load

# the top levels that French people write without thinking
COMMON = ("com", "fr", "net", "org", "eu")
# how much a domain's place in the order of frequency weighs between two readings
_PRIOR = 0.1


@dataclass(frozen=True, slots=True)
class Target:
    """One domain that people write, and the one that is meant by it; rank 0 is the most frequent."""

    tld: str
    meant: str
    penalty: float
    rank: int
    # other top levels under which this name surely means this domain
    astray: frozenset[str] = frozenset()


def targets_of(held: Providers) -> Mapping[str, Sequence[Target]]:
    """The providers people write, by name, the most frequent first."""
    apart = tuple((domain, entry.instead) for domain, entry in held.standings.items() if entry.instead)
    return _targets(held.frequent, apart)


@lru_cache(maxsize=4)
def _targets(frequent: tuple[str, ...], apart: tuple[tuple[str, str], ...]) -> dict[str, tuple[Target, ...]]:
    known = {*frequent, *real_domains(), *load().by_domain}
    held: dict[str, list[Target]] = {}
    for rank, domain in enumerate(frequent):
        name, tld = _split(domain)
        astray = _astray(name, frequent) if name not in held else frozenset()
        astray = frozenset(top for top in astray if f"{name}.{top}" not in known)
        held.setdefault(name, []).append(Target(tld, domain, _PRIOR * math.log1p(rank), rank, astray))
    for domain, meant in apart:
        name, tld = _split(domain)
        held.setdefault(name, []).append(Target(tld, meant, 0.2, 0))
    return {name: tuple(targets) for name, targets in held.items()}


def _astray(name: str, frequent: tuple[str, ...]) -> frozenset[str]:
    """The top levels that nobody can mean for this name: every one of a provider that has only one."""
    tops = [tld for other, tld in map(_split, frequent) if other == name]
    elsewhere = [domain for domain in real_domains() if _split(domain)[0] == name]
    if name in names().one_top_level or (
        len(tops) == 1 and not elsewhere and len(name) >= 5 and name not in names().shared_names
    ):
        return frozenset(COMMON) | names().countries
    return (
        frozenset(COMMON)
        if len(tops) > 1 and len(name) >= 5 and name not in names().shared_names
        else frozenset()
    )


def _split(domain: str) -> tuple[str, str]:
    name, _dot, tld = domain.partition(".")
    return name, tld
