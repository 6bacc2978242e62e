"""What an SMTP server can do to us: every failure ends as a state of the mail, none as a loss."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Engine

from ameli_support import sql
from ameli_support.mail.recipient import is_sendable
from ameli_support.outbox.smtp import Fate, SmtpSettings, SmtpTransport
from tests.mail.servers import Sink, conversation, scripted, sink
from tests.outbox_world import World
from tests.parts import free_port


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    found = sql.open_engine(tmp_path_factory.mktemp("outbox") / "mail.db", pool_size=16)
    yield found
    found.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(
    authority: trustme.CA, name: str = "localhost", ended: datetime | None = None
) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    since = None if ended is None else ended - timedelta(days=30)
    authority.issue_cert(name, not_before=since, not_after=ended).configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


# ── encryption and login ────────────────────────────────────────────────────


async def test_starttls_with_login(world: World, authority: trustme.CA, ca_file: Path) -> None:
    world.add("a@exemple.fr", "b@exemple.fr")
    async with sink(starttls=server_side(authority), auth=True) as server:
        settings = SmtpSettings(
            "localhost", server.port, "starttls", "ameli", "secret", timeout=5, ca=ca_file
        )
        await world.worker(transport=SmtpTransport(settings)).run_once()
    assert world.states() == {"handed_over": 2}


async def test_implicit_tls(world: World, authority: trustme.CA, ca_file: Path) -> None:
    world.add("a@exemple.fr")
    async with sink(implicit=server_side(authority)) as server:
        settings = SmtpSettings("localhost", server.port, "implicit", timeout=5, ca=ca_file)
        await world.worker(transport=SmtpTransport(settings)).run_once()
    assert world.states() == {"handed_over": 1}


async def _trouble(world: World, settings: SmtpSettings) -> tuple[str, str | None]:
    (number,) = world.add("a@exemple.fr")
    await world.worker(transport=SmtpTransport(settings)).run_once()
    row = world.row(number)
    return row["state"], row["trouble"]


async def test_a_wrong_password_refuses_no_mail(world: World, authority: trustme.CA, ca_file: Path) -> None:
    async with sink(starttls=server_side(authority), auth=True) as server:
        settings = SmtpSettings("localhost", server.port, "starttls", "ameli", "wrong", timeout=5, ca=ca_file)
        assert await _trouble(world, settings) == ("deferred", "login")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while")
async def test_a_missing_login_refuses_no_mail(world: World) -> None:
    async with sink(auth=True) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", timeout=5)
        assert await _trouble(world, settings) == ("deferred", "login")


async def test_a_login_that_the_server_does_not_offer(world: World) -> None:
    async with sink() as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", "ameli", "secret", timeout=5)
        assert await _trouble(world, settings) == ("deferred", "login")


async def test_no_plain_text_when_encryption_is_asked_for(world: World) -> None:
    async with sink() as server:
        settings = SmtpSettings("localhost", server.port, "starttls", timeout=5)
        assert await _trouble(world, settings) == ("deferred", "tls")
    assert server.received == []


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
@pytest.mark.parametrize("fault", ["unknown authority", "expired", "other name"])
async def test_a_certificate_that_proves_nothing(
    world: World, authority: trustme.CA, ca_file: Path, tmp_path: Path, mode: str, fault: str
) -> None:
    context = server_side(
        authority,
        "smtp.exemple.fr" if fault == "other name" else "localhost",
        datetime.now(UTC) - timedelta(days=1) if fault == "expired" else None,
    )
    if fault == "unknown authority":
        ca_file = tmp_path / "other.pem"
        trustme.CA().cert_pem.write_to_path(ca_file)
    implicit, starttls = (context, None) if mode == "implicit" else (None, context)
    async with sink(implicit=implicit, starttls=starttls) as server:
        settings = SmtpSettings(
            "localhost",
            server.port,
            "implicit" if mode == "implicit" else "starttls",
            timeout=5,
            ca=ca_file,
        )
        assert await _trouble(world, settings) == ("deferred", "tls")
    assert server.received == []


def test_a_password_never_leaves_the_machine_unencrypted() -> None:
    with pytest.raises(ValueError, match="starttls"):
        SmtpSettings("smtp.exemple.fr", 25, "none", "ameli", "secret")
    assert "secret" not in repr(SmtpSettings("localhost", 25, "none", "ameli", "secret"))


# ── servers that fail ───────────────────────────────────────────────────────


async def test_a_refused_port_costs_one_try_for_the_whole_batch(world: World) -> None:
    numbers = world.add(*(f"p{i}@exemple.fr" for i in range(10)))
    worker = world.worker(free_port(), lanes=1)
    await worker.run_once()
    assert world.states() == {"deferred": 10}
    assert {world.row(number)["trouble"] for number in numbers} == {"unreachable"}


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ({"GREETING": "SILENCE"}, "timeout"),
        ({"GREETING": "220-never ending"}, "timeout"),
        ({"GREETING": None}, "unreachable"),
        ({"GREETING": "bonjour"}, "garbage"),
        ({"GREETING": "\x00\xff\xfe"}, "garbage"),
        ({"GREETING": "250 not a greeting"}, "garbage"),
        ({"GREETING": "554 5.7.1 no service here"}, "greeting"),
        ({"GREETING": "421 4.3.2 closing"}, "greeting"),
        ({"EHLO": None}, "cut"),
        ({"EHLO": "SILENCE"}, "timeout"),
        ({"EHLO": "550 5.7.1 go away", "HELO": "550 5.7.1 go away"}, "greeting"),
        ({"MAIL": None}, "cut"),
        ({"MAIL": "SILENCE"}, "timeout"),
        ({"MAIL": "what?"}, "garbage"),
        ({"RCPT": None}, "cut"),
        ({"RCPT": "SILENCE"}, "timeout"),
        ({"DATA": "250 go on"}, "garbage"),
        ({"BODY": None}, "cut"),
        ({"BODY": "SILENCE"}, "timeout"),
        ({"BODY": "??"}, "garbage"),
        ({"BODY": "354 more"}, "garbage"),
        ({"CUT_IN_BODY": "yes"}, "cut"),
    ],
    ids=str,
)
async def test_a_server_that_fails_defers_and_never_claims_a_hand_over(
    world: World, answers: dict[str, str | None], trouble: str
) -> None:
    (number,) = world.add("a@exemple.fr")
    async with scripted(conversation(**answers)) as port:
        await world.worker(port, lanes=1, timeout=0.4).run_once()
    row = world.row(number)
    assert row["state"] == "deferred"
    assert row["trouble"] == trouble
    assert row["handed_over_at"] is None


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "BODY"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("421 4.3.2 shutting down", "deferred"),
        ("451 4.7.1 greylisted", "deferred"),
        ("452 4.2.2 full", "deferred"),
        ("550 5.7.1 no", "refused"),
        ("554 no", "refused"),
    ],
)
async def test_every_refusal_at_every_step(world: World, verb: str, answer: str, state: str) -> None:
    (number,) = world.add("a@exemple.fr")
    async with scripted(conversation(**{verb: answer})) as port:
        await world.worker(port, lanes=1).run_once()
    row = world.row(number)
    assert (row["state"], row["smtp_code"], row["trouble"]) == (state, int(answer[:3]), None)


async def test_a_multiline_refusal_keeps_code_and_text(world: World) -> None:
    (number,) = world.add("a@exemple.fr")
    answer = "550-5.1.1 The email account does not exist.\r\n550 5.1.1 NoSuchUser"
    async with scripted(conversation(RCPT=answer)) as port:
        await world.worker(port).run_once()
    row = world.row(number)
    assert (row["smtp_code"], row["smtp_enhanced"]) == (550, "5.1.1")
    assert row["smtp_text"] == "5.1.1 The email account does not exist. 5.1.1 NoSuchUser"


async def test_a_421_between_two_mails_costs_no_mail_a_minute(world: World) -> None:
    """A server that ends connections after each mail says nothing about the next one."""
    world.add(*(f"p{i}@exemple.fr" for i in range(4)))
    mails = {"seen": 0}

    async def one_mail_a_connection(reader, writer):  # type: ignore[no-untyped-def]
        writer.write(b"220 ready\r\n")
        taken = 0
        while line := await reader.readline():
            verb = line[:4].upper()
            if taken and verb == b"MAIL":
                writer.write(b"421 4.7.0 one mail a connection\r\n")
                return
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) != b".\r\n":
                    pass
                taken += 1
                mails["seen"] += 1
            writer.write(b"250 OK\r\n")

    async with scripted(one_mail_a_connection) as port:
        await world.worker(port, lanes=1).run_once()
    assert world.states() == {"handed_over": 4}
    assert mails == {"seen": 4}


async def test_a_connection_closed_while_idle_costs_no_mail_a_minute(world: World) -> None:
    line = SmtpTransport(SmtpSettings("127.0.0.1", port := free_port(), "none", timeout=5)).line()
    message = b"From: x@exemple.fr\r\nTo: a@exemple.fr\r\n\r\nx\r\n"
    for _ in range(2):
        async with sink(port=port) as server:
            answer = await line.hand_over("x@exemple.fr", "a@exemple.fr", message)
            assert answer.fate is Fate.ACCEPTED
            assert server.sessions == 1
    assert (await line.hand_over("x@exemple.fr", "a@exemple.fr", message)).fate is Fate.DOWN


async def test_a_mail_cut_after_its_last_line_is_sent_again_with_its_message_id(
    world: World,
) -> None:
    (number,) = world.add("a@exemple.fr")
    taken = []

    async def takes_and_hangs_up(reader, writer):  # type: ignore[no-untyped-def]
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            writer.write(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")
            if line.startswith(b"DATA"):
                taken.append(await reader.readuntil(b"\r\n.\r\n"))
                return

    async with scripted(takes_and_hangs_up) as port:
        await world.worker(port).run_once()
    assert world.row(number)["state"] == "deferred"
    world.later(minutes=2)
    async with sink() as server:
        await world.worker(server.port).run_once()
    assert len(taken) == 1
    assert f"Message-ID: <{number}@exemple.fr>".encode() in taken[0]
    assert server.message_ids == [f"<{number}@exemple.fr>"]


async def test_a_server_that_falls_silent_thrice_is_held_for_down(world: World) -> None:
    numbers = world.add(*(f"p{i}@exemple.fr" for i in range(12)))
    async with scripted(conversation(RCPT="SILENCE")) as port:
        await world.worker(port, lanes=1, timeout=0.25).run_once()
    waits = [attempt for number in numbers for attempt in world.attempts(number)]
    assert sum(attempt["duration_us"] > 200_000 for attempt in waits) == 3


# ── addresses with accents ──────────────────────────────────────────────────


async def test_an_accent_before_the_at_sign_needs_the_servers_consent(world: World) -> None:
    (number,) = world.add("zoé.lefèvre@exemple.fr")
    async with sink(Sink(), enable_SMTPUTF8=True) as server:
        await world.worker(server.port).run_once()
    assert server.recipients == ["zoé.lefèvre@exemple.fr"]
    assert world.row(number)["state"] == "handed_over"


async def test_without_it_the_mail_is_refused_before_the_wire(world: World) -> None:
    (number,) = world.add("zoé.lefèvre@exemple.fr")
    async with sink(enable_SMTPUTF8=False) as server:
        await world.worker(server.port).run_once()
    assert server.received == []
    assert (world.row(number)["state"], world.row(number)["trouble"]) == ("refused", "unsupported")


# ── the wire itself ─────────────────────────────────────────────────────────

_LOCAL = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=20)
_ANYTHING = st.text(max_size=40) | st.builds("{}@{}".format, _LOCAL, st.sampled_from(["exemple.fr", "a.b"]))


@given(st.lists(_ANYTHING, min_size=1, max_size=8))
@examples(max_examples=25)
def test_the_wire_carries_the_recipient_and_nothing_else(recipients: list[str]) -> None:
    sendable = [recipient for recipient in recipients if is_sendable(recipient)]

    async def commands() -> list[bytes]:
        heard: list[bytes] = []

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 ready\r\n")
            while line := await reader.readline():
                heard.append(line)
                if line == b"DATA\r\n":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250-ok\r\n250 SMTPUTF8\r\n" if line[:4] == b"EHLO" else b"250 ok\r\n")

        async with scripted(listen) as port:
            line = SmtpTransport(SmtpSettings("127.0.0.1", port, "none", timeout=5)).line()
            for recipient in sendable:
                answer = await line.hand_over("x@exemple.fr", recipient, b"Subject: x\r\n\r\nx\r\n")
                assert answer.fate is Fate.ACCEPTED
            await line.close()
        return heard

    heard = asyncio.run(commands())
    spoken = [line for line in heard if line.startswith(b"RCPT")]
    assert spoken == [f"RCPT TO:<{recipient}>\r\n".encode() for recipient in sendable]
    assert {line[:4] for line in heard} <= {b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT"}
