"""The world of the scenarios: a sandbox as the demo starts it, its people, their mailboxes and browsers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from re import findall, search
from typing import Any, TypeVar

import httpx
from sqlalchemy import update

from ameli_support import sql
from ameli_support.clock import FixedClock, monotonic
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.person import PersonStatus
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import remote, signing_up
from ameli_support.sandbox.demo import DemoWorld, start_or_attach
from ameli_support.sandbox.maildirs import Received, list_mails
from ameli_support.sandbox.schema import insured_person
from ameli_support.sandbox.server import DATABASE
from ameli_support.sandbox.world import World, open_world
from tests.sandbox.service import FACTS, Service, facts_of, unique

T = TypeVar("T")
PATIENCE = 20.0
# keeps neither cookie nor connection, as if each request were somebody else's; what is shared is the TLS
# context, which plain HTTP never uses and which takes 15 ms to make
WIRE = httpx.Client(
    trust_env=False,
    follow_redirects=False,
    headers={"Connection": "close"},
    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
)


def eventually(ask: Callable[[], T], what: str) -> T:
    """The first true answer, within PATIENCE seconds."""
    deadline = monotonic() + PATIENCE
    while not (answer := ask()):
        assert monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)
    return answer


@dataclass
class Page:
    """What a browser shows: the page's name in procedure.toml, its text, and its one form."""

    url: str
    status: int
    html: str

    @property
    def text(self) -> str:
        """What one reads."""
        return unescape(" ".join(findall(r">([^<]+)<", self.html))).replace("\u00a0", " ")

    @property
    def name(self) -> str:
        """Which page of procedure.toml it is, told by its title."""
        found = search(r"<h1[^>]*>(.*?)</h1>", self.html)
        title = unescape(found[1] if found else "").replace("\u00a0", " ")
        plain = "".join(findall(r"(?:^|>)([^<]*)", title)).strip()
        names = [n for n, page in procedure().pages.items() if page.title.replace("\u00a0", " ") == plain]
        assert names, f"no page has the title {plain!r}"
        return names[0]

    @property
    def form(self) -> tuple[str, dict[str, str]]:
        """Where the button leads, and what it sends."""
        action = search(r'<form[^>]*action="([^"]+)"', self.html)
        assert action, f"no button on {self.name}"
        fields = findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', self.html)
        return unescape(action[1]), {name: unescape(value) for name, value in fields}


@dataclass
class Browser:
    """Opens links and presses buttons."""

    base: str

    def opens(self, link: str) -> Page:
        """GET."""
        answer = WIRE.get(link)
        return Page(link, answer.status_code, answer.text)

    def presses(self, page: Page) -> Page:
        """POST of the page's button."""
        action, fields = page.form
        answer = WIRE.post(f"{self.base}{action}", data=fields)
        return Page(page.url, answer.status_code, answer.text)


@dataclass
class Person:
    """Somebody who calls: what they can say, and their mailbox."""

    world: "ScenarioWorld"
    record: str
    enrolment: str | None
    address: str
    facts: dict[Fact, str]

    @property
    def nir(self) -> str:
        return self.facts[Fact.NIR]

    def signs_up(self) -> "Person":
        """Ends step 5: the window opens and the first mail arrives."""
        assert self.enrolment is not None
        with self.world.database() as world:
            signing_up.submit_address(world, self.enrolment, self.address)
        self.world.wake_the_post()
        self.newest_link()
        return self

    def mails(self, address: str | None = None) -> list[Received]:
        """The mailbox, oldest first."""
        return list_mails(self.world.maildir, address or self.address)

    def newest_link(self, after: int = 0, address: str | None = None) -> str:
        """The link of the newest mail, once more than `after` mails are there."""
        eventually(lambda: len(self.mails(address)) > after, "a mail arrives")
        (link,) = self.mails(address)[-1].links
        return link


@dataclass
class ScenarioWorld:
    """A running sandbox; time moves forward only, for everybody."""

    demo: DemoWorld

    @property
    def maildir(self) -> Path:
        return self.demo.maildir

    @property
    def browser(self) -> Browser:
        return Browser(self.demo.public_url)

    @contextmanager
    def database(self) -> Iterator[World]:
        """The service's own database, as its use cases see it now."""
        home = self.demo.home
        world = open_world(home / DATABASE, home / "keys", base_url=self.demo.base_url, pool_size=2)
        try:
            yield world
        finally:
            world.engine.dispose()

    def wake_the_post(self) -> None:
        """What was queued in the database leaves now: anything posted to the service wakes its outbox."""
        WIRE.post(self.demo.base_url)

    def forward(self, **by: float) -> None:
        """Lets time pass, as `timedelta` counts it."""
        remote.forward(self.demo.lock, timedelta(**by))

    def person(self, *, at_contact: bool = True, **other: Any) -> Person:
        """A new person, at step 5 of the journey unless told otherwise."""
        with self.database() as world:
            people = Service(world, FixedClock(world.now()))
            record = people.person(**other)
            enrolment = people.at_contact(record) if at_contact else None
            facts = {**FACTS, **facts_of(people, record, Fact.NIR, Fact.BIRTH_DATE)}
        return Person(self, record, enrolment, f"{unique('assure')}@orange.fr", facts)

    def change(self, person: Person, status: PersonStatus) -> None:
        """The fund learns something of a person."""
        with self.database() as world, sql.write(world.engine) as connection:
            connection.execute(
                update(insured_person).where(insured_person.c.id == person.record).values(status=status.value)
            )


@contextmanager
def running_world(home: Path) -> Iterator[ScenarioWorld]:
    """A world for as long as the tests of one process run."""
    with start_or_attach(home, people=0) as demo:
        yield ScenarioWorld(demo)
