"""The sandbox's webmail: folders, mails, their source, links that work; hostile mails do nothing."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from ameli_support.clock import FixedClock
from ameli_support.mail.rewriters import read_link
from ameli_support.sandbox import webmail
from ameli_support.sandbox.maildirs import deliver, list_mails
from ameli_support.sandbox.mailworld import mailboxes
from ameli_support.sandbox.mailworld.red_lists import RedLists
from ameli_support.sandbox.mailworld.rewriting import FORMS, rewritten
from ameli_support.sandbox.webmail.showing import leads_to, show
from ameli_support.sandbox.world import open_world
from tests.sandbox.conftest import MONDAY

BASE = "http://127.0.0.1:8765"
TOKEN = "AbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
LINK = f"{BASE}/confirmer/{TOKEN}"
WHO = "a.dubois@orange.fr"


def letter(html: str | None = None, text: str = f"Confirmez :\n{LINK}\n", **heads: str) -> bytes:
    message = EmailMessage()
    message["From"] = heads.get("sender", "Votre Assurance Maladie <ne-pas@exemple.fr>")
    message["To"] = WHO
    message["Subject"] = heads.get("subject", "Confirmation")
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


@dataclass
class Web:
    """A browser on the webmail of one root."""

    root: Path
    app: Starlette

    def file(self, raw: bytes, folder: str = "", address: str = WHO) -> str:
        """Puts a mail into a mailbox; the path of its page."""
        deliver(self.root, address, "x@exemple.fr", raw, folder=folder, at=MONDAY)
        name = list_mails(self.root, address)[-1].name.removesuffix(".sandbox")
        return f"{self.open(address).headers['location']}{name}/"

    def open(self, address: str) -> httpx.Response:
        return self.post(webmail.PATH, {"adresse": address})

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self._ask("GET", path))

    def post(self, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, data))

    async def _ask(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.request(method, path, data=data)


@pytest.fixture(scope="module")
def service_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("webmail")
    world = open_world(
        folder / "w.db", folder / "keys", system=FixedClock(MONDAY), base_url=BASE, pool_size=2
    )
    people = mailboxes.load({"fait.tard@orange.fr": "late", "rouge@orange.fr": "red_list"})
    app = Starlette(routes=webmail.routes(world, folder / "mail", people))
    yield Web(folder / "mail", app)
    world.close()


@pytest.fixture
def web(service_web: Web) -> Web:
    """The same for every test, without mail."""
    for file in service_web.root.rglob("*.sandbox"):
        file.unlink()
    return service_web


def words(answer: httpx.Response) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.text.partition("<body>")[2])
    return " ".join(unescape(text).replace("\u00a0", " ").split())


# ── use ─────────────────────────────────────────────────────────────────────


def test_an_address_opens_its_mailbox_and_stands_in_no_url(web: Web) -> None:
    web.file(letter())
    opened = web.open(f"  {WHO.upper()} ")
    assert opened.status_code == 303
    where = opened.headers["location"]
    assert "dubois" not in where
    assert "@" not in where
    page = web.get(where)
    assert WHO in words(page)
    assert "le mail arrive aussitôt" in words(page)
    assert "lundi 2 mars 2026 à 10 h" in words(page)
    assert "dubois" not in "".join(re.findall(r'(?:href|action|src)="([^"]*)"', page.text))


def test_an_empty_mailbox_looks_like_any_other_so_nothing_is_listed(web: Web) -> None:
    page = web.get(web.open("personne@exemple.fr").headers["location"])
    assert page.status_code == 200
    assert "Aucun mail." in words(page)
    assert WHO not in web.get(webmail.PATH).text


@pytest.mark.parametrize("typed", ["", "dubois", "@", "a@", "a\r\nb@orange.fr", "x" * 400 + "@orange.fr"])
def test_what_is_no_address_is_said_and_not_lost(web: Web, typed: str) -> None:
    answer = web.open(typed)
    assert answer.status_code == 400
    assert "Attendu : une adresse mail" in words(answer)
    value = re.search(r'name="adresse" value="([^"]*)"', answer.text)
    assert value is not None
    assert unescape(value[1]) == typed[:320]


def test_a_mailbox_that_was_opened_before_a_restart_is_found_by_its_mail(web: Web) -> None:
    path = web.file(letter())
    again = open_again(web)
    assert again.get(path).status_code == 200


def open_again(web: Web) -> Web:
    """The same mails and keys behind a webmail that remembers nobody."""
    keys = web.root.parent
    world = open_world(keys / "w.db", keys / "keys", base_url=BASE, pool_size=1)
    world.engine.dispose()
    app = Starlette(routes=webmail.routes(world, web.root, mailboxes.load()))
    return Web(web.root, app)


def test_folders_are_shown_with_the_inbox_first_and_the_newest_mail_on_top(web: Web) -> None:
    web.file(letter(subject="perdu"), folder="indésirables/spam")
    web.file(letter(subject="premier"))
    path = web.file(letter(subject="second"))
    page = web.get(path.rsplit("/", 2)[0] + "/")
    assert re.findall(r"<h2[^>]*>([^<]*?) <", page.text) == ["Boîte de réception", "indésirables/spam"]
    found = words(page)
    assert found.index("second") < found.index("premier") < found.index("perdu")


def test_a_mail_shows_its_text_its_html_its_source_and_itself_as_a_file(web: Web) -> None:
    title = "<html><head><title>Un titre</title><style>p {}</style></head>"
    raw = letter(f'{title}<p style="color:#112233">Bonjour</p><a href="{LINK}">Confirmer mon email</a>')
    path = web.file(raw)
    page = web.get(path)
    assert "Votre Assurance Maladie <ne-pas@exemple.fr>" in words(page)
    assert 'src="html" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    body = web.get(path + "html")
    assert 'style="color:#112233"' in body.text
    assert re.search(r'<a href="lien/1"[^>]*>Confirmer mon email</a>', body.text)
    assert TOKEN not in body.text
    assert "Un titre" not in body.text
    source = web.get(path + "source")
    assert source.headers["content-type"] == "text/plain; charset=utf-8"
    kept = web.get(path + "mail.eml")
    assert kept.headers["content-disposition"] == 'attachment; filename="mail.eml"'
    assert kept.content == list_mails(web.root, WHO)[0].raw
    assert kept.content.endswith(raw)
    assert source.content == kept.content


@pytest.mark.parametrize("form", [None, *FORMS])
def test_a_click_leads_to_our_page_whoever_rewrote_the_link(web: Web, form: str | None) -> None:
    raw = letter(f'<a href="{LINK}">Confirmer</a>')
    path = web.file(rewritten(raw, FORMS[form]) if form else raw)
    for part in ("", "html"):
        assert 'href="lien/1"' in web.get(path + part).text
    clicked = web.get(path + "lien/1")
    assert (clicked.status_code, clicked.headers["location"]) == (303, LINK)
    assert clicked.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://exemple.fr/x", "http://127.0.0.1:8766/x", "http://127.0.0.1:8765@exemple.fr/x",
     "https://127.0.0.1:8765/x", "http://127.0.0.1:8765.exemple.fr/", "https://protect-eu.mimecast.com/s/abc",
     FORMS["safelinks"]("https://exemple.fr/x")],
)  # fmt: skip
def test_a_link_to_anywhere_else_is_named_and_never_followed(web: Web, elsewhere: str) -> None:
    path = web.file(letter(text=elsewhere))
    answer = web.get(path + "lien/1")
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert "Ce lien mène ailleurs" in words(answer)
    assert leads_to(read_link(elsewhere), BASE) is None


def test_links_in_microsofts_junk_are_dead_until_the_mail_is_moved(web: Web) -> None:
    who = "ines@hotmail.fr"
    path = web.file(letter(f'<a href="{LINK}">Confirmer</a>'), "Courrier indésirable", who)
    page = web.get(path)
    assert "les liens sont désactivés" in words(page)
    assert "lien/1" not in page.text + web.get(path + "html").text
    assert web.get(path + "lien/1").status_code == 404
    moved = web.post(path + "reception")
    assert (moved.status_code, moved.headers["location"]) == (303, path)
    assert "lien/1" in web.get(path + "html").text
    assert "Remettre" not in words(web.get(path))
    assert [mail.folder for mail in list_mails(web.root, who)] == [""]


def test_links_in_other_peoples_junk_work(web: Web) -> None:
    path = web.file(letter(), "indésirables/spam")
    assert web.get(path + "lien/1").headers["location"] == LINK


# ── hostile mails ───────────────────────────────────────────────────────────

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://exemple.fr'></iframe>",
    "<form action='https://exemple.fr'><input name=code><button>Confirmer</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='data:text/html,<script>1</script>'>x</a>",
    "<a href='//exemple.fr/x'>x</a>",
    "<base href='https://exemple.fr/'>",
    "<meta http-equiv=refresh content='0;url=https://exemple.fr'>",
    "<link rel=stylesheet href='https://exemple.fr/x.css'>",
    "<style>@import url(https://exemple.fr/x)</style>",
    "<p style='background:url(https://exemple.fr/x)'>x</p>",
    "<p style='background-image:url(//exemple.fr/x);position:fixed'>x</p>",
    "<p onclick=alert(1) id=x class=y name=z>x</p>",
    "<object data='https://exemple.fr'></object><embed src=x>",
    "<math><mi//xlink:href='data:x,<script>1</script>'>",
    "<!--><script>alert(1)</script>-->",
    "<template><script>1</script></template><noscript><p title='</noscript><script>1</script>'>",
)
_DANGER = re.compile(
    r"(?i)<(?:script|img|svg|iframe|form|input|button|base|meta http|link|style|object|embed|math|template)\b"
    r"|\son\w+\s*=|javascript:|url\(|position|exemple\.fr/|data:"
)


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_harmless_and_caged(web: Web, html: str) -> None:
    path = web.file(letter(f"<p>Bonjour</p>{html}"))
    body = web.get(path + "html")
    inside = body.text.partition("<body>")[2]
    assert "Bonjour" in inside
    assert not _DANGER.search(inside), inside
    policy = body.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';")
    assert "script" not in policy
    assert "img" not in policy


@given(st.text(max_size=300))
def test_whatever_the_html_no_link_leaves_but_through_our_page(html: str) -> None:
    shown = show(letter(f"<p>x</p>{html.encode('utf-8', 'replace').decode()}")).html or ""
    assert all(href.startswith("lien/") for href in re.findall(r'href="([^"]*)"', shown))
    assert not re.search(r"(?i)<(?:script|img|iframe|form|style|link|meta|base|object)\b", shown)


def test_hostile_heads_and_texts_are_only_shown(web: Web) -> None:
    evil = '<script>alert("1")</script>'
    text, sender = f"{evil} \u202egro.liam http://x.fr/{evil}", f'"{evil}" <a@b.fr>'
    path = web.file(letter(text=text, subject=f"{evil} \u202e", sender=sender))
    for page in (web.get(path), web.get(path.rsplit("/", 2)[0] + "/")):
        assert "<script" not in page.text
        assert "script>alert" in words(page)
        assert "\u202e" not in page.text.partition('class="text"')[0]
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: x\r\n",
        b"Content-Type: text/plain; charset=nope\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 300,
    ],
)
def test_a_broken_mail_is_shown_somehow(web: Web, raw: bytes) -> None:
    path = web.file(raw)
    assert web.get(path).status_code == 200
    assert web.get(path.rsplit("/", 2)[0] + "/").status_code == 200


@pytest.mark.parametrize("rest", ["x/", "../../x/", "%2e%2e/", "1.1/html", "1.1/mail.eml", "1.1/lien/1"])
def test_what_does_not_exist_is_404(web: Web, rest: str) -> None:
    box = web.open(WHO).headers["location"]
    assert web.get(box + rest).status_code == 404
    assert web.get(f"{webmail.PATH}{'A' * 24}/{rest}").status_code == 404


def test_a_link_number_that_is_none_is_404(web: Web) -> None:
    path = web.file(letter())
    assert [web.get(f"{path}lien/{n}").status_code for n in (0, 2)] == [404, 404]
    assert web.get(path + "html").status_code == 404  # it has no HTML


def test_large_bodies_are_not_read(web: Web) -> None:
    assert web.open("a" * 5000 + "@orange.fr").status_code == 400


def test_every_answer_says_simulation_and_is_kept_by_nobody(web: Web) -> None:
    path = web.file(letter())
    for page in (web.get(webmail.PATH), web.get(path), web.get(webmail.PATH + "x/")):
        assert "Messagerie simulée" in words(page)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"


def test_what_a_mailbox_does_is_told_to_the_trainer(web: Web) -> None:
    page = web.get(web.open("fait.tard@orange.fr").headers["location"])
    assert "40 minutes plus tard" in words(page)


def test_the_red_list_is_emptied_and_filled_by_its_person(web: Web) -> None:
    box = web.open("rouge@orange.fr").headers["location"]
    for act, done in (("retirer", True), ("remettre", False)):
        page = web.get(box)
        assert f'method="post" action="liste-rouge/{act}"' in page.text
        assert ("les mails arrivent" in words(page)) is not done
        assert web.get(f"{box}liste-rouge/{act}").status_code in (404, 405)
        for _twice in range(2):  # a double click undoes nothing
            assert web.post(f"{box}liste-rouge/{act}").headers["location"] == box
        assert RedLists(web.root).is_emptied("Rouge@orange.fr") is done
    assert web.post(f"{box}liste-rouge/autre").status_code == 404
    other = web.open(WHO).headers["location"]
    assert "liste-rouge" not in web.get(other).text
    assert web.post(f"{other}liste-rouge/retirer").status_code == 404
