"""Who is on the line and what they may hear: speakers, directions, facts, levels, roles (rules §8)."""

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
