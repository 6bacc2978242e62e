"""The insured person's pages, on both databases: what a link shows on its day, what its button does."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from sqlalchemy import select

from ameli_support.accounts.contract import CorrectReason
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.procedure import procedure
from ameli_support.onboarding.wording import spoken_day, spoken_time
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.site import links, looks
from tests.sandbox.service import Service, unique
from tests.sandbox.site import Page, Site

PAGES = procedure().pages


@pytest.fixture
def site(service: Service) -> Site:
    return Site(service.world)


def shows(page: Page, name: str) -> bool:
    """Whether this is the page of that name in procedure.toml."""
    return page.title == PAGES[name].title


# ── day by day ──────────────────────────────────────────────────────────────


def test_on_day_3_the_link_shows_the_button_and_pressing_it_activates_the_account(
    service: Service, site: Site
) -> None:
    record = service.waiting()
    service.forward(days=3)
    token = service.token(record)
    page = site.open(token)
    assert (page.status, shows(page, "confirm")) == (200, True)
    assert page.form is not None
    assert page.form["label"] == procedure().mail.button
    ends = service.now() + timedelta(days=procedure().numbers.link_days - 3)
    assert spoken_day(ends, "fr").replace("\u00a0", " ") in page.text
    assert spoken_time(ends, "fr").replace("\u00a0", " ") in page.text
    assert service.enrolment(record).confirmed_at is None

    done = site.press(page)
    assert (done.status, shows(done, "confirmed"), done.form) == (200, True, None)
    assert service.enrolment(record).confirmed_at is not None
    assert shows(site.press(page), "already_active")
    assert shows(site.open(token), "already_active")


def test_on_day_8_a_new_mail_to_the_same_address_is_offered_and_asked_for(
    service: Service, site: Site
) -> None:
    record = service.waiting(f"{unique('pauline')}@orange.fr")
    old = service.token(record)
    service.forward(days=8)
    page = site.open(old)
    assert (page.status, shows(page, "inactive")) == (200, True)
    assert "plus actif" in page.text
    assert "p•••@orange.fr" in page.text
    assert service.address(record) not in page.html
    assert page.form is not None
    assert page.form["action"].startswith(links.RESEND_PATH)

    asked = site.press(page)
    assert shows(asked, "resent")
    assert "en cours d’envoi" in asked.text
    assert "envoyé" not in asked.text
    assert "p•••@orange.fr" in asked.text
    assert [send.state for send in service.sends(record)][-1] == MailState.QUEUED
    assert service.address(record) == service.generations(record)[-1].address


def test_nothing_says_sent_while_the_newer_mail_is_queued(service: Service, site: Site) -> None:
    record = service.waiting()
    old = service.token(record)
    service.forward(days=8)
    site.press(site.open(old))
    waiting = site.open(old)
    assert shows(waiting, "newer_queued")
    assert "envoyé" not in waiting.text

    service.mails(record, MailState.HANDED_OVER)
    left = site.open(old)
    assert shows(left, "newer_sent")
    assert spoken_day(service.now(), "fr").replace("\u00a0", " ") in left.text
    assert shows(site.confirm(service.token(record)), "confirmed")


def test_a_newer_mail_that_was_refused_is_not_said_to_be_sent(service: Service, site: Site) -> None:
    record = service.waiting()
    old = service.token(record)
    service.forward(days=8)
    site.press(site.open(old))
    service.mails(record, MailState.REFUSED)
    page = site.open(old)
    assert (page.status, shows(page, "generic")) == (404, True)
    assert "envoyé" not in page.text


def test_on_day_22_the_page_names_the_3646_and_the_funds_mailbox(service: Service, site: Site) -> None:
    record = service.waiting()
    service.forward(days=22)
    page = site.open(service.token(record))
    assert (page.status, shows(page, "closed"), page.form) == (200, True, None)
    assert procedure().contacts.call_centre in page.text
    assert procedure().contacts.mailbox in page.text


def test_another_funds_person_is_given_the_3646_alone(service: Service, site: Site) -> None:
    record = service.waiting(fund="691")
    service.forward(days=22)
    page = site.open(service.token(record))
    assert shows(page, "closed_elsewhere")
    assert procedure().contacts.call_centre in page.text
    assert procedure().contacts.mailbox not in page.text


# ── other dead links ────────────────────────────────────────────────────────


def test_a_suspended_link_and_a_strangers_guess_get_the_same_answer(service: Service, site: Site) -> None:
    record = service.waiting()
    token = service.token(record)
    asker = service.agent().reach(record, Level.SIMPLE)
    asker.suspend(record)
    suspended, unknown = site.open(token), site.open("A" * 64)
    assert shows(suspended, "generic")
    assert (suspended.status, suspended.headers, suspended.html) == (
        unknown.status,
        unknown.headers,
        unknown.html,
    )


def test_after_a_correction_the_old_address_learns_nothing(service: Service, site: Site) -> None:
    record = service.waiting()
    old = service.token(record)
    asker = service.agent().reach(record, Level.REINFORCED)
    asker.correct(record, f"{unique('new')}@free.fr", CorrectReason.MAILBOX_LOST)
    page = site.open(old)
    assert (page.status, shows(page, "generic")) == (404, True)
    assert "free.fr" not in page.html


def test_an_address_that_another_account_has_confirmed_is_a_clear_conflict(
    service: Service, site: Site
) -> None:
    address = f"{unique('family')}@free.fr"
    one = service.waiting(address)
    token = service.token(one)
    page = site.open(token)
    claim = schema.address_claim
    other = service.active(f"{unique('other')}@free.fr")
    service.change(
        claim, claim.c.address == address, enrolment=service.enrolment(other).id, until=schema.FOREVER
    )
    done = site.press(page)
    assert (done.status, shows(done, "address_taken")) == (409, True)
    assert service.enrolment(one).confirmed_at is None


def test_the_dead_links_page_says_that_another_account_uses_the_address(service: Service, site: Site) -> None:
    """The other one holds it by a live link alone: nobody has confirmed anything."""
    address = f"{unique('family')}@free.fr"
    late = service.waiting(address)
    service.forward(days=8)
    service.waiting(address)
    done = site.press(site.open(service.token(late)))
    assert (done.status, shows(done, "address_taken")) == (409, True)
    assert "déjà utilisée par un autre compte ameli" in done.text
    assert "confirmée" not in done.text


# ── opening changes nothing ─────────────────────────────────────────────────


def test_an_antivirus_opens_the_link_five_times_and_the_person_still_confirms(
    service: Service, site: Site
) -> None:
    record = service.waiting()
    token = service.token(record)
    before = (service.enrolment(record), service.generations(record))
    for _ in range(5):
        assert shows(site.open(token), "confirm")
    assert (service.enrolment(record), service.generations(record)) == before
    opening = schema.page_opening
    seen = service.one(select(opening).where(opening.c.generation == before[1][0].id))
    assert seen.count == 5
    assert shows(site.confirm(token), "confirmed")


@pytest.mark.parametrize("days", [0, 8, 22])
def test_head_has_the_headers_of_get_and_no_body(service: Service, site: Site, days: int) -> None:
    record = service.waiting()
    token = service.token(record)
    service.forward(days=days)
    got, head = site.open(token), site.open(token, "HEAD")
    assert (head.status, head.headers, head.html) == (got.status, got.headers, "")
    assert int(head.headers["content-length"]) == len(got.html.encode())


def test_the_persons_own_resend_waits_out_the_cool_down_and_the_day(service: Service, site: Site) -> None:
    record = service.waiting()
    first = service.token(record)
    service.forward(days=8)
    page = site.open(first)
    numbers = procedure().numbers
    for _ in range(numbers.sends_per_day):
        assert shows(site.press(page), "resent")
        # the links end at once, so that the first one's page offers a mail again
        generation = schema.generation
        newest = service.generations(record)[-1]
        service.change(generation, generation.c.id == newest.id, expires_at=newest.issued_at)
        again = site.press(page)
        assert (again.status, shows(again, "cooldown")) == (429, True)
        assert int(again.headers["retry-after"]) == numbers.cooldown_seconds
        service.forward(seconds=numbers.cooldown_seconds)
    capped = site.press(page)
    assert (capped.status, shows(capped, "day_cap")) == (429, True)
    assert len(service.sends(record)) == 1 + numbers.sends_per_day


# ── how every page is made ──────────────────────────────────────────────────


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def several(service: Service, site: Site) -> list[Page]:
    """One of most kinds."""
    record = service.waiting()
    token = service.token(record)
    found = [site.open(token), site.open("unknown"), site.ask("POST", links.CONFIRM_PATH + token)]
    service.forward(days=8)
    found += [site.open(token), site.press(site.open(token)), site.open(token)]
    found.append(site.confirm(service.token(record)))
    late = service.waiting()
    service.forward(days=22)
    return [*found, site.open(service.token(late))]


def test_every_page_is_french_closed_to_scripts_and_kept_by_nobody(service: Service, site: Site) -> None:
    for page in several(service, site):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "set-cookie" not in page.headers
        tags = _Tags()
        tags.feed(page.html)
        names = [tag for tag, _ in tags.seen]
        assert ("html", {"lang": "fr"}) in tags.seen
        assert "script" not in names
        assert "style" not in names
        assert names.count("h1") == 1
        assert names.count("main") == 1
        for _, attributes in tags.seen:
            assert "style" not in attributes
            assert not any(name.startswith("on") for name in attributes)
            assert not any("//" in (value or "") for value in attributes.values())


def test_every_page_has_its_sentences_filled_and_well_typeset(service: Service, site: Site) -> None:
    for page in several(service, site):
        assert "{" not in page.html
        assert "**" not in page.html
        assert not re.search(r" [:;!?»]|« ", page.html.partition("<body>")[2])
        assert page.title in page.html.partition("<title>")[2].replace("\u00a0", " ")


def test_the_token_is_shown_nowhere_but_in_the_buttons_own_address(service: Service, site: Site) -> None:
    record = service.waiting()
    token = service.token(record)
    page = site.open(token)
    assert page.html.count(token) == 1
    assert page.form is not None
    assert page.form["action"] == links.CONFIRM_PATH + token


def test_links_are_made_from_the_settings_never_from_the_host_header(service: Service, site: Site) -> None:
    record = service.waiting()
    token = service.token(record)
    evil = site.ask("GET", links.CONFIRM_PATH + token, headers={"Host": "evil.invalid"})
    assert shows(evil, "confirm")
    assert "evil" not in evil.html
    assert links.link_of(service.world, token) == f"{service.world.base_url}{links.CONFIRM_PATH}{token}"


def test_the_style_sheet_is_served_and_may_be_kept(site: Site) -> None:
    answer = site.ask("GET", looks.STYLE_PATH)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "max-age" in answer.headers["cache-control"]


def test_texts_and_buttons_have_a_contrast_of_at_least_7_to_1() -> None:
    """WCAG 2.1 §1.4.6 (AAA), on the colours of the style sheet."""
    css = (files(links.__package__) / "static" / "ameli.css").read_text("utf-8")
    text_on = {"#14213d": ("#fff", "#eef2f7"), "#3a4763": ("#fff", "#eef2f7"), "#0c2f5e": ("#fff",),
               "#0c4a8f": ("#fff",), "#08356a": ("#fff",)}  # fmt: skip
    for ink, papers in text_on.items():
        assert ink in css
        for paper in papers:
            assert paper in css
            assert _contrast(ink, paper) >= 7, (ink, paper)


def _contrast(one: str, two: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
