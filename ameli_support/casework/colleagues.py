"""Whom a case can be given to: an agent of its fund, known to the account service, who works on cases."""

from ameli_support.accounts.contract import AgentView
from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework.bench import Bench
from ameli_support.casework.errors import DeskError
from ameli_support.casework.permissions import ALLOWED, Action
from ameli_support.i18n import _


def receiver(bench: Bench, number: int, typed: str) -> str:
    """The number of the agent who is to have the case; `DeskError` names the nearest when nobody has it.

    A case can change hands while the account service is away: then any well-formed number is taken.
    """
    to = _number(typed)
    try:
        known = {one.agent: one for one in bench.accounts.agents().agents}
    except (ServiceDown, ServiceProblem):
        return to
    working = {agent: one for agent, one in known.items() if Action.NOTE in ALLOWED[one.role]}
    fund = bench.case(number).fund
    fitting = {agent: one for agent, one in working.items() if fund is None or fund in one.funds}
    if to in fitting:
        return to
    if to in working:
        told = _("L’agent {who} n’est pas de la caisse de ce dossier.").format(who=_named(known[to]))
    elif to in known:
        told = _("L’agent {who} ne suit pas de dossiers.").format(who=_named(known[to]))
    else:
        told = _("Aucun agent de vos caisses ne porte le numéro {number}.").format(number=to)
    near = _nearest(to, fitting)
    if near is None:
        raise DeskError(told)
    raise DeskError(told + " " + _("Le plus proche : {who}.").format(who=_named(near)))


def _number(typed: str) -> str:
    text = typed.strip()
    if not text or len(text) > 32 or not all(c.isascii() and (c.isalnum() or c == "-") for c in text):
        raise DeskError(_("Ce n’est pas un numéro d’agent."))
    return text


def _nearest(typed: str, known: dict[str, AgentView]) -> AgentView | None:
    from rapidfuzz.distance import OSA

    agent = min(known, key=lambda one: (OSA.distance(typed, one), one), default=None)
    return None if agent is None else known[agent]


def _named(one: AgentView) -> str:
    return f"{one.agent} ({one.name})" if one.name else one.agent
