"""What the DNS says of a domain's mail (RFC 5321 §5.1, RFC 7505); no server of the domain is ever called.

Each domain has its own time limit and a three-valued result; a resolver that lies is told from
one that knows by canary names, so that « orange.fr n’existe pas » is never said.
"""

import asyncio
import ipaddress
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver

from ameli_support.i18n import _

LIMIT = 2.0
_AT_ONCE = 64
_TARGETS = 5
# domains that exist as long as there is mail in France; one answer of the two is enough
CANARIES = ("orange.fr", "gmail.com")
# Microsoft's label for a tenant without mail, and targets that are no server
_DUMMY = re.compile(r"(?:.*\.)?invalid(?:\..*)?|localhost(?:\..*)?|dev\.null|\d+\.\d+\.\d+\.\d+")
_NO_MAIL_SPF = "v=spf1 -all"


class Outcome(StrEnum):
    """The three values of every piece of evidence."""

    FINDING = "finding"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class Code(StrEnum):
    """What was seen, or why nothing could be."""

    MX = "mx"
    NULL_MX = "null_mx"
    DUMMY_MX = "dummy_mx"
    TARGET_WITHOUT_ADDRESS = "target_without_address"
    A_ONLY = "a_only"
    NO_MAIL = "no_mail"
    NO_DOMAIN = "no_domain"
    TIMEOUT = "timeout"
    SERVER_FAILURE = "server_failure"
    RESOLVER_LIES = "resolver_lies"
    NO_RESOLVER = "no_resolver"
    NOT_A_NAME = "not_a_name"


_UNKNOWN = frozenset(
    {Code.TIMEOUT, Code.SERVER_FAILURE, Code.RESOLVER_LIES, Code.NO_RESOLVER, Code.NOT_A_NAME}
)


@dataclass(frozen=True, slots=True)
class MxReading:
    """What was found; `hosts` are the MX targets, the preferred first."""

    code: Code
    hosts: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """A finding, nothing found (the domain takes mail), or could not look."""
        if self.code is Code.MX:
            return Outcome.NOTHING
        return Outcome.UNKNOWN if self.code in _UNKNOWN else Outcome.FINDING


class _Failed(Exception):
    def __init__(self, code: Code) -> None:
        self.code = code


def system_resolver() -> dns.asyncresolver.Resolver:
    """The machine's own resolver. Raises `dns.resolver.NoResolverConfiguration`."""
    return dns.asyncresolver.Resolver()


async def look_up(
    domains: Iterable[str],
    resolver: dns.asyncresolver.Resolver | None = None,
    *,
    limit: float = LIMIT,
    canaries: tuple[str, ...] = CANARIES,
) -> dict[str, MxReading]:
    """What the DNS says of the mail of each domain (IDNA form); `limit` seconds a domain. Raises nothing."""
    wanted = list(dict.fromkeys(domains))
    if not wanted:
        return {}
    try:
        resolver = resolver or system_resolver()
    except dns.exception.DNSException:
        return dict.fromkeys(wanted, MxReading(Code.NO_RESOLVER))
    doubt = asyncio.ensure_future(_doubt(resolver, limit, canaries))
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(domain: str) -> MxReading:
        async with turns:
            return await _Look(resolver, limit).read(domain)

    readings = await asyncio.gather(*(one(domain) for domain in wanted))
    doubted = await doubt
    return {domain: _believed(reading, doubted) for domain, reading in zip(wanted, readings, strict=True)}


def _believed(reading: MxReading, doubt: Code | None) -> MxReading:
    """A verdict needs a resolver that stood the test; a good MX needs one that was not caught lying."""
    if doubt is None or reading.outcome is Outcome.UNKNOWN:
        return reading
    if doubt is Code.RESOLVER_LIES or reading.outcome is Outcome.FINDING:
        return MxReading(doubt)
    return reading


async def _doubt(
    resolver: dns.asyncresolver.Resolver, limit: float, canaries: tuple[str, ...]
) -> Code | None:
    """None when names that must exist do and one that cannot (RFC 6761 §6.4) does not."""
    looks = _Look(resolver, limit)

    async def exists(name: str, kind: str) -> bool | Code:
        try:
            return bool(await looks.ask(name, kind))
        except _Failed as why:
            return why.code

    made_up, *known = await asyncio.gather(
        exists(f"{secrets.token_hex(8)}.invalid", "A"), *(exists(name, "MX") for name in canaries)
    )
    if made_up is True:
        return Code.RESOLVER_LIES
    if True in known:
        return None
    failures = [answer for answer in known if isinstance(answer, Code) and answer is not Code.NO_DOMAIN]
    return failures[0] if failures else Code.RESOLVER_LIES


class _Look:
    """The questions about one domain, all before one deadline."""

    def __init__(self, resolver: dns.asyncresolver.Resolver, limit: float) -> None:
        self._resolver = resolver
        self._deadline = time.monotonic() + limit

    async def read(self, domain: str) -> MxReading:
        """What the domain's records say."""
        try:
            hosts = tuple(
                host for _preference, host in sorted(_exchange(text) for text in await self.ask(domain, "MX"))
            )
        except _Failed as why:
            return MxReading(why.code)
        if not hosts:
            return await self._without_mx(domain)
        servers = tuple(host for host in hosts if host)
        if not servers:
            return MxReading(Code.NULL_MX)
        if all(_DUMMY.fullmatch(host) for host in servers):
            return MxReading(Code.DUMMY_MX, servers)
        return MxReading(await self._reached_by(servers), servers)

    async def _reached_by(self, servers: tuple[str, ...]) -> Code:
        answers = await asyncio.gather(*(self._has_address(host) for host in servers[:_TARGETS]))
        if True in answers:
            return Code.MX
        failures = [answer for answer in answers if isinstance(answer, Code)]
        return failures[0] if failures else Code.TARGET_WITHOUT_ADDRESS

    async def _without_mx(self, domain: str) -> MxReading:
        address = await self._has_address(domain)
        if isinstance(address, Code):
            return MxReading(address)
        if not address:
            return MxReading(Code.NO_MAIL)
        try:
            texts = await self.ask(domain, "TXT")
        except _Failed:
            texts = []
        return MxReading(Code.NO_MAIL if f'"{_NO_MAIL_SPF}"' in texts else Code.A_ONLY)

    async def _has_address(self, host: str) -> bool | Code:
        """Whether an address is there that the whole internet can reach; the reason when nobody knows."""
        failure: Code | None = None
        for kind in ("A", "AAAA"):
            try:
                if any(ipaddress.ip_address(text).is_global for text in await self.ask(host, kind)):
                    return True
            except _Failed as why:
                if why.code is Code.NO_DOMAIN:
                    return False
                failure = why.code
        return failure or False

    async def ask(self, name: str, kind: str) -> list[str]:
        """The records as text; empty when the name has none of this kind. Raises `_Failed`."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise _Failed(Code.TIMEOUT)
        try:
            absolute = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            raise _Failed(Code.NOT_A_NAME) from None
        try:
            async with asyncio.timeout(left + 0.1):
                answer = await self._resolver.resolve(
                    absolute, kind, raise_on_no_answer=False, lifetime=left, search=False
                )
        except dns.resolver.NXDOMAIN:
            raise _Failed(Code.NO_DOMAIN) from None
        except (dns.exception.Timeout, TimeoutError):
            raise _Failed(Code.TIMEOUT) from None
        except (dns.exception.DNSException, OSError, EOFError):
            raise _Failed(Code.SERVER_FAILURE) from None
        return [] if answer.rrset is None else [item.to_text() for item in answer.rrset]


def _exchange(record: str) -> tuple[int, str]:
    """« 10 mx.example. » as preference and host; the null MX's host is empty."""
    preference, _space, host = record.partition(" ")
    return int(preference), host.rstrip(".").lower()


def sentence(reading: MxReading) -> str:
    """What the agent reads of it; a doubt is never told as a fact."""
    return {
        Code.MX: _("Le domaine reçoit du courrier."),
        Code.NULL_MX: _("Ce domaine déclare ne recevoir aucun courrier."),
        Code.DUMMY_MX: _("Ce domaine renvoie vers un serveur fictif : le courrier est refusé."),
        Code.TARGET_WITHOUT_ADDRESS: _("Les serveurs de courrier de ce domaine n’existent pas."),
        Code.A_ONLY: _("Ce domaine n’a pas de serveur de courrier déclaré ; il est rare qu’il en reçoive."),
        Code.NO_MAIL: _("Ce domaine ne reçoit pas de courrier."),
        Code.NO_DOMAIN: _("Ce domaine n’existe pas."),
        Code.TIMEOUT: _("Domaine non vérifié : pas de réponse à temps. Cela ne prouve rien."),
        Code.SERVER_FAILURE: _("Domaine non vérifié : panne du DNS. Cela ne prouve rien."),
        Code.RESOLVER_LIES: _("Domaine non vérifié : le DNS de ce poste invente des réponses."),
        Code.NO_RESOLVER: _("Domaine non vérifié : ce poste n’a pas de DNS."),
        Code.NOT_A_NAME: _("Domaine non vérifié : ce n’est pas un nom de domaine."),
    }[reading.code]
