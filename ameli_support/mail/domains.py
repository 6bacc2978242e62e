"""Which domains exist for mail, by name: the providers', other real ones, throw-away ones, top levels."""

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from ameli_support.mail.providers import Providers, load

_REAL = Path(__file__).parent / "real_domains.txt"
_NAMES = Path(__file__).parent / "typos.toml"

_ONE_SLIP_OF = ("com", "net", "org")


@dataclass(frozen=True, slots=True)
class Names:
    """The lists of typos.toml, where each is explained."""

    countries: frozenset[str]
    near_misses_that_exist: frozenset[str]
    words: frozenset[str]
    one_top_level: frozenset[str]
    shared_names: frozenset[str]
    prefixes: frozenset[str]


@lru_cache(maxsize=1)
def names() -> Names:
    """What is known of top levels and of words near a provider."""
    tree = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    return Names(**{field.name: frozenset(tree[field.name]) for field in fields(Names)})


@lru_cache(maxsize=1)
def real_domains() -> frozenset[str]:
    """Mail domains that belong to no family but exist."""
    lines = _REAL.read_text(encoding="utf-8").splitlines()
    return frozenset(domain for line in lines if not line.startswith("#") for domain in line.split())


def is_known(domain: str, providers: Providers | None = None) -> bool:
    """Whether this domain (lower case, IDNA form) is one of the real ones that we know by name."""
    held = providers or load()
    return (
        domain in held.by_domain
        or domain in held.standings
        or domain in held.frequent
        or domain in real_domains()
    )


def cannot_exist(tld: str) -> bool:
    """True only for what is surely no top-level domain: one character, no country, a slip of com/net/org."""
    if len(tld) <= 1 or tld.isdigit():
        return True
    if len(tld) == 2:
        return tld not in names().countries
    if tld.startswith("xn--") or len(tld) > 4 or tld in {*_ONE_SLIP_OF, *names().near_misses_that_exist}:
        return False
    return any(OSA.distance(tld, real) == 1 for real in _ONE_SLIP_OF)


@lru_cache(maxsize=1)
def _throw_away() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def is_disposable(domain: str, providers: Providers | None = None) -> bool:
    """Whether its mailboxes are thrown away; ask only once a typo is ruled out, for the lists hold typos."""
    if is_known(domain, providers):
        return False
    labels = domain.split(".")
    return any(".".join(labels[start:]) in _throw_away() for start in range(len(labels) - 1))
