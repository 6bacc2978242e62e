"""The agents' API over HTTP: tokens, problems, ETags, headers, logs (accounts/contract)."""

import logging
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from ameli_support import sql
from ameli_support.accounts.contract import PROBLEM_STATUS, PROBLEM_URN, ProblemType, Who
from ameli_support.onboarding.identity import FILE_FACTS, LEVEL_1_FACTS, Fact, Level, Role
from ameli_support.sandbox import agents, schema, searching
from ameli_support.sandbox.api import create_api
from ameli_support.sandbox.auth import issue_token
from ameli_support.sandbox.problems import TITLES, Refused
from tests.sandbox.service import FACTS, FUND, Service, unique

OUR_ID = f"req-{uuid.UUID(int=7).hex}"


@pytest.fixture
def api(service: Service) -> Iterator[TestClient]:
    with TestClient(create_api(service.world)) as client:
        yield client


def bearer(service: Service, role: Role = Role.AGENT, **other: Any) -> dict[str, str]:
    who = Who(agent=unique("h"), role=role, funds=(FUND,))
    token = issue_token(who, service.world.bearer_key, at=service.world.system.now(), **other)
    return {"Authorization": f"Bearer {token}"}


def problem(answer: httpx.Response) -> str:
    """The problem's type, after a look at what every problem must have."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    kind = ProblemType(body["type"].removeprefix(PROBLEM_URN))
    assert body["title"] == TITLES[kind]
    if "retry_after" in body:
        assert answer.headers["retry-after"] == str(body["retry_after"])
    return kind.value


def check(api: TestClient, headers: dict[str, str], record: str, facts: dict[str, str], level: int) -> str:
    """A caller check by HTTP; gives its id."""
    body = {
        "call": "call-by-http",
        "record": record,
        "direction": "incoming",
        "speaker": "self",
        "level": level,
        "facts": facts,
    }
    answer = api.post("/v1/checks", headers=headers, json=body)
    assert answer.status_code == 200
    assert answer.json()["level"] == level
    return str(answer.json()["check"])


def test_an_agents_call_from_a_number_to_a_mail(service: Service, api: TestClient) -> None:
    record = service.waiting()
    headers = bearer(service)
    nir = service.agent().facts(record, Fact.NIR)[Fact.NIR]
    found = api.post("/v1/searches", headers=headers, json={"call": "call-by-http", "nir": nir})
    assert found.json()["record"] == record
    facts = {f.value: nir if f is Fact.NIR else FACTS[f] for f in (*LEVEL_1_FACTS, *FILE_FACTS)}
    headers["Ameli-Check"] = check(api, headers, record, facts, 2)
    seen = api.get(f"/v1/records/{record}", headers=headers)
    assert (seen.json()["phase"], seen.headers["cache-control"]) == ("live", "no-store")
    known = headers | {"If-None-Match": seen.headers["etag"]}
    again = api.get(f"/v1/records/{record}", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", seen.headers["etag"])
    act = headers | {"Idempotency-Key": f"key-{uuid.uuid4().hex}"}
    body = {"expected_version": seen.json()["version"]}
    assert problem(api.post(f"/v1/records/{record}/resend", headers=act, json=body)) == (
        "address-not-confirmed"
    )
    said = {"address": service.address(record)}
    assert api.post(f"/v1/records/{record}/said-address", headers=headers, json=said).json()["matches"]
    answer = api.post(f"/v1/records/{record}/resend", headers=act, json=body)
    assert (answer.status_code, answer.json()["effect"]) == (200, "same_link")
    assert api.post(f"/v1/records/{record}/resend", headers=act, json=body).json() == answer.json()
    settled = api.put(f"/v1/acts/{act['Idempotency-Key']}/settle", headers=headers).json()
    assert (settled["settled"], settled["answer"]) == ("done", answer.json())
    unmasked = api.post(f"/v1/records/{record}/unmask", headers=headers, json={"purpose": "relire"})
    assert unmasked.json()["address"] == service.address(record)
    stale = api.post(
        f"/v1/records/{record}/correct",
        headers=headers | {"Idempotency-Key": f"key-{uuid.uuid4().hex}"},
        json=body | {"reason": "typo", "self_created": True, "address": "a@orange.fr"},
    )
    assert (problem(stale), stale.json()["version"]) == ("stale-version", answer.json()["version"])
    assert api.post("/v1/calls/call-by-http/end", headers=headers).status_code == 204
    assert api.get(f"/v1/records/{record}", headers=headers).json()["level"] == 0


def test_status_needs_no_token_and_says_what_time_it_is(service: Service, api: TestClient) -> None:
    status = api.get("/v1/status").json()
    assert status["as_of"] == service.now().isoformat().replace("+00:00", "Z")
    assert status["procedure_version"] == service.world.procedure.version


def test_a_supervisor_switches_an_identity_provider_and_the_audit_says_why(
    service: Service, api: TestClient
) -> None:
    def switch(name: str, available: bool, role: Role = Role.SUPERVISOR) -> httpx.Response:
        body = {"available": available, "reason": "incident FranceConnect"}
        answer: httpx.Response = api.put(f"/v1/providers/{name}", headers=bearer(service, role), json=body)
        return answer

    def away() -> list[str]:
        told: list[str] = api.get("/v1/status").json()["unavailable_providers"]
        return told

    assert switch("msa", False).json() | {"as_of": ""} == {"name": "msa", "available": False, "as_of": ""}
    assert "msa" in away()
    assert switch("msa", False).status_code == 200
    assert switch("msa", True).json()["available"] is True
    assert "msa" not in away()
    for role in (Role.AGENT, Role.HANDLER, Role.ADMINISTRATOR):
        assert problem(switch("msa", False, role)) == "forbidden-role"
    assert problem(switch("nobody", False)) == "not-found"
    assert problem(switch("NO-NAME", False)) == "bad-request"
    nothing = {"available": False, "reason": ""}
    refused = api.put("/v1/providers/msa", headers=bearer(service, Role.SUPERVISOR), json=nothing)
    assert problem(refused) == "bad-request"
    with sql.read(service.world.engine) as conn:
        audited = conn.execute(select(schema.audit).where(schema.audit.c.action == "provider")).all()
    assert [(row.outcome, row.reason) for row in audited] == [
        ("off", "msa: incident FranceConnect"),
        ("off", "msa: incident FranceConnect"),
        ("on", "msa: incident FranceConnect"),
    ]


def test_agents_are_told_to_colleagues_of_a_fund_alone(service: Service, api: TestClient) -> None:
    for agent, role, funds in (
        ("0777", Role.AGENT, (FUND,)),
        ("0778", Role.HANDLER, (FUND, "382")),
        ("0779", Role.AGENT, ("382",)),
    ):
        agents.register(service.world, Who(agent=agent, role=role, funds=funds), f"Agent {agent}")
    agents.register(service.world, Who(agent="0777", role=Role.SUPERVISOR, funds=(FUND,)))
    told = api.get("/v1/agents", headers=bearer(service)).json()["agents"]
    seen = {one["agent"]: (one["name"], one["role"], one["funds"]) for one in told}
    assert seen["0777"] == ("Agent 0777", "supervisor", [FUND])
    assert seen["0778"] == ("Agent 0778", "handler", [FUND, "382"])
    assert "0779" not in seen


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer x.y.z", "Basic YTpi", "Bearer \xff"],
)
def test_without_a_valid_token_nothing_is_answered(api: TestClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = api.post("/v1/searches", headers=headers, json={"call": "call-12345", "nir": "1"})
    assert problem(answer) == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_tokens_expire_and_cannot_be_forged(service: Service, api: TestClient) -> None:
    headers = bearer(service, lifetime=timedelta(minutes=1))
    other = issue_token(
        Who(agent="x", role=Role.SUPERVISOR, funds=()), b"\x01" * 32, at=service.world.system.now()
    )
    body = {"call": "call-12345", "nir": "1"}
    assert api.post("/v1/searches", headers=headers, json=body).status_code == 200
    service.forward(minutes=1)
    assert problem(api.post("/v1/searches", headers=headers, json=body)) == "unauthenticated"
    forged = {"Authorization": f"Bearer {other}"}
    assert problem(api.post("/v1/searches", headers=forged, json=body)) == "unauthenticated"


def test_role_and_funds_are_never_taken_from_a_body(service: Service, api: TestClient) -> None:
    body = {"call": "call-12345", "nir": "1", "role": "supervisor"}
    answer = api.post("/v1/searches", headers=bearer(service), json=body)
    assert problem(answer) == "bad-request"
    assert answer.json()["detail"] == "body.role"


def test_a_supervisors_purpose_may_be_written_in_french(service: Service, api: TestClient) -> None:
    record = service.waiting()
    headers = bearer(service, Role.SUPERVISOR)
    url = f"/v1/records/{record}"
    assert problem(api.get(url, headers=headers)) == "purpose-missing"
    for purpose in (b"", b"%20", b"   "):
        refused = api.get(url, headers=headers | {"Ameli-Purpose": purpose})
        assert problem(refused) == "purpose-missing"
    for purpose in (b"r%C3%A9clamation", "réclamation".encode(), "réclamation".encode("latin-1")):
        seen = api.get(url, headers=headers | {"Ameli-Purpose": purpose})
        assert seen.json()["phase"] == "live"
    for purpose in (b"%00", b"x" * 2001):
        refused = api.get(url, headers=headers | {"Ameli-Purpose": purpose})
        assert problem(refused) == "bad-request"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"call": "call-12345", "nir": "\\ud800"}',
        b'{"call": "call-12345", "name": "\\u0000", "birth_date": "1962-08-24"}',
        b'{"call": "call-12345", "nir": 1e400}',
        b'{"call": "call-12345", "birth_date": "0000-00-00", "name": "x"}',
        b'{"call": "' + b"a" * 70_000 + b'"}',
        b'{"call": "call-12345", "nir": ' + b"[" * 5000 + b"}",
    ],
)
def test_a_body_that_does_not_fit_is_a_bad_request(service: Service, api: TestClient, content: bytes) -> None:
    headers = bearer(service) | {"Content-Type": "application/json"}
    answer = api.post("/v1/searches", headers=headers, content=content)
    assert problem(answer) == "bad-request"
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("version", [-1, 2**63, 2**64, 10**60])
def test_huge_versions_are_stale_and_not_an_error(service: Service, api: TestClient, version: int) -> None:
    record = service.waiting()
    headers = bearer(service) | {"Idempotency-Key": f"key-{uuid.uuid4().hex}"}
    body = {"expected_version": version, "reason": "x"}
    answer = api.post(f"/v1/records/{record}/suspend", headers=headers, json=body)
    assert problem(answer) == "stale-version"


def test_an_act_without_a_key_is_a_bad_request(service: Service, api: TestClient) -> None:
    answer = api.post(
        f"/v1/records/{service.waiting()}/suspend", headers=bearer(service), json={"reason": "x"}
    )
    assert (problem(answer), answer.json()["detail"]) == ("bad-request", "header.Idempotency-Key")


def test_unknown_routes_and_methods_are_problems_too(api: TestClient) -> None:
    assert problem(api.get("/v1/nothing")) == "not-found"
    answer = api.delete("/v1/status")
    assert (problem(answer), answer.status_code, answer.headers["allow"]) == ("bad-request", 405, "GET")


def test_waiting_is_told_in_a_header_and_in_the_body(service: Service, api: TestClient) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.call_resend(record)
    from ameli_support.outbox import MailState

    service.mails(record, MailState.HANDED_OVER)
    token = issue_token(agent.who, service.world.bearer_key, at=service.world.system.now())
    answer = api.post(
        f"/v1/records/{record}/resend",
        headers={
            "Authorization": f"Bearer {token}",
            "Ameli-Check": agent.check_id or "",
            "Idempotency-Key": f"key-{uuid.uuid4().hex}",
        },
        json={"expected_version": agent.version(record)},
    )
    assert (problem(answer), answer.json()["retry_after"]) == ("cooldown", 120)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("SELECT secret", {"nir": "2620899999001"}, Exception("gone")), 503),
        (RuntimeError("2620899999001"), 500),
    ],
)
def test_an_error_of_ours_is_a_problem_without_what_was_typed(
    service: Service,
    api: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(searching, "search", broken)
    with caplog.at_level(logging.INFO):
        answer = api.post("/v1/searches", headers=bearer(service), json={"call": "call-12345", "nir": "1"})
    assert (problem(answer), answer.status_code) == ("unavailable", status)
    assert "2620899999001" not in caplog.text + answer.text
    assert type(error).__name__ in caplog.text


def test_the_log_holds_route_templates_and_no_personal_data(
    service: Service, api: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    record = service.waiting()
    headers = bearer(service) | {"X-Request-Id": OUR_ID}
    with caplog.at_level(logging.INFO, logger="ameli_support"):
        seen = api.get(f"/v1/records/{record}", headers=headers)
        api.get("/v1/records/a.dubois@orange.fr", headers=headers)
    assert seen.headers["x-request-id"] == OUR_ID
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("ameli_support")]
    assert len(ours) == 2
    for line in ours:
        assert '"route": "/v1/records/{record}"' in line
        assert f'"request_id": "{OUR_ID}"' in line
        assert record not in line
        assert "orange" not in line


@pytest.mark.parametrize("given", ["a.dubois@orange.fr", "262083818500116", "req-" + "g" * 32])
def test_a_request_id_that_is_none_of_ours_is_replaced(api: TestClient, given: str) -> None:
    told = api.get("/v1/status", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert told != given
    assert re.fullmatch("[0-9a-f]{16}", told)


def test_every_problem_type_has_a_status_and_a_title() -> None:
    assert set(PROBLEM_STATUS) == set(TITLES) == set(ProblemType)


def test_a_level_2_act_over_http_at_level_1_names_the_reason(service: Service, api: TestClient) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    token = issue_token(agent.who, service.world.bearer_key, at=service.world.system.now())
    answer = api.post(
        f"/v1/records/{record}/correct",
        headers={
            "Authorization": f"Bearer {token}",
            "Ameli-Check": agent.check_id or "",
            "Idempotency-Key": f"key-{uuid.uuid4().hex}",
        },
        json={
            "expected_version": agent.version(record),
            "reason": "typo",
            "self_created": True,
            "address": "b@free.fr",
        },
    )
    assert (problem(answer), answer.json()["reason"]) == ("identity-level", "level_2_first")


def test_a_body_without_its_length_is_read_no_further_than_any_of_the_contract(
    service: Service, api: TestClient
) -> None:
    answer = api.post(
        "/v1/searches",
        headers=bearer(service) | {"Content-Type": "application/json"},
        content=iter([b" " * 64 * 1024] * 20),
    )
    assert answer.status_code in (400, 413)
    assert problem(answer) == "bad-request"


async def test_the_limit_holds_while_reading() -> None:
    from ameli_support.sandbox.web import LARGEST_BODY, _bounded

    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b" " * 10_000, "more_body": True}

    bounded = _bounded(receive)
    with pytest.raises(Refused):
        while True:
            await bounded()
    assert asked == LARGEST_BODY // 10_000 + 1


@pytest.mark.parametrize("path", ["/v1/status/", "/v1/searches/", "//v1/status"])
def test_no_answer_repeats_the_host_header(api: TestClient, path: str) -> None:
    answer = api.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "evil" not in f"{answer.headers}{answer.text}"
