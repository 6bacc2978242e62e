"""What real providers do to a confirmation mail, one habit a test, on real SMTP (issue 5 §3)."""

import asyncio
import email
import email.policy
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ameli_support.clock import FixedClock
from ameli_support.mail import smtp_answers
from ameli_support.mail.antispam import AGAINST, notes
from ameli_support.mail.bounces import read_bounce
from ameli_support.mail.delays import hops
from ameli_support.mail.families import Family
from ameli_support.mail.links import links_in
from ameli_support.mail.parsing import parse
from ameli_support.mail.reading import Ours, read_mail
from ameli_support.mail.rewriters import read_link
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox.maildirs import Received, list_mails
from ameli_support.sandbox.mailworld import MailWorld, mailboxes
from ameli_support.sandbox.mailworld.mailboxes import MailboxesError
from ameli_support.sandbox.mailworld.parcel import Behaviour
from ameli_support.sandbox.mailworld.red_lists import RedLists
from ameli_support.sandbox.mailworld.rewriting import FORMS, rewritten
from ameli_support.sandbox.mailworld.scanning import open_links
from tests.mail.test_letters import confirmation
from tests.sandbox.test_mailworld import SENDER, send

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUBJECT = procedure().mail.subject
RETURNS = "retours@exemple.fr"


def people(mailbox: str, *addresses: str) -> mailboxes.Mailboxes:
    return mailboxes.load(dict.fromkeys(addresses, mailbox))


def until(done: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer."""
    deadline = time.monotonic() + seconds
    while not (answer := done()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)
    return answer


def anything_in(root: Path) -> bool:
    """Whether any file is there: a mail in a folder, or one under way."""
    return any(path.is_file() for path in root.rglob("*"))


async def arrived(root: Path, address: str) -> list[Received]:
    """The mailbox, once something is in it."""
    found: list[Received] = await asyncio.to_thread(until, lambda: list_mails(root, address))
    return found


# ── words ───────────────────────────────────────────────────────────────────

_MEANT = {
    "unknown": (Family.ADDRESS_WRONG, False),
    "no_domain": (Family.ADDRESS_WRONG, False),
    "full": (Family.MAILBOX_FULL, False),
    "full_for_now": (Family.MAILBOX_FULL, True),
    "inactive": (Family.MAILBOX_INACTIVE, False),
    "sender": (Family.REFUSED_SENDER, False),
    "content": (Family.REFUSED_CONTENT, False),
}


@pytest.mark.parametrize("domain", ["exemple.fr", "orange.fr", "laposte.net", "free.fr", "sfr.fr", "bbox.fr",
                                    "gmail.com", "hotmail.fr", "yahoo.fr", "icloud.com"])  # fmt: skip
def test_every_providers_words_mean_to_the_agent_what_they_are_for(domain: str) -> None:
    """Free for all but the codes: 500 of Free, 421 of Yahoo, « pleine » under 5.1.1 of Orange."""
    answers = mailboxes.load().provider(f"a@{domain}").answers
    assert set(answers) == {*_MEANT, "greylisted"}
    for kind, answer in answers.items():
        code, text = int(answer[:3]), answer[4:]
        reading = smtp_answers.read(code, smtp_answers.enhanced_code(code, text), text)
        assert len(answer) <= 510
        if kind == "greylisted":
            assert reading.temporary, answer
        else:
            assert (reading.family, reading.temporary) == _MEANT[kind], answer


@pytest.mark.parametrize("mailbox", ["unknown", "full", "inactive", "sender_refused", "full_for_now"])
async def test_a_mailbox_refuses_in_its_providers_words(tmp_path: Path, mailbox: str) -> None:
    who = people(mailbox, "a@orange.fr", "a@gmail.com")
    kind = {"sender_refused": "sender"}.get(mailbox, mailbox)
    async with MailWorld(tmp_path, people=who) as world:
        for address in ("a@orange.fr", "a@gmail.com"):
            code, text = await send(world, address)
            assert f"{code} {text}" == who.provider(address).answers[kind]
    assert not list_mails(tmp_path, "a@orange.fr")


async def test_content_is_refused_only_after_it_was_read(tmp_path: Path) -> None:
    async with MailWorld(tmp_path, people=people("content_refused", "a@free.fr")) as world:
        assert await send(world, "a@free.fr") == (550, "5.7.1 spam detected")


async def test_a_grey_list_takes_the_mail_five_minutes_after_the_first_try(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    async with MailWorld(tmp_path, people=people("greylisted", "a@sfr.fr"), clock=clock) as world:
        assert (await send(world, "a@sfr.fr"))[0] == 451
        clock.forward(timedelta(minutes=4, seconds=59))
        assert (await send(world, "a@sfr.fr"))[0] == 451
        clock.forward(timedelta(seconds=1))
        assert (await send(world, "a@sfr.fr"))[0] == 250
        assert (await send(world, "A@sfr.fr"))[0] == 250  # known by now
    assert len(list_mails(tmp_path, "a@sfr.fr")) == 2


# ── where it goes ───────────────────────────────────────────────────────────


async def test_a_late_mail_arrives_by_the_business_clock_even_after_a_restart(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    who = people("late", "a@orange.fr")
    async with MailWorld(tmp_path, people=who, clock=clock) as world:
        assert (await send(world, "a@orange.fr", "lent"))[0] == 250
    clock.forward(timedelta(minutes=39))
    async with MailWorld(tmp_path, people=who, clock=clock) as world:
        await asyncio.to_thread(world.carry_due)
        assert not list_mails(tmp_path, "a@orange.fr")
        clock.forward(timedelta(minutes=5))
        world.wake()
        (mail,) = await arrived(tmp_path, "a@orange.fr")
        await asyncio.to_thread(world.carry_due)
    assert len(list_mails(tmp_path, "a@orange.fr")) == 1
    assert mail.arrived_at == MONDAY + timedelta(minutes=40)
    waited = [hop.seconds for hop in hops(parse(mail.raw).headers)]
    assert waited == [None, 2400.0]


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("a@orange.fr", "indésirables/spam"),
        ("a@hotmail.fr", "Courrier indésirable"),
        ("a@gmail.com", "Spam"),
        ("a@laposte.net", "Courrier indésirable"),
        ("a@exemple.fr", "Spam"),
    ],
)
async def test_junk_has_the_providers_own_name_and_its_filter_says_so(
    tmp_path: Path, address: str, folder: str
) -> None:
    async with MailWorld(tmp_path, people=people("junk", address)) as world:
        await send(world, address)
        (mail,) = await arrived(tmp_path, address)
    assert mail.folder == folder
    against = [note for note in notes(parse(mail.raw).headers) if note.verdict in AGAINST]
    assert bool(against) is (address != "a@exemple.fr")


async def test_a_tab_is_no_junk(tmp_path: Path) -> None:
    async with MailWorld(tmp_path, people=people("other_tab", "a@gmail.com")) as world:
        await send(world, "a@gmail.com")
        (mail,) = await arrived(tmp_path, "a@gmail.com")
    assert mail.folder == "Promotions"
    assert not notes(parse(mail.raw).headers)


async def test_the_red_list_erases_what_says_confirm_and_nothing_else(tmp_path: Path) -> None:
    async with MailWorld(tmp_path, people=people("red_list", "a@orange.fr")) as world:
        assert (await send(world, "a@orange.fr", SUBJECT))[0] == 250  # « Confirmation » in the subject
        assert (await send(world, "a@orange.fr", "Bonjour"))[0] == 250  # « Confirmez » in the text
        assert (await send(world, "a@orange.fr", "Facture", "Voici."))[0] == 250
        assert [mail.subject for mail in await arrived(tmp_path, "a@orange.fr")] == ["Facture"]
    assert [mail.subject for mail in list_mails(tmp_path, "a@orange.fr")] == ["Facture"]


async def test_whoever_empties_their_red_list_gets_what_comes_then(tmp_path: Path) -> None:
    RedLists(tmp_path).empty("A@orange.fr")
    async with MailWorld(tmp_path, people=people("red_list", "a@orange.fr", "b@orange.fr")) as world:
        await send(world, "b@orange.fr", SUBJECT)
        await send(world, "a@orange.fr", SUBJECT)
        assert [mail.subject for mail in await arrived(tmp_path, "a@orange.fr")] == [SUBJECT]
        RedLists(tmp_path).fill("a@orange.fr")
        await send(world, "a@orange.fr", SUBJECT)
        await send(world, "a@orange.fr", "Facture", "Voici.")
    assert [mail.subject for mail in list_mails(tmp_path, "a@orange.fr")] == [SUBJECT, "Facture"]
    assert list_mails(tmp_path, "b@orange.fr") == []


async def test_a_parked_domain_takes_every_mail_and_keeps_none(tmp_path: Path) -> None:
    async with MailWorld(tmp_path) as world:
        assert (await send(world, "a@wandoo.fr"))[0] == 250
    assert not anything_in(tmp_path)


# ── links ───────────────────────────────────────────────────────────────────

LINK = "http://127.0.0.1:8765/confirmer/ab_CD-ef__gh?x=1&y=é~*z"


@pytest.mark.parametrize("form", FORMS)
def test_a_rewritten_link_is_read_back_as_it_was(form: str) -> None:
    made = FORMS[form](LINK)
    assert made != LINK
    assert (read_link(made).rewriter, read_link(made).target) == (form, LINK)


@pytest.mark.parametrize("form", FORMS)
def test_every_link_of_our_mail_is_rewritten_in_text_and_html_and_it_is_still_ours(form: str) -> None:
    link = "https://compte.exemple.fr/confirmer/"
    raw = rewritten(confirmation().as_bytes(policy=email.policy.SMTP), FORMS[form])
    links = links_in(parse(raw))
    assert {one.rewriter for one in links} == {form}
    assert all((one.target or "").startswith(link) for one in links)
    assert f"{link}" not in parse(raw).of_type("text/plain")[0].text.split()
    ours = Ours(SUBJECT, procedure().mail.sender_name, frozenset({"compte.exemple.fr"}))
    assert read_mail(raw, ours).genuine is True


@pytest.mark.parametrize(
    ("mailbox", "address"),
    [("safelinks", "a@exemple.fr"), ("proofpoint", "a@exemple.fr"), ("barracuda", "a@exemple.fr"),
     ("gmx", "somebody@gmx.fr")],
)  # fmt: skip
async def test_a_gateway_rewrites_what_arrives(tmp_path: Path, mailbox: str, address: str) -> None:
    who = mailboxes.load() if mailbox == "gmx" else people(mailbox, address)
    async with MailWorld(tmp_path, people=who) as world:
        await send(world, address)
        (mail,) = await arrived(tmp_path, address)
    assert {read_link(link).rewriter for link in mail.links} == {mailbox}


class Site:
    """A web site that notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.command, self.path))
                self.send_response(302)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()


@pytest.fixture(scope="module")
def a_site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.thread.join()
    site.server.server_close()


@pytest.fixture
def site(a_site: Site) -> Site:
    a_site.asked.clear()
    return a_site


def with_links(*links: str) -> str:
    return "\n".join(links)


@pytest.mark.parametrize("mailbox", ["antivirus", "gateway"])
async def test_an_antivirus_opens_our_links_once_each_way_and_nobody_elses(
    tmp_path: Path, site: Site, mailbox: str
) -> None:
    text = with_links(f"{site.url}/confirmer/abc", "http://127.0.0.1:1/confirmer/abc", "https://exemple.fr/x")
    async with MailWorld(tmp_path, people=people(mailbox, "a@sfr.fr"), site=site.url) as world:
        await send(world, "a@sfr.fr", "Bonjour", text)
        await arrived(tmp_path, "a@sfr.fr")
    assert site.asked == [("HEAD", "/confirmer/abc"), ("GET", "/confirmer/abc")]


@pytest.mark.parametrize(
    "elsewhere",
    ["http://127.0.0.1:9/confirmer/x", "http://127.0.0.1@exemple.fr/confirmer/x", "https://ameli.fr/confirmer/x",
     "http://127.0.0.1.exemple.fr/x", "file:///etc/passwd"],
)  # fmt: skip
def test_no_scanner_ever_leaves_the_site(site: Site, elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object) -> None:
        raise AssertionError("something was opened")

    monkeypatch.setattr("ameli_support.sandbox.mailworld.scanning._request", refused)
    message = EmailMessage()
    message.set_content(elsewhere)
    assert open_links(message.as_bytes(), ("GET",), site.url) == 0
    assert open_links(message.as_bytes(), ("GET",), "https://compte.exemple.fr") == 0


def test_a_site_that_is_down_stops_no_mail() -> None:
    message = EmailMessage()
    message.set_content("http://127.0.0.1:9/confirmer/x")
    assert open_links(message.as_bytes(), ("HEAD", "GET"), "http://127.0.0.1:9") == 0


# ── back to its sender ──────────────────────────────────────────────────────


async def test_a_mail_comes_back_hours_later_with_a_report_and_without_its_text(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    told: list[bool] = []
    who = people("returned_late", "a@orange.fr")
    async with MailWorld(tmp_path, people=who, clock=clock, arrived=lambda: told.append(True)) as world:
        assert (await send(world, "a@orange.fr", "perdu"))[0] == 250
        clock.forward(timedelta(hours=2, minutes=59))
        assert await asyncio.to_thread(world.carry_due) == 0
        clock.forward(timedelta(minutes=2))
        await asyncio.to_thread(until, lambda: told)
    assert not list_mails(tmp_path, "a@orange.fr")
    (mail,) = list_mails(tmp_path, SENDER)
    assert mail.raw.startswith(b"Return-Path: <>\r\n")
    assert mail.arrived_at == MONDAY + timedelta(hours=3)
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    bounce = read_bounce(parse(mail.raw))
    assert bounce is not None
    assert (bounce.family, bounce.recipient) == (Family.MAILBOX_FULL, "a@orange.fr")
    assert bounce.smtp_reply == who.provider("a@orange.fr").answers["full"]
    assert b"<perdu@exemple.fr>" in mail.raw
    assert b"confirmer" not in mail.raw.lower()


async def test_what_has_no_sender_never_comes_back(tmp_path: Path) -> None:
    async with MailWorld(tmp_path) as world:
        assert (await send(world, "rebond@orange.fr", sender=""))[0] == 250
    assert not anything_in(tmp_path)


# ── data ────────────────────────────────────────────────────────────────────


def test_every_behaviour_is_used_by_some_mailbox() -> None:
    kinds = mailboxes.load().kinds.values()
    used = {type(behaviour).__name__ for kind in kinds for behaviour in kind.behaviours}
    assert used == {behaviour.__name__ for behaviour in Behaviour.__subclasses__()}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("mailboxes.late.does", [{"waits": "40"}]),
        ("mailboxes.late.does", [{"waits": 40, "loses": True}]),
        ("mailboxes.late.does", [{"explodes": 1}]),
        ("mailboxes.antivirus.does", [{"opens": ["DELETE"]}]),
        ("mailboxes.unknown.does", [{"refuses": "because"}]),
        ("families.gmx", "nothing"),
        ("families.nobody", "late"),
        ("providers.nobody", {}),
        ("rules", [{"local": ["x"], "mailbox": "nothing"}]),
    ],
)
def test_a_mistake_in_the_data_is_an_error_at_once(place: str, value: object) -> None:
    package = files("ameli_support.sandbox.mailworld")
    tree = tomllib.loads((package / "mailboxes.toml").read_text("utf-8"))
    mailboxes.read(tree)
    table: Any = tree
    *parents, last = place.split(".")
    for name in parents:
        table = table[name]
    table[last] = value
    with pytest.raises(MailboxesError):
        mailboxes.read(tree)


def test_a_person_cannot_have_a_mailbox_that_does_not_exist() -> None:
    with pytest.raises(MailboxesError):
        mailboxes.load({"a@orange.fr": "nothing"})
