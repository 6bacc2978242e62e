"""Where a contact stands, as far as the script goes: names only."""

from enum import StrEnum


class Place(StrEnum):
    """Where a contact stands, as far as the script goes: the keys of `says` in procedure.toml."""

    SIGN_UP = "sign_up"
    IDENTITY = "identity"
    IDENTITY_FORM = "identity_form"
    IDENTITY_FORM_VOID = "identity_form_void"
    TERMS = "terms"
    PERSONAL_CODE = "personal_code"
    CONTACT = "contact"
    LIVE = "live"
    LIVE_QUEUED = "live_queued"
    LIVE_REFUSED = "live_refused"
    INACTIVE = "inactive"
    CLOSED = "closed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    NO_ENROLMENT = "no_enrolment"
    # nothing of a record is told in these
    UNIDENTIFIED = "unidentified"
    THIRD_PARTY = "third_party"
    OUTGOING = "outgoing"
    NO_RECORD = "no_record"
    NO_MAILBOX = "no_mailbox"
    PROVISIONAL_NIR = "provisional_nir"
    LOCKED = "locked"
    DECEASED = "deceased"
    MINOR = "minor"
    RESTRICTED = "restricted"
    OTHER_SCHEME = "other_scheme"
    OTHER_FUND = "other_fund"

    @property
    def is_the_persons(self) -> bool:
        """Whether it is a place of the journey, where the person sees a page of their own."""
        return self in _OF_THE_JOURNEY


_OF_THE_JOURNEY = frozenset(list(Place)[: list(Place).index(Place.UNIDENTIFIED)])
