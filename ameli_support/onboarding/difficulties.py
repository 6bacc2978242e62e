"""What usually goes wrong at a step of the journey, and what the person's page says then.

The words are `[difficulties]` of procedure.toml; which of them belong to a place, and what of the
record shows that one of them is the case, stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ameli_support.onboarding.link import Ended
from ameli_support.onboarding.personal_code import CodeRule
from ameli_support.onboarding.places import Place
from ameli_support.onboarding.steps import Route, Step
from ameli_support.onboarding.wording import clock_time, short_date

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the person, and of FranceConnect, besides the place.

    `away`: labels of the identity providers that cannot be used now. `provisional_code`: `sent`, `used`
    or `void`. `addresses_refused`: how many addresses were refused as taken within the last hour.
    """

    away: tuple[str, ...] = ()
    step: Step | None = None
    route: Route | None = None
    provisional_code: str | None = None
    ended: Ended | None = None
    addresses_refused: int = 0
    opened_unconfirmed: bool = False
    login_closed_until: datetime | None = None
    reset_blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difficulty:
    """One of them. `noticed`: the record shows that it is the case; `page`: what the person reads then."""

    name: str
    label: str
    page: tuple[str, ...]
    say: tuple[str, ...]
    do: str
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    """`page`: entries of procedure.toml, with how many of their lines; `notices` gives what fills its
    sentences when the facts show it, else None; `rare`: told only then."""

    name: str
    places: frozenset[Place]
    page: tuple[tuple[str, int | None], ...] = ()
    notices: Callable[[Facts], Values | None] = field(default=lambda _facts: None)
    rare: bool = False


def difficulties(
    where: Place, facts: Facts, procedure: Procedure, language: str = "fr"
) -> tuple[Difficulty, ...]:
    """What may go wrong at a place of the journey, what is known to be the case first.

    Where no record is open, everything that is general advice, in the journey's order; nothing where only
    one sentence may be said.
    """
    if where in _SILENT:
        return ()
    found = [
        (kind, kind.notices(facts)) for kind in _KINDS if not where.is_the_persons or where in kind.places
    ]
    told = [
        _told(kind, values, facts, procedure, language)
        for kind, values in found
        if values is not None or not kind.rare
    ]
    return tuple(sorted(told, key=lambda one: not one.noticed))


def resume(
    where: Step | None,
    route: Route | None,
    procedure: Procedure,
    language: str = "fr",
    *,
    code_void: bool = False,
) -> str:
    """How a sign-up that stopped at this step goes on, stressed words between `**`.

    `code_void`: the provisional code opens nothing any more, so the form sends another.
    """
    by = "sign_up"
    if where is Step.CONTACT and route is Route.FORM:
        by = "personal_code"
    elif where in (Step.IDENTITY, Step.TERMS, Step.PERSONAL_CODE) and route is Route.FORM:
        by = "sign_up" if code_void else "provisional_code"
    elif where in (Step.IDENTITY, Step.TERMS, Step.PERSONAL_CODE, Step.CONTACT):
        by = "franceconnect"
    return procedure.lines(f"resume.{by}", language)[0]


def _told(
    kind: _Kind, values: Values | None, facts: Facts, procedure: Procedure, language: str
) -> Difficulty:
    key = f"difficulties.{kind.name}"
    goes_on = resume(facts.step, facts.route, procedure, language, code_void=facts.provisional_code == "void")
    filled = {**_GENERAL, **(values or {}), "resume": goes_on}
    page: list[str] = []
    for entry, count in kind.page:
        for provider in facts.away if "{provider}" in procedure.cells[entry].fr[0] else ("",):
            page += procedure.lines(entry, language, provider=provider, **filled)[:count]
    return Difficulty(
        kind.name,
        procedure.text(f"{key}.label", language),
        tuple(page),
        procedure.lines(f"{key}.say", language, **filled),
        procedure.text(f"{key}.do", language, **filled),
        noticed=values is not None,
    )


_GENERAL: Values = dict.fromkeys(("providers", "date", "time", "link_day", "link_time"), "…")


def _login(facts: Facts) -> Values | None:
    until = facts.login_closed_until
    return {"time": clock_time(until)} if until is not None else None


def _reset(facts: Facts) -> Values | None:
    until = facts.reset_blocked_until
    return {"date": short_date(until), "time": clock_time(until)} if until is not None else None


def _away(facts: Facts) -> Values | None:
    return {"providers": ", ".join(facts.away)} if facts.away and facts.route is not Route.FORM else None


def _when(holds: Callable[[Facts], bool]) -> Callable[[Facts], Values | None]:
    return lambda facts: {} if holds(facts) else None


def _code(state: str) -> Callable[[Facts], Values | None]:
    return _when(lambda facts: facts.provisional_code == state)


# one sentence alone, or no account to open here
_SILENT = frozenset({Place.LOCKED, Place.DECEASED, Place.RESTRICTED}) | {
    Place.OTHER_SCHEME,
    Place.PROVISIONAL_NIR,
    Place.NO_MAILBOX,
}
_START = frozenset({Place.SIGN_UP, Place.NO_ENROLMENT, Place.ENDED})
_FRANCECONNECT = _START | {Place.IDENTITY}
_ON_THE_WAY = frozenset({Place.TERMS, Place.PERSONAL_CODE, Place.CONTACT})
_UNCONFIRMED = frozenset({Place.LIVE, Place.LIVE_QUEUED, Place.LIVE_REFUSED, Place.INACTIVE, Place.CLOSED})
_LOGS_IN = _ON_THE_WAY | _UNCONFIRMED | {Place.ACTIVE, Place.IDENTITY_FORM, Place.IDENTITY_FORM_VOID}
_AT_CONTACT = frozenset({Place.CONTACT})
_AT_CODE = frozenset({Place.PERSONAL_CODE})


# in the journey's order
_KINDS = (
    _Kind("login_closed", _LOGS_IN, (("forms.login_closed", None),), _login, rare=True),
    _Kind(
        "terms_refused",
        frozenset({Place.ENDED}),
        (("pages.terms_refused.sentences", None),),
        _when(lambda facts: facts.ended is Ended.TERMS_REFUSED),
        rare=True,
    ),
    _Kind("wrong_name", _START, (("pages.sign_up.mismatch", None),)),
    _Kind("wrong_number", _START),
    _Kind(
        "provider_away", _FRANCECONNECT, (("pages.franceconnect.one_unavailable", None),), _away, rare=True
    ),
    _Kind("error_code", _FRANCECONNECT, (("pages.franceconnect_error.title", None),)),
    _Kind("not_me", frozenset({Place.IDENTITY}), (("pages.recognised.not_you", None),)),
    _Kind("not_recognised", _FRANCECONNECT, (("pages.franceconnect_back.unmatched", 1),)),
    _Kind(
        "code_waits",
        frozenset({Place.IDENTITY_FORM}),
        (("pages.login.code_sent", None), ("pages.login.code_kept", None)),
        _code("sent"),
    ),
    _Kind("wrong_code", frozenset({Place.IDENTITY_FORM}), (("forms.wrong_login", None),)),
    _Kind(
        "code_void",
        frozenset({Place.IDENTITY_FORM_VOID}),
        (("forms.wrong_login", None),),
        _code("void"),
    ),
    _Kind("terms_choice", frozenset({Place.TERMS}), (("forms.terms", None),)),
    _Kind("code_rules", _AT_CODE, tuple((f"code_rules.{rule}", None) for rule in CodeRule)),
    _Kind("codes_differ", _AT_CODE, (("forms.code_differs", None),)),
    _Kind(
        "code_over",
        frozenset({Place.TERMS, Place.PERSONAL_CODE}),
        (("forms.wrong_login", None),),
        # a used one opens until its days are over; by FranceConnect none is needed
        _when(lambda facts: facts.provisional_code == "void" and facts.route is not Route.FRANCECONNECT),
        rare=True,
    ),
    _Kind(
        "address_used",
        _AT_CONTACT,
        (("pages.address_used.sentences", None),),
        _when(lambda facts: facts.addresses_refused > 0),
    ),
    _Kind("address_typed", _AT_CONTACT, (("forms.email", 1), ("forms.email_differs", None))),
    _Kind("addresses_tried", _AT_CONTACT, (("forms.addresses_tried", None),)),
    _Kind("phone_typed", _AT_CONTACT, (("forms.mobile", None), ("forms.landline", None))),
    _Kind("session_over", _ON_THE_WAY, (("pages.login.over", None),)),
    _Kind(
        "button_not_pressed",
        frozenset({Place.LIVE}),
        (("pages.confirm.sentences", 1),),
        _when(lambda facts: facts.opened_unconfirmed),
    ),
    _Kind("reset_blocked", frozenset({Place.ACTIVE}), notices=_reset, rare=True),
    _Kind("code_forgotten", frozenset({Place.ACTIVE}), (("pages.code_forgotten.sentences", 1),)),
    _Kind("forgotten_early", _UNCONFIRMED, (("pages.code_forgotten.sentences", 1),)),
)
NAMES = tuple(kind.name for kind in _KINDS)
