"""Whether a cleaned address can be one (email-validator, strict), and in which way it cannot."""

import unicodedata
from enum import StrEnum
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from ameli_support.i18n import _


class Syntax(StrEnum):
    """Valid, or the first thing that is wrong."""

    VALID = "valid"
    EMPTY = "empty"
    NO_AT = "no_at"
    SEVERAL_AT = "several_at"
    NO_LOCAL = "no_local"
    NO_DOMAIN = "no_domain"
    NO_DOT = "no_dot"
    DOT_AT_EDGE = "dot_at_edge"
    DOUBLE_DOT = "double_dot"
    LOCAL_CHARACTER = "local_character"
    DOMAIN_CHARACTER = "domain_character"
    RESERVED = "reserved"
    TOO_LONG = "too_long"
    OTHER = "other"


_LOCAL_SIGNS = frozenset("!#$%&'*+/=?^_`{|}~-.")


@lru_cache(maxsize=4096)
def syntax(address: str) -> Syntax:
    """What email-validator says of `address`, with a reason of ours; asks no DNS and raises nothing."""
    try:
        validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return _fault(address)
    except (UnicodeError, ValueError):
        return Syntax.OTHER
    # RFC 6531 would allow signs and pictures; no mailbox has them, and U+FFFD is a character that was lost
    odd = any(not c.isascii() and unicodedata.category(c)[0] not in "LMN" for c in address)
    return Syntax.LOCAL_CHARACTER if odd else Syntax.VALID


def _fault(address: str) -> Syntax:
    local, at, domain = address.rpartition("@")
    if not address:
        return Syntax.EMPTY
    if not at:
        return Syntax.NO_AT
    if "@" in local:
        return Syntax.SEVERAL_AT
    if not local or not domain:
        return Syntax.NO_DOMAIN if local else Syntax.NO_LOCAL
    if ".." in local:
        return Syntax.DOUBLE_DOT
    if local[0] == "." or local[-1] == ".":
        return Syntax.DOT_AT_EDGE
    if any(not c.isalnum() and c not in _LOCAL_SIGNS for c in local):
        return Syntax.LOCAL_CHARACTER
    labels = domain.split(".")
    if any(not label or label[0] == "-" or label[-1] == "-" for label in labels) or any(
        not (c.isalnum() or c == "-") for label in labels for c in label
    ):
        return Syntax.DOMAIN_CHARACTER
    if len(labels) < 2:
        return Syntax.NO_DOT
    if len(local) > 64 or len(address) > 254 or any(len(label) > 63 for label in labels):
        return Syntax.TOO_LONG
    return Syntax.RESERVED if labels[-1].isalpha() else Syntax.OTHER


def sentence(verdict: Syntax) -> str:
    """What is wrong, for the agent to say."""
    return {
        Syntax.VALID: _("L’adresse est bien formée."),
        Syntax.EMPTY: _("Il n’y a pas d’adresse."),
        Syntax.NO_AT: _("Il manque l’arobase (@)."),
        Syntax.SEVERAL_AT: _("Il y a plus d’une arobase (@)."),
        Syntax.NO_LOCAL: _("Il manque ce qui précède l’arobase."),
        Syntax.NO_DOMAIN: _("Il manque le fournisseur, après l’arobase."),
        Syntax.NO_DOT: _("Après l’arobase il manque le point et la fin, comme « .fr »."),
        Syntax.DOT_AT_EDGE: _("Un point ne peut ni commencer l’adresse ni précéder l’arobase."),
        Syntax.DOUBLE_DOT: _("Deux points se suivent avant l’arobase."),
        Syntax.LOCAL_CHARACTER: _("Un caractère n’est pas permis avant l’arobase."),
        Syntax.DOMAIN_CHARACTER: _("Un caractère n’est pas permis après l’arobase."),
        Syntax.RESERVED: _("Ce domaine est réservé à des usages techniques : aucun courrier n’y arrive."),
        Syntax.TOO_LONG: _("L’adresse est trop longue."),
        Syntax.OTHER: _("L’adresse n’est pas valable."),
    }[verdict]
