"""Every error of every page in Chromium: summary with the focus, sentence beside its field, nothing lost."""

from typing import Any

from ameli_support.onboarding.personal_code import CodeRule
from ameli_support.sandbox.site.forms import WHOLE
from tests.browser.conftest import Opener
from tests.browser.tab import P, Tab, named, said
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.service import unique

OTHER = "AutreCode2"
Faults = dict[str, Any]
BORN, NIR = said("forms.birth_date"), said("nir.empty")
# each of the texts of `forms` that tells an error is among these, each with the page that shows it
PAGES_OF = {
    "sign_up": ("name", "birth_date", "birth_date_to_come", "postcode", "stale"),
    "login": ("code_missing", "wrong_login", "login_closed"),
    "terms": ("terms",),
    "code": ("code_differs", "code_must", "code_must_not", "rule_broken", "wrong_code"),
    "contact": ("email_missing", "email", "email_differs", "addresses_tried", "mobile", "landline"),
    "none": ("errors", "log_out"),
}
NUMBERS = {
    "length": "2620899",
    "characters": "262089900123X",
    "first_character": "9620899900123",
    "month": "2621399900123",
    "key": "262089990012399",
    "provisional": "8020399999028",
    "other": "5620899900123",
}


def rule(name: CodeRule) -> str:
    return f"Votre code personnel doit {said(f'code_rules.{name}')}.".replace("doit ne ", "ne doit ")


def sends(tab: Tab, button: str, typed: dict[str, str], faults: Faults, **secret: str) -> None:
    """A form with faults: they are told, what was typed stays, codes go."""
    tab.press(button, **typed, **secret).tells(faults)
    tab.keeps(**typed)
    for field in secret:
        assert tab.value(field) == ""


def test_no_error_is_left_out() -> None:
    told = {key.removeprefix("forms.") for key in P.cells if key.startswith("forms.")}
    assert told == {name for names in PAGES_OF.values() for name in names}
    assert {key.removeprefix("nir.") for key in P.cells if key.startswith("nir.")} == {*NUMBERS, "empty"}


def test_sign_up(site: PublicSite, tab: Opener) -> None:
    here, right = tab().open("/inscription"), site.fields(site.person())
    empty = dict.fromkeys(right, "")
    faults = {"name": said("forms.name"), "nir": NIR, "birth_date": BORN, "postcode": said("forms.postcode")}
    sends(here, "CONTINUER", empty, faults)
    for reason, number in NUMBERS.items():
        sends(here, "CONTINUER", right | {"nir": number}, {"nir": said(f"nir.{reason}")})
    wrong = {"birth_date": "24/08/2199", "postcode": "3800"}
    to_come = {"birth_date": said("forms.birth_date_to_come"), "postcode": said("forms.postcode")}
    sends(here, "CONTINUER", right | wrong, to_come)
    mismatch = {WHOLE: said("pages.sign_up.mismatch")}
    sends(here, "CONTINUER", right | {"name": "MARTIN"}, mismatch)
    here.page.context.clear_cookies()
    sends(here, "CONTINUER", right, {WHOLE: said("forms.stale")})
    assert here.press("CONTINUER").path == "/connexion"  # with what was typed


def test_login(site: PublicSite, tab: Opener) -> None:
    record = site.person()
    site.waiting()
    here, nir = tab().open("/connexion"), site.nir(record)
    sends(here, "ME CONNECTER", {"nir": ""}, {"nir": NIR, "code": said("forms.code_missing")}, code="")
    here.page.context.clear_cookies()
    sends(here, "ME CONNECTER", {"nir": nir}, {WHOLE: said("forms.stale")}, code=CODE)
    for number in range(1, P.numbers.login_tries + 1):
        last = number == P.numbers.login_tries
        message = said("forms.login_closed" if last else "forms.wrong_login")
        sends(here, "ME CONNECTER", {"nir": nir}, {WHOLE: message}, code=CODE)


def test_terms(site: PublicSite, tab: Opener) -> None:
    here = tab().at_terms(site.person())
    sends(here, "CONTINUER", {}, {"terms": said("forms.terms")})
    assert here.page.locator("input:checked").count() == 0


def test_personal_code(site: PublicSite, tab: Opener) -> None:
    here = tab().at_code(site.person())
    sends(here, "CONTINUER", {}, {"new_code": said("forms.code_missing")}, new_code="", new_code_again="")
    differs = {"new_code_again": said("forms.code_differs")}
    # a date needs digits: the two sets together are every rule, each set told at once
    for code, kept in (("ÿ1962é", CodeRule.DIGIT_OR_SPECIAL), ("ÿé€", CodeRule.PERSONAL_DATA)):
        broken = [rule(name) for name in CodeRule if name is not kept]
        sends(here, "CONTINUER", {}, {"new_code": broken, **differs}, new_code=code, new_code_again="x")
        assert here.text.count(said("forms.rule_broken")) == len(broken)
    sends(here, "CONTINUER", {}, differs, new_code=CODE, new_code_again=OTHER)


def test_contact(site: PublicSite, tab: Opener) -> None:
    taken = f"{unique('t')}@orange.fr"
    site.active(taken)
    here = tab().at_contact(site.person())
    chosen = {"consent_email": "yes", "consent_mobile_sms": "no", "consent_landline_phone": "yes"}
    phones = {"mobile": "04 76 57 01 12", "landline": "06 12 34 56 78"}
    faults = {field: said(f"forms.{field}") for field in phones}
    sends(here, "CONTINUER", {"email": ""}, {"email": said("forms.email_missing")})
    whole = {"email": "moi@", "email_again": "moi@", **phones, **chosen}
    sends(here, "CONTINUER", whole, {"email": said("forms.email"), **faults})
    pair = {"email": taken, "email_again": f"x{taken}", "mobile": "", "landline": ""}
    sends(here, "CONTINUER", pair, {"email_again": said("forms.email_differs")})
    used = {"email": said("pages.address_used.sentences")}
    sends(here, "CONTINUER", {"email": taken, "email_again": taken}, used)
    here.repeats(P.numbers.address_tries_per_hour - 1, email=taken, email_again=taken)
    free = f"{unique('f')}@orange.fr"
    tried = {"email": said("forms.addresses_tried")}
    sends(here, "CONTINUER", {"email": free, "email_again": free}, tried)


def test_forgotten_code(site: PublicSite, tab: Opener) -> None:
    here, ask = tab().open("/code-oublie"), "Recevoir un lien"
    sends(here, ask, {"nir": "", "birth_date": "hier"}, {"nir": NIR, "birth_date": BORN})
    here.page.context.clear_cookies()
    typed = {"nir": site.nir(site.person()), "birth_date": "24/08/1962"}
    sends(here, ask, typed, {WHOLE: said("forms.stale")})
    assert here.press(ask).title == named("code_forgotten")


def test_change_of_code_and_its_lock(site: PublicSite, tab: Opener) -> None:
    record, change = site.person(), "Changer mon code"
    tab().arrives(lambda visitor: site.signed_up(visitor, record))
    site.confirm(record)
    here = tab().logged_in(record).follow("Changer mon code personnel")
    typed = {"new_code": "court", "new_code_again": "autre"}
    broken = [rule(name) for name in (CodeRule.LENGTH, CodeRule.LETTERS, CodeRule.DIGIT_OR_SPECIAL)]
    faults = {"old_code": said("forms.wrong_code"), "new_code": broken,
              "new_code_again": said("forms.code_differs")}  # fmt: skip
    sends(here, change, {}, faults, old_code="Faux1234", **typed)
    here.repeats(P.numbers.login_tries - 2, old_code="Faux1234", new_code=OTHER, new_code_again=OTHER)
    here.press(change, old_code="Faux1234", new_code=OTHER, new_code_again=OTHER)
    here.tells({"old_code": said("forms.login_closed")})


def test_a_dead_session_in_the_middle_is_told(site: PublicSite, tab: Opener) -> None:
    here = tab(axe=True).at_code(site.person())
    here.page.context.clear_cookies()
    here.press("CONTINUER", new_code=CODE, new_code_again=CODE).look(named("session_over"))
