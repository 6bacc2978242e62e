"""Bearer tokens: who acts, in which role, for which funds (JWT, HS256, on the system clock)."""

from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import ValidationError

from ameli_support.accounts.contract import ProblemType, Who
from ameli_support.sandbox.problems import Refused

LIFETIME = timedelta(hours=12)
_ALGORITHM = "HS256"
_ISSUER = "ameli-support/agents"


def issue_token(who: Who, key: bytes, *, at: datetime, lifetime: timedelta = LIFETIME) -> str:
    """A token for one agent, valid from `at` (system clock) for `lifetime`; `key` has 32 bytes."""
    claims = {
        "iss": _ISSUER,
        "agent": who.agent,
        "role": who.role.value,
        "funds": list(who.funds),
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime).timestamp()),
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, OctKey.import_key(key), algorithms=[_ALGORITHM])


def read_token(token: str, key: bytes, *, at: datetime) -> Who:
    """Who holds this token at `at`; Refused as `unauthenticated` for a forged, altered or expired one."""
    try:
        claims = jwt.decode(token, OctKey.import_key(key), algorithms=[_ALGORITHM]).claims
        if claims["iss"] != _ISSUER or at.timestamp() >= claims["exp"]:
            raise Refused(ProblemType.UNAUTHENTICATED)
        return Who(agent=claims["agent"], role=claims["role"], funds=tuple(claims["funds"]))
    except (JoseError, ValidationError, ValueError, KeyError, TypeError):
        raise Refused(ProblemType.UNAUTHENTICATED) from None
