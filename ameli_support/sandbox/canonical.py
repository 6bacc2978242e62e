"""Addresses and phone numbers as typed → the one form in which they are stored and compared (rules §7)."""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from ameli_support.mail.recipient import is_sendable
from ameli_support.onboarding.contact import PhoneKind

# numbers of the overseas départements, typed as people there type them, without the country's prefix
_OVERSEAS = {
    "0262": "262",
    "0263": "262",
    "0692": "262",
    "0693": "262",
    "0269": "262",
    "0639": "262",
    "0590": "590",
    "0690": "590",
    "0691": "590",
    "0594": "594",
    "0694": "594",
    "0596": "596",
    "0696": "596",
    "0697": "596",
}
_KINDS = {
    phonenumbers.PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE: PhoneKind.FIXED,
    phonenumbers.PhoneNumberType.VOIP: PhoneKind.VOIP,
}
# the plan's own beginnings, for numbers that the library does not know: reserved, or new overseas
_PLAN = (
    (re.compile(r"\+33[67]|\+(?:262|590|594|596)(?:639|69[0-9])"), PhoneKind.MOBILE),
    (re.compile(r"\+33[1-5]|\+(?:262|590|594|596)[2-5]"), PhoneKind.FIXED),
    (re.compile(r"\+339"), PhoneKind.VOIP),
)


class NotAnAddress(ValueError):
    """No mail can be sent to what was typed."""


def address(text: str) -> str:
    """Lower case, domain in IDNA form; NotAnAddress when the syntax is wrong or no mail could leave."""
    try:
        checked = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise NotAnAddress(str(error)) from None
    canonical = f"{checked.local_part}@{checked.ascii_domain}".lower()
    if not is_sendable(canonical):
        raise NotAnAddress("not sendable")
    return canonical


def phone(text: str) -> str | None:
    """E.164, French unless it says otherwise, overseas numbers typed locally too; None for no number."""
    digits = "".join(c for c in text if c.isdigit())
    country = _OVERSEAS.get(digits[:4]) if len(digits) == 10 and "+" not in text else None
    typed = f"+{country}{digits[1:]}" if country else text
    try:
        number = phonenumbers.parse(typed, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def kind(number: str) -> PhoneKind:
    """What the numbering plan says of a number in E.164."""
    known = _KINDS.get(phonenumbers.number_type(phonenumbers.parse(number)))
    return known or next((kind for plan, kind in _PLAN if plan.match(number)), PhoneKind.OTHER)
