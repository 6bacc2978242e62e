"""Who is on the line and what they may hear: speakers, directions, facts, levels, roles (rules §8)."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """Who uses the desk."""

    AGENT = "agent"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Speaker(StrEnum):
    """Who speaks; recorded before anything is compared."""

    SELF = "self"
    REPRESENTATIVE = "representative"
    INTERPRETER = "interpreter"
    THIRD_PARTY = "third_party"


class Representation(StrEnum):
    """What a representative holds, in date in the fund's file."""

    PARENTAL_AUTHORITY = "parental_authority"
    TUTELLE = "tutelle"
    HABILITATION = "habilitation"
    MANDAT = "mandat"


class Direction(StrEnum):
    """How the contact came about."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    MAIL = "mail"


class Level(IntEnum):
    """What a caller check has reached."""

    NOTHING = 0
    SIMPLE = 1
    REINFORCED = 2


class Fact(StrEnum):
    """What a caller can say and the service compares."""

    NIR = "nir"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    POSTCODE = "postcode"
    BANK_LAST4 = "bank_last4"
    CARD_SERIAL = "card_serial"
    DECLARED_DOCTOR = "declared_doctor"
    LAST_PAYMENT_MONTH = "last_payment_month"
    ADDRESS_LINE = "address_line"
    PHONE_BEFORE = "phone_before"


class Comparison(StrEnum):
    """The service's answer per fact; never a value."""

    MATCH = "match"
    NO_MATCH = "no_match"
    NOT_ON_FILE = "not_on_file"


LEVEL_1_FACTS = (Fact.NIR, Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE)
FILE_FACTS = (
    Fact.BANK_LAST4,
    Fact.CARD_SERIAL,
    Fact.DECLARED_DOCTOR,
    Fact.LAST_PAYMENT_MONTH,
    Fact.ADDRESS_LINE,
    Fact.PHONE_BEFORE,
)
"""The fund's file as it stood before the enrolment; nothing entered in the enrolment counts."""
PRINTED_ON_CARD = frozenset({Fact.CARD_SERIAL})
"""What anybody holding the carte Vitale can read; at most one of these counts towards level 2."""
_NEVER_ASKED_BY_MAIL = frozenset({Fact.NIR, *FILE_FACTS})


def highest_level(
    speaker: Speaker | None, direction: Direction | None, representation_in_date: bool = True
) -> Level:
    """The highest level that such a contact can reach.

    A third party reaches none whatever they know, nor does a representative whose paper is not in date in
    the fund's file; on an outgoing call nobody asks for a NIR; level 2 is reached by telephone only.
    """
    if speaker is Speaker.THIRD_PARTY or direction is Direction.OUTGOING:
        return Level.NOTHING
    if speaker is Speaker.REPRESENTATIVE and not representation_in_date:
        return Level.NOTHING
    return Level.SIMPLE if direction is Direction.MAIL else Level.REINFORCED


def may_be_compared(level: Level, direction: Direction) -> tuple[Fact, ...]:
    """The facts that count towards `level` when given; sent unasked by mail they give level 1 at most."""
    if level > highest_level(None, direction):
        return ()
    return ((), LEVEL_1_FACTS, FILE_FACTS)[level]


def may_be_asked(level: Level, direction: Direction) -> tuple[Fact, ...]:
    """The facts that may be asked for towards `level`; mail never asks for NIR, bank, card or health data."""
    facts = may_be_compared(level, direction)
    if direction is Direction.MAIL:
        return tuple(fact for fact in facts if fact not in _NEVER_ASKED_BY_MAIL)
    return facts


def reached(
    level_sought: Level, results: Mapping[Fact, Comparison], base_level: Level = Level.NOTHING
) -> Level:
    """The level after a comparison, never below `base_level`, which the call had reached before.

    Level 1 takes its four facts, all right; level 2 takes level 1 and two facts of the fund's file, of which
    one at most is printed on the card.
    """
    matches = {fact for fact, result in results.items() if result is Comparison.MATCH}
    level = base_level
    if level_sought >= Level.SIMPLE and matches.issuperset(LEVEL_1_FACTS):
        level = max(level, Level.SIMPLE)
    of_the_file = matches.intersection(FILE_FACTS)
    counted = len(of_the_file - PRINTED_ON_CARD) + min(1, len(of_the_file & PRINTED_ON_CARD))
    if level_sought >= Level.REINFORCED and level >= Level.SIMPLE and counted >= 2:
        level = Level.REINFORCED
    return level
