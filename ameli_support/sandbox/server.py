"""The sandbox as a process: account service, public pages, controls, outbox worker and mail world.

`python -m ameli_support.sandbox.server HOME` is the demo's child: it ends when the pipe on
its standard input does, so killing its parent leaves nothing behind.
"""

import argparse
import logging
import os
import secrets
import shutil
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ameli_support.sandbox import control, housekeeping, lock, past_mails, people, webmail
from ameli_support.sandbox.api import create_api
from ameli_support.sandbox.franceconnect import routes as franceconnect
from ameli_support.sandbox.post import Post, cast_mailboxes
from ameli_support.sandbox.site import routes as site
from ameli_support.sandbox.world import OtherSchema, World, open_world

ALREADY_RUNNING = 3
OTHER_SCHEMA = 4
HOST = "127.0.0.1"
DATABASE = "sandbox.db"
MAILDIR = "mail"
THREADS = 8
POST_THREADS = 4
_PATIENCE = 1.0
_LAST_SECONDS = 4.0


class _Server(uvicorn.Server):
    """Says when it answers; leaves the signals alone when the parent is what ends it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], signals: bool) -> None:
        super().__init__(config)
        self._ready = ready
        self._signals = signals

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if not self._signals:
            yield
            return
        with super().capture_signals():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def create_app(world: World, key: str, *, stop: Callable[[], None], post: Post | None = None) -> Starlette:
    """The whole service as one ASGI application; `post` runs with it."""
    api = create_api(world)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        async with api.router.lifespan_context(api):
            if post is None:
                yield
                return
            async with post.running():
                yield

    wake = post.wake if post else _nothing
    whole = Starlette(
        routes=[
            *site.routes(world),
            *franceconnect.routes(world),
            *control.routes(world, key, stop, wake),
            *(webmail.routes(world, post.maildir, post.people) if post else ()),
            site.nowhere(world),
            Mount("/", api),
        ],
        lifespan=lifespan,
    )
    whole.add_middleware(_WakeAfterActs, wake=wake)
    return whole


class _WakeAfterActs:
    """Whatever was asked for by POST may have queued a mail: it leaves now, not at the next poll."""

    def __init__(self, app: ASGIApp, wake: Callable[[], None]) -> None:
        self._app = app
        self._wake = wake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] == "POST":
            self._wake()


def serve(
    home: Path,
    *,
    number: int = people.DEFAULT,
    fresh: bool = False,
    port: int = 0,
    signals: bool = True,
    ended: Callable[[Callable[[], None]], None] | None = None,
    ready: Callable[[lock.Lock], None] | None = None,
    started_by: str = "",
) -> None:
    """Run the sandbox of a folder until it is told to stop; blocks.

    `number` people are made when nobody is there; `fresh` throws the old world away first.
    `port` 0 takes the one of last time while it is free, so that mailed links go on working.
    `ended` is given the function that stops the server, to watch for an end of its own;
    `ready` hears the published lock. Raises AlreadyRunning, and OtherSchema for a database
    of another version (`fresh` mends it).
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock.Guard(home, _PATIENCE), _listen(home, port) as listener:
        lock.withdraw(home)  # of one that was killed
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        if fresh:
            _forget(home)
        world = open_world(home / DATABASE, home / "keys", base_url=address, pool_size=THREADS + POST_THREADS)
        try:
            if not people.anybody(world.engine):
                people.fill(world, number)
                past_mails.file_them(world, home / MAILDIR, cast_mailboxes())
            housekeeping.tidy(world)
            _run(world, home, listener, _Manner(address, signals, ended, ready, started_by))
        finally:
            lock.withdraw(home)
            world.close()


@dataclass(frozen=True, slots=True)
class _Manner:
    """How one run goes on and ends: the arguments of `serve`."""

    address: str
    signals: bool
    ended: Callable[[Callable[[], None]], None] | None
    ready: Callable[[lock.Lock], None] | None
    started_by: str


def _run(
    world: World,
    home: Path,
    listener: socket.socket,
    manner: "_Manner",
) -> None:
    key = secrets.token_urlsafe(24)
    post = Post(world, home / MAILDIR)

    def stop() -> None:
        server.should_exit = True

    def publish() -> None:
        found = lock.Lock(
            base_url=manner.address,
            smtp_host=HOST,
            smtp_port=post.smtp_port,
            maildir=str(home / MAILDIR),
            control_key=key,
            pid=os.getpid(),
            started_by=manner.started_by,
        )
        lock.publish(home, found)
        if manner.ready is not None:
            manner.ready(found)

    config = uvicorn.Config(
        create_app(world, key, stop=stop, post=post),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, publish, manner.signals)
    if manner.ended is not None:
        manner.ended(stop)
    server.run(sockets=[listener])


def _listen(home: Path, port: int) -> socket.socket:
    """A listening socket; made with IPPROTO_TCP, else asyncio leaves Nagle's delay of 40 ms on."""
    remembered = home / "port"
    for wanted in (port or _number(remembered), 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, wanted))
        except OSError:
            listener.close()
            if port:
                raise
            continue
        remembered.write_text(str(listener.getsockname()[1]), encoding="ascii")
        return listener
    raise OSError("no free port")


def _number(file: Path) -> int:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _forget(home: Path) -> None:
    """The database and the mails of the last world; the keys stay."""
    for part in home.glob(f"{DATABASE}*"):
        part.unlink()
    shutil.rmtree(home / MAILDIR, ignore_errors=True)


def _nothing() -> None:
    """No outbox to wake."""


# ── the demo's child ────────────────────────────────────────────────────────


def _watch_parent(stop: Callable[[], None]) -> None:
    """Stops when standard input ends; a server that hangs then is ended all the same."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        stop()
        time.sleep(_LAST_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def main(arguments: list[str] | None = None) -> int:
    """The child's entry point; exit code 3 when another one runs, 4 for a database of another version."""
    parser = argparse.ArgumentParser(prog="ameli_support.sandbox.server")
    parser.add_argument("home", type=Path)
    parser.add_argument("--people", type=int, default=people.DEFAULT)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--started-by", default="")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # what strangers send must not fill the disk: uvicorn warns of each request that is none
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    try:
        serve(
            given.home,
            number=given.people,
            fresh=given.fresh,
            signals=False,
            ended=_watch_parent,
            started_by=given.started_by,
        )
    except lock.AlreadyRunning:
        return ALREADY_RUNNING
    except OtherSchema:
        return OTHER_SCHEMA
    return 0


if __name__ == "__main__":
    sys.exit(main())
