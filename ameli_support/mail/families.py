"""Why a mail did not arrive, in eleven families: each names who can act on it (facts of bounces)."""

from enum import StrEnum


class Family(StrEnum):
    """What an answer or a bounce says of a mail; `UNKNOWN` rather than a guess."""

    ADDRESS_WRONG = "address_wrong"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_INACTIVE = "mailbox_inactive"
    REFUSED_BY_RECIPIENT_FILTER = "refused_by_recipient_filter"
    REFUSED_CONTENT = "refused_content"
    REFUSED_SENDER = "refused_sender"
    TEMPORARY_OR_TECHNICAL = "temporary_or_technical"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """The finer cause inside a family."""

    USER_UNKNOWN = "user_unknown"
    DOMAIN_UNKNOWN = "domain_unknown"
    DOMAIN_WITHOUT_MAIL = "domain_without_mail"
    BAD_SYNTAX = "bad_syntax"
    MOVED = "moved"
    MAILBOX_FULL = "mailbox_full"
    INACTIVE = "inactive"
    RECIPIENT_FILTER = "recipient_filter"
    SPAM = "spam"
    VIRUS = "virus"
    TOO_LARGE = "too_large"
    CONTENT = "content"
    BLOCK_LISTED = "block_listed"
    AUTHENTICATION = "authentication"
    REPUTATION = "reputation"
    SENDER_ADDRESS = "sender_address"
    SENDER_POLICY = "sender_policy"
    RELAY_DENIED = "relay_denied"
    SUPPRESSED = "suppressed"
    GREYLISTED = "greylisted"
    RATE = "rate"
    UNREACHABLE = "unreachable"
    NAME_SERVICE = "name_service"
    EXPIRED = "expired"
    LOOP = "loop"
    SERVER_FULL = "server_full"
    ENCRYPTION = "encryption"
    PROTOCOL = "protocol"
    TEMPORARY = "temporary"
    TECHNICAL = "technical"
    COMPLAINT = "complaint"
    ABSENT = "absent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"


FAMILIES: dict[Family, tuple[Reason, ...]] = {
    Family.ADDRESS_WRONG: (
        Reason.USER_UNKNOWN,
        Reason.DOMAIN_UNKNOWN,
        Reason.DOMAIN_WITHOUT_MAIL,
        Reason.BAD_SYNTAX,
        Reason.MOVED,
    ),
    Family.MAILBOX_FULL: (Reason.MAILBOX_FULL,),
    Family.MAILBOX_INACTIVE: (Reason.INACTIVE,),
    Family.REFUSED_BY_RECIPIENT_FILTER: (Reason.RECIPIENT_FILTER,),
    Family.REFUSED_CONTENT: (Reason.SPAM, Reason.VIRUS, Reason.TOO_LARGE, Reason.CONTENT),
    Family.REFUSED_SENDER: (
        Reason.BLOCK_LISTED,
        Reason.AUTHENTICATION,
        Reason.REPUTATION,
        Reason.SENDER_ADDRESS,
        Reason.SENDER_POLICY,
        Reason.RELAY_DENIED,
        Reason.SUPPRESSED,
    ),
    Family.TEMPORARY_OR_TECHNICAL: (
        Reason.GREYLISTED,
        Reason.RATE,
        Reason.UNREACHABLE,
        Reason.NAME_SERVICE,
        Reason.EXPIRED,
        Reason.LOOP,
        Reason.SERVER_FULL,
        Reason.ENCRYPTION,
        Reason.PROTOCOL,
        Reason.TEMPORARY,
        Reason.TECHNICAL,
    ),
    Family.COMPLAINT: (Reason.COMPLAINT,),
    Family.AUTO_REPLY: (Reason.ABSENT,),
    Family.DELIVERED: (Reason.DELIVERED,),
    Family.UNKNOWN: (Reason.UNKNOWN,),
}
_FAMILY_OF = {reason: family for family, reasons in FAMILIES.items() for reason in reasons}

# nothing that is tried again later can prove these
NEVER_TEMPORARY = {Family.ADDRESS_WRONG, Family.MAILBOX_INACTIVE}


def family_of(reason: Reason) -> Family:
    """The family that a reason belongs to."""
    return _FAMILY_OF[reason]
