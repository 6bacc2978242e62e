"""The whole way to an active account in Chromium, by both routes; the mail is read in the webmail."""

from collections.abc import Callable

import pytest

from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import Phase
from tests.browser.conftest import Opener
from tests.browser.tab import FC_BUTTON, P, Tab, named, plain, said
from tests.sandbox.fc import GO_ON
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.service import unique

WIDE = {"axe": True}
NARROW = {"width": 320, "height": 568, "scripts": False}
ZOOMED = {"width": 320, "height": 256, "zoom": 4, "scripts": False}  # WCAG 1.4.10: 1280 × 1024 at 400 %


def by_form(tab: Tab, record: str) -> None:
    """Up to step 1 of 3."""
    tab.open("/inscription").look(named("sign_up"))
    tab.press("CONTINUER", **tab.site.fields(record)).look(named("login"))
    assert said("pages.login.code_sent") in tab.text
    tab.press("ME CONNECTER", nir=tab.site.nir(record), code=tab.site.code(record))


def by_franceconnect(tab: Tab, record: str) -> None:
    """Up to step 1 of 3, by the button of the login page."""
    tab.open("/connexion").press(FC_BUTTON)
    tab.look(f"{named('franceconnect')} {said('pages.franceconnect.service')}")
    assert tab.page.locator("button[value=impots]").is_disabled()
    with tab.page.expect_navigation():
        tab.page.locator("button[value=la_poste]").click()
    tab.look(named("identity_provider", provider="L’Identité Numérique La Poste"))
    name = tab.site.fields(record)["name"].lower()
    tab.press("Me connecter", login=f"angela.{name}.24081962").look(named("recognised"))
    assert "née le 24/08/1962" in tab.text
    tab.press(GO_ON)


def ends_active(tab: Tab, record: str, address: str) -> None:
    """From step 1 of 3: terms, code, address, mail, link, button, login."""
    tab.look(named("terms"))
    tab.press("CONTINUER", terms="yes").look(named("personal_code"))
    tab.press("CONTINUER", new_code=CODE, new_code_again=CODE).look(named("contact"))
    tab.press("CONTINUER", email=address, email_again=address, mobile="06 12 34 56 78", consent_email="no")
    tab.look(named("read_your_mail"))
    assert tab.path == "/deconnecte"
    confirmation = opens_the_mail(tab, address)
    confirmation.look(named("confirm"))
    confirmation.press(plain(P.pages["confirm"].buttons[0])).look(named("confirmed"))
    confirmation.follow("Me connecter").look(named("login"))
    confirmation.press("ME CONNECTER", nir=tab.site.nir(record), code=CODE).look(named("account"))


def opens_the_mail(tab: Tab, address: str) -> Tab:
    """The webmail, the newest mail, its button: the tab that opens."""
    tab.site.mails_to(address, 1)
    webmail = tab.another().open("/webmail/")
    webmail.look("Ouvrir une boîte mail")
    webmail.press("Ouvrir", adresse=address).look(address)
    webmail.follow(P.mail.subject).look(plain(P.mail.subject))
    letter = webmail.page.frame_locator("iframe")
    with tab.page.context.expect_page() as clicked:
        letter.get_by_role("link", name=P.mail.button).click()
    clicked.value.wait_for_load_state()
    return Tab(clicked.value, tab.site, tab.how)


@pytest.mark.parametrize(
    ("route", "how"),
    [
        pytest.param(by_form, WIDE, id="form-axe"),
        pytest.param(by_form, ZOOMED, id="form-400%-no-scripts"),
        pytest.param(by_franceconnect, NARROW, id="franceconnect-320px-no-scripts"),
    ],
)
def test_the_account_is_created_and_confirmed(
    site: PublicSite, tab: Opener, route: Callable[[Tab, str], None], how: dict[str, float]
) -> None:
    record = site.person(birth_name=letters(unique()), first_names="Angela", sex="female")
    address = f"{unique('b')}@orange.fr"
    here = tab(**how)
    route(here, record)
    ends_active(here, record, address)
    assert site.agent().reach(record, Level.SIMPLE).view(record).phase is Phase.ACTIVE


def letters(name: str) -> str:
    """A name that nobody else has, without digits."""
    return "ROCHE" + "".join(chr(ord("A") + int(digit)) for digit in name if digit.isdigit())
