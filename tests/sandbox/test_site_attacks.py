"""What strangers may try on the pages with a session: forged forms, planted cookies, floods, foreign text."""

import http.client
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import hashing, schema
from ameli_support.sandbox.rate import Rate
from ameli_support.sandbox.site import serving, sessions
from ameli_support.sandbox.site.serving import Limits, Site
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.visitor import Visitor

PAGES = procedure().pages
PUBLIC = (
    "/inscription",
    "/connexion",
    "/code-oublie",
    "/code-oublie/demande",
    "/deconnecte",
    "/conditions/refusees",
)


# ── sessions ────────────────────────────────────────────────────────────────


def test_the_cookie_is_closed_to_scripts_and_other_sites(public_site: PublicSite, visitor: Visitor) -> None:
    cookie = visitor.open("/connexion").headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert "Secure" not in cookie  # the sandbox speaks plain HTTP to this host alone


def test_over_https_the_cookie_is_bound_to_the_host(public_site: PublicSite) -> None:
    world = public_site.world
    own, world.base_url = world.base_url, "https://assure.example"
    try:
        kept = sessions.Sessions(world)
        answer = Site(world).notice(kept.begin(), "terms_refused")
    finally:
        world.base_url = own
    assert answer.headers["set-cookie"].startswith("__Host-ameli=")
    assert "Secure" in answer.headers["set-cookie"]


def test_a_planted_cookie_never_becomes_somebodys_session(public_site: PublicSite) -> None:
    """Session fixation: the id changes at every change of privilege, and the old one opens nothing."""
    attacker, victim, record = public_site.visitor(), public_site.visitor(), public_site.person()
    attacker.open("/connexion")
    planted = attacker.client.cookies["ameli"]
    victim.client.cookies.set("ameli", planted, domain="127.0.0.1")
    assert public_site.at_terms(victim, record).path == "/conditions"
    assert victim.client.cookies["ameli"] != planted
    assert attacker.open("/conditions").path == "/connexion"
    inside = victim.client.cookies["ameli"]
    victim.press("Me déconnecter")
    victim.client.cookies.clear()
    victim.client.cookies.set("ameli", inside, domain="127.0.0.1")
    assert victim.open("/conditions").path == "/connexion"  # logging out ends it on our side
    attacker.close()
    victim.close()


def test_the_database_holds_no_cookie_and_visitors_leave_no_row(public_site: PublicSite) -> None:
    visitor, record = public_site.visitor(), public_site.person()
    before = public_site.count(schema.web_session)
    for path in PUBLIC:
        visitor.open(path)
    visitor.open("/inscription")
    visitor.press("CONTINUER")
    assert public_site.count(schema.web_session) == before
    public_site.at_terms(visitor, record)
    (row,) = public_site.stored(select(schema.web_session).where(schema.web_session.c.person == record))
    assert visitor.client.cookies["ameli"] not in str(tuple(row))
    visitor.close()


@pytest.mark.parametrize(("column", "age"), [("seen_at", sessions.IDLE), ("began_at", sessions.LONGEST)])
def test_a_session_ends_by_itself(
    public_site: PublicSite, visitor: Visitor, column: str, age: timedelta
) -> None:
    record = public_site.person()
    public_site.at_terms(visitor, record)
    then = to_us(public_site.world.system.now() - age)
    with sql.write(public_site.world.engine) as conn:
        mine = schema.web_session.c.person == record
        conn.execute(update(schema.web_session).where(mine).values({column: then}))
    page = visitor.press("CONTINUER", terms="yes")
    assert page.path == "/connexion"
    assert "Votre session est terminée" in page.text
    assert public_site.enrolment(record).step == "terms"


# ── forged forms ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", [None, "", "A" * 43])
def test_a_form_without_the_sessions_own_token_does_nothing(
    public_site: PublicSite, token: str | None
) -> None:
    visitor, record = public_site.visitor(), public_site.person()
    public_site.at_terms(visitor, record)
    given = {} if token is None else {"csrf": token}
    page = visitor.send("/conditions", {"terms": "no", **given})
    assert (page.status, page.title) == (403, PAGES["session_over"].title)
    assert public_site.enrolment(record).ended_at is None
    assert visitor.send("/deconnexion", given).path == "/conditions"  # nobody else logs a person out
    visitor.close()


def test_another_sessions_token_is_none(public_site: PublicSite, visitor: Visitor) -> None:
    other, record = public_site.visitor(), public_site.person()
    foreign = other.open("/connexion").parts.forms[0].fields["csrf"]
    public_site.at_terms(visitor, record)
    assert visitor.send("/conditions", {"terms": "no", "csrf": foreign}).status == 403
    other.close()


@pytest.mark.parametrize("path", ["/inscription", "/connexion", "/code-oublie"])
def test_a_stale_form_keeps_what_was_typed_and_acts_on_the_second_try(
    public_site: PublicSite, path: str
) -> None:
    visitor = public_site.visitor()
    fields = {"nir": "2 62 08 99 999 998", "birth_date": "24/08/1962"}
    page = visitor.send(path, {"csrf": "old", **fields, "code": CODE})
    assert page.status == 403
    assert 'value="2 62 08 99 999 998"' in page.html
    assert CODE not in page.html
    again = visitor.press(
        {"/inscription": "CONTINUER", "/connexion": "ME CONNECTER"}.get(path, "Recevoir un lien")
    )
    assert again.status != 403
    visitor.close()


# ── what is sent ────────────────────────────────────────────────────────────


def test_a_megabyte_is_not_read_and_no_body_breaks_a_page(public_site: PublicSite) -> None:
    visitor = public_site.visitor()
    csrf = visitor.open("/inscription").parts.forms[0].fields["csrf"]
    for content in (
        b"csrf=" + csrf.encode() + b"&name=" + b"x" * 1_000_000,
        b"csrf=%s&csrf=%s" % (csrf.encode(), csrf.encode()),
        b"\xff\xfe",
        b"&".join(b"a%d=1" % number for number in range(serving.MOST_FIELDS + 1)),
        b"csrf=" + csrf.encode() + b"&name=%ff",
        b"no form",
    ):
        answer = visitor.client.post("/inscription", content=content)
        assert answer.status_code in (400, 403), content[:30]
        assert "Traceback" not in answer.text
    visitor.close()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "A\x00B\r\nX: y"]
)
def test_what_is_typed_comes_back_as_text(public_site: PublicSite, visitor: Visitor, text: str) -> None:
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", name=text, nir=text, birth_date=text[:10], postcode=text[:10])
    assert page.status == 422
    assert "<script>" not in page.html
    assert "<img" not in page.html
    assert "x: y" not in page.headers
    assert "{{ 7*7 }}" in page.html if "7*7" in text else "49" not in page.text


def test_a_name_on_file_is_shown_as_text(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person(birth_name="<B>ROCHE</B>")
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert "<B>" not in page.html


@pytest.mark.parametrize("info", ["//evil.invalid", "https://evil.invalid", "<script>", "../x", "mismatch"])
def test_nothing_in_a_url_leads_away_or_shows_up(
    public_site: PublicSite, visitor: Visitor, info: str
) -> None:
    page = visitor.client.get("/connexion", params={"info": info, "next": info, "url": info})
    assert info not in page.text.replace("<title>", "")
    visitor.open("/connexion")
    answer = visitor.client.get("/compte", headers={"Host": "evil.invalid"}, follow_redirects=False)
    assert answer.headers["location"] == "/connexion"


def test_pages_with_a_session_are_kept_by_nobody_and_run_our_script_alone(
    public_site: PublicSite, visitor: Visitor
) -> None:
    for path in PUBLIC:
        headers = visitor.open(path).headers
        assert headers["cache-control"] == "no-store"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
    assert visitor.client.get("/static/ameli.js").headers["content-type"].startswith("text/javascript")
    assert " on" not in visitor.open("/inscription").html.replace(" on ", "")  # no inline handler


def test_a_head_answers_like_a_get_without_a_body(public_site: PublicSite, visitor: Visitor) -> None:
    got, head = visitor.client.get("/connexion"), visitor.client.head("/connexion")
    assert (head.status_code, head.content) == (got.status_code, b"")


def test_a_browser_that_goes_away_in_the_middle_breaks_nothing(public_site: PublicSite) -> None:
    place = urlsplit(public_site.world.base_url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=5)
    connection.putrequest("POST", "/inscription")
    connection.putheader("Content-Length", "5000")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.endheaders(b"csrf=")
    connection.close()
    visitor = public_site.visitor()
    assert visitor.open("/inscription").status == 200
    visitor.close()


# ── how often ───────────────────────────────────────────────────────────────


def test_tries_about_one_number_and_everybodys_requests_have_limits(public_site: PublicSite) -> None:
    now = [0.0]
    limits = Limits(everybody=Rate(burst=3, per_second=1), person=Rate(burst=2, per_second=0.1))
    site = Site(public_site.world, limits, lambda: now[0])
    assert [site.wait_for("2620899999998") for _ in range(3)] == [0, 0, 10]
    assert site.wait_for("another") == 0
    now[0] = 10
    assert site.wait_for("2620899999998") == 0


def test_one_number_cannot_be_tried_against_the_population_for_ever(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    visitor.open("/inscription")
    statuses = []
    for day in range(1, 26):
        page = visitor.press("CONTINUER", **public_site.fields(record, postcode=f"380{day:02d}"))
        statuses.append(page.status)
        if page.status == 429:
            break
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {422}
    assert int(page.headers["retry-after"]) >= 1


def test_unknown_and_known_numbers_take_the_same_class_of_time(public_site: PublicSite) -> None:
    """A code is hashed whether there is one to compare with or not."""
    calls: list[bool] = []
    own = hashing._verify

    def counted(stored: str | None, code: str) -> bool:
        calls.append(stored is None)
        return own(stored, code)

    hashing._verify = counted
    try:
        visitor, record = public_site.visitor(), public_site.active()
        for nir in (public_site.nir(record), "2620899999997"):
            visitor.open("/connexion")
            visitor.press("ME CONNECTER", nir=nir, code="MotdePasse9")
        visitor.close()
    finally:
        hashing._verify = own
    assert len(calls) == 2
