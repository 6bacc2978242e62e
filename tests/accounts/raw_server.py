"""A real socket that answers exactly what a test says, byte for byte, and remembers what it was asked."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Reply = bytes | Callable[[socket.socket], None]


@dataclass
class Asked:
    """One request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RawServer:
    """Replies in order; the last one is repeated."""

    replies: list[Reply]
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def http(status: int, body: Any = None, headers: str = "", raw: bytes | None = None) -> bytes:
    """A whole answer; `body` as JSON, `raw` as it is."""
    content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + content


def problem(status: int, kind: str, **more: Any) -> bytes:
    """An RFC 9457 answer."""
    urn = f"urn:ameli-support:problem:{kind}"
    return http(status, {"type": urn, "title": kind, "status": status, **more})


@contextmanager
def raw_server(*replies: Reply, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Serves on loopback until the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = RawServer(list(replies), listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=_serve, args=(server, connection, tls), daemon=True)
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)


def _serve(server: RawServer, plain: socket.socket, tls: ssl.SSLContext | None) -> None:
    try:
        connection = tls.wrap_socket(plain, server_side=True) if tls else plain
        with connection:
            connection.settimeout(10)
            asked = _read(connection)
            if asked is None:
                return
            server.asked.append(asked)
            reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
            if callable(reply):
                reply(connection)
            else:
                connection.sendall(reply)
    except OSError:
        plain.close()


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (h.split(": ", 1) for h in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Asked(line, headers, body)
