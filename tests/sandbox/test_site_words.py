"""One source: what the agent is told that the person sees is what the page itself shows."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ameli_support.clock import from_us, to_us
from ameli_support.onboarding.journey import Place, Screenful, sees
from ameli_support.onboarding.pages import PARTS, faults
from ameli_support.onboarding.procedure import procedure
from ameli_support.onboarding.wording import spoken_day, spoken_time
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from tests.sandbox.public_site import PublicSite, until
from tests.sandbox.visitor import Shown, Visitor

P = procedure()
Walk = Callable[[PublicSite, Visitor, str], Shown]


def sign_up(site: PublicSite, visitor: Visitor, _record: str) -> Shown:
    return visitor.open("/inscription")


def provisional(site: PublicSite, visitor: Visitor, record: str) -> Shown:
    visitor.open("/inscription")
    return visitor.press("CONTINUER", **site.fields(record))


def waiting(site: PublicSite, visitor: Visitor, record: str, days: int = 0) -> Shown:
    site.signed_up(visitor, record)
    until(lambda: site.sends(record)[0].state == MailState.HANDED_OVER or None)
    site.forward(days=days)
    return site.log_in(visitor, record)


def queued(site: PublicSite, visitor: Visitor, record: str) -> Shown:
    waiting(site, visitor, record)
    return shown_with(site, visitor, record, state="deferred", handed_over_at=None)


def refused(site: PublicSite, visitor: Visitor, record: str) -> Shown:
    waiting(site, visitor, record)
    return shown_with(site, visitor, record, state="refused", handed_over_at=None)


def shown_with(site: PublicSite, visitor: Visitor, record: str, **mail: object) -> Shown:
    """The page when the fate of the newest mail is another one."""
    send = schema.send
    (row,) = site.stored(send.select().where(send.c.enrolment == site.enrolment(record).id))
    site.change(schema.mail, schema.mail.c.id == row.mail, **mail)
    return visitor.open("/confirmation")


def active(site: PublicSite, visitor: Visitor, record: str) -> Shown:
    site.signed_up(visitor, record)
    site.confirm(record)
    return site.log_in(visitor, record)


def suspended(site: PublicSite, visitor: Visitor, record: str) -> Shown:
    waiting(site, visitor, record)
    at = to_us(site.now())
    site.change(schema.enrolment, schema.enrolment.c.person == record, suspended_at=at)
    return visitor.open("/confirmation")


WALKS: dict[Place, Walk] = {
    Place.SIGN_UP: sign_up,
    Place.NO_ENROLMENT: sign_up,
    Place.IDENTITY_FORM: provisional,
    Place.IDENTITY_FORM_VOID: provisional,
    Place.ENDED: lambda _site, visitor, _record: visitor.open("/connexion"),
    Place.TERMS: lambda site, visitor, record: site.at_terms(visitor, record),
    Place.PERSONAL_CODE: lambda site, visitor, record: site.at_code(visitor, record),
    Place.CONTACT: lambda site, visitor, record: site.at_contact_page(visitor, record),
    Place.LIVE: waiting,
    Place.LIVE_QUEUED: queued,
    Place.LIVE_REFUSED: refused,
    Place.INACTIVE: lambda site, visitor, record: waiting(site, visitor, record, days=8),
    Place.CLOSED: lambda site, visitor, record: waiting(site, visitor, record, days=22),
    Place.ACTIVE: active,
    Place.SUSPENDED: suspended,
}


def spoken(site: PublicSite, record: str) -> dict[str, str]:
    """The dates that a script fills in: those of the newest mail."""
    send, enrolment = schema.send, schema.enrolment
    mine = select(enrolment.c.id).where(enrolment.c.person == record)
    sends = site.stored(send.select().where(send.c.enrolment.in_(mine)))
    if not sends:
        return {}
    (mail,) = site.stored(schema.mail.select().where(schema.mail.c.id == sends[-1].mail))
    at = from_us(mail.handed_over_at or mail.queued_at)
    return {"sent_day": spoken_day(at, "fr"), "sent_time": spoken_time(at, "fr")}


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("where", [place for place in Place if place.is_the_persons and place in WALKS])
def test_the_agent_is_told_the_pages_own_heading_text_and_buttons(
    public_site: PublicSite, visitor: Visitor, where: Place
) -> None:
    record = public_site.person()
    page = WALKS[where](public_site, visitor, record)
    told: Screenful = sees(where, P, fund="381", **spoken(public_site, record))
    heading, *text = [plain(line) for line in told.lines if line != told.note]
    title, _, stage = heading.partition(" », étape ")
    assert title.strip("« »") == page.title
    if stage:
        current = f'aria-current="step"><span>Étape {stage[0]}'
        assert current in page.html.replace("\u00a0", " ")
    for line in text:
        assert line.strip("« »") in page.text
    pressed = {plain(words) for words, *_ in page.parts.buttons} - {"Me déconnecter"}
    choices = set(page.parts.labels.values()) | set(page.parts.links)
    assert {plain(button) for button in told.buttons} <= pressed | choices
    # and nothing to press is kept from the agent, besides FranceConnect's second way in
    assert pressed - {plain(button) for button in told.buttons} <= {P.pages["franceconnect"].title,
        "S’identifier avec FranceConnect"}  # fmt: skip


def test_every_place_of_the_persons_is_walked_but_franceconnects_own() -> None:
    assert set(WALKS) == {place for place in Place if place.is_the_persons} - {Place.IDENTITY}


def test_every_part_of_every_page_is_there_and_no_other() -> None:
    keys = [key for key in P.cells if key.startswith("pages.")]
    assert faults(keys) == ()
    assert faults([*keys, "pages.terms.colour"]) == (("pages.terms.colour", "unknown: no page shows it"),)
    missing = [key for key in keys if key != "pages.terms.choices"]
    assert faults(missing) == (("pages.terms.choices", "missing"),)
    assert {key.split(".")[1] for key in keys} == set(PARTS)
