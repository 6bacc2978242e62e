"""The people of the cast whose mail something happens to, in a running sandbox (issue 5 §3)."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from ameli_support import sql
from ameli_support.mail.rewriters import read_link
from ameli_support.outbox import MailState
from ameli_support.sandbox import demo, remote, schema, webmail
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.cast_mails import MAILS
from ameli_support.sandbox.maildirs import Received, list_mails
from tests.sandbox.test_server import until

_s, _m, _g, _o = schema.send, schema.mail, schema.generation, schema.page_opening
_e, _p = schema.enrolment, schema.insured_person


class Running:
    """A running sandbox, and what its database and mailboxes say."""

    def __init__(self, world: demo.DemoWorld) -> None:
        self.world = world
        self.engine = sql.open_engine(world.home / "sandbox.db", pool_size=2)

    def mail(self, key: str) -> list[Received]:
        address = CAST[key].address
        assert address is not None
        return list_mails(self.world.maildir, address)

    def state(self, key: str) -> str:
        query = (
            select(_m.c.state)
            .join(_s, _s.c.mail == _m.c.id)
            .join(_e, _e.c.id == _s.c.enrolment)
            .join(_p, _p.c.id == _e.c.person)
            .where(_p.c.nir == CAST[key].nir)
        )
        with sql.read(self.engine) as connection:
            return str(connection.execute(query).scalar_one())

    def openings(self, key: str) -> int:
        query = (
            select(_o.c.count)
            .join(_g, _g.c.id == _o.c.generation)
            .join(_e, _e.c.id == _g.c.enrolment)
            .join(_p, _p.c.id == _e.c.person)
            .where(_p.c.nir == CAST[key].nir)
        )
        with sql.read(self.engine) as connection:
            return int(connection.execute(query).scalar() or 0)

    def send_again(self) -> None:
        """Whatever was mailed to these people is due once more."""
        addresses = [member.address for member in MAILS]
        with sql.write(self.engine) as connection:
            connection.execute(
                update(_m)
                .where(_m.c.recipient.in_(addresses))
                .values(state="queued", not_before=0, expires_at=_m.c.expires_at + 10**12)
            )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with demo.start_or_attach(tmp_path_factory.mktemp("cast"), people=0) as world:
        found = Running(world)
        yield found
        found.engine.dispose()


_FOLDERS = {
    "mail_in_junk": "Courrier indésirable",
    "mail_in_tab": "Promotions",
    "link_rewritten": "",
    "behind_a_gateway": "",
    "opened_by_antivirus": "",
}
_LOST = ("red_list", "parked_domain")
_REFUSED = ("mailbox_full", "mailbox_inactive", "sender_refused", "content_refused")


def test_the_mails_of_the_past_lie_where_the_cast_says(running: Running) -> None:
    assert {key: [mail.folder for mail in running.mail(key)] for key in _FOLDERS} == {
        key: [folder] for key, folder in _FOLDERS.items()
    }
    assert not any(
        running.mail(key) for key in (*_LOST, *_REFUSED, "mail_late", "greylisted", "returned_late")
    )
    old, new = running.mail("two_links")
    assert (old.links != new.links, old.arrived_at < new.arrived_at) == (True, True)
    link = running.mail("live_day_3")[0].links[0]
    assert "Confirmer mon email" in httpx.get(link, trust_env=False).text


def test_what_happens_to_a_mail_that_is_sent_now(running: Running) -> None:
    before = running.openings("opened_by_antivirus")
    running.send_again()
    waiting = (MailState.QUEUED, MailState.DEFERRED)
    until(lambda: all(running.state(one.key) not in waiting for one in MAILS if one.key != "greylisted"))
    until(lambda: all(len(running.mail(key)) == 2 for key in _FOLDERS))
    assert {key: running.mail(key)[1].folder for key in _FOLDERS} == _FOLDERS
    assert not any(running.mail(key) for key in (*_LOST, *_REFUSED))
    # accepted, and that proves nothing
    assert {running.state(key) for key in _LOST} == {MailState.HANDED_OVER}
    assert {running.state(key) for key in _REFUSED} == {MailState.REFUSED}
    assert read_link(running.mail("link_rewritten")[1].links[0]).rewriter == "safelinks"
    assert read_link(running.mail("behind_a_gateway")[1].links[0]).rewriter == "proofpoint"
    # HEAD counts for nothing, GET once; nobody has pressed the button
    assert running.openings("opened_by_antivirus") == before + 1
    link = running.mail("opened_by_antivirus")[1].links[0]
    assert "Confirmer mon email" in httpx.get(link, trust_env=False).text


def test_then_time_passes(running: Running) -> None:
    """After the one above: the late mail arrives, the grey list gives way, the full mailbox sends back."""
    until(lambda: running.state("greylisted") == MailState.DEFERRED)
    assert running.state("returned_late") == MailState.HANDED_OVER
    late = len(running.mail("mail_late"))
    remote.forward(running.world.lock, timedelta(minutes=45))
    until(lambda: len(running.mail("mail_late")) > late)
    until(lambda: running.state("greylisted") == MailState.HANDED_OVER)
    until(lambda: len(running.mail("greylisted")) == 1)
    assert running.state("returned_late") == MailState.HANDED_OVER
    remote.forward(running.world.lock, timedelta(hours=3))
    until(lambda: running.state("returned_late") == MailState.BOUNCED)


def test_the_webmail_shows_a_rewritten_link_and_leads_to_the_page(running: Running) -> None:
    base = running.world.base_url
    with httpx.Client(base_url=base, trust_env=False, follow_redirects=True) as browser:
        box = browser.post(webmail.PATH, data={"adresse": CAST["behind_a_gateway"].address or ""})
        mail = running.mail("behind_a_gateway")[-1].name.removesuffix(".sandbox")
        page = browser.get(f"{box.url.path}{mail}/")
        assert "urldefense.com" in page.text
        assert "Confirmer mon email" in browser.get(f"{page.url.path}lien/1").text
    log = (running.world.home / demo.LOG).read_text()
    assert "confirmer/" not in log
    assert not any((member.address or "-") in log for member in MAILS)
