"""What the program finds out before anybody is asked; the sources run side by side, each with its limit."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import dns.asyncresolver

from ameli_support.accounts.contract import RecordView
from ameli_support.i18n import _
from ameli_support.mail.addresses import read_address
from ameli_support.mail.providers import Kind, Providers, Standing
from ameli_support.mail.providers import load as load_providers
from ameli_support.mx import CANARIES, MxReading
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import Phase
from checks import trial
from checks.evidence import Evidence, Finding, Kept, Outcome
from checks.probes import domain as domain_probe
from checks.probes import kept as kept_probe
from checks.probes import service as service_probe

# seconds for each probe (issue "The missing mail", §2)
LIMIT = 2.0
Look = Callable[[], Awaitable[MxReading]]


async def gather(
    view: RecordView | None,
    at: datetime,
    *,
    said_matches: bool | None = None,
    level: Level | None = None,
    providers: Providers | None = None,
    resolver: dns.asyncresolver.Resolver | None = None,
    canaries: tuple[str, ...] = CANARIES,
    offline: bool = False,
    kept: Sequence[Kept] = (),
    trials: int = 0,
) -> Evidence:
    """The evidence of a record as the agent sees it (None: it cannot be read). Raises nothing of the network.

    `at` is business time; `said_matches` what the service said of the address that the caller said. Of the
    address only its domain is known here, and only the domain is asked about.
    """
    held = providers or load_providers()
    service = service_probe.read(view, at)
    mails = kept_probe.read(kept, live=view is not None and view.phase is Phase.LIVE)
    name = service_probe.domain_of(view)
    reading = read_address(f"x@{name}", held) if name else None
    mx = None
    if name is not None and not offline:
        mx = await domain_probe.look(name, resolver, canaries, LIMIT)
    if reading is not None and mx is not None:
        reading = reading.with_mx(mx.hosts, held)
    signals = dict(service.signals)
    findings = service.findings + mails.findings
    standing = reading.standing.standing if reading is not None and reading.standing is not None else None
    if reading is not None:
        asked = reading.suggestion.rpartition("@")[2] if reading.suggestion else None
        gateway = reading.family is not None and reading.family.kind is Kind.GATEWAY
        signals["domain"] = _domain_signal(asked, standing, gateway)
        findings.append(_domain_finding(asked, reading.notes()))
    findings.append(domain_probe.finding(name, mx, offline=offline))
    tried = trial.under_way(view, trials, held)
    proved = {} if tried is None or not tried.confirmed else {"other_address": trial.answer(tried, True)}
    answers = {**proved, **mails.answers, **service.answers}
    answers |= {check: key for check, key in mails.answers.items() if key == "yes"}
    if said_matches is not None:
        answers["address_exact"] = "yes" if said_matches else "no"
    return Evidence(
        level=level if level is not None else (view.level if view is not None else Level.NOTHING),
        phase=view.phase if view is not None else None,
        family=reading.family if reading is not None else None,
        domain=name,
        standing=standing,
        signals=signals,
        answers=answers,
        hints=tuple(dict.fromkeys(service.hints + mails.hints)),
        findings=tuple(findings),
    )


def _domain_signal(asked: str | None, standing: Standing | None, gateway: bool) -> str:
    if asked is not None:
        return "typo"
    if gateway:
        return "gateway"
    return "former" if standing in (Standing.FORMER, Standing.CLOSED) else "ordinary"


def _domain_finding(asked: str | None, notes: object) -> Finding:
    if asked is not None:
        text = _("Le domaine ressemble à une faute de frappe : n’est-ce pas « {domain} » ?").format(
            domain=asked
        )
        return Finding("address", Outcome.FINDING, "typo", text)
    for note in notes if isinstance(notes, tuple) else ():
        return Finding("address", Outcome.FINDING, note.code, note.text)
    return Finding("address", Outcome.NOTHING, "ordinary", _("Rien d’anormal dans le domaine de l’adresse."))


def gather_now(view: RecordView | None, at: datetime, **how: object) -> Evidence:
    """The same from a thread that has no event loop."""
    return asyncio.run(gather(view, at, **how))  # type: ignore[arg-type]
