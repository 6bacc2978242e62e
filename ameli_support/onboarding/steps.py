"""The seven steps of the document and the two routes into them (rules §1): names only."""

from enum import StrEnum


class Step(StrEnum):
    """The steps in the document's order."""

    SIGN_UP = "sign_up"
    IDENTITY = "identity"
    TERMS = "terms"
    PERSONAL_CODE = "personal_code"
    CONTACT = "contact"
    CONFIRMATION = "confirmation"
    ACTIVE = "active"


class Route(StrEnum):
    """How the person identified themselves."""

    FRANCECONNECT = "franceconnect"
    FORM = "form"
