"""SMTP servers for tests: one that behaves and can be told to refuse, one that misbehaves by script."""

import asyncio
import contextlib
import email
import email.policy
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass
class Sink:
    """What an aiosmtpd server received; `rcpt` and `data` may answer in its place."""

    rcpt: Callable[[str], str | None] = lambda address: None
    data: Callable[[str], str | None] = lambda address: None
    port: int = 0
    sessions: int = 0
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if refusal := self.rcpt(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        assert len(envelope.rcpt_tos) == 1
        if refusal := self.data(envelope.rcpt_tos[0]):
            return refusal
        content = envelope.content
        raw = content if isinstance(content, bytes) else content.encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.received.append((envelope.rcpt_tos[0], message))
        return "250 2.0.0 OK queued"

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.received]

    @property
    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for _, message in self.received]


def _password(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.login == b"ameli" and data.password == b"secret", handled=False)


@contextlib.asynccontextmanager
async def sink(
    sink: Sink | None = None,
    *,
    port: int = 0,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    auth: bool = False,
    **options: Any,
) -> AsyncIterator[Sink]:
    """An aiosmtpd server in this loop; with `starttls` it demands encryption, with `auth` a login."""
    sink = sink or Sink()
    loop = asyncio.get_running_loop()
    if starttls is not None:
        options |= {"tls_context": starttls, "require_starttls": True}
    if auth:
        options |= {"auth_required": True, "authenticator": _password}
        options |= {"auth_require_tls": starttls is not None}
    connections: list[SMTP] = []

    def connection() -> SMTP:
        connections.append(SMTP(sink, loop=loop, hostname="sink", **options))
        return connections[-1]

    server = await loop.create_server(connection, "127.0.0.1", port, ssl=implicit)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for each in connections:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[int]:
    """A raw TCP server that plays `script` for each connection; gives its port."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await script(reader, writer)
        writer.close()

    server = await asyncio.start_server(play, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def conversation(**answers: str | None) -> Script:
    """A server that answers each command by its verb (`GREETING`, `EHLO` … `DATA`, `BODY`).

    None hangs up at that point; `SILENCE` says nothing for ever. The default is consent.
    """

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def answer(verb: str, default: str) -> bool:
            text = answers.get(verb, default)
            if text is None:
                return False
            if text == "SILENCE":
                await asyncio.Event().wait()
            writer.write(text.encode() + b"\r\n")
            await writer.drain()
            return True

        if not await answer("GREETING", "220 ready"):
            return
        while line := await reader.readline():
            verb = line[:4].decode("ascii", "replace").upper()
            if not await answer(verb, "354 go on" if verb == "DATA" else "250 OK"):
                return
            if verb == "DATA" and answers.get("DATA", "354").startswith("354"):  # type: ignore[union-attr]
                if answers.get("CUT_IN_BODY"):
                    await reader.readline()
                    return
                while (await reader.readline()) not in (b".\r\n", b""):
                    pass
                if not await answer("BODY", "250 2.0.0 OK"):
                    return

    return play
