"""Every form of the public side at once: forged, huge, guessed at, with headers and scripts for content."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from starlette.routing import Route

from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import recognising, resetting, schema
from ameli_support.sandbox.franceconnect import routes as franceconnect
from ameli_support.sandbox.site import paths, routes
from tests.architecture.tree import ROOT
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.service import FACTS, Service, unique
from tests.sandbox.visitor import Visitor

PAGES = procedure().pages
# asked by the partner's server, with a secret or a bearer token; no browser, no cookie
BACK_CHANNEL = ("/fc/api/v2/token", "/fc/api/v2/userinfo")
FILLED = {"token:path": "A" * 64, "token": "A" * 43, "uid": "u" * 32, "name": "msa"}
ACTS = {
    "terms": "no", "new_code": "AutreCode2", "new_code_again": "AutreCode2", "old_code": CODE,
    "email": "a@orange.fr", "email_again": "a@orange.fr", "leave": "1", "provider": "msa", "login": "active",
}  # fmt: skip


def forms(site: PublicSite) -> list[str]:
    """The target of every form of the site and of FranceConnect, as long as the code has it."""
    found = []
    for route in (*routes.routes(site.world), *franceconnect.routes(site.world)):
        assert isinstance(route, Route)
        if "POST" in (route.methods or ()):
            path = route.path
            for name, value in FILLED.items():
                path = path.replace("{" + name + "}", value)
            assert "{" not in path
            found.append(path)
    assert len(found) >= 18
    return found


# ── forged ──────────────────────────────────────────────────────────────────


def test_no_form_acts_without_the_token_of_its_session(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    public_site.at_contact_page(visitor, record)
    before = public_site.enrolment(record)
    for path in forms(public_site):
        if path in BACK_CHANNEL:
            continue
        answer = visitor.client.post(path, data=ACTS, follow_redirects=False)
        if path == paths.LOG_OUT:
            assert answer.headers["location"] == paths.LOGIN  # and it ended nothing, see below
        else:
            assert answer.status_code in (400, 401, 403), path
    assert public_site.enrolment(record) == before
    assert visitor.open("/coordonnees").path == "/coordonnees"  # still logged in


@pytest.mark.parametrize("chunked", [False, True], ids=["with-length", "without-length"])
def test_no_form_reads_a_megabyte(public_site: PublicSite, visitor: Visitor, *, chunked: bool) -> None:
    public_site.at_contact_page(visitor, public_site.person())
    part = b"x" * 50_000

    def megabyte() -> Iterator[bytes]:
        yield b"csrf=x&email="
        for _ in range(20):
            yield part

    content: Any = megabyte if chunked else lambda: b"".join(megabyte())
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in forms(public_site):
        answer = visitor.client.post(path, content=content(), headers=kind, follow_redirects=False)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert "xxxx" not in answer.text, path
    assert visitor.open("/coordonnees").path == "/coordonnees"


# ── guessed at ──────────────────────────────────────────────────────────────


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """Every SQL statement of the block."""
    heard: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(service.world.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(service.world.engine, "before_cursor_execute", hear)


def test_a_mismatch_costs_the_same_whichever_field_is_wrong(service: Service) -> None:
    """The same statements for an unknown number, and for a known one with a wrong name, date or postcode."""
    record = service.person()
    nir = service.agent().facts(record, Fact.NIR)[Fact.NIR]
    known = {Fact.NIR: nir, **{f: FACTS[f] for f in (Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE)}}
    wrong = {
        Fact.NIR: "2620899999998", Fact.NAME: "Martin", Fact.BIRTH_DATE: "25/08/1962", Fact.POSTCODE: "38999",
    }  # fmt: skip
    asked = []
    for fact, value in wrong.items():
        with statements(service) as heard:
            assert recognising.match(service.world, known | {fact: value}) is None
        asked.append(list(heard))
    assert asked[0]
    assert all(one == asked[0] for one in asked)


def test_a_guessed_link_of_a_forgotten_code_answers_alike_whether_one_was_sent(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.active()
    mine = schema.code_reset.c.enrolment == public_site.enrolment(record).id
    guesses = []
    for sent in (0, 1):
        if sent:
            resetting.ask(public_site.world, public_site.nir(record), date(1962, 8, 24))
        assert public_site.count(schema.code_reset, mine) == sent
        for guess in ("A" * 43, "x", "A" * 5000, "%00"):
            page = visitor.open(f"/code-oublie/{guess}")
            guesses.append((page.status, page.title, page.text))
    assert set(guesses) == {(404, PAGES["reset_dead"].title, guesses[0][2])}
    assert public_site.enrolment(record).code_hash is None


# ── content that wants to be more ───────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    [
        "a@orange.fr\r\nBcc: b@evil.invalid", "a@orange.fr\nSubject: x", "a@orange.fr, b@evil.invalid",
        "a@orange.fr;b@evil.invalid", "Toto <a@orange.fr>", "a@orange.fr\x00", '"a\r\nBcc: b"@orange.fr',
        "a@orange.fr%0d%0aBcc:b@evil.invalid", "<script>alert(1)</script>@orange.fr", "a@[127.0.0.1]",
        "a" * 250 + "@orange.fr", "a@orange.fr\u2028Bcc: b@evil.invalid",
    ],
)  # fmt: skip
def test_no_address_brings_a_header_a_second_recipient_or_a_script(
    public_site: PublicSite, visitor: Visitor, address: str
) -> None:
    record, plain = public_site.person(), f"{unique('a')}@orange.fr"
    address = address.replace("a@orange.fr", plain)
    public_site.at_contact_page(visitor, record)
    page = visitor.press("CONTINUER", email=address, email_again=address)
    if page.status == 200:  # what cannot be printed was dropped, the rest is an address
        assert page.path == "/deconnecte"
        assert [send.address for send in public_site.sends(record)] == [plain]
        return
    assert (page.status, page.path) == (422, "/coordonnees")
    assert "<script>" not in page.html
    assert public_site.enrolment(record).address is None


def test_an_odd_address_is_shown_as_text_and_its_mail_has_the_usual_headers(
    public_site: PublicSite, visitor: Visitor
) -> None:
    mails = []
    for name in ("p", "&o'b{7*7}+"):
        record = public_site.person()
        address = public_site.signed_up(visitor, record, email=f"{name}{unique()}@orange.fr")
        (mail,) = public_site.mails_to(address, 1)
        mails.append(mail)
    assert "&amp;•••@orange.fr" in public_site.log_in(visitor, record).html
    (usual, odd) = ([line.partition(":")[0] for line in head(mail.raw)] for mail in mails)
    assert usual == odd
    assert [line for line in head(mails[1].raw) if line.lower().startswith("to:")] == [f"To: {address}"]


def head(raw: bytes) -> list[str]:
    """The header lines of a mail, unfolded."""
    text = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii")
    return text.replace("\n ", " ").replace("\n\t", " ").split("\n")


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto"])
def test_what_a_browser_says_of_our_name_comes_into_no_mail_and_no_redirect(
    public_site: PublicSite, name: str
) -> None:
    visitor, record = public_site.visitor(), public_site.person()
    public_site.at_contact_page(visitor, record)
    address = f"{unique('h')}@orange.fr"
    assert visitor.page is not None
    csrf = visitor.page.parts.forms[0].fields["csrf"]
    said = {"Forwarded": "host=evil.invalid"}.get(name, "evil.invalid")
    fields = {"csrf": csrf, "email": address, "email_again": address}
    answer = visitor.client.post("/coordonnees", data=fields, headers={name: said}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/deconnecte")
    (mail,) = public_site.mails_to(address, 1)
    assert mail.links
    assert all(link.startswith(f"{public_site.world.base_url}/") for link in mail.links)
    assert b"evil.invalid" not in mail.raw
    visitor.close()


def test_the_document_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8")))
    files = [*(ROOT / "tests" / "sandbox").glob("test_*.py"), *(ROOT / "tests" / "browser").glob("test_*.py")]
    written = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text("utf-8"))}
    assert len(named) > 40
    assert named - written == set()
