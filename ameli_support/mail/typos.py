"""The provider that a mistyped domain means: suggest, never block.

Real domains first, then name and top level apart. Silence is the default: half of the near misses
of a plain edit distance are real providers, so a domain that is known is never questioned, short
names allow one slip of the hand only, and a top level that exists weighs against a suggestion.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from ameli_support.mail.domains import cannot_exist, is_known, names, real_domains
from ameli_support.mail.keyboard import MARK, slip
from ameli_support.mail.providers import Providers, load

# the most that the slips of a name may cost, by its length
_ALLOWED = {1: 0.0, 2: 0.0, 3: 0.75, 4: 1.0, 5: 1.25, 6: 1.5, 7: 1.7, 8: 1.9}
_ALLOWED_LONG = 2.6
# …mail is what half of all providers are called: what precedes it counts alone, by its length
_ALLOWED_BEFORE_MAIL = {1: 0.9, 2: 0.6, 3: 1.0, 4: 0.9}
# the less a provider is written, the likelier that a near domain is a real one: rank and room, short or long
_ROOM_BY_RANK = ((40, 0.85, 0.85), (20, 1.0, 1.6))
# what a missing or foreign top level costs beside the slips of the name
_NO_DOT, _NO_TLD, _NO_SUCH_TLD, _ASTRAY, _OTHER_TLD = 0.3, 0.5, 0.35, 0.45, 0.6
_LOST_DOT = ("com", "fr", "net", "org", "me", "be", "ch", "couk")
_COMMON = ("com", "fr", "net", "org", "eu")


@dataclass(frozen=True, slots=True)
class _Target:
    """One domain that people write, and the one that is meant by it."""

    tld: str
    meant: str
    penalty: float
    rank: int
    # other top levels under which this name surely means this domain
    astray: frozenset[str] = frozenset()


def suggest(domain: str, providers: Providers | None = None) -> str | None:
    """The domain that is probably meant by this one (lower case), or None: it is real, or nothing is near."""
    held = providers or load()
    if apart := held.standings.get(domain):
        return apart.instead
    if not domain or len(domain) > 80 or is_known(domain, held):
        return None
    typed = _plain(domain)
    if typed != domain and is_known(typed, held):
        return typed
    return _unwrapped(typed, held) or _nearest(typed, held) or _mended_tld(typed)


def _plain(domain: str) -> str:
    """Without accents, underscores and empty labels; digits that look like letters stay."""
    if "xn--" in domain:
        import idna

        try:
            domain = idna.decode(domain)
        except (idna.IDNAError, UnicodeError):
            return domain
    letters = unicodedata.normalize("NFKD", domain)
    kept = "".join(c for c in letters if not unicodedata.combining(c)).replace("_", "-")
    return ".".join(label for label in kept.split(".") if label)


def _unwrapped(typed: str, held: Providers) -> str | None:
    """A provider with something before or after it: www.orange.fr, gmail.com.fr."""
    labels = typed.split(".")
    frequent = set(held.frequent)
    for start, stop in ((1, len(labels)), (0, len(labels) - 1), (1, len(labels) - 1)):
        inner = ".".join(labels[start:stop])
        if inner in frequent and (start == 0 or labels[0] in names().prefixes):
            return inner
    return None


def _nearest(typed: str, held: Providers) -> str | None:
    found: list[tuple[bool, float, str]] = []
    targets = _targets(held)
    for name, tld, extra in _readings(typed):
        for meant_name, spelled in _spellings(name, targets):
            for target in targets[meant_name]:
                top = _tld_cost(tld, target)
                if top is None or not _is_near((name, tld), meant_name, spelled, top, target):
                    continue
                found.append((spelled > 0 and top > 0, spelled + top + extra + target.penalty, target.meant))
    return min(found)[2] if found else None


def _spellings(name: str, targets: Mapping[str, Sequence[_Target]]) -> Iterator[tuple[str, float]]:
    """The providers' names that `name` may mean, with what its slips cost."""
    for meant in targets:
        if meant == name:
            yield meant, 0.0
        elif name not in names().words and OSA.distance(name, meant, score_cutoff=3) <= 3:
            yield meant, slip(name, meant)


def _is_near(typed: tuple[str, str], meant: str, spelled: float, top: float, target: _Target) -> bool:
    """Whether these slips are few enough for this name, this top level and how often people write it."""
    name, tld = typed
    if not spelled:
        return len(meant) >= 3 or top <= _NO_SUCH_TLD
    if top == _ASTRAY and (spelled > 1.0 or len(meant) < 6 or tld not in _COMMON):
        return False
    if top == _OTHER_TLD and (spelled > 1.0 or len(meant) < 5):
        return False
    if spelled > 1.0 and name[0] != meant[0] and meant[0] not in name[1:2] and name[0] not in meant[1:2]:
        return False
    return spelled + (top if top < _ASTRAY else 0.0) <= _room(name, meant, target) + 1e-9


def _room(name: str, meant: str, target: _Target) -> float:
    """The most that slips may cost: little in short and in rare names; « mail » at the end says nothing."""
    room = _ALLOWED.get(len(meant), _ALLOWED_LONG)
    if meant.endswith("mail") and name.endswith("mail"):
        room = _ALLOWED_BEFORE_MAIL.get(len(meant) - 4, 1.3)
    for rank, short, long in _ROOM_BY_RANK:
        if target.rank >= rank:
            return min(room, long if len(meant) >= 9 else short)
    return room


def _readings(typed: str) -> Iterator[tuple[str, str, float]]:
    """Name and top level of `typed` and their cost: split at the first dot, the last, or a lost one."""
    if "." in typed:
        first, _dot, rest = typed.partition(".")
        yield first, rest, 0.0
        if "." in rest:
            before, _dot, last = typed.rpartition(".")
            yield before.replace(".", ""), last, MARK * before.count(".")
        return
    if len(typed) >= 3:
        yield typed, "", 0.0
    for tld in _LOST_DOT:
        if typed.endswith(tld) and len(typed) - len(tld) >= 2:
            yield typed.removesuffix(tld), tld, _NO_DOT


def _tld_cost(typed: str, target: _Target) -> float | None:
    """What another top level costs; None when it is no slip of the meant one."""
    if typed == target.tld:
        return 0.0
    if not typed:
        return _NO_TLD
    if typed in target.astray:
        return _ASTRAY
    return _tld_slip(typed, target.tld)


@lru_cache(maxsize=16384)
def _tld_slip(typed: str, meant: str) -> float | None:
    no_such = cannot_exist(typed.rpartition(".")[2])
    if slip(typed, meant) > 1.0 and not (no_such and meant.startswith(typed)):
        return None
    return _NO_SUCH_TLD if no_such else _OTHER_TLD


@lru_cache(maxsize=4)
def _targets_of(
    frequent: tuple[str, ...], apart: tuple[tuple[str, str], ...]
) -> dict[str, tuple[_Target, ...]]:
    known = {*frequent, *real_domains(), *load().by_domain}
    held: dict[str, list[_Target]] = {}
    for rank, domain in enumerate(frequent):
        name, tld = _split(domain)
        astray = _astray(name, frequent) if name not in held else frozenset()
        astray = frozenset(top for top in astray if f"{name}.{top}" not in known)
        held.setdefault(name, []).append(_Target(tld, domain, 0.001 * rank, rank, astray))
    for domain, meant in apart:
        name, tld = _split(domain)
        held.setdefault(name, []).append(_Target(tld, meant, 0.2, 0))
    return {name: tuple(targets) for name, targets in held.items()}


def _targets(held: Providers) -> Mapping[str, Sequence[_Target]]:
    """The providers people write, by name, the most frequent first."""
    apart = tuple((domain, entry.instead) for domain, entry in held.standings.items() if entry.instead)
    return _targets_of(held.frequent, apart)


def _astray(name: str, frequent: tuple[str, ...]) -> frozenset[str]:
    """The top levels that nobody can mean for this name: every one of a provider that has only one."""
    tops = [tld for other, tld in map(_split, frequent) if other == name]
    elsewhere = [domain for domain in real_domains() if _split(domain)[0] == name]
    if name in names().one_top_level or (
        len(tops) == 1 and not elsewhere and len(name) >= 5 and name not in names().shared_names
    ):
        return frozenset(_COMMON) | names().countries
    return (
        frozenset(_COMMON)
        if len(tops) > 1 and len(name) >= 5 and name not in names().shared_names
        else frozenset()
    )


def _split(domain: str) -> tuple[str, str]:
    name, _dot, tld = domain.partition(".")
    return name, tld


def _mended_tld(typed: str) -> str | None:
    """An unknown name whose top level cannot exist: dupont-sa.con."""
    name, dot, tld = typed.rpartition(".")
    if not dot or not name or not cannot_exist(tld):
        return None
    cost, meant = min((slip(tld, common), common) for common in _COMMON)
    return f"{name}.{meant}" if cost <= 1.0 and (len(tld) > 1 or meant == "fr") else None
