"""Addresses and telephone numbers at the border: what was typed becomes what is compared (rules §7).

The domain takes its IDNA form here, telephone numbers E.164; `onboarding` compares plain strings.
"""

from ameli_support.i18n import _
from ameli_support.onboarding.contact import canonical_address

# the first digits of overseas numbers as they are typed locally, and the country code they mean
_OVERSEAS = {
    **dict.fromkeys(("0262", "0263", "0692", "0693"), "262"),
    **dict.fromkeys(("0269", "0639"), "262"),
    **dict.fromkeys(("0590", "0690", "0691"), "590"),
    **dict.fromkeys(("0594", "0694"), "594"),
    **dict.fromkeys(("0596", "0696", "0697"), "596"),
}


LONGEST = 254  # RFC 5321 §4.5.3.1.3


class NotAnAddress(ValueError):
    """What was typed is no e-mail address; `sentence` says what is expected."""

    def __init__(self) -> None:
        self.sentence = _("Ce n’est pas une adresse mail complète : nom, arobase, puis fournisseur.")
        super().__init__("not an address")


def idna_address(text: str) -> str:
    """The canonical address: trimmed, lower case, its domain in IDNA form. Raises `NotAnAddress`."""
    import idna

    local, at, domain = canonical_address(text).rpartition("@")
    if (
        not at
        or not local
        or "." not in domain
        or len(text) > LONGEST
        or any(c.isspace() or not c.isprintable() for c in text.strip())
    ):
        raise NotAnAddress
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise NotAnAddress from None
    return f"{local}@{ascii_domain}"


def e164(text: str) -> str | None:
    """A telephone number as E.164, read as French or overseas when local; None when it is none."""
    import phonenumbers

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
