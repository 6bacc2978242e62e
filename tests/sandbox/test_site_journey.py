"""The journey by the form, page by page, as the document tells it; coming back; days 3, 8 and 22."""

from collections.abc import Callable

import pytest

from ameli_support.clock import to_us
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import procedure
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.site.arriving import identified
from ameli_support.sandbox.site.serving import Site
from tests.sandbox.public_site import CODE, PublicSite, until
from tests.sandbox.service import unique
from tests.sandbox.visitor import Shown, Visitor

PAGES = procedure().pages
MAIL = procedure().mail
INSIDE = ("/conditions", "/code", "/coordonnees", "/confirmation", "/compte", "/compte/code")


def test_the_whole_journey_by_the_form_ends_active_and_the_agent_sees_each_step(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    agent = public_site.agent().reach(record, Level.SIMPLE)
    assert agent.view(record).phase is None

    page = visitor.open("/inscription")
    assert page.title == PAGES["sign_up"].title
    assert list(page.parts.labels.values()) == ["Mon nom : *", "Mon n° de sécurité sociale : *",
        "Ma date de naissance : *", "Mon code postal : *"]  # fmt: skip
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert (page.path, page.title) == ("/connexion", PAGES["login"].title)
    assert "code provisoire à 4 chiffres" in page.text
    view = agent.view(record)
    assert (view.step, view.route, view.provisional_code) == (Step.IDENTITY, Route.FORM, "sent")

    page = visitor.press("ME CONNECTER", nir=public_site.nir(record), code=public_site.code(record))
    assert (page.path, page.title) == ("/conditions", PAGES["terms"].title)
    view = agent.view(record)
    assert (view.step, view.provisional_code) == (Step.TERMS, "used")

    page = visitor.press("CONTINUER", terms="yes")
    assert (page.path, page.title) == ("/code", PAGES["personal_code"].title)
    assert agent.view(record).step is Step.PERSONAL_CODE

    page = visitor.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    assert (page.path, page.title) == ("/coordonnees", PAGES["contact"].title)
    assert agent.view(record).step is Step.CONTACT

    address = f"{unique('p')}@orange.fr"
    page = visitor.press(
        "CONTINUER", email=address, email_again=address.upper(), mobile="06 12 34 56 78",
        consent_email="yes", consent_mobile_sms="yes", consent_mobile_phone="no",
        consent_landline_phone="yes",
    )  # fmt: skip
    assert (page.path, page.title) == ("/deconnecte", PAGES["read_your_mail"].title)
    assert visitor.open("/coordonnees").path == "/connexion"  # logged out
    view = agent.view(record)
    assert (view.phase, view.mobile_masked) == (Phase.LIVE, "06 •• •• •• 78")
    assert view.consents is not None
    # a consent to be called on a landline counts only with its number
    assert view.consents.model_dump() == {
        "email": True, "mobile_phone": False, "mobile_sms": True, "landline_phone": False,
    }  # fmt: skip

    (mail,) = public_site.mails_to(address, 1)
    assert mail.subject == MAIL.subject
    (link,) = {link for link in mail.links if "/confirmer/" in link}
    page = visitor.open(link.removeprefix(public_site.world.base_url))
    page = visitor.press("Confirmer mon email")
    assert page.title == PAGES["confirmed"].title
    assert agent.view(record).phase is Phase.ACTIVE
    visitor.follow("Me connecter")
    page = visitor.press("ME CONNECTER", nir=public_site.nir(record), code=CODE)
    assert (page.path, page.title) == ("/compte", PAGES["account"].title)
    assert "Votre compte est activé." in page.text


def test_the_bare_address_leads_to_the_login_or_to_ones_own_page(
    public_site: PublicSite, visitor: Visitor
) -> None:
    assert visitor.open("/").path == "/connexion"
    public_site.at_terms(visitor, public_site.person())
    assert visitor.open("/").path == "/conditions"


@pytest.mark.parametrize("path", ["/confirmer", "/inscriptions", "/fc/api/v2", "/v1x"])
def test_a_path_that_nobody_serves_is_a_page_and_not_a_programs_answer(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    assert (page.status, page.title) == (404, PAGES["generic"].title)
    assert "3646" in page.text
    assert "set-cookie" not in page.headers
    programs = visitor.client.get("/v1/nothing")
    assert programs.headers["content-type"] == "application/problem+json"


def test_whoever_leaves_comes_back_to_their_step(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    public_site.at_terms(visitor, record)
    page = visitor.press("ANNULER")
    assert page.path == "/connexion"
    assert "reprendra" in page.text
    # until a personal code is chosen, the provisional one opens the journey again, without a new one
    other = public_site.visitor()
    other.open("/inscription")
    code = public_site.code(record)
    page = other.press("CONTINUER", **public_site.fields(record))
    assert page.path == "/connexion"
    assert "fonctionne encore" in page.text
    assert "vous est envoyé" not in page.text  # nothing leaves, and nothing says so
    assert public_site.code(record) == code
    assert other.press("ME CONNECTER", nir=public_site.nir(record), code=code).path == "/conditions"
    other.press("CONTINUER", terms="yes")
    assert other.press("RETOUR").path == "/connexion"
    assert public_site.log_in(other, record, code).path == "/code"
    other.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    other.close()
    # from then on the personal code does, and the provisional one no more
    assert public_site.log_in(visitor, record, code).status == 422
    assert public_site.log_in(visitor, record).path == "/coordonnees"
    visitor.press("Me déconnecter")
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert "connectez-vous avec votre code personnel" in page.text


@pytest.mark.parametrize("step", ["terms", "code", "contact"])
def test_typing_another_steps_path_leads_to_the_right_one(public_site: PublicSite, step: str) -> None:
    visitor, record = public_site.visitor(), public_site.person()
    arrive: dict[str, Callable[[Visitor, str], Shown]] = {
        "terms": public_site.at_terms,
        "code": public_site.at_code,
        "contact": public_site.at_contact_page,
    }
    here = arrive[step](visitor, record).path
    for path in (*INSIDE, "/inscription", "/connexion"):
        assert visitor.open(path).path == here
    assert visitor.page is not None
    csrf = visitor.page.parts.forms[0].fields["csrf"]
    address = f"{unique('f')}@orange.fr"
    forms = {
        "/conditions": {"terms": "no"},
        "/code": {"new_code": "AutreCode2", "new_code_again": "AutreCode2"},
        "/coordonnees": {"email": address, "email_again": address},
        "/confirmation": {},
        "/compte/code": {"old_code": CODE, "new_code": "AutreCode2", "new_code_again": "AutreCode2"},
    }
    before = public_site.enrolment(record)
    for path, fields in forms.items():
        if path != here:
            assert visitor.send(path, {"csrf": csrf, **fields}).path == here
    assert public_site.enrolment(record) == before
    visitor.close()


def test_nobody_gets_past_the_login_without_a_code(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    visitor.open("/inscription")
    visitor.press("CONTINUER", **public_site.fields(record))
    for path in INSIDE:
        assert visitor.open(path).path == "/connexion"
    assert public_site.enrolment(record).step == Step.IDENTITY


def test_a_form_sent_twice_is_harmless_and_lands_on_the_same_page(public_site: PublicSite) -> None:
    """A double click: the same form, with the same cookie, a second time."""
    visitor, record = public_site.visitor(), public_site.person()
    fields = public_site.fields(record)
    visitor.open("/inscription")
    steps: list[tuple[str, Callable[[], dict[str, str]], str]] = [
        ("CONTINUER", lambda: fields, "/connexion"),
        ("ME CONNECTER", lambda: {"nir": fields["nir"], "code": public_site.code(record)}, "/conditions"),
        ("CONTINUER", lambda: {"terms": "yes"}, "/code"),
        ("CONTINUER", lambda: {"new_code": CODE, "new_code_again": CODE}, "/coordonnees"),
    ]
    address = f"{unique('d')}@orange.fr"
    steps.append(("CONTINUER", lambda: {"email": address, "email_again": address}, "/deconnecte"))
    for button, typed, lands in steps:
        page, cookies = visitor.page, dict(visitor.client.cookies)
        assert page is not None
        form = next(
            f for f in page.parts.forms if f.id == next(b[1] for b in page.parts.buttons if b[0] == button)
        )
        sent = {**form.fields, **typed()}
        assert visitor.send(form.action, sent).path == lands
        twin = public_site.visitor()
        twin.client.cookies.update(cookies)
        second = twin.send(form.action, sent)
        assert (second.path, second.status) == (lands, 200), button
        twin.close()
    assert len(public_site.sends(record)) == 1
    visitor.close()


def test_going_back_and_sending_an_old_step_again_changes_nothing(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    terms = public_site.at_terms(visitor, record)
    old = terms.parts.forms
    visitor.press("CONTINUER", terms="yes")
    form = next(f for f in old if "csrf" in f.fields and f.action == "/conditions")
    assert visitor.send("/conditions", {**form.fields, "terms": "no"}).path == "/code"
    assert public_site.enrolment(record).ended_at is None


def test_two_tabs_go_on_together(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    public_site.at_code(visitor, record)
    tab = public_site.visitor()
    tab.client.cookies = visitor.client.cookies
    assert tab.open("/code").title == PAGES["personal_code"].title
    visitor.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    page = tab.press("CONTINUER", new_code="AutreCode2", new_code_again="AutreCode2")
    assert page.path == "/coordonnees"
    tab.close()
    # the first code stands
    visitor.press("Me déconnecter")
    assert public_site.log_in(visitor, record).path == "/coordonnees"


def test_refusing_the_terms_ends_it_and_one_may_sign_up_again(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    public_site.at_terms(visitor, record)
    page = visitor.press("CONTINUER", terms="no")
    assert (page.path, page.title) == ("/conditions/refusees", PAGES["terms_refused"].title)
    first = public_site.enrolment(record)
    assert (first.ended, first.address, first.code_hash) == ("terms_refused", None, None)
    assert public_site.sessions_of(record) == 0
    public_site.forward(minutes=1)
    assert public_site.at_terms(visitor, record).path == "/conditions"
    assert public_site.enrolment(record).id != first.id


def test_signing_up_again_at_the_confirmation_tells_the_phase_and_opens_no_new_window(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    public_site.signed_up(visitor, record)
    before = public_site.enrolment(record)
    public_site.forward(days=8)
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert page.title == PAGES["inactive"].title
    # a re-send is offered after a login and on the link's page, nowhere else
    assert not page.parts.buttons
    assert "@" not in page.text
    after = public_site.enrolment(record)
    assert (after.id, after.window_opened_at) == (before.id, before.window_opened_at)


def test_who_is_active_already_is_led_to_the_login(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.active()
    visitor.open("/inscription")
    page = visitor.press("CONTINUER", **public_site.fields(record))
    assert page.path == "/connexion"
    assert "déjà activé" in page.text


# ── days 3, 8 and 22, by both routes ────────────────────────────────────────


def arrive(site: PublicSite, visitor: Visitor, record: str, route: Route) -> None:
    """Logged in: by the code typed, or as FranceConnect's answer arrives."""
    if route is Route.FORM:
        site.log_in(visitor, record)
        return
    pages = Site(site.world)
    answer = identified(pages, pages.sessions.begin(), record, Route.FRANCECONNECT)
    name, value = answer.headers["set-cookie"].partition(";")[0].split("=")
    visitor.client.cookies.set(name, value, domain="127.0.0.1")
    visitor.open(answer.headers["location"])


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize(("day", "page"), [(3, "login_unconfirmed"), (8, "inactive"), (22, "closed")])
def test_logging_in_while_not_active_shows_the_page_of_the_phase(
    public_site: PublicSite, visitor: Visitor, day: int, page: str, route: Route
) -> None:
    record = public_site.person()
    address = public_site.signed_up(visitor, record)
    public_site.mails_to(address, 1)
    until(lambda: public_site.sends(record)[0].state == MailState.HANDED_OVER or None)
    public_site.forward(days=day)
    arrive(public_site, visitor, record, route)
    shown = visitor.page
    assert shown is not None
    assert (shown.path, shown.title) == ("/confirmation", PAGES[page].title)
    if page == "closed":
        assert "3646" in shown.text
        assert "moncompteameli.cpam-isere@assurance-maladie.fr" in shown.text
        assert [b[0] for b in shown.parts.buttons] == ["Me déconnecter"]
        return
    assert f"{address[0]}•••@orange.fr" in shown.text
    visitor.press(PAGES[page].buttons[0])
    mails = public_site.mails_to(address, 2)
    assert mails[1].subject == MAIL.subject
    generations = public_site.generations(record)
    # on day 3 the same link is mailed again, on day 8 a new one to the same address; the window stays
    assert len(generations) == (1 if day == 3 else 2)
    assert {g.address for g in generations} == {address}
    until(lambda: visitor.open("/confirmation").title == PAGES["login_unconfirmed"].title or None)


def test_a_suspended_request_gets_the_general_page_after_a_login(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    public_site.signed_up(visitor, record)
    at = to_us(public_site.now())
    public_site.change(schema.enrolment, schema.enrolment.c.person == record, suspended_at=at)
    page = public_site.log_in(visitor, record)
    assert page.title == PAGES["login_generic"].title
    assert "suspen" not in page.text.lower()


def test_the_re_send_after_a_login_waits_as_everywhere(public_site: PublicSite, visitor: Visitor) -> None:
    record = public_site.person()
    address = public_site.signed_up(visitor, record)
    public_site.mails_to(address, 1)
    public_site.forward(days=8)
    public_site.log_in(visitor, record)
    visitor.press("Recevoir un nouveau lien")
    public_site.mails_to(address, 2)
    until(lambda: public_site.sends(record)[-1].state == MailState.HANDED_OVER or None)
    visitor.open("/confirmation")
    page = visitor.press("Renvoyer le mail")
    assert (page.status, page.title) == (429, PAGES["cooldown"].title)
    assert 0 < int(page.headers["retry-after"]) <= 120
    public_site.forward(minutes=2)
    visitor.open("/confirmation")
    assert visitor.press("Renvoyer le mail").status == 200
    public_site.mails_to(address, 3)
