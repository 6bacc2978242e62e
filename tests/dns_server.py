"""A real DNS server on loopback: records by name, and names that fail, refuse or never answer."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.asyncresolver
from dnslib import AAAA as Aaaa
from dnslib import MX as Mx
from dnslib import NS, QTYPE, RCODE, RR, TXT, A
from dnslib.server import BaseResolver, DNSLogger, DNSServer

PUBLIC, PUBLIC_6 = "9.9.9.9", "2620:fe::fe"
_KINDS = {
    "A": A,
    "AAAA": Aaaa,
    "MX": lambda text: Mx(text.split()[1], int(text.split()[0])),
    "TXT": TXT,
    "NS": NS,
}

# what every test of a truthful resolver has: the canaries of ameli_support.mx
WORLD: dict[str, Any] = {
    "orange.fr": {"MX": ["10 smtp-in.orange.fr"]},
    "smtp-in.orange.fr": {"A": [PUBLIC]},
    "gmail.com": {"MX": ["5 gmail-smtp-in.l.google.com"]},
    "gmail-smtp-in.l.google.com": {"AAAA": [PUBLIC_6]},
    "null.example": {"MX": ["0 ."]},
    "null-and-real.example": {"MX": ["0 .", "10 smtp-in.orange.fr"]},
    "dummy.example": {"MX": ["10 ms12345.msv1.invalid.outlook.com"]},
    "local.example": {"MX": ["10 localhost"]},
    "dead-target.example": {"MX": ["10 gone.example"]},
    "private-target.example": {"MX": ["10 private.example"]},
    "private.example": {"A": ["10.0.0.1"]},
    "half-dead.example": {"MX": ["10 gone.example", "20 smtp-in.orange.fr"]},
    "slow-target.example": {"MX": ["10 silent.example"]},
    "broken-target.example": {"MX": ["10 servfail.example"]},
    "a-only.example": {"A": [PUBLIC]},
    "aaaa-only.example": {"AAAA": [PUBLIC_6]},
    "a-private.example": {"A": ["192.0.2.1"]},
    "no-mail.example": {"A": [PUBLIC], "TXT": ["v=spf1 -all"]},
    "nothing.example": {"TXT": ["hello"]},
    "servfail.example": "SERVFAIL",
    "refused.example": "REFUSED",
    "silent.example": "silence",
    "garbage.example": "garbage",
}  # fmt: skip


class _Answers(BaseResolver):  # type: ignore[misc]
    """Answers from a table; a name that is not there gets `otherwise`: records, or the name of an RCODE."""

    def __init__(self, world: dict[str, Any], otherwise: Any) -> None:
        self.world, self.otherwise = world, otherwise
        self.asked: list[tuple[str, str]] = []
        self.released = threading.Event()

    def resolve(self, request: Any, handler: Any) -> Any:
        name, kind = str(request.q.qname).rstrip("."), QTYPE[request.q.qtype]
        self.asked.append((name, kind))
        entry = self.world.get(name, self.otherwise)
        reply = request.reply()
        if entry == "silence":
            self.released.wait(30)
            return reply
        if entry == "garbage":
            reply.header.id ^= 0xFFFF
            return reply
        if isinstance(entry, str):
            reply.header.rcode = getattr(RCODE, entry)
            return reply
        for text in entry.get(kind, []):
            reply.add_answer(RR(request.q.qname, request.q.qtype, rdata=_KINDS[kind](text), ttl=1))
        return reply


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _pair(answers: _Answers) -> tuple[DNSServer, DNSServer]:
    """UDP and TCP on one port; a port that only UDP has free is given back."""
    logger = DNSLogger("-request,-reply,-truncated,-error", False)
    for _try in range(50):
        udp = DNSServer(answers, address="127.0.0.1", port=0, server=_Udp, logger=logger)
        port = udp.server.server_address[1]
        try:
            return udp, DNSServer(
                answers, address="127.0.0.1", port=port, server=_Tcp, logger=logger, tcp=True
            )
        except OSError:
            udp.server.server_close()
    raise OSError("no port is free for UDP and TCP")


@contextmanager
def dns_server(
    world: dict[str, Any] | None = None, otherwise: Any = "NXDOMAIN"
) -> Iterator[tuple[dns.asyncresolver.Resolver, list[tuple[str, str]]]]:
    """A resolver that asks this server alone, and the questions it was asked."""
    answers = _Answers(WORLD if world is None else world, otherwise)
    udp, tcp = _pair(answers)
    for server in (udp, tcp):
        threading.Thread(target=server.server.serve_forever, args=(0.02,), daemon=True).start()
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = udp.server.server_address[1]
    try:
        yield resolver, answers.asked
    finally:
        answers.released.set()
        for server in (udp, tcp):
            server.server.shutdown()
            server.server.server_close()
