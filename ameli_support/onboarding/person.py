"""The insured person: status, scheme, and the NIR (rules §1, §6)."""

from enum import StrEnum


class PersonStatus(StrEnum):
    """What the fund's file says of a person; rules §1, last paragraph."""

    ORDINARY = "ordinary"
    MINOR = "minor"
    PROTECTED = "protected"
    DECEASED = "deceased"
    RESTRICTED = "restricted"
