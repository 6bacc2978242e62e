"""What the DNS says of the domain of the address; never a call to the person's server."""

import asyncio

import dns.asyncresolver

from ameli_support.i18n import _
from ameli_support.mx import Code, MxReading, look_up, sentence
from ameli_support.mx import Outcome as MxOutcome
from checks.evidence import Finding, Outcome

# a second for what `look_up` does beside its own limit
_SPARE = 0.5


async def look(
    domain: str, resolver: dns.asyncresolver.Resolver | None, canaries: tuple[str, ...], limit: float
) -> MxReading:
    """The reading of one domain within `limit` seconds, else a time-out."""
    try:
        async with asyncio.timeout(limit + _SPARE):
            return (await look_up([domain], resolver, limit=limit, canaries=canaries))[domain]
    except TimeoutError:
        return MxReading(Code.TIMEOUT)


def finding(domain: str | None, mx: MxReading | None, *, offline: bool = False) -> Finding:
    """The reading as a piece of evidence, three-valued."""
    if domain is None:
        return Finding(
            "domain", Outcome.UNKNOWN, "no_domain_known", _("Domaine non vérifié : il n’est pas connu.")
        )
    if mx is None:
        text = _("Domaine non vérifié : hors ligne.") if offline else _("Domaine non vérifié.")
        return Finding("domain", Outcome.UNKNOWN, "offline", text)
    outcome = {
        MxOutcome.FINDING: Outcome.FINDING,
        MxOutcome.NOTHING: Outcome.NOTHING,
        MxOutcome.UNKNOWN: Outcome.UNKNOWN,
    }[mx.outcome]
    return Finding("domain", outcome, mx.code.value, sentence(mx))
