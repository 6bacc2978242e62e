"""50 people at once create an account by the form, over real HTTP, at the sandbox's own process.

From the sign-up page to « vous êtes déconnecté », then the mail, its link and the button: what a person's
browser asks for, without its style sheet. Clients, server, mail and database share the machine. With the
real argon2id, at most two at a time, and beside it with hashes that cost nothing.
"""

import asyncio
import re
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import insert

from ameli_support import sql
from ameli_support.onboarding.person import name_key
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import lock, provisional, schema
from ameli_support.sandbox.maildirs import list_mails
from ameli_support.sandbox.server import DATABASE
from ameli_support.sandbox.world import World, open_world
from bench.measure import line, percentile, shown, spread, title
from bench.terminal import ROOT

AT_ONCE, ROUNDS = 50, 3
START_SECONDS, PATIENCE = 60.0, 120.0
CODE = "MotdePasse1"
_TLS = ssl.create_default_context()  # plain HTTP never uses it, and one for each client takes 15 ms
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>")


@dataclass
class Took:
    """Seconds of one journey: its requests, up to the mail asked for, and up to the account active."""

    requests: list[float] = field(default_factory=list)
    pages: float = 0.0
    active: float = 0.0


@dataclass(frozen=True)
class Person:
    """Somebody of the fund without an account yet."""

    nir: str
    name: str
    email: str


@dataclass
class Running:
    """One sandbox: where it answers, where its mails lie, and its database."""

    base: str
    maildir: Path
    world: World


def run() -> None:
    """Prints journeys a second, p50 and p95 of a journey and of a request, with and without hashing."""
    title(f"{AT_ONCE} journeys at once by the form, over HTTP, up to the account active ({ROUNDS} rounds)")
    for label, module in (
        ("with argon2id", "ameli_support.sandbox.server"),
        ("without hashing", "bench.journeys_server"),
    ):
        with tempfile.TemporaryDirectory(prefix="journeys-") as home, _sandbox(module, Path(home)) as running:
            _measure(label, running)


def _measure(label: str, running: Running) -> None:
    asyncio.run(_all(running, _people(running.world, 0, 2)))  # the first of each page
    rates, every = [], []
    for number in range(1, ROUNDS + 1):
        began = time.perf_counter()
        took = asyncio.run(_all(running, _people(running.world, number, AT_ONCE)))
        rates.append(AT_ONCE / (time.perf_counter() - began))
        every += took
    line(f"{label}: journeys, all without an error", len(every))
    line(f"{label}: journeys/s", spread(rates))
    _spans(f"{label}: to the mail asked for, s", [one.pages for one in every])
    _spans(f"{label}: to the account active, mail included, s", [one.active for one in every])
    _spans(f"{label}: one request, ms", [1000 * each for one in every for each in one.requests])


def _spans(name: str, values: list[float]) -> None:
    line(f"{name}, p50 / p95", f"{shown(percentile(values, 0.5))} / {shown(percentile(values, 0.95))}")


# ── the sandbox ─────────────────────────────────────────────────────────────


@contextmanager
def _sandbox(module: str, home: Path) -> Iterator[Running]:
    command = [sys.executable, "-m", module, str(home), "--people", "0"]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    try:
        deadline = time.monotonic() + START_SECONDS
        while (found := lock.read(home)) is None:
            if time.monotonic() > deadline or child.poll() is not None:
                raise RuntimeError("the sandbox does not start")
            time.sleep(0.05)
        world = open_world(home / DATABASE, home / "keys", base_url=found.base_url, pool_size=4)
        yield Running(found.base_url, Path(found.maildir), world)
        world.close()
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(10)


def _people(world: World, batch: int, number: int) -> list[Person]:
    """New insured people with invented numbers (département 99, country 9xx)."""
    people = [
        Person(f"18501999{batch:02d}{one:03d}", f"Essai{chr(97 + batch)}", f"u{batch}-{one}@example.org")
        for one in range(number)
    ]
    rows = [
        {
            "id": f"{batch:016x}{one:016x}",
            "nir": person.nir,
            "title": "M.",
            "birth_name": person.name,
            "first_names": "Paul",
            "birth_date": "1985-01-01",
            "postcode": "38000",
            "status": "ordinary",
            "scheme": "general",
            "fund": "381",
        }
        for one, person in enumerate(people)
    ]
    names = [
        {"person": row["id"], "name": name_key(str(row["birth_name"])), "birth_date": row["birth_date"]}
        for row in rows
    ]
    with sql.write(world.engine) as connection:
        connection.execute(insert(schema.insured_person), rows)
        connection.execute(insert(schema.person_name), names)
    return people


# ── the journey ─────────────────────────────────────────────────────────────


class Browser:
    """One person's browser: cookies, redirects, the CSRF token of the page before."""

    def __init__(self, client: httpx.AsyncClient, took: Took) -> None:
        self._client = client
        self._took = took
        self._page = ""

    async def open(self, path: str, page: str) -> None:
        await self._ask("GET", path, page)

    async def send(self, path: str, page: str, **fields: str) -> None:
        """The form of the page shown; RuntimeError unless the page that follows is `page`."""
        found = _CSRF.search(self._page)
        await self._ask("POST", path, page, fields | {"csrf": found[1] if found else ""})

    async def _ask(self, method: str, path: str, page: str, form: dict[str, str] | None = None) -> None:
        began = time.perf_counter()
        answer = await self._client.request(method, path, data=form)
        self._took.requests.append(time.perf_counter() - began)
        self._page = answer.text
        heading = _HEADING.search(answer.text)
        wanted = procedure().pages[page].title.replace("'", "&#39;")
        if answer.status_code != 200 or heading is None or heading[1].replace("\u00a0", " ") != wanted:
            raise RuntimeError(f"{method} answered {answer.status_code}, not the page {page}")


async def _all(running: Running, people: list[Person]) -> list[Took]:
    """Everybody at once; the first error ends it."""
    return list(await asyncio.gather(*(_journey(running, person) for person in people)))


async def _journey(running: Running, person: Person) -> Took:
    took, began = Took(), time.perf_counter()
    async with httpx.AsyncClient(
        base_url=running.base, follow_redirects=True, trust_env=False, timeout=PATIENCE, verify=_TLS
    ) as client:
        browser = Browser(client, took)
        four = {"name": person.name, "nir": person.nir, "birth_date": "01/01/1985", "postcode": "38000"}
        await browser.open("/inscription", "sign_up")
        await browser.send("/inscription", "login", **four)
        told = await asyncio.to_thread(provisional.reveal, running.world, person.nir)
        assert told is not None
        await browser.send("/connexion", "terms", nir=person.nir, code=told[0])
        await browser.send("/conditions", "personal_code", terms="yes")
        await browser.send("/code", "contact", new_code=CODE, new_code_again=CODE)
        await browser.send("/coordonnees", "read_your_mail", email=person.email, email_again=person.email)
        took.pages = time.perf_counter() - began
        link = await _link(running.maildir, person.email)
        await browser.open(link, "confirm")
        await browser.send(link, "confirmed")
    took.active = time.perf_counter() - began
    return took


async def _link(maildir: Path, address: str) -> str:
    """The link of the mail, once it is in the mailbox."""
    deadline = time.monotonic() + PATIENCE
    while not (mails := await asyncio.to_thread(list_mails, maildir, address)):
        if time.monotonic() > deadline:
            raise RuntimeError("the mail does not arrive")
        await asyncio.sleep(0.05)
    return next(found for found in mails[0].links if "/confirmer/" in found)
