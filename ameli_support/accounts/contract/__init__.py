"""The contract of the account service: requests, answers and problems, the one definition both sides share.

HTTP, JSON, UTF-8. `Authorization: Bearer <token>` carries agent, role and funds; no body or
query ever does. A *record* is the opaque handle of one insured person; it opens nothing by
itself. Reading or acting carries `Ameli-Check: <check id>` (agents, handlers) or
`Ameli-Purpose: <text>` (supervisors). Acts carry `Idempotency-Key` and `expected_version`.
Instants are ISO 8601 with an offset, in UTC. Errors are RFC 9457 problems (`Problem`).
No answer contains a token, a link, a code or a compared value.

| method and path | body → answer |
|---|---|
| GET  /v1/status | → ServiceStatus |
| GET  /v1/agents | → AgentsAnswer (who shares a fund with the one who asks) |
| POST /v1/searches | SearchRequest → SearchAnswer |
| POST /v1/checks | CheckRequest → CheckAnswer |
| POST /v1/calls/{call}/end | → 204 (ends the levels of the call, counts unfinished checks) |
| GET  /v1/records/{record} | → RecordView, with ETag; 304 to If-None-Match |
| POST /v1/records/{record}/said-address | SaidAddressRequest → SaidAddressAnswer |
| POST /v1/records/{record}/unmask | UnmaskRequest → UnmaskAnswer (level 2, logged) |
| POST /v1/records/{record}/resend | ResendRequest → ActAnswer |
| POST /v1/records/{record}/reissue | ReissueRequest → ActAnswer |
| POST /v1/records/{record}/correct | CorrectRequest → ActAnswer |
| POST /v1/records/{record}/suspend | SuspendRequest → ActAnswer |
| POST /v1/records/{record}/{lift,cancel,unlock} | SupervisorRequest → ActAnswer |
| POST /v1/records/{record}/dispute | DisputeRequest → ActAnswer ("je n'ai jamais cliqué") |
| POST /v1/records/{record}/kept-link | KeptLinkRequest → ActAnswer (a link that reached us ends; level 1) |
| PUT  /v1/acts/{key}/settle | SettleRequest, or nothing for one's own act → SettleAnswer |
| PUT  /v1/providers/{provider} | ProviderRequest → ProviderAnswer (supervisors) |
"""

from ameli_support.accounts.contract.acts import (
    ActAnswer,
    CorrectReason,
    CorrectRequest,
    DisputeRequest,
    KeptLinkRequest,
    KeptLinkState,
    KeptLinkView,
    ReissueReason,
    ReissueRequest,
    ResendRequest,
    SettleAnswer,
    Settled,
    SettleRequest,
    SupervisorRequest,
    SuspendRequest,
)
from ameli_support.accounts.contract.finding import (
    CheckAnswer,
    CheckRequest,
    SaidAddressAnswer,
    SaidAddressRequest,
    SearchAnswer,
    SearchRequest,
    UnmaskAnswer,
    UnmaskRequest,
)
from ameli_support.accounts.contract.problems import (
    PROBLEM_STATUS,
    PROBLEM_URN,
    Problem,
    ProblemType,
)
from ameli_support.accounts.contract.records import (
    ConsentView,
    GenerationView,
    LinkView,
    PersonView,
    ProvisionalCode,
    RecordView,
    SendKind,
    SendState,
    SendView,
    SmtpAnswer,
    VerdictView,
)
from ameli_support.accounts.contract.service import (
    AgentsAnswer,
    AgentView,
    ProviderAnswer,
    ProviderRequest,
    ServiceStatus,
    Who,
)
from ameli_support.accounts.contract.wire import (
    CHECK_HEADER,
    IDEMPOTENCY_HEADER,
    PURPOSE_HEADER,
    REQUEST_HEADER,
    AgentNumber,
    Key,
    LongText,
    ProviderName,
    ShortText,
    Wire,
)

__all__ = [
    "CHECK_HEADER",
    "IDEMPOTENCY_HEADER",
    "PROBLEM_STATUS",
    "PROBLEM_URN",
    "PURPOSE_HEADER",
    "REQUEST_HEADER",
    "ActAnswer",
    "AgentNumber",
    "AgentView",
    "AgentsAnswer",
    "CheckAnswer",
    "CheckRequest",
    "ConsentView",
    "CorrectReason",
    "CorrectRequest",
    "DisputeRequest",
    "GenerationView",
    "KeptLinkRequest",
    "KeptLinkState",
    "KeptLinkView",
    "Key",
    "LinkView",
    "LongText",
    "PersonView",
    "Problem",
    "ProblemType",
    "ProviderAnswer",
    "ProviderName",
    "ProviderRequest",
    "ProvisionalCode",
    "RecordView",
    "ReissueReason",
    "ReissueRequest",
    "ResendRequest",
    "SaidAddressAnswer",
    "SaidAddressRequest",
    "SearchAnswer",
    "SearchRequest",
    "SendKind",
    "SendState",
    "SendView",
    "ServiceStatus",
    "SettleAnswer",
    "SettleRequest",
    "Settled",
    "ShortText",
    "SmtpAnswer",
    "SupervisorRequest",
    "SuspendRequest",
    "UnmaskAnswer",
    "UnmaskRequest",
    "VerdictView",
    "Who",
    "Wire",
]
