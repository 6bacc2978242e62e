"""The account service on a real socket, for tests of whatever talks to it.

`with running_service(folder) as service:` gives its address, its world, means to make people
(`service.people`) and tokens for agents. `cast=True` fills it with the documented cast.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread
import httpx
import uvicorn

from ameli_support.accounts.client import AccountsClient
from ameli_support.accounts.contract import Who
from ameli_support.accounts.transport import Timeouts
from ameli_support.clock import Clock, FixedClock
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox.agents import register
from ameli_support.sandbox.auth import issue_token
from ameli_support.sandbox.cast import CAST, CastMember
from ameli_support.sandbox.people import fill
from ameli_support.sandbox.server import create_app
from ameli_support.sandbox.world import World, open_world
from tests.sandbox.service import FUND, Service

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGENTS = {Role.AGENT: "0427", Role.HANDLER: "0512", Role.SUPERVISOR: "0103", Role.ADMINISTRATOR: "0001"}


@dataclass
class RunningService:
    """One service that answers at `base_url`; `clock` is its system clock, moved by tests alone."""

    base_url: str
    world: World
    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    known: set[Who] = field(default_factory=set)

    @property
    def people(self) -> Service:
        """Means to make people and to look into the service's own tables (needs the fixed clock)."""
        assert isinstance(self.clock, FixedClock)
        return Service(self.world, self.clock)

    def token(
        self, role: Role = Role.AGENT, agent: str | None = None, funds: tuple[str, ...] = (FUND,)
    ) -> str:
        """A bearer token, valid for 12 hours of the service's system clock."""
        who = Who(agent=agent or AGENTS[role], role=role, funds=funds)
        if who not in self.known:
            register(self.world, who)
            self.known.add(who)
        return issue_token(who, self.world.bearer_key, at=self.world.system.now())

    def client(
        self,
        role: Role = Role.AGENT,
        agent: str | None = None,
        timeouts: Timeouts | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> AccountsClient:
        """A client for one agent, with tokens that never run out; the service knows the agent from now on."""
        self.token(role, agent)
        return AccountsClient(
            self.base_url,
            lambda: self.token(role, agent),
            timeouts=timeouts or Timeouts(connect=2, read=5, whole=10),
            clock=self.clock,
            transport=transport,
        )


def cast(key: str) -> CastMember:
    """One of the documented people."""
    return CAST[key]


@contextmanager
def running_service(
    folder: Path,
    database: str | None = None,
    *,
    clock: Clock | None = None,
    with_cast: bool = False,
) -> Iterator[RunningService]:
    """Runs the account service and its public pages on loopback until the end of the block.

    `database` is a path or PostgreSQL URL (default: a file in `folder`). No mail leaves.
    """
    clock = clock or FixedClock(MONDAY)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    world = open_world(
        database or folder / "sandbox.db", folder / "keys", system=clock, base_url=url, pool_size=16
    )
    if with_cast:
        fill(world, len(CAST))
    running = RunningService(url, world, clock)
    with _served(world, listener):
        yield running
    world.close()


@contextmanager
def _served(world: World, listener: socket.socket) -> Iterator[None]:
    app = create_app(world, "control-key", stop=lambda: None)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="on", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    ready = threading.Event()
    startup = server.startup

    async def started(sockets: list[socket.socket] | None = None) -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = 16
        await startup(sockets)
        ready.set()

    server.startup = started  # type: ignore[method-assign]
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    assert ready.wait(30), "the service did not start"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(15)


@contextmanager
def _no_signals() -> Iterator[None]:
    yield
