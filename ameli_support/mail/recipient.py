"""Whether an address may go on the wire at all: what could break out of `RCPT TO:<…>` may not."""

import re

# RFC 5321 §4.5.3.1: 64 octets before the @, 254 for a path without its angle brackets
MAX_LOCAL = 64
MAX_ADDRESS = 254

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\u167f\u1681-\u1fff\u2070-\ud7ff\uf900-\ufffd-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def is_sendable(recipient: str) -> bool:
    """True for one plain address `local@domain`, domain in IDNA (ASCII) form.

    No control character, space, quote, comma or bracket, at most 64 and 254 octets; quoted
    local parts and address literals, which no insured person has, are refused as well.
    """
    local, at, domain = recipient.rpartition("@")
    try:
        octets = len(recipient.encode())
        local_octets = len(local.encode())
    except UnicodeEncodeError:
        return False
    return (
        at == "@"
        and octets <= MAX_ADDRESS
        and 0 < local_octets <= MAX_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )
