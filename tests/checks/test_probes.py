"""What is found out before anybody is asked: the service's sends, the domain's name, a real DNS server."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dns.asyncresolver
import pytest

from ameli_support.accounts.contract import (
    GenerationView,
    RecordView,
    SendKind,
    SendState,
    SendView,
    SmtpAnswer,
)
from ameli_support.mx import Code
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.person import PersonStatus
from checks.checklist import load as checklist
from checks.evidence import Evidence, Outcome
from checks.priors import load as priors
from checks.probes import LIMIT, gather
from checks.probes.domain import look
from checks.run import Run
from tests.dns_server import PUBLIC, WORLD, dns_server

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def resolver() -> Iterator[dns.asyncresolver.Resolver]:
    with dns_server() as (resolver, _asked):
        yield resolver


def record(
    *sends: SendView, domain: str = "orange.fr", phase: Phase = Phase.LIVE, **values: Any
) -> RecordView:
    return RecordView(
        record="abc-abc-abc", person=None, person_status=PersonStatus.ORDINARY, scheme="general",
        fund="381", phase=phase, address_domain=domain, sends=sends,
        procedure_version="x", as_of=NOW, **values,
    )  # fmt: skip


def send(state: SendState, answer: str = "", code: int | None = None, ago: int = 60) -> SendView:
    at = NOW - timedelta(minutes=ago)
    smtp = SmtpAnswer(code=code, text=answer, at=at) if answer else None
    return SendView(kind=SendKind.FIRST, generation=1, address_masked="a•••@orange.fr", domain="orange.fr",
                    state=state, queued_at=at, state_at=at, attempts=1, smtp=smtp)  # fmt: skip


async def seen(view: RecordView | None, resolver: dns.asyncresolver.Resolver | None = None) -> Evidence:
    return await gather(view, NOW, resolver=resolver, offline=resolver is None)


@pytest.mark.parametrize(
    ("fate", "cause"),
    [
        (send(SendState.QUEUED), "not_handed_over"),
        (send(SendState.DEFERRED, "4.3.0 try again later", 451), "not_handed_over"),
        (send(SendState.REFUSED, "5.1.1 User unknown", 550), "refused_or_bounced"),
        (send(SendState.BOUNCED, "5.1.1 User unknown", 550), "refused_or_bounced"),
        (send(SendState.REFUSED, "5.2.2 Mailbox full", 552), "mailbox_full"),
        (send(SendState.REFUSED, "5.7.1 Service refuse. OFR_103", 550), "sender_refused"),
        (send(SendState.REFUSED, "5.1.1 Boite archivee. LPN_420", 550), "sleeping_mailbox"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.state.value,
)
async def test_the_fate_of_the_newest_send_answers_its_check(fate: SendView, cause: str) -> None:
    evidence = await seen(record(fate))
    assert evidence.answers[cause] == "yes"
    run = Run(checklist(), priors(), evidence)
    assert run.conclusion is not None
    assert run.conclusion.cause == cause


async def test_a_mail_handed_over_rules_out_our_side_and_asks_on() -> None:
    evidence = await seen(record(send(SendState.HANDED_OVER)))
    for check in ("already_active", "not_handed_over", "refused_or_bounced", "sender_refused", "too_early"):
        assert evidence.answers[check] == "no"
    assert evidence.signals["send"] == "accepted"
    assert Run(checklist(), priors(), evidence).current is not None


async def test_a_mail_of_five_minutes_ago_leaves_too_early_open() -> None:
    evidence = await seen(record(send(SendState.HANDED_OVER, ago=5)))
    assert evidence.signals["send"] == "accepted_recently"
    assert "too_early" not in evidence.answers
    assert Run(checklist(), priors(), evidence).beliefs[0].cause == "too_early"


async def test_the_newest_send_counts_and_notices_do_not() -> None:
    old = send(SendState.REFUSED, "5.1.1 User unknown", 550, ago=90)
    notice = send(SendState.QUEUED, ago=1).model_copy(update={"kind": SendKind.NOTICE_ADDRESS_CHANGED})
    evidence = await seen(record(old, send(SendState.HANDED_OVER, ago=40), notice))
    assert evidence.signals["send"] == "accepted"


async def test_an_active_account_ends_the_search() -> None:
    evidence = await seen(record(send(SendState.HANDED_OVER), phase=Phase.ACTIVE))
    run = Run(checklist(), priors(), evidence)
    assert run.conclusion is not None
    assert run.conclusion.cause == "already_active"


async def test_an_old_link_opened_after_a_newer_mail_is_told() -> None:
    first = GenerationView(
        number=1, issued_at=NOW, expires_at=NOW, state="superseded", superseded_at=NOW,
        openings=1, last_opened_at=NOW + timedelta(minutes=3),
    )  # fmt: skip
    second = GenerationView(number=2, issued_at=NOW, expires_at=NOW, state="live")
    evidence = await seen(record(send(SendState.HANDED_OVER), generations=(first, second)))
    assert evidence.signals["links"] == "old_opened"
    assert Run(checklist(), priors(), evidence).beliefs[0].cause == "old_mail"
    never = first.model_copy(update={"last_opened_at": None})
    assert (await seen(record(generations=(never, second)))).signals["links"] == "several"


@pytest.mark.parametrize("phase", [Phase.INACTIVE, Phase.CLOSED])
async def test_a_dead_link_is_told_before_anything_is_asked(phase: Phase) -> None:
    codes = {finding.code for finding in (await seen(record(phase=phase))).findings}
    assert f"phase_{phase}" in codes


async def test_a_record_that_cannot_be_read_is_said_and_stops_nothing() -> None:
    evidence = await seen(None)
    assert {(one.probe, one.outcome) for one in evidence.findings} == {
        ("service", Outcome.UNKNOWN),
        ("domain", Outcome.UNKNOWN),
    }
    assert Run(checklist(), priors(), evidence).current is not None


@pytest.mark.parametrize(
    ("domain", "outcome", "code"),
    [
        ("orange.fr", Outcome.NOTHING, "mx"),
        ("null.example", Outcome.FINDING, "null_mx"),
        ("dummy.example", Outcome.FINDING, "dummy_mx"),
        ("dead-target.example", Outcome.FINDING, "target_without_address"),
        ("a-only.example", Outcome.FINDING, "a_only"),
        ("servfail.example", Outcome.UNKNOWN, "server_failure"),
    ],
)
async def test_the_domain_is_looked_up_on_a_real_server(
    resolver: dns.asyncresolver.Resolver, domain: str, outcome: Outcome, code: str
) -> None:
    (found,) = [
        one for one in (await seen(record(domain=domain), resolver)).findings if one.probe == "domain"
    ]
    assert (found.outcome, found.code) == (outcome, code)
    assert found.text


async def test_a_silent_server_costs_two_seconds_and_proves_nothing(
    resolver: dns.asyncresolver.Resolver,
) -> None:
    began = time.monotonic()
    evidence = await seen(record(domain="silent.example"), resolver)
    assert time.monotonic() - began < LIMIT + 1
    (found,) = [one for one in evidence.findings if one.probe == "domain"]
    assert (found.outcome, found.code) == (Outcome.UNKNOWN, "timeout")


async def test_a_typo_of_the_domain_is_suggested_and_never_put_in_place() -> None:
    evidence = await seen(record(domain="gmial.com"))
    assert evidence.signals["domain"] == "typo"
    assert any("gmail.com" in finding.text for finding in evidence.findings)
    assert Run(checklist(), priors(), evidence).beliefs[0].cause == "address_exact"


async def test_what_the_service_said_of_the_address_is_not_asked_again() -> None:
    for matches, answer in ((True, "yes"), (False, "no")):
        evidence = await gather(record(), NOW, said_matches=matches, offline=True)
        assert evidence.answers["address_exact"] == answer


async def test_a_companys_filter_is_seen_in_its_mx() -> None:
    world = {**WORLD, "firm.example": {"MX": ["10 mx1.firm.pphosted.com"]},
             "mx1.firm.pphosted.com": {"A": [PUBLIC]}}  # fmt: skip
    with dns_server(world) as (resolver, _asked):
        evidence = await seen(record(domain="firm.example"), resolver)
    assert evidence.signals["domain"] == "gateway"
    assert evidence.provider == "proofpoint"
    assert any(finding.code == "gateway" for finding in evidence.findings)


async def test_a_look_up_that_hangs_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(*_given: object, **_more: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("checks.probes.domain.look_up", hangs)
    monkeypatch.setattr("checks.probes.domain._SPARE", 0.0)
    assert (await look("orange.fr", None, (), 0.05)).code is Code.TIMEOUT
