"""How people use a browser: two tabs, the back button, double clicks, the keyboard, coming back late."""

from collections.abc import Callable

from ameli_support.onboarding.personal_code import strength
from tests.browser.conftest import Opener
from tests.browser.tab import P, named, plain, said
from tests.sandbox.public_site import CODE, PublicSite, until
from tests.sandbox.service import unique

NEW_LINK = plain(P.pages["inactive"].buttons[0])


def test_two_tabs_go_on_together(site: PublicSite, tab: Opener) -> None:
    record = site.person()
    one = tab().at_code(record)
    other = one.another().open("/code")
    one.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    other.press("CONTINUER", new_code="AutreCode2", new_code_again="AutreCode2")
    assert (other.path, other.title) == ("/coordonnees", named("contact"))
    other.press("Me déconnecter")
    assert one.page.reload() is not None
    assert one.path == "/connexion"
    assert one.logged_in(record).path == "/coordonnees"  # the first code stands


def test_two_tabs_of_two_people_end_with_one_of_them(site: PublicSite, tab: Opener) -> None:
    """One browser has one session: what the old tab sends is the new person's business no more."""
    first, second = site.person(), site.person()
    old = tab().at_terms(first)
    new = old.another()
    new.page.context.clear_cookies()
    new.at_terms(second)
    old.press("CONTINUER", terms="no")
    assert old.title == named("session_over")
    for record in (first, second):
        assert site.enrolment(record).ended_at is None


def test_the_back_button_shows_an_old_step_that_changes_nothing(site: PublicSite, tab: Opener) -> None:
    record = site.person()
    here = tab().at_terms(record).press("CONTINUER", terms="yes")
    here.page.go_back()
    # the page is kept by nobody: what comes back is the present step
    assert here.path == "/code"
    here.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    address = f"{unique('p')}@orange.fr"
    here.press("CONTINUER", email=address, email_again=address)
    here.page.go_back()
    assert here.path == "/connexion"  # nobody after them sees what was typed
    assert address not in here.page.content()
    assert len(site.sends(record)) == 1


def test_a_double_click_on_every_button_of_the_journey(site: PublicSite, tab: Opener) -> None:
    record, address = site.person(), f"{unique('d')}@orange.fr"
    here = tab().open("/inscription")
    steps: list[tuple[str, Callable[[], dict[str, str]], str]] = [
        ("CONTINUER", lambda: site.fields(record), "/connexion"),
        ("ME CONNECTER", lambda: {"nir": site.nir(record), "code": site.code(record)}, "/conditions"),
        ("CONTINUER", lambda: {"terms": "yes"}, "/code"),
        ("CONTINUER", lambda: {"new_code": CODE, "new_code_again": CODE}, "/coordonnees"),
        ("CONTINUER", lambda: {"email": address, "email_again": address}, "/deconnecte"),
    ]
    for button, typed, lands in steps:
        here.fill(**typed()).button(button).dblclick()
        here.page.wait_for_url(f"**{lands}*")
    assert here.title == named("read_your_mail")
    assert len(site.sends(record)) == 1
    assert len(site.mails_to(address, 1)) == 1


def test_the_keyboard_alone_creates_an_account(site: PublicSite, tab: Opener) -> None:
    record, address = site.person(), f"{unique('k')}@orange.fr"
    here = tab().open("/inscription")
    keyboard = here.page.keyboard

    def types(**typed: str) -> None:
        for field, value in typed.items():
            here.tab_to(f"#{field}")
            keyboard.type(value)
        here.enter()

    here.tab_to("#name")
    here.enter()
    here.tells({"name": said("forms.name"), "nir": said("nir.empty"),
                "birth_date": said("forms.birth_date"), "postcode": said("forms.postcode")})  # fmt: skip
    here.open("/inscription")
    here.tab_to("details summary")  # the help of a field opens by the keyboard
    keyboard.press("Enter")
    assert here.page.locator("details[open] p").first.is_visible()
    here.open("/inscription")
    types(**site.fields(record))
    types(nir=site.nir(record), code=site.code(record))
    here.tab_to("#terms-yes")
    keyboard.press("Space")
    here.enter()
    types(new_code=CODE, new_code_again=CODE)
    types(email=address, email_again=address)
    assert here.title == named("read_your_mail")


def test_the_strength_follows_the_typing_and_never_refuses(site: PublicSite, tab: Opener) -> None:
    here = tab().at_code(site.person())
    level = here.page.locator("#niveau [role=status]")
    meter = here.page.locator("#niveau meter")
    words = [said(f"strength.level_{number}") for number in range(5)]
    shown = set()
    for code in ("a", "abcdefgh", "MotdePasse1", "c0rrect-Horse", "c0rrect-Horse_battery+Staple"):
        here.fill(new_code=code)
        now = strength(code, P)  # the server's own reckoning
        assert (plain(level.inner_text()), meter.evaluate("e => e.value")) == (words[now], now)
        shown.add(now)
    assert len(shown) >= 4
    assert here.fill(new_code="") is here
    assert level.inner_text() == "–"
    here.press("CONTINUER", new_code=CODE, new_code_again=CODE)
    assert here.path == "/coordonnees"


def test_the_calendar_fills_the_date_and_is_no_part_of_the_form(site: PublicSite, tab: Opener) -> None:
    record = site.person()
    here = tab().open("/inscription")
    assert here.button(said("pages.sign_up.calendar")).is_visible()
    here.page.locator("input.picker").evaluate(
        "e => { e.value = '1962-08-24'; e.dispatchEvent(new Event('change')) }"
    )
    assert (here.value("birth_date"), here.focus) == ("24/08/1962", "birth_date")
    fields = {name: value for name, value in site.fields(record).items() if name != "birth_date"}
    assert here.press("CONTINUER", **fields).path == "/connexion"
    assert tab(scripts=False).open("/inscription").page.locator("input.picker").count() == 0


def test_whoever_leaves_comes_back_to_their_step(site: PublicSite, tab: Opener) -> None:
    record = site.person()
    here = tab().at_code(record).press("RETOUR")
    assert here.path == "/connexion"
    assert said("pages.login.left") in here.text
    assert here.press("ME CONNECTER", nir=site.nir(record), code=site.code(record)).path == "/code"


def test_refusing_the_terms(site: PublicSite, tab: Opener) -> None:
    here = tab(axe=True).at_terms(site.person())
    here.press("CONTINUER", terms="no").look(named("terms_refused"))


def test_days_3_8_and_22_after_a_login(site: PublicSite, tab: Opener) -> None:
    record, address = site.person(), f"{unique('l')}@orange.fr"
    here = tab(width=320, axe=True).arrives(lambda visitor: site.signed_up(visitor, record, email=address))
    site.mails_to(address, 1)
    site.forward(days=3)
    here.logged_in(record).look(named("login_unconfirmed"))
    here.press("Me déconnecter")
    site.forward(days=5)
    here.logged_in(record).look(named("inactive"))
    here.press(NEW_LINK)
    assert plain(P.pages["resent"].title) in here.text
    assert len(site.mails_to(address, 2)) == 2
    assert {row.address for row in site.generations(record)} == {address}
    until(lambda: here.open("/confirmation").title == named("login_unconfirmed") or None)
    here.press("Renvoyer le mail").look(named("cooldown"))
    site.forward(days=14)
    here.open("/confirmation").look(named("closed"))
    assert "moncompteameli.cpam-isere@assurance-maladie.fr" in here.text
    assert here.page.get_by_role("button").all_inner_texts() == ["Me déconnecter"]
