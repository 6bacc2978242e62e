"""What strangers, forgers, scanners and crowds may try on the public pages."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from ameli_support import sql
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import schema
from ameli_support.sandbox.rate import Buckets, Rate
from ameli_support.sandbox.site import links
from tests.sandbox.service import Service
from tests.sandbox.site import Page, Site

PATIENCE = 120.0  # seconds after which a crowd that hangs is a failure

PAGES = procedure().pages


@pytest.fixture
def site(service: Service) -> Site:
    return Site(service.world)


def shows(page: Page, name: str) -> bool:
    return page.title == PAGES[name].title


def altered(token: str) -> str:
    """The same generation, another seal."""
    return token[:-2] + ("AA" if token[-2:] != "AA" else "BB")


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """Every SQL statement of the block."""
    heard: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(" ".join(statement.split()))

    event.listen(service.world.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(service.world.engine, "before_cursor_execute", hear)


# ── guessing ────────────────────────────────────────────────────────────────


def test_unknown_and_altered_links_answer_alike_and_cost_the_same(
    service: Service, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = service.waiting()
    token = service.token(record)
    sealed: list[str] = []
    ring = type(service.world.ring)
    seal = ring._seal

    def counted(self: Any, *arguments: Any) -> bytes:
        sealed.append("one")
        return seal(self, *arguments)

    monkeypatch.setattr(ring, "_seal", counted)
    answers, work = [], []
    for guess in (altered(token), service.world.ring.token("0" * 32, "x@y.fr", service.world.ring.newest)):
        sealed.clear()
        with statements(service) as heard:
            answers.append(site.open(guess))
        work.append((heard, len(sealed)))
    assert answers[0] == answers[1]
    assert (answers[0].status, shows(answers[0], "generic")) == (404, True)
    assert work[0] == work[1]


@pytest.mark.parametrize(
    "token",
    ["", "x", "A" * 64, "A" * 63, "A" * 65, "é" * 64, "a/b/c", "%00", "\x00", "😀", "A" * 5000,
     "<script>", "'--"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_nonsense_gets_more_than_the_generic_page(site: Site, token: str, method: str) -> None:
    page = site.open(token, method)
    assert page.status == 404
    assert page.headers["content-security-policy"]
    if method == "GET":
        assert shows(page, "generic")
        assert "<script>" not in page.html


def test_every_guess_is_counted(service: Service, site: Site) -> None:
    unknown = schema.unknown_token

    def counted() -> int:
        with sql.read(service.world.engine) as conn:
            return sum(conn.execute(select(unknown.c.count)).scalars())

    before = counted()
    for guess in ("A" * 64, "B" * 64, "nonsense"):
        site.open(guess)
    assert counted() == before + 3


# ── forged forms ────────────────────────────────────────────────────────────


def test_a_form_without_its_csrf_token_confirms_nothing(service: Service, site: Site) -> None:
    record, other = service.waiting(), service.waiting()
    token = service.token(record)
    path = links.CONFIRM_PATH + token
    foreign = site.open(service.token(other)).form
    own = site.open(token).form
    assert foreign is not None
    assert own is not None
    forged: list[dict[str, Any]] = [
        {},
        {"form": {"csrf": ""}},
        {"form": {"csrf": "A" * 43}},
        {"form": {"csrf": foreign["csrf"]}},
        {"form": {"other": own["csrf"]}},
        {"content": b"csrf=" + own["csrf"].encode() + b"&csrf=" + own["csrf"].encode()},
        {"content": b"csrf=" + own["csrf"].encode() + b"&pad=" + b"x" * links.LARGEST_FORM},
        {"content": b"\xff\xfe"},
        {"content": b'{"csrf": "' + own["csrf"].encode() + b'"}'},
    ]
    for attempt in forged:
        page = site.ask("POST", path, **attempt)
        assert (page.status, shows(page, "try_again")) == (403, True), attempt
    assert service.enrolment(record).confirmed_at is None


def test_the_token_of_one_button_does_not_press_the_other(service: Service, site: Site) -> None:
    record = service.waiting()
    token = service.token(record)
    confirm = site.open(token).form
    service.forward(days=8)
    assert confirm is not None
    page = site.ask("POST", links.RESEND_PATH + token, {"csrf": confirm["csrf"]})
    assert (page.status, shows(page, "try_again")) == (403, True)
    assert len(service.sends(record)) == 1


def test_a_forged_post_tells_not_whether_the_link_exists(service: Service, site: Site) -> None:
    token = service.token(service.waiting())
    for path in (links.CONFIRM_PATH, links.RESEND_PATH):
        real, guessed = (site.ask("POST", path + one, {"csrf": "A" * 43}) for one in (token, altered(token)))
        assert real == guessed


def test_a_page_opened_before_a_new_key_came_still_works(service: Service, site: Site) -> None:
    record = service.waiting()
    page = site.open(service.token(record))
    service.world.ring.rotate()
    assert shows(site.press(page), "confirmed")


# ── crowds ──────────────────────────────────────────────────────────────────


def test_eight_presses_at_once_confirm_once_and_the_others_read_already_active(
    service: Service, site: Site
) -> None:
    record = service.waiting()
    page = site.open(service.token(record))
    assert page.form is not None
    action, csrf = page.form["action"], {"csrf": page.form["csrf"]}

    async def all_at_once() -> list[Page]:
        return await asyncio.gather(*(site.asked("POST", action, csrf) for _ in range(8)))

    done = asyncio.run(asyncio.wait_for(all_at_once(), PATIENCE))
    assert [page.status for page in done] == [200] * 8
    assert sum(shows(page, "confirmed") for page in done) == 1
    assert sum(shows(page, "already_active") for page in done) == 7
    assert service.audited(record, "confirm") == 1


def test_eight_askings_at_once_send_one_mail(service: Service, site: Site) -> None:
    record = service.waiting()
    service.forward(days=8)
    page = site.open(service.token(record))
    assert page.form is not None
    action, csrf = page.form["action"], {"csrf": page.form["csrf"]}

    async def all_at_once() -> list[Page]:
        return await asyncio.gather(*(site.asked("POST", action, csrf) for _ in range(8)))

    done = asyncio.run(asyncio.wait_for(all_at_once(), PATIENCE))
    assert sum(shows(page, "resent") for page in done) == 1
    assert sum(shows(page, "newer_queued") for page in done) == 7
    assert len(service.sends(record)) == 2
    assert sum(g.superseded_at is None for g in service.generations(record)) == 1


class Seconds:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_link_asked_too_often_has_to_wait_and_no_other_does(service: Service) -> None:
    seconds = Seconds()
    limits = replace(links.LIMITS, link=Rate(burst=3, per_second=0.5))
    site = Site(service.world, limits=limits, clock=seconds)
    token, other = service.token(service.waiting()), service.token(service.waiting())
    for _ in range(3):
        assert site.open(token).status == 200
    held = site.open(token)
    assert (held.status, shows(held, "rate_limited"), held.headers["retry-after"]) == (429, True, "2")
    assert site.open(other).status == 200
    seconds.now += 2
    assert site.open(token).status == 200


def test_everybody_together_has_a_limit_that_tells_nothing_of_a_link(service: Service) -> None:
    limits = replace(links.LIMITS, everybody=Rate(burst=2, per_second=1))
    site = Site(service.world, limits=limits, clock=Seconds())
    token = service.token(service.waiting())
    assert [site.open(t).status for t in (token, "A" * 64)] == [200, 404]
    real, guess = site.open(token), site.open("A" * 64)
    assert real == guess
    assert real.status == 429


def test_the_limits_remember_a_bounded_number_of_links() -> None:
    buckets = Buckets(Rate(burst=1, per_second=0.001), Seconds(), most=100)
    for number in range(5_000):
        buckets.take(str(number).encode())
    assert len(buckets) == 100


def test_a_refused_request_costs_no_query(service: Service) -> None:
    limits = replace(links.LIMITS, everybody=Rate(burst=1, per_second=0.01))
    site = Site(service.world, limits=limits, clock=Seconds())
    site.open("A" * 64)
    with statements(service) as heard:
        site.open("B" * 64)
    assert heard == []


# ── failures ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error", [OperationalError("select secret", {}, Exception("secret")), RuntimeError("secret")]
)
def test_a_failing_database_becomes_a_page_that_says_nothing_of_it(
    service: Service,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(links, "open_page", fails)
    token = service.token(service.waiting())
    page = site.open(token)
    assert (page.status, shows(page, "unavailable")) == (503, True)
    assert "secret" not in page.html + caplog.text
    assert token not in caplog.text


def test_a_link_with_a_trailing_slash_or_query_is_still_one_link(service: Service, site: Site) -> None:
    """Mail programs add tracking parameters; a slash makes it another, unknown link."""
    token = service.token(service.waiting())
    tracked = site.ask("GET", f"{links.CONFIRM_PATH}{token}?utm_source=mail")
    assert shows(tracked, "confirm")
    assert shows(site.ask("GET", f"{links.CONFIRM_PATH}{quote(token)}/"), "generic")
