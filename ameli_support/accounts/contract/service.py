"""The service itself, its agents and the identity providers."""

from datetime import datetime

from ameli_support.accounts.contract.wire import AgentNumber, LongText, ProviderName, Wire
from ameli_support.onboarding.identity import (
    Role,
)


class ServiceStatus(Wire):
    """What the service says of itself; `unavailable_providers` are identity providers switched off."""

    service: str
    as_of: datetime
    procedure_version: str
    unavailable_providers: tuple[str, ...] = ()


class ProviderRequest(Wire):
    """Whether an identity provider can be used now, and a supervisor's reason for saying so."""

    available: bool
    reason: LongText


class ProviderAnswer(Wire):
    """An identity provider as it now is."""

    name: ProviderName
    available: bool
    as_of: datetime


class Who(Wire):
    """What a bearer token says of its holder; never taken from a body or an option."""

    agent: AgentNumber
    role: Role
    funds: tuple[str, ...]


class AgentView(Wire):
    """One agent, to colleagues of a fund: a case can be given to them."""

    agent: AgentNumber
    name: str = ""
    role: Role
    funds: tuple[str, ...]


class AgentsAnswer(Wire):
    """The agents who share a fund with the one who asks, themselves included."""

    agents: tuple[AgentView, ...]
    as_of: datetime
