"""The provider that a mistyped domain means: suggest, never block.

Real domains first, then name and top level apart. Silence is the default: half of the near misses
of a plain edit distance are real providers, so a domain that is known is never questioned, short
names allow one slip of the hand only, and a top level that exists weighs against a suggestion.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from ameli_support.mail.domains import cannot_exist, is_known, names
from ameli_support.mail.keyboard import MARK, slip
from ameli_support.mail.providers import Providers, load
from ameli_support.mail.written import COMMON, Target, targets_of

# the most that the slips of a name may cost, by its length
_ALLOWED = {1: 0.0, 2: 0.0, 3: 0.75, 4: 1.0, 5: 1.25, 6: 1.5, 7: 1.7, 8: 1.9}
_ALLOWED_LONG = 2.6
# …mail is what half of all providers are called: what precedes it counts alone, by its length
_ALLOWED_BEFORE_MAIL, _ALLOWED_GMAIL = {1: 0.5, 2: 0.6, 3: 1.0, 4: 0.9}, 0.9
# the less a provider is written, the likelier that a near domain is a real one: rank and room, short or long
_ROOM_BY_RANK = ((40, 0.85, 0.85), (20, 1.0, 1.6))
# what a missing or foreign top level costs beside the slips of the name
_NO_DOT, _NO_TLD, _NO_SUCH_TLD, _ASTRAY, _OTHER_TLD = 0.3, 0.5, 0.35, 0.45, 0.6
_LOST_DOT = ("com", "fr", "net", "org", "me", "be", "ch", "couk")


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
    if near := _unwrapped(typed, held) or _nearest(typed, held):
        return near
    mended = _mended_tld(typed)
    return mended and (_nearest(mended, held) or mended)


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
    """A provider with something before or after it, or its dot elsewhere: www.orange.fr, gmailc.om."""
    labels = typed.split(".")
    frequent = set(held.frequent)
    letters = typed.replace(".", "")
    if len(labels) > 1 and (
        same := [domain for domain in held.frequent if domain.replace(".", "") == letters]
    ):
        return same[0]
    for start, stop in ((1, len(labels)), (0, len(labels) - 1), (1, len(labels) - 1)):
        inner = ".".join(labels[start:stop])
        if inner in frequent and (start == 0 or labels[0] in names().prefixes):
            return inner
    return None


def _nearest(typed: str, held: Providers) -> str | None:
    found: list[tuple[bool, float, str]] = []
    targets = targets_of(held)
    for name, tld, extra in _readings(typed):
        for meant_name, spelled in _spellings(name, targets):
            for target in targets[meant_name]:
                top = _tld_cost(tld, target)
                if top is None or not _is_near((name, tld), meant_name, spelled, top, target):
                    continue
                found.append((spelled > 0 and top > 0, spelled + top + extra + target.penalty, target.meant))
    return min(found)[2] if found else None


def _spellings(name: str, targets: Mapping[str, Sequence[Target]]) -> Iterator[tuple[str, float]]:
    """The providers' names that `name` may mean, with what its slips cost."""
    for meant in targets:
        if meant == name:
            yield meant, 0.0
        elif name not in names().words and OSA.distance(name, meant, score_cutoff=3) <= 3:
            yield meant, slip(name, meant)


def _is_near(typed: tuple[str, str], meant: str, spelled: float, top: float, target: Target) -> bool:
    """Whether these slips are few enough for this name, this top level and how often people write it."""
    name, tld = typed
    if not spelled:
        return len(meant) >= 3 or top <= _NO_SUCH_TLD
    if top == _ASTRAY and (spelled > 1.0 or len(meant) < 6 or tld not in COMMON):
        return False
    if top == _OTHER_TLD and (spelled > 1.0 or len(meant) < 5):
        return False
    if spelled > 1.0 and name[0] != meant[0] and meant[0] not in name[1:2] and name[0] not in meant[1:2]:
        return False
    return spelled + (top if top < _ASTRAY else 0.0) <= _room(name, meant, target) + 1e-9


def _room(name: str, meant: str, target: Target) -> float:
    """The most that slips may cost: little in short and in rare names; « mail » at the end says nothing."""
    room = _ALLOWED.get(len(meant), _ALLOWED_LONG)
    if meant.endswith("mail") and name.endswith("mail"):
        first = len(meant) == 5 and target.rank == 0
        room = _ALLOWED_GMAIL if first else _ALLOWED_BEFORE_MAIL.get(len(meant) - 4, 1.3)
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


def _tld_cost(typed: str, target: Target) -> float | None:
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
    one_key = OSA.distance(typed, meant) == 1 or meant.startswith(typed)
    if slip(typed, meant) > 1.0 and not (no_such and one_key):
        return None
    if no_such:
        return _NO_SUCH_TLD
    return _OTHER_TLD if meant in COMMON else None


def _mended_tld(typed: str) -> str | None:
    """An unknown name whose top level cannot exist: dupont-sa.con."""
    name, dot, tld = typed.rpartition(".")
    if not dot or not name or not cannot_exist(tld):
        return None
    cost, meant = min((slip(tld, common), common) for common in COMMON)
    return f"{name}.{meant}" if cost <= 1.0 and (len(tld) > 1 or meant == "fr") else None
