"""The pages that no journey comes to, and forms with their errors: whole at 320 px, clean under axe."""

from datetime import date

from ameli_support.clock import to_us
from ameli_support.outbox import MailState
from ameli_support.sandbox import resetting, schema
from tests.browser.conftest import Opener
from tests.browser.tab import P, named
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.service import unique

NARROW = {"width": 320, "axe": True}


def test_forms_with_all_their_errors(site: PublicSite, tab: Opener) -> None:
    here = tab(**NARROW)
    here.open("/inscription").press("CONTINUER").look(named("sign_up"))
    here.open("/connexion").press("ME CONNECTER").look(named("login"))
    here.open("/code-oublie").press("Recevoir un lien").look(named("forgotten"))
    record = site.person()
    here.at_terms(record).press("CONTINUER").look(named("terms"))
    here.press("CONTINUER", terms="yes")
    here.press("CONTINUER", new_code="ÿ1962é", new_code_again="x").look(named("personal_code"))
    here.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    here.press("CONTINUER", email="x", mobile="1", landline="1").look(named("contact"))


def test_pages_around_the_code(site: PublicSite, tab: Opener) -> None:
    record, here = site.active(f"{unique('o')}@orange.fr"), tab(**NARROW)
    here.open("/code-oublie").press("Recevoir un lien", nir=site.nir(record), birth_date="25/08/1962")
    here.look(named("code_forgotten"))
    here.open("/code-oublie/nimporte").look(named("reset_dead"))
    resetting.ask(site.world, site.nir(record), date(1962, 8, 24))
    mail = site.mails_to(site.address(record), 1)[-1]
    here.page.goto(next(link for link in mail.links if "/code-oublie/" in link))
    here.look(named("reset_code"))
    here.press("Changer mon code", new_code=CODE, new_code_again=CODE).look(named("login"))
    here.press("ME CONNECTER", nir=site.nir(record), code=CODE).follow("Changer mon code personnel")
    here.press("Changer mon code").look(named("change_code"))


def test_pages_of_a_phase_that_are_rare(site: PublicSite, tab: Opener) -> None:
    record, here = site.person(), tab(**NARROW)
    here.arrives(lambda visitor: site.signed_up(visitor, record))
    mine = schema.enrolment.c.person == record
    for state, page in ((MailState.REFUSED, "login_refused"), (MailState.DEFERRED, "login_queued")):
        mails = schema.mail.c.id.in_(schema.send.select().with_only_columns(schema.send.c.mail).where(
            schema.send.c.enrolment == site.enrolment(record).id))  # fmt: skip
        site.mails_to(site.address(record), 1)
        site.change(schema.mail, mails, state=state.value, state_at=to_us(site.now()))
        here.logged_in(record).look(named(page))
        here.press("Me déconnecter")
    site.change(schema.enrolment, mine, suspended_at=to_us(site.now()))
    here.logged_in(record).look(named("login_generic"))


def test_refusals(site: PublicSite, tab: Opener) -> None:
    here = tab(**NARROW)
    minor = site.person(status="minor", birth_date="2012-04-17")
    here.open("/inscription").press("CONTINUER", **site.fields(minor)).look(named("sign_up_refused"))
    record = site.person()
    for _ in range(P.numbers.provisional_codes_per_day):
        here.open("/inscription").press("CONTINUER", **site.fields(record))
        site.change(schema.enrolment, schema.enrolment.c.person == record, provisional_code="void")
    here.open("/inscription").press("CONTINUER", **site.fields(record)).look(named("provisional_cap"))
