"""Hands one mail at a time to an SMTP server by aiosmtplib, and says what came of it.

Every way in which a server can fail ends as a `HandOver` value; nothing but a cancellation
is ever raised. RFC 5321; STARTTLS RFC 3207; AUTH RFC 4954.
"""

import asyncio
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

import aiosmtplib
from aiosmtplib import errors

from ameli_support.mail.smtp_answers import Trouble, enhanced_code

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# answers to MAIL FROM that speak of our login, not of the mail
_LOGIN_CODES = (503, 530, 534, 535, 538)


class Fate(StrEnum):
    """What became of one hand-over."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    DOWN = "down"  # the server serves nobody now: no fault of this mail


@dataclass(frozen=True, slots=True)
class HandOver:
    """The fate, with the server's answer or the trouble that took its place."""

    fate: Fate
    code: int | None = None
    enhanced: str | None = None
    text: str | None = None
    trouble: Trouble | None = None


class Line(Protocol):
    """One connection, opened when first needed and kept for the next mail."""

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> HandOver:
        """Send one mail within the transport's `timeout`; never raises but CancelledError."""
        ...

    async def close(self) -> None:
        """Say goodbye if that is possible; never raises."""
        ...


class Transport(Protocol):
    """Where mails are handed over. `timeout`: seconds one whole hand-over may take."""

    @property
    def timeout(self) -> float: ...

    def line(self) -> Line:
        """A new line, not yet connected."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the server.

    `timeout`: seconds for one whole hand-over, connecting included. `ca`: a PEM file trusted
    instead of the system's authorities. `envelope_sender`: where bounces go, default the
    message's From. A password never travels unencrypted, except to this very machine.
    """

    host: str
    port: int
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    ca: Path | None = None
    envelope_sender: str | None = None

    def __post_init__(self) -> None:
        if self.password is not None and self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError("a password needs tls = starttls or implicit")
        if self.timeout <= 0:
            raise ValueError("timeout must be positive")


class SmtpTransport:
    """Lines to one server that share one TLS context."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None
        self._local_name = _local_name()
        if settings.tls != "none":
            self._tls = ssl.create_default_context(cafile=settings.ca)

    @property
    def timeout(self) -> float:
        """Seconds one whole hand-over may take."""
        return self._settings.timeout

    def line(self) -> "SmtpLine":
        """A new line, not yet connected."""
        return SmtpLine(self._settings, self._tls, self._local_name)


class SmtpLine:
    """One connection to the server; not for use by two tasks at once."""

    def __init__(self, settings: SmtpSettings, tls: ssl.SSLContext | None, local_name: str) -> None:
        self._settings = settings
        self._tls = tls
        self._local_name = local_name
        self._client: aiosmtplib.SMTP | None = None

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> HandOver:
        """Send one mail to one recipient; the envelope sender of the settings goes first."""
        sender = self._settings.envelope_sender or sender
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await self._with_a_connection(sender, recipient, message)
        except TimeoutError:
            connecting = self._client is None
            self._drop()
            return HandOver(Fate.DOWN if connecting else Fate.TEMPORARY, trouble=Trouble.TIMEOUT)
        except asyncio.CancelledError:
            self._drop()
            raise

    async def close(self) -> None:
        """QUIT within two seconds, then close."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(errors.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=2)
            client.close()

    async def _with_a_connection(self, sender: str, recipient: str, message: bytes) -> HandOver:
        reused = self._client is not None and self._client.is_connected
        if not reused and (trouble := await self._connect()):
            return trouble
        refusal = await self._envelope_sender(sender, recipient)
        if refusal is not None and reused and _closed_meanwhile(refusal):
            # the server ended an idle or long-used connection: nothing was said about this mail
            if trouble := await self._connect():
                return trouble
            refusal = await self._envelope_sender(sender, recipient)
        return refusal or await self._envelope_recipient(recipient, message)

    async def _connect(self) -> HandOver | None:
        self._drop()
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            local_hostname=self._local_name,
            timeout=settings.timeout,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            tls_context=self._tls,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except (errors.SMTPException, OSError, ValueError, RuntimeError) as error:
            client.close()
            return _connecting(error)
        except asyncio.CancelledError:
            client.close()
            raise
        self._client = client
        return None

    async def _envelope_sender(self, sender: str, recipient: str) -> HandOver | None:
        client = self._client
        assert client is not None
        options = []
        if not recipient.isascii():
            if not client.supports_extension("smtputf8"):
                return HandOver(Fate.PERMANENT, trouble=Trouble.UNSUPPORTED)
            options.append("SMTPUTF8")
        try:
            await client.mail(sender, options=options, encoding="utf-8")
        except errors.SMTPSenderRefused as error:
            if error.code in _LOGIN_CODES:
                self._drop()
                return _answer(Fate.DOWN, error.code, error.message, Trouble.LOGIN)
            return await self._refused(error.code, error.message)
        except (errors.SMTPException, OSError, ValueError) as error:
            return self._broken(error)
        return None

    async def _envelope_recipient(self, recipient: str, message: bytes) -> HandOver:
        client = self._client
        assert client is not None
        try:
            await client.rcpt(recipient, encoding="utf-8")
            answer = await client.data(message)
        except (errors.SMTPRecipientRefused, errors.SMTPDataError) as error:
            return await self._refused(error.code, error.message)
        except (errors.SMTPException, OSError, ValueError) as error:
            return self._broken(error)
        return _answer(Fate.ACCEPTED, answer.code, answer.message)

    async def _refused(self, code: int, text: str) -> HandOver:
        """A refusal of this mail; the connection goes on when the server lets it."""
        client = self._client
        if code == 421 or not 400 <= code <= 599:
            self._drop()
        elif client is not None and client.is_connected:
            try:
                await client.rset()
            except (errors.SMTPException, OSError):
                self._drop()
        if 400 <= code <= 499:
            return _answer(Fate.TEMPORARY, code, text)
        if 500 <= code <= 599:
            return _answer(Fate.PERMANENT, code, text)
        return HandOver(Fate.TEMPORARY, trouble=Trouble.GARBAGE)

    def _broken(self, error: Exception) -> HandOver:
        """The conversation broke off: after DATA nobody knows whether the mail was taken."""
        self._drop()
        if isinstance(error, TimeoutError):
            return HandOver(Fate.TEMPORARY, trouble=Trouble.TIMEOUT)
        if isinstance(error, errors.SMTPResponseException):
            if error.code == 421:
                return _answer(Fate.TEMPORARY, error.code, error.message)
            return HandOver(Fate.TEMPORARY, trouble=Trouble.GARBAGE)
        if isinstance(error, OSError):
            return HandOver(Fate.TEMPORARY, trouble=Trouble.CUT)
        if isinstance(error, ValueError):
            return HandOver(Fate.TEMPORARY, trouble=Trouble.UNRENDERED)
        return HandOver(Fate.TEMPORARY, trouble=Trouble.GARBAGE)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _closed_meanwhile(refusal: HandOver) -> bool:
    return refusal.trouble is Trouble.CUT or refusal.code == 421


def _connecting(error: Exception) -> HandOver:
    """Why no conversation began; always the server's or our own side's fault, never the mail's."""
    trouble = Trouble.TLS  # what is left are refusals to encrypt, which aiosmtplib words itself
    if isinstance(error, errors.SMTPAuthenticationError):
        return _answer(Fate.DOWN, error.code, error.message, Trouble.LOGIN)
    if isinstance(error, errors.SMTPResponseException):
        if error.code < 400:
            return HandOver(Fate.DOWN, trouble=Trouble.GARBAGE)
        return _answer(Fate.DOWN, error.code, error.message, Trouble.GREETING)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        trouble = Trouble.TLS
    elif isinstance(error, TimeoutError):
        trouble = Trouble.TIMEOUT
    elif isinstance(error, errors.SMTPServerDisconnected):
        trouble = Trouble.CUT
    elif isinstance(error, OSError):
        trouble = Trouble.UNREACHABLE
    elif "AUTH" in str(error) or "uthentication" in str(error):
        trouble = Trouble.LOGIN
    return HandOver(Fate.DOWN, trouble=trouble)


def _answer(fate: Fate, code: int, text: str, trouble: Trouble | None = None) -> HandOver:
    enhanced = enhanced_code(code, text)
    return HandOver(fate, code, enhanced, text, trouble)


def _local_name() -> str:
    """The name for EHLO; without the DNS look-up of getfqdn, which can take seconds."""
    name = socket.gethostname()
    return name if name.isascii() and name.isprintable() and " " not in name else "localhost"
