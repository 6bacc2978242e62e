"""How the account service can fail us; typed here, turned into a sentence by the desk."""

from datetime import datetime
from enum import StrEnum

from ameli_support.accounts.contract import Problem


class Kind(StrEnum):
    """What became of a request that got no answer of the contract."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    CUT = "cut"
    GARBAGE = "garbage"
    TLS = "tls"
    SERVER_ERROR = "server_error"


class AccountsError(Exception):
    """Anything that this client raises on purpose."""


class InsecureUrl(AccountsError):
    """A token never travels in clear: https, or this machine's own loopback."""


class ServiceProblem(AccountsError):
    """The service answered and refused; `problem.kind` is None for a type that we do not know."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.type}")
        self.problem = problem


class ServiceDown(AccountsError):
    """No answer of the contract; `since` is when the service was first missed (system clock)."""

    def __init__(self, kind: Kind, since: datetime | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.since = since


class OutcomeUnknown(AccountsError):
    """An act was sent and its answer lost: it may have taken place. `key` settles it."""

    def __init__(self, key: str, kind: Kind, since: datetime | None = None) -> None:
        super().__init__(f"{kind}: {key}")
        self.key = key
        self.kind = kind
        self.since = since
