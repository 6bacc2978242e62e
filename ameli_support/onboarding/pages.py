"""The pages that the insured person sees: which parts each has, and which page stands at a place.

One source for the page and for the agent's screen: what a person has before them is told in the
words of `[pages]` in procedure.toml, from which the site renders the page itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ameli_support.onboarding.places import Place

# besides its title; every part must be there, and no other may be
_PARTS: Mapping[str, str] = {
    "confirm": "sentences buttons",
    "confirmed": "sentences buttons",
    "generic": "sentences brand footer",
    "already_active": "sentences buttons",
    "newer_sent": "sentences",
    "newer_queued": "sentences",
    "inactive": "sentences buttons same_address",
    "closed": "sentences",
    "closed_elsewhere": "sentences",
    "resent": "sentences",
    "cooldown": "sentences",
    "day_cap": "sentences",
    "address_taken": "sentences",
    "rate_limited": "sentences",
    "try_again": "sentences",
    "session_over": "sentences links",
    "form_refused": "sentences links",
    "sign_up_refused": "sentences links",
    "other_scheme": "sentences links",
    "unavailable": "sentences",
    "login_unconfirmed": "sentences buttons same_address",
    "login_queued": "sentences",
    "login_refused": "sentences buttons same_address",
    "login_generic": "sentences",
    "provisional_cap": "sentences links",
    "address_used": "sentences",
    "code_forgotten": "sentences links",
    "reset_code": "buttons",
    "reset_dead": "sentences links",
    "forgotten": "sentences fields date_format calendar buttons",
    "account": "sentences links code_changed access",
    "change_code": "fields buttons",
    "terms_refused": "sentences links",
    "sign_up": "sentences fields date_format buttons mismatch help_labels help calendar other_way",
    "login": "sentences fields help buttons other_way where "
    "code_sent code_kept active resume left over code_changed first_visit",
    "franceconnect": "sentences back service remember "
    "provider_unavailable one_unavailable unavailable brand notice",
    "recognised": "welcome born buttons not_you help answers "
    "greeting.female greeting.male greeting.unspecified birth.female birth.male birth.unspecified",
    "identity_provider": "sentences fields hint groups nobody unknown several buttons",
    "franceconnect_error": "code access_denied server_error temporarily_unavailable invalid_request buttons",
    "franceconnect_back": "cancelled denied unavailable invalid unmatched buttons again",
    "franceconnect_left": "sentences",
    "terms": "stages sentences details details_text choices buttons",
    "personal_code": "sentences fields example strength buttons",
    "contact": "sentences fields unique counted consent_email consent_phone channels buttons choices",
    "read_your_mail": "sentences",
}
PARTS: Mapping[str, frozenset[str]] = {
    name: frozenset({"title", *parts.split()}) for name, parts in _PARTS.items()
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a page the agent's screen repeats.

    `title`: the parts that make the heading. `stage`: of the three, 0 for none. `sentences`: the whole
    text, where it is short. `lines`: other entries. `buttons`: the entries whose words can be pressed,
    each with which of them, all for none.
    """

    page: str
    stage: int = 0
    title: tuple[str, ...] = ()
    sentences: bool = False
    lines: tuple[tuple[str, int], ...] = ()
    buttons: tuple[tuple[str, tuple[int, ...]], ...] = ()
    note: str = ""


def _stage(page: str, stage: int, *buttons: tuple[str, tuple[int, ...]]) -> Shown:
    return Shown(page, stage, buttons=(*buttons, (f"pages.{page}.buttons", ())))


def _phase(page: str, note: str = "") -> Shown:
    return Shown(page, sentences=True, buttons=((f"pages.{page}.buttons", ()),), note=note)


_SIGN_UP = Shown("sign_up", buttons=(("pages.sign_up.buttons", ()), ("pages.sign_up.other_way", (2,))))
_LOGIN = Shown("login", lines=(("pages.login.fields", 1),), buttons=(("pages.login.buttons", ()),))
AT: Mapping[Place, Shown] = {
    Place.SIGN_UP: _SIGN_UP,
    Place.IDENTITY: Shown(
        "franceconnect",
        title=("pages.franceconnect.title", "pages.franceconnect.service"),
        buttons=(("pages.recognised.buttons", ()),),
    ),
    Place.IDENTITY_FORM: _LOGIN,
    Place.IDENTITY_FORM_VOID: _LOGIN,
    Place.TERMS: _stage("terms", 1, ("pages.terms.choices", ())),
    Place.PERSONAL_CODE: _stage("personal_code", 2),
    Place.CONTACT: _stage("contact", 3),
    Place.LIVE: _phase("login_unconfirmed"),
    Place.LIVE_QUEUED: _phase("login_queued"),
    Place.LIVE_REFUSED: _phase("login_refused"),
    Place.INACTIVE: _phase("inactive"),
    Place.CLOSED: _phase("closed"),
    Place.ACTIVE: _phase("account"),
    Place.SUSPENDED: _phase("login_generic", note="seen.suspended"),
    Place.ENDED: Shown("login", buttons=(("pages.login.buttons", ()),), note="seen.ended"),
    Place.NO_ENROLMENT: _SIGN_UP,
}


def faults(keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Every entry of `[pages]` that is missing or unknown, with which of the two."""
    found = {key for key in keys if key.startswith("pages.")}
    expected = {f"pages.{name}.{part}" for name, parts in PARTS.items() for part in parts}
    missing = ((key, "missing") for key in sorted(expected - found))
    return (*((key, "unknown: no page shows it") for key in sorted(found - expected)), *missing)
