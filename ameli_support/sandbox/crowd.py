"""Made-up people without end, the same ones for the same seed and day: `people` puts them behind the cast."""

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from ameli_support.accounts.contract import ProvisionalCode, SendKind
from ameli_support.clock import paris
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended
from ameli_support.onboarding.person import PersonStatus, fold_name
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.lives import (
    GENERAL,
    ISERE,
    Fate,
    FundFile,
    Guardian,
    Issue,
    Life,
    Person,
    active,
    first,
    waiting,
)

_DAY = timedelta(days=1)
# how a local part begins whose mail the mail world goes on answering like that (mailworld/mailboxes.toml)
_MAILBOXES = {Fate.REFUSED: "inconnu.", Fate.DEFERRED: "plein.", Fate.BOUNCED: "rebond."}


def made_up(at: datetime, seed: int) -> Iterator[Person]:
    """Endless; `at` (UTC) sets today in Paris, from which ages and durations are counted back."""
    rng = random.Random(seed)
    words = _words()
    numbers = _Numbers()
    index = 0
    while True:
        yield _somebody(index, rng, words, numbers, paris(at).date())
        index += 1


class _Numbers:
    """Hands out synthetic numbers, each once: 999 orders for each of the countries 999, 998, … 990."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}
        for member in CAST.values():
            head, order = member.person.nir[:5], int(member.person.nir[10:])
            self._given[head] = max(self._given.get(head, 0), order)

    def next(self, sex: str, born: date) -> str:
        head = f"{sex}{born:%y%m}"
        given = self._given[head] = self._given.get(head, 0) + 1
        country, order = divmod(given - 1, 999)
        return f"{head}99{999 - country:03d}{order + 1:03d}"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "names.toml").read_text(encoding="utf-8"))


def _somebody(
    index: int, rng: random.Random, words: dict[str, Any], numbers: _Numbers, today: date
) -> Person:
    minor = index % 97 == 13
    born = today - (rng.randint(2, 17) * 365 if minor else rng.randint(19 * 366, 97 * 365)) * _DAY
    woman = rng.random() < 0.52
    provisional = index % 61 == 17
    sex = ("8" if woman else "7") if provisional else ("2" if woman else "1")
    birth_name = rng.choice(words["surnames"]).upper()
    used_name = rng.choice(words["surnames"]).upper() if woman and not minor and rng.random() < 0.35 else None
    first_names = rng.choice(words["women" if woman else "men"])
    fund = rng.choice(list(words["funds"])) if rng.random() < 0.1 else ISERE
    scheme = rng.choice(("msa", "cavimac", "cnmss", "enim")) if index % 29 == 7 else GENERAL
    born_text = born.isoformat()
    domain = rng.choices(list(words["providers"]), list(words["providers"].values()))[0]
    person = Person(
        nir=numbers.next(sex, born),
        title="Mme" if woman else "M.",
        birth_name=birth_name,
        used_name=used_name,
        first_names=first_names,
        birth_date=born_text,
        born_at=words["birth_places"][index % len(words["birth_places"])],
        postcode=rng.choice(words["postcodes"] if fund == ISERE else words["funds"][fund]),
        scheme=scheme,
        fund=fund,
        status=PersonStatus.MINOR if minor else _status(index),
        guardians=(Guardian("parental_authority", 300, -900),)
        if minor
        else (Guardian("tutelle", 500, -600 if index % 2 else 20),)
        if _status(index) is PersonStatus.PROTECTED
        else (),
        file=_file(rng, words, today),
    )
    if provisional or minor or scheme != GENERAL:
        return person
    life = _LIVES[index % len(_LIVES)](rng)
    if life is None or not life.issues:
        return replace(person, life=life)
    local = f"{_letters(first_names)}.{_letters(person.name)}{index}"
    address, life = _typed(local, domain, life, words, rng)
    return replace(
        person,
        life=life,
        address=address,
        mobile=f"+33600{rng.randrange(10_000):06d}" if rng.random() < 0.85 else None,
        landline=rng.choice(("+3346571", "+3326191", "+3335301", "+3353649")) + f"{rng.randrange(10_000):04d}"
        if rng.random() < 0.4
        else None,
        consents=(rng.random() < 0.4, False, False, False),
    )


def _status(index: int) -> PersonStatus:
    return {
        23: PersonStatus.DECEASED,
        41: PersonStatus.PROTECTED,
        59: PersonStatus.RESTRICTED,
    }.get(index % 83, PersonStatus.ORDINARY)


def _file(rng: random.Random, words: dict[str, Any], today: date) -> FundFile:
    """Each fact is missing for some people: `not_on_file` must be met in practice."""

    def known(value: str, chance: float) -> str | None:
        return value if rng.random() < chance else None

    paid = today.replace(day=1) - rng.randint(1, 300) * _DAY
    return FundFile(
        bank_last4=known(f"{rng.randrange(10_000):04d}", 0.92),
        card_serial=known(f"8025{rng.randrange(10**17):017d}", 0.9),
        declared_doctor=known(rng.choice(words["doctors"]), 0.8),
        last_payment_month=known(f"{paid:%Y-%m}", 0.85),
        address_line=known(f"{rng.randint(1, 140)} {rng.choice(words['streets'])}", 0.97),
        phone_before=known(f"+33600{rng.randrange(10_000):06d}", 0.6),
    )


def _typed(
    local: str, domain: str, life: Life, words: dict[str, Any], rng: random.Random
) -> tuple[str, Life]:
    """The address as the person typed it: what was refused had a typo if its provider has known ones,
    else names a mailbox that answers like that; what was corrected is right since."""
    fate = life.issues[0].fate
    typos = words["typos"].get(domain) if fate is Fate.REFUSED else None
    right = f"{local}@{domain}"
    wrong = f"{local}@{rng.choice(typos)}" if typos else _MAILBOXES.get(fate, "") + right
    if len(life.issues) == 1:
        return wrong, life
    return right, replace(life, issues=(replace(life.issues[0], address=wrong), *life.issues[1:]))


@cache
def _letters(name: str) -> str:
    return "".join(c for c in fold_name(name).lower() if c.isalnum())


# ── how far they have come ──────────────────────────────────────────────────

_Draw = Callable[[random.Random], Life | None]


def _route(rng: random.Random) -> Route:
    return Route.FRANCECONNECT if rng.random() < 0.6 else Route.FORM


def _hours(rng: random.Random, least: float, most: float) -> timedelta:
    return timedelta(seconds=round(rng.uniform(least, most) * 3600))


def _stuck(step: Step) -> _Draw:
    def draw(rng: random.Random) -> Life:
        route = _route(rng)
        code = None
        if route is Route.FORM and step is not Step.SIGN_UP:
            code = rng.choice((ProvisionalCode.SENT, ProvisionalCode.VOID))
            code = code if step is Step.IDENTITY else ProvisionalCode.USED
        return Life(step, _hours(rng, 0.2, 900), route, provisional_code=code)

    return draw


def _waits(least: float, most: float, fate: Fate = Fate.HANDED_OVER) -> _Draw:
    """Between `least` and `most` hours after the address was submitted."""

    def draw(rng: random.Random) -> Life:
        openings = rng.choice((0, 0, 1, 4)) if fate is Fate.HANDED_OVER else 0
        life = waiting(first(_hours(rng, least, most), fate), route=_route(rng), openings=openings)
        return _with_code(life)

    return draw


def _with_code(life: Life) -> Life:
    return replace(life, provisional_code=ProvisionalCode.USED) if life.route is Route.FORM else life


def _resent(rng: random.Random) -> Life:
    began = _hours(rng, 24 * 9, 24 * 18)
    return _with_code(waiting(first(began), Issue(SendKind.RESEND, began / 4), route=_route(rng)))


def _mailed_again(rng: random.Random) -> Life:
    began = _hours(rng, 60, 110)
    return _with_code(waiting(first(began, again=(began / 2,)), route=_route(rng)))


def _reissued(rng: random.Random) -> Life:
    began = _hours(rng, 24 * 26, 24 * 60)
    return _with_code(waiting(first(began), Issue(SendKind.REISSUE, _hours(rng, 1, 120)), route=_route(rng)))


def _corrected(rng: random.Random) -> Life:
    began = _hours(rng, 24 * 4, 24 * 30)
    return _with_code(
        waiting(first(began, Fate.REFUSED), Issue(SendKind.CORRECTION, began / 3), route=_route(rng))
    )


def _active(rng: random.Random) -> Life:
    submitted = _hours(rng, 24, 24 * 900)
    life = active(submitted, submitted - min(submitted, timedelta(days=7)) * rng.uniform(0.01, 0.95))
    return _with_code(replace(life, route=_route(rng)))


def _suspended(rng: random.Random) -> Life:
    began = _hours(rng, 30, 24 * 30)
    return Life(Step.CONFIRMATION, began, issues=(first(began),), suspended=began / 2)


def _refused(rng: random.Random) -> Life:
    since = _hours(rng, 5, 24 * 200)
    return Life(Step.TERMS, since, ended=Ended.TERMS_REFUSED, ended_before=since)


def _cancelled(rng: random.Random) -> Life:
    began = _hours(rng, 24 * 3, 24 * 40)
    return Life(
        Step.CONFIRMATION,
        began,
        issues=(first(began),),
        suspended=began / 2,
        ended=Ended.CANCELLED,
        ended_before=began / 3,
        holds_address=False,
    )


def _nothing(rng: random.Random) -> None:
    return None


_LIVES: tuple[_Draw, ...] = (
    _waits(1, 24 * 5),
    _active,
    _stuck(Step.SIGN_UP),
    _waits(24 * 7.1, 24 * 20),
    _waits(2, 24 * 6, Fate.REFUSED),
    _stuck(Step.IDENTITY),
    _active,
    _waits(24 * 21.1, 24 * 60),
    _resent,
    _stuck(Step.TERMS),
    _waits(3, 24 * 4, Fate.BOUNCED),
    _active,
    _suspended,
    _stuck(Step.PERSONAL_CODE),
    _mailed_again,
    _reissued,
    _waits(0.5, 20, Fate.DEFERRED),
    _corrected,
    _stuck(Step.CONTACT),
    _refused,
    _active,
    _cancelled,
    _nothing,
    _waits(24 * 5.2, 24 * 6.8),
    _active,
)
