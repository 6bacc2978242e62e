"""The client on a real socket that misbehaves: failures are typed, bounded, repeated only where safe."""

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stamina
import trustme

from ameli_support.accounts import client as client_module
from ameli_support.accounts import contract as c
from ameli_support.accounts.client import IMPATIENT, TRIES, AccountsClient, Fresh, NotModified
from ameli_support.accounts.errors import (
    InsecureUrl,
    Kind,
    OutcomeUnknown,
    ServiceDown,
    ServiceProblem,
)
from ameli_support.accounts.transport import MAX_BODY, Timeouts
from ameli_support.clock import FixedClock, monotonic
from ameli_support.onboarding.identity import Direction, Fact, Speaker
from tests.accounts.raw_server import RawServer, http, problem, raw_server

AT = "2026-11-23T09:14:00Z"
STATUS = {"service": "ok", "as_of": AT, "procedure_version": "1"}
CHECKED = {
    "check": "check-0001",
    "level": 1,
    "results": {"nir": "match"},
    "comparisons_left": 2,
    "failed": False,
    "expires_at": AT,
    "as_of": AT,
}
ACTED = {
    "act": "resend",
    "record": "rec-00001",
    "version": 2,
    "phase": "live",
    "procedure_version": "1",
    "as_of": AT,
}
RECORD = {
    "record": "rec-00001",
    "person": None,
    "person_status": "ordinary",
    "scheme": "general",
    "fund": "381",
    "procedure_version": "1",
    "as_of": AT,
}
QUICK = Timeouts(connect=1.0, read=0.3, whole=3.0)
NOON = FixedClock(datetime(2026, 11, 23, 11, tzinfo=UTC))
KEY = "key-00000001"
CHECK = c.CheckRequest(
    call="call-0001",
    record="rec-00001",
    direction=Direction.INCOMING,
    speaker=Speaker.SELF,
    facts={Fact.NIR: "262081234567890"},
)


FAILURES = ["hang", "drop", "500", "garbage"]


@pytest.fixture
def _at_once() -> Iterator[None]:
    """The next try without a pause; how many there are is the client's own number."""
    stamina.set_testing(True, attempts=TRIES)
    yield
    stamina.set_testing(False)


at_once = pytest.mark.usefixtures("_at_once")


def client(server: RawServer, **more: object) -> AccountsClient:
    return AccountsClient(server.url, "t0ken-secret", timeouts=QUICK, clock=NOON, **more)  # type: ignore[arg-type]


def resend(accounts: AccountsClient) -> c.ActAnswer:
    return accounts.act("resend", "rec-00001", c.ResendRequest(expected_version=1), KEY, "check-0001")


def hang(connection: socket.socket) -> None:
    connection.recv(1)  # until the client gives up


def cut_in_the_body(connection: socket.socket) -> None:
    connection.sendall(http(200, STATUS)[:-20])


def drop(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    stop = threading.Event()
    try:
        while True:
            connection.sendall(b" ")
            stop.wait(0.1)
    except OSError:
        return


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    try:
        while True:
            connection.sendall(b" " * 65536)
    except OSError:
        return


def test_an_answer_of_the_contract_is_read_and_its_instant_heard() -> None:
    heard: list[datetime] = []
    with raw_server(http(200, STATUS)) as server:
        assert client(server, heard=heard.append).status().service == "ok"
    assert heard == [datetime(2026, 11, 23, 9, 14, tzinfo=UTC)]
    assert server.asked[0].headers["authorization"] == "Bearer t0ken-secret"


@at_once
def test_a_refused_connection_is_told_with_the_instant_since_when() -> None:
    with raw_server(http(200, STATUS)) as server:
        pass
    accounts = client(server)
    for _ in range(2):
        with pytest.raises(ServiceDown) as down:
            accounts.status()
        assert (down.value.kind, down.value.since) == (Kind.REFUSED, NOON.now())


@at_once
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (hang, Kind.TIMEOUT),
        (drop, Kind.CUT),
        (cut_in_the_body, Kind.CUT),
        (http(200, raw=b"<html>"), Kind.GARBAGE),
        (http(200, raw=b"[" * 100_000), Kind.GARBAGE),
        (http(200), Kind.GARBAGE),
        (http(200, {"service": "ok"}), Kind.GARBAGE),
        (http(200, {**STATUS, "surprise": 1}), Kind.GARBAGE),
        (http(200, raw=b"\xff\xfe"), Kind.GARBAGE),
        (http(302, headers="Location: http://elsewhere.example/\r\n"), Kind.GARBAGE),
        (http(404, raw=b"not ours"), Kind.GARBAGE),
        (http(500, raw=b"oops"), Kind.SERVER_ERROR),
        (problem(503, "unavailable"), Kind.SERVER_ERROR),
        (http(200, raw=b"x" * (MAX_BODY + 1)), Kind.GARBAGE),
        (endless, Kind.GARBAGE),
    ],
    ids=[
        *("hang", "drop", "cut", "html", "deep", "empty", "fields_missing", "field_too_many", "not_utf8"),
        *("redirect", "foreign_404", "500", "503", "too_large", "endless"),
    ],
)
def test_a_reading_that_fails_is_tried_again_and_then_typed(reply: object, kind: Kind) -> None:
    with raw_server(reply) as server, pytest.raises(ServiceDown) as down:  # type: ignore[arg-type]
        client(server).status()
    assert down.value.kind is kind
    assert len(server.asked) == TRIES


def test_what_is_asked_every_second_is_tried_once_and_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Timeouts().read > IMPATIENT
    monkeypatch.setattr(client_module, "IMPATIENT", 0.3)
    patient = Timeouts(connect=1.0, read=60.0, whole=90.0)
    with raw_server(hang) as server, pytest.raises(ServiceDown) as down:
        began = monotonic()
        AccountsClient(server.url, "t", timeouts=patient).record("rec-00001", "check-0001", patient=False)
    assert down.value.kind is Kind.TIMEOUT
    assert len(server.asked) == 1
    assert monotonic() - began < patient.read / 10


def test_a_body_that_drips_for_ever_ends_at_the_whole_time_out() -> None:
    short = Timeouts(connect=1.0, read=0.3, whole=0.5)
    with raw_server(drip) as server, pytest.raises(ServiceDown) as down:
        AccountsClient(server.url, "t", timeouts=short).status()
    assert down.value.kind is Kind.TIMEOUT


@at_once
def test_a_reading_recovers_from_two_failures_with_one_request_id() -> None:
    with raw_server(drop, http(500, raw=b"oops"), http(200, STATUS)) as server:
        accounts = client(server)
        accounts.status()
    assert len({asked.headers["x-request-id"] for asked in server.asked}) == 1
    assert accounts.down_since is None


@pytest.mark.parametrize("reply", [hang, drop, http(500, raw=b"x"), http(200, raw=b"x")], ids=FAILURES)
def test_a_comparison_that_may_have_arrived_is_never_doubled(reply: object) -> None:
    with raw_server(reply, http(200, CHECKED)) as server, pytest.raises(ServiceDown):  # type: ignore[arg-type]
        client(server).check(CHECK)
    assert len(server.asked) == 1


@at_once
def test_an_act_whose_answer_was_lost_is_asked_again_with_the_same_key() -> None:
    with raw_server(drop, http(200, ACTED)) as server:
        assert resend(client(server)).version == 2
    assert [asked.headers["idempotency-key"] for asked in server.asked] == [KEY, KEY]


@at_once
@pytest.mark.parametrize("reply", [hang, drop, http(500, raw=b"x"), http(200, raw=b"x")], ids=FAILURES)
def test_an_act_that_never_answers_is_unknown_and_names_its_key(reply: object) -> None:
    with raw_server(reply) as server, pytest.raises(OutcomeUnknown) as unknown:  # type: ignore[arg-type]
        resend(client(server))
    assert unknown.value.key == KEY


@at_once
def test_an_act_that_cannot_have_arrived_is_not_unknown() -> None:
    with raw_server(http(200, ACTED)) as server:
        pass
    with pytest.raises(ServiceDown) as down:
        resend(client(server))
    assert down.value.kind is Kind.REFUSED


def test_an_act_in_flight_is_waited_for() -> None:
    replies = (problem(409, "in-flight", retry_after=1), http(200, ACTED))
    with raw_server(*replies) as server:
        assert resend(client(server)).version == 2


@at_once
def test_a_refusal_after_a_lost_try_is_settled_before_it_is_believed() -> None:
    void = {"settled": "void", "as_of": AT}
    with (
        raw_server(drop, problem(412, "stale-version", version=7), http(200, void)) as server,
        pytest.raises(ServiceProblem) as refused,
    ):
        resend(client(server))
    assert refused.value.problem.version == 7
    assert server.asked[-1].line.startswith(f"PUT /v1/acts/{KEY}/settle ")

    done = {"settled": "done", "answer": ACTED, "as_of": AT}
    with raw_server(drop, problem(412, "stale-version"), http(200, done)) as server:
        assert resend(client(server)).version == 2

    with (
        raw_server(drop, problem(412, "stale-version"), http(500, raw=b"x")) as server,
        pytest.raises(OutcomeUnknown),
    ):
        resend(client(server))


def test_a_cooldown_is_a_refusal_that_tells_the_seconds() -> None:
    reply = problem(429, "cooldown", reason="cooldown", retry_after=118)
    with raw_server(reply) as server, pytest.raises(ServiceProblem) as refused:
        resend(client(server))
    assert refused.value.problem.kind is c.ProblemType.COOLDOWN
    assert refused.value.problem.retry_after == 118
    assert len(server.asked) == 1


def test_a_short_retry_after_is_waited_for_and_a_long_one_is_told() -> None:
    limited = http(
        429,
        {"type": "urn:ameli-support:problem:rate-limited", "title": "", "status": 429},
        "Retry-After: 1\r\n",
    )
    with raw_server(limited, http(200, STATUS)) as server:
        client(server).status()
    assert len(server.asked) == 2
    with (
        raw_server(problem(429, "rate-limited", retry_after=60)) as server,
        pytest.raises(ServiceProblem) as refused,
    ):
        client(server).status()
    assert refused.value.problem.retry_after == 60
    assert len(server.asked) == 1


def test_a_problem_of_an_unknown_type_is_a_refusal_without_a_kind() -> None:
    with raw_server(problem(409, "of-tomorrow")) as server, pytest.raises(ServiceProblem) as refused:
        client(server).status()
    assert refused.value.problem.kind is None


def test_a_record_is_fresh_with_its_tag_and_then_not_modified() -> None:
    with raw_server(http(200, RECORD, 'ETag: "7"\r\n'), http(304)) as server:
        accounts = client(server)
        fresh = accounts.record("rec-00001", check="check-0001")
        assert isinstance(fresh, Fresh)
        assert fresh.etag == '"7"'
        assert isinstance(accounts.record("rec-00001", "check-0001", etag=fresh.etag), NotModified)
    assert server.asked[1].headers["if-none-match"] == '"7"'
    assert server.asked[1].headers["ameli-check"] == "check-0001"


def test_ending_a_call_needs_no_body() -> None:
    with raw_server(http(204)) as server:
        client(server).end_call("call-0001")
    assert server.asked[0].line == "POST /v1/calls/call-0001/end HTTP/1.1"


def test_an_expired_certificate_is_refused_at_once(tmp_path: Path) -> None:
    authority = trustme.CA()
    expired = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    expired.configure_cert(server_side)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with raw_server(http(200, STATUS), tls=server_side) as server, pytest.raises(ServiceDown) as down:
        url = server.url.replace("http:", "https:")
        AccountsClient(url, "t", timeouts=QUICK, tls=trusting).status()
    assert down.value.kind is Kind.TLS
    assert server.asked == []


def test_a_token_never_travels_in_clear() -> None:
    for url in ("http://comptes.example.invalid", "ftp://127.0.0.1", "comptes.example.invalid"):
        with pytest.raises(InsecureUrl):
            AccountsClient(url, "t")


def test_logs_hold_the_route_and_the_request_and_nothing_personal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with raw_server(http(200, CHECKED)) as server:
        client(server).check(CHECK)
    with raw_server(http(200, ACTED)) as server:
        resend(client(server))
    text = caplog.text
    assert "/v1/records/{record}/resend" in text
    assert "request=req-" in text
    for secret in ("t0ken-secret", "26208", "rec-00001", "check-0001", KEY):
        assert secret not in text
