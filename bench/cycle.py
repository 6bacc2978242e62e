"""Issue + send + confirm cycles a second, one process, against django-allauth, in turn in the same run.

Ours: submit the address (claim, window, link, outbox row, audit row: one durable transaction), the
outbox worker to a transport in memory (lease, wanted, render, record), GET of the page with its
opening counted, POST of its button with its CSRF token. Theirs: `bench.allauth_site`. On both sides
the library's own client, a new visitor a link, SQLite in WAL mode with synchronous=FULL.
Then 50 confirmations at once through a real server on the loopback.
"""

import asyncio
import logging
import re
import socket
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ameli_support import sql
from ameli_support.outbox.smtp import Fate, HandOver
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import schema
from ameli_support.sandbox.courier import Courier
from ameli_support.sandbox.server import create_app
from ameli_support.sandbox.world import World
from bench import allauth_site, ready
from bench.measure import Spread, line, percentile, spread, title

ROUNDS, CYCLES = 7, 100
AT_ONCE, REPEATS = 50, 6
BASE = "http://127.0.0.1"


class _Memory:
    """An SMTP server that takes everything, without a network; also its only line."""

    timeout = 10.0

    def line(self) -> "_Memory":
        return self

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> HandOver:
        return HandOver(Fate.ACCEPTED, 250)

    async def close(self) -> None:
        pass


class Ours:
    """Our service in this process; `links` are the paths of the last mails."""

    def __init__(self, folder: Path) -> None:
        self.world: World = ready.open_ready(folder)
        self.app: ASGIApp = create_app(self.world, "bench", stop=lambda: None)
        self.links: list[str] = []
        courier = Courier(self.world, link_of=self._link, sender="ne-pas-repondre@example.org")
        self.outbox = Outbox(
            self.world.engine, schema.mail, wanted=courier.wanted, render=courier.render, transport=_Memory(),
            clocks=Clocks(self.world.business, self.world.system),
        )  # fmt: skip

    def _link(self, token: str) -> str:
        self.links.append(f"/confirmer/{token}")
        return f"{BASE}/confirmer/{token}"

    async def issue_and_send(self, enrolments: list[str]) -> list[str]:
        """Gives the paths of the links in the mails."""
        self.links = []
        ready.issue(self.world, enrolments)
        assert await self.outbox.run_once() == len(enrolments)
        return self.links

    async def confirm(self, paths: list[str]) -> None:
        """Opens each page and presses its button, each as a new visitor."""
        for path in paths:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=self.app), base_url=BASE
            ) as client:
                await press(client, path)

    def confirmed(self) -> int:
        """How many addresses are confirmed."""
        wanted = select(func.count()).where(schema.enrolment.c.confirmed_at.is_not(None))
        with sql.read(self.world.engine) as connection:
            return int(connection.execute(wanted).scalar_one())


async def press(client: httpx.AsyncClient, path: str) -> float:
    """GET, then POST of the form on the page; seconds that the POST took."""
    page = await client.get(path)
    assert page.status_code == 200, page.status_code
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    begun = time.perf_counter()
    answer = await client.post(path, data=form)
    spent = time.perf_counter() - begun
    assert answer.status_code in (200, 303), answer.status_code
    return spent


async def _empty(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _empty_cycles(number: int) -> None:
    app = Starlette(routes=[Route("/empty/", _empty, methods=["GET", "POST"])])
    for _ in range(number):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
            await client.get("/empty/")
            await client.post("/empty/", data={"csrf": "x"})


def run() -> None:
    """Prints both sides' cycles a second with their parts, the ratio, and the empty applications."""
    logging.disable(logging.WARNING)
    # httpx looks for it on the whole path, in vain, at every request
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        allauth_site.open_site(Path(folder))
        with asyncio.Runner() as runner:
            _against_allauth(Ours(Path(folder)), runner)
            _at_once(Path(folder) / "at-once", runner)


def _against_allauth(ours: Ours, runner: asyncio.Runner) -> None:
    title(f"Issue + send + confirm, {CYCLES} cycles a round, {ROUNDS} rounds in turn, one process")
    rounds: dict[str, list[float]] = {}
    for repeat in range(ROUNDS + 1):
        enrolments = ready.add_people(ours.world, CYCLES)
        addresses = allauth_site.add_people(repeat * CYCLES, CYCLES)
        spent: dict[str, float] = {}
        begun = time.perf_counter()
        links = runner.run(ours.issue_and_send(enrolments))
        spent["our issue + send"] = time.perf_counter() - begun
        runner.run(ours.confirm(links))
        spent["our cycle"] = time.perf_counter() - begun
        begun = time.perf_counter()
        paths = allauth_site.issue_and_send(addresses)
        spent["their issue + send"] = time.perf_counter() - begun
        allauth_site.confirm(paths)
        spent["their cycle"] = time.perf_counter() - begun
        begun = time.perf_counter()
        runner.run(_empty_cycles(CYCLES))
        spent["our empty application"] = time.perf_counter() - begun
        begun = time.perf_counter()
        allauth_site.empty(CYCLES)
        spent["their empty application"] = time.perf_counter() - begun
        if repeat:
            for name, seconds in spent.items():
                rounds.setdefault(name, []).append(CYCLES / seconds)
    done = CYCLES * (ROUNDS + 1)
    assert ours.confirmed() == allauth_site.confirmed() == done
    for name in ("our cycle", "their cycle", "our issue + send", "their issue + send"):
        line(f"{name}, a second", spread(rounds[name]))
    for name in ("our empty application", "their empty application"):
        times = [1000 / rate for rate in rounds[name]]
        line(f"{name}, GET + POST, ms", spread(times))
    pairs = zip(rounds["our cycle"], rounds["their cycle"], strict=True)
    line("ratio ours : theirs", spread([one / other for one, other in pairs]), "aim: ≥ 1.5, at worst 1.2")


# ── many at once ────────────────────────────────────────────────────────────


def _at_once(folder: Path, runner: asyncio.Runner) -> None:
    title(f"{AT_ONCE} confirmations at once, through a server on the loopback (client in the same process)")
    folder.mkdir()
    ours = Ours(folder)
    worst: list[float] = []
    all_times: list[float] = []
    with _served(ours.app) as address:
        for repeat in range(REPEATS + 1):
            links = runner.run(ours.issue_and_send(ready.add_people(ours.world, AT_ONCE)))
            times = runner.run(_together(address, links))
            if repeat:
                worst.append(percentile(times, 0.95) * 1000)
                all_times += times
    assert ours.confirmed() == AT_ONCE * (REPEATS + 1)
    line("p95 of each repeat, ms", Spread(percentile(worst, 0.5), min(worst), max(worst)), "aim: ≤ 150")
    line("slowest of all, ms", f"{max(all_times) * 1000:.0f}", "aim: ≤ 1000")


async def _together(address: str, links: list[str]) -> list[float]:
    """Everybody has the page open; then all buttons are pressed in the same moment."""
    async with _visitors(address, len(links)) as visitors:
        pairs = list(zip(visitors, links, strict=True))
        pages = [await client.get(path) for client, path in pairs]
        forms = [
            dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
            for page in pages
        ]

        async def one(client: httpx.AsyncClient, path: str, form: dict[str, str]) -> float:
            begun = time.perf_counter()
            answer = await client.post(path, data=form)
            assert answer.status_code in (200, 303), answer.status_code
            return time.perf_counter() - begun

        return list(
            await asyncio.gather(
                *(one(client, path, form) for (client, path), form in zip(pairs, forms, strict=True))
            )
        )


@asynccontextmanager
async def _visitors(address: str, number: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    clients = [httpx.AsyncClient(base_url=address, verify=False, timeout=30) for _ in range(number)]
    try:
        yield clients
    finally:
        for client in clients:
            await client.aclose()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
