"""How FranceConnect refuses: a code that starts with Y, an HTTP status and an OAuth error (facts §1.5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """One code's status and error; `elsewhere`: another identity provider may do."""

    status: int
    error: str
    elsewhere: bool = False


_DENIED, _SERVER = "access_denied", "server_error"
_LATER, _INVALID = "temporarily_unavailable", "invalid_request"
MANNERS: dict[str, Manner] = {
    "Y000001": Manner(500, _SERVER),
    "Y010004": Manner(403, _DENIED, elsewhere=True),
    "Y010006": Manner(403, _DENIED, elsewhere=True),
    "Y010007": Manner(403, _DENIED, elsewhere=True),
    "Y010008": Manner(403, _DENIED, elsewhere=True),
    "Y010009": Manner(403, _DENIED),
    "Y010011": Manner(504, _LATER),
    "Y010012": Manner(504, _LATER),
    "Y010013": Manner(400, _SERVER),
    "Y010015": Manner(403, _DENIED),
    "Y020017": Manner(500, _SERVER, elsewhere=True),
    "Y020019": Manner(500, _SERVER, elsewhere=True),
    "Y020026": Manner(502, _SERVER, elsewhere=True),
    "Y020027": Manner(502, _SERVER, elsewhere=True),
    "Y030007": Manner(400, _INVALID),
    "Y030030": Manner(303, _DENIED),
    "Y100011": Manner(403, _DENIED, elsewhere=True),
    "Y100019": Manner(400, _INVALID),
    "Y180001": Manner(403, _DENIED),
    "Y190001": Manner(401, _DENIED),
    "Y270001": Manner(500, _SERVER, elsewhere=True),
    "Y420001": Manner(400, _DENIED),
    "Y470001": Manner(500, _SERVER),
    "Y470002": Manner(500, _SERVER),
}
"""Every code that this provider can answer with."""

BAD_REQUEST, CANCELLED, FAILED = "Y030007", "Y030030", "Y000001"
DISABLED, UNKNOWN_PROVIDER = "Y020017", "Y020019"
NO_AT_HASH, NO_SESSION, WRONG_STEP = "Y100019", "Y190001", "Y420001"
CSRF_WRONG, CSRF_MISSING = "Y470001", "Y470002"


class FranceConnectRefused(Exception):
    """Ends a request with the page of one code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def manner(self) -> Manner:
        """Status and OAuth error."""
        return MANNERS[self.code]
