"""E-mail addresses, phones and consents as compared, masked and counted (rules §1 step 5, §7, §8).

Purely textual: the border has already checked syntax, put the domain in IDNA form and phones in E.164.
"""

from dataclasses import dataclass
from enum import StrEnum


class PhoneKind(StrEnum):
    """What the numbering plan says of a number."""

    MOBILE = "mobile"
    FIXED = "fixed"
    VOIP = "voip"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Consents:
    """Consents to promotional information; service mails never depend on one."""

    email: bool = False
    mobile_phone: bool = False
    mobile_sms: bool = False
    landline_phone: bool = False


@dataclass(frozen=True, slots=True)
class ContactData:
    """What step 5 submits: the address in canonical form, phones in E.164."""

    address: str
    mobile: str | None = None
    landline: str | None = None
    consents: Consents = Consents()

    @property
    def counted_consents(self) -> Consents:
        """The consents that count: a phone consent only with its number."""
        return Consents(
            email=self.consents.email,
            mobile_phone=self.consents.mobile_phone and self.mobile is not None,
            mobile_sms=self.consents.mobile_sms and self.mobile is not None,
            landline_phone=self.consents.landline_phone and self.landline is not None,
        )


def fits_mobile(kind: PhoneKind) -> bool:
    """Whether such a number may stand in the mobile field."""
    return kind is PhoneKind.MOBILE


def fits_landline(kind: PhoneKind) -> bool:
    """Whether such a number may stand in the landline field: fixed, or 09."""
    return kind in (PhoneKind.FIXED, PhoneKind.VOIP)


def canonical_address(text: str) -> str:
    """An address as it is compared: without surrounding spaces, in lower case."""
    return text.strip().lower()


def domain_of(address: str) -> str:
    """What follows the last @; empty without one."""
    return address.rpartition("@")[2] if "@" in address else ""


def mask_address(address: str) -> str:
    """An address as screens show it on calls: `a•••@orange.fr`."""
    return f"{address[:1]}•••@{domain_of(address)}" if "@" in address else "•••"


def mask_phone(number: str) -> str:
    """A number in E.164 as screens show it: `06 •• •• •• 12`, or `+32 ••• 34` outside the +33 plan."""
    if number.startswith("+33") and len(number) == 12:
        return f"0{number[3]} •• •• •• {number[-2:]}"
    return f"{number[:3]} ••• {number[-2:]}"
