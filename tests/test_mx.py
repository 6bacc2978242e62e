"""The DNS probe against a real server on loopback: every case, the time limits, a resolver that lies."""

import time
from collections.abc import Iterator

import dns.asyncresolver
import dns.resolver
import pytest

from ameli_support import mx
from ameli_support.mx import Code, MxReading, Outcome, look_up, sentence
from tests.dns_server import PUBLIC, WORLD, dns_server

LIMIT = 0.4


@pytest.fixture(scope="module")
def resolver() -> Iterator[dns.asyncresolver.Resolver]:
    with dns_server() as (resolver, _asked):
        yield resolver


async def read(domain: str, resolver: dns.asyncresolver.Resolver) -> MxReading:
    return (await look_up([domain], resolver, limit=LIMIT))[domain]


@pytest.mark.parametrize(
    ("domain", "code", "outcome"),
    [
        ("orange.fr", Code.MX, Outcome.NOTHING),
        ("gmail.com", Code.MX, Outcome.NOTHING),
        ("null.example", Code.NULL_MX, Outcome.FINDING),
        ("null-and-real.example", Code.MX, Outcome.NOTHING),
        ("dummy.example", Code.DUMMY_MX, Outcome.FINDING),
        ("local.example", Code.DUMMY_MX, Outcome.FINDING),
        ("dead-target.example", Code.TARGET_WITHOUT_ADDRESS, Outcome.FINDING),
        ("private-target.example", Code.TARGET_WITHOUT_ADDRESS, Outcome.FINDING),
        ("half-dead.example", Code.MX, Outcome.NOTHING),
        ("slow-target.example", Code.TIMEOUT, Outcome.UNKNOWN),
        ("broken-target.example", Code.SERVER_FAILURE, Outcome.UNKNOWN),
        ("a-only.example", Code.A_ONLY, Outcome.FINDING),
        ("aaaa-only.example", Code.A_ONLY, Outcome.FINDING),
        ("a-private.example", Code.NO_MAIL, Outcome.FINDING),
        ("no-mail.example", Code.NO_MAIL, Outcome.FINDING),
        ("nothing.example", Code.NO_MAIL, Outcome.FINDING),
        ("absent.example", Code.NO_DOMAIN, Outcome.FINDING),
        ("servfail.example", Code.SERVER_FAILURE, Outcome.UNKNOWN),
        ("refused.example", Code.SERVER_FAILURE, Outcome.UNKNOWN),
        ("silent.example", Code.TIMEOUT, Outcome.UNKNOWN),
        ("garbage.example", Code.TIMEOUT, Outcome.UNKNOWN),
        ("a..b", Code.NOT_A_NAME, Outcome.UNKNOWN),
        ("x" * 64 + ".fr", Code.NOT_A_NAME, Outcome.UNKNOWN),
    ],
)
async def test_every_case_has_its_code_and_one_of_three_values(
    resolver: dns.asyncresolver.Resolver, domain: str, code: Code, outcome: Outcome
) -> None:
    reading = await read(domain, resolver)
    assert (reading.code, reading.outcome) == (code, outcome)
    assert sentence(reading)


async def test_the_targets_are_told_preferred_first(resolver: dns.asyncresolver.Resolver) -> None:
    assert (await read("half-dead.example", resolver)).hosts == ("gone.example", "smtp-in.orange.fr")


async def test_a_silent_domain_costs_its_limit_and_no_more_and_delays_no_other(
    resolver: dns.asyncresolver.Resolver,
) -> None:
    begun = time.monotonic()
    readings = await look_up(["silent.example", "slow-target.example", "orange.fr"], resolver, limit=LIMIT)
    assert time.monotonic() - begun < LIMIT + 0.5
    assert [reading.code for reading in readings.values()] == [Code.TIMEOUT, Code.TIMEOUT, Code.MX]


async def test_behind_a_dns_that_denies_everything_nothing_is_said_not_to_exist() -> None:
    with dns_server({}) as (resolver, _asked):
        readings = await look_up(["orange.fr", "dupont.example"], resolver, limit=LIMIT)
    assert {reading.code for reading in readings.values()} == {Code.RESOLVER_LIES}


async def test_behind_a_dns_that_invents_addresses_nothing_is_believed() -> None:
    with dns_server(WORLD, otherwise={"A": [PUBLIC]}) as (resolver, _asked):
        assert (await read("absent.example", resolver)).code is Code.RESOLVER_LIES
        assert (await read("orange.fr", resolver)).code is Code.RESOLVER_LIES


async def test_without_an_answer_to_the_canaries_no_verdict_is_given() -> None:
    mute = dict.fromkeys(mx.CANARIES, "silence")
    with dns_server({**mute, "a-only.example": WORLD["a-only.example"]}) as (resolver, _asked):
        assert (await read("a-only.example", resolver)).code is Code.TIMEOUT


async def test_one_canary_is_enough() -> None:
    with dns_server({**WORLD, "orange.fr": "SERVFAIL"}) as (resolver, _asked):
        assert (await read("absent.example", resolver)).code is Code.NO_DOMAIN


async def test_no_server_at_all_is_no_verdict() -> None:
    with dns_server() as (resolver, _asked):
        pass
    assert (await read("absent.example", resolver)).outcome is Outcome.UNKNOWN


async def test_a_machine_without_resolver_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> dns.asyncresolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(mx, "system_resolver", none)
    assert (await look_up(["orange.fr"]))["orange.fr"].code is Code.NO_RESOLVER
    assert await look_up([]) == {}


async def test_the_dns_learns_the_domain_and_nothing_else_and_each_domain_is_asked_once() -> None:
    with dns_server() as (resolver, asked):
        await look_up(["orange.fr", "orange.fr"], resolver, limit=LIMIT)
    assert {kind for _name, kind in asked} <= {"MX", "A", "AAAA"}
    mail = [name for name, kind in asked if kind == "MX"]
    assert sorted(mail) == sorted(["orange.fr", *mx.CANARIES])
