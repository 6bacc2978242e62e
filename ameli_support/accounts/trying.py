"""What may be tried again, and what a status means: the retry rules of the client."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from ameli_support.accounts import contract as c
from ameli_support.accounts.errors import Kind, ServiceProblem
from ameli_support.accounts.transport import Answer, Failed

LONGEST_WAIT = 2.0  # seconds that we wait for a Retry-After before telling the person instead


class Again(Enum):
    """Which failures may be tried again."""

    ALWAYS = "always"
    UNSENT = "unsent"
    NEVER = "never"


@dataclass(slots=True)
class Errand:
    """One thing asked of the service, over all its tries. `lost`: an earlier try got no answer."""

    method: str
    template: str
    path: str
    json: Mapping[str, object] | None
    headers: Mapping[str, str]
    request_id: str
    sent: bool = False
    lost: bool = False


def proof(check: str | None, purpose: str | None) -> dict[str, str]:
    """The headers that say by which right one reads or acts; a purpose is percent-encoded UTF-8."""
    headers = {c.CHECK_HEADER: check} if check else {}
    if purpose:
        headers[c.PURPOSE_HEADER] = quote(purpose, safe=" ")
    return headers


def worth_another(error: Exception, again: Again) -> bool | float:
    """Whether to try again, or in how many seconds."""
    if isinstance(error, Failed):
        if error.kind is Kind.TLS or again is Again.NEVER or (error.sent and again is Again.UNSENT):
            return False
        return _wait(error.retry_after)
    if isinstance(error, ServiceProblem) and again is Again.ALWAYS:
        waits = (c.ProblemType.IN_FLIGHT, c.ProblemType.RATE_LIMITED)
        return error.problem.kind in waits and _wait(error.problem.retry_after)
    return False


def _wait(retry_after: int | None) -> bool | float:
    if retry_after is None:
        return True
    return float(retry_after) if retry_after <= LONGEST_WAIT else False


def refuse(answer: Answer) -> None:
    """Raises what a status other than success means."""
    status = answer.status
    if status < 300 or status == httpx.codes.NOT_MODIFIED:
        return
    retry_after = _seconds(answer.headers.get("retry-after"))
    problem = _problem(answer, retry_after)
    if status >= 500 or (problem is not None and problem.kind is c.ProblemType.UNAVAILABLE):
        raise Failed(Kind.SERVER_ERROR, sent=True, status=status, retry_after=retry_after)
    if problem is None:
        raise Failed(Kind.GARBAGE, sent=True, status=status)
    raise ServiceProblem(problem)


def _problem(answer: Answer, retry_after: int | None) -> c.Problem | None:
    try:
        problem = c.Problem.model_validate(answer.json)
    except ValidationError:
        return None
    wait = problem.retry_after if problem.retry_after is not None else retry_after
    return problem.model_copy(update={"status": answer.status, "retry_after": wait})


def _seconds(retry_after: str | None) -> int | None:
    """Whole seconds of a Retry-After; a date or nonsense counts as unsaid."""
    if retry_after is None or not retry_after.isascii() or not retry_after.isdigit():
        return None
    return int(retry_after[:6])
