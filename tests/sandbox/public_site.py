"""The whole service behind a real socket, with its mail, in this process: for tests of the public pages."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from sqlalchemy import select

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.sandbox import provisional, schema
from ameli_support.sandbox.maildirs import Received, list_mails
from ameli_support.sandbox.post import Post
from ameli_support.sandbox.server import create_app
from ameli_support.sandbox.world import World, open_world
from tests.sandbox.service import Service, unique
from tests.sandbox.visitor import Shown, Visitor

CODE = "MotdePasse1"
DEADLINE = 20.0
T = TypeVar("T")


def until(ask: Callable[[], T | None]) -> T:
    """The first answer that is one, asked again and again until the deadline."""
    ends = time.monotonic() + DEADLINE
    while time.monotonic() < ends:
        if (found := ask()) is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("nothing came before the deadline")


class PublicSite(Service):
    """The service of a running site: people, their visits, their mails; time moves by `forward`."""

    def __init__(self, world: World, maildir: Path) -> None:
        super().__init__(world, FixedClock(world.now()))
        self.maildir = maildir

    def forward(self, **by: float) -> None:
        self.world.forward(timedelta(**by))

    def visitor(self) -> Visitor:
        return Visitor(self.world.base_url)

    def nir(self, record: str) -> str:
        statement = select(schema.insured_person.c.nir).where(schema.insured_person.c.id == record)
        return str(self.one(statement).nir)

    def fields(self, record: str, **other: str) -> dict[str, str]:
        """The four fields of the sign-up page, right."""
        row = self.one(select(schema.insured_person).where(schema.insured_person.c.id == record))
        born = f"{date.fromisoformat(row.birth_date):%d/%m/%Y}"
        return {"name": row.birth_name, "nir": row.nir, "birth_date": born, "postcode": row.postcode} | other

    def code(self, record: str) -> str:
        """The provisional code that this person has in hand."""
        told = provisional.reveal(self.world, self.nir(record))
        assert told is not None
        return told[0]

    def mails_to(self, address: str, number: int) -> list[Received]:
        """At least so many mails in a mailbox, once they are there."""

        def there() -> list[Received] | None:
            found = list_mails(self.maildir, address)
            return found if len(found) >= number else None

        return until(there)

    def at_terms(self, visitor: Visitor, record: str) -> Shown:
        """Signed up by the form and identified by the provisional code."""
        visitor.open("/inscription")
        visitor.press("CONTINUER", **self.fields(record))
        return visitor.press("ME CONNECTER", nir=self.nir(record), code=self.code(record))

    def at_code(self, visitor: Visitor, record: str) -> Shown:
        self.at_terms(visitor, record)
        return visitor.press("CONTINUER", terms="yes")

    def at_contact_page(self, visitor: Visitor, record: str) -> Shown:
        self.at_code(visitor, record)
        return visitor.press("CONTINUER", new_code=CODE, new_code_again=CODE)

    def signed_up(self, visitor: Visitor, record: str, **fields: str) -> str:
        """The whole form, up to the mail; gives the address."""
        address = fields.pop("email", f"{unique('p')}@orange.fr")
        self.at_contact_page(visitor, record)
        page = visitor.press("CONTINUER", email=address, email_again=address, **fields)
        assert page.path == "/deconnecte", page.text
        return address

    def log_in(self, visitor: Visitor, record: str, code: str = CODE) -> Shown:
        visitor.open("/connexion")
        return visitor.press("ME CONNECTER", nir=self.nir(record), code=code)

    def sessions_of(self, record: str) -> int:
        return self.count(schema.web_session, schema.web_session.c.person == record)

    def stored(self, statement: Any) -> list[Any]:
        with sql.read(self.world.engine) as conn:
            return list(conn.execute(statement))


@contextmanager
def running(folder: Path) -> Iterator[PublicSite]:
    """A site on a free port for the length of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    world = open_world(folder / "sandbox.db", folder / "keys", base_url=address, pool_size=12)
    post = Post(world, folder / "mail")
    app = create_app(world, "key", stop=lambda: None, post=post)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", ws="none")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until(lambda: server.started or None)
        yield PublicSite(world, folder / "mail")
    finally:
        server.should_exit = True
        thread.join(20)
        world.close()
