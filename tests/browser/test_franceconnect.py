"""FranceConnect in a real Chromium: the whole way in, its pages whole at 320 px and clean under axe."""

from ameli_support.onboarding.procedure import procedure
from tests.browser.conftest import Opener
from tests.browser.tab import FC_BUTTON, Tab, named, said
from tests.sandbox.fc import GO_ON, NOT_YOU

CHOICE = f"{named('franceconnect')} {said('pages.franceconnect.service')}"


def sign_in(tab: Tab, person: str, provider: str = "la_poste") -> None:
    """Chooses a provider, and there a person of its list."""
    with tab.page.expect_navigation():
        tab.page.locator(f"button[value={provider}]").click()
    tab.page.select_option("#person", person)
    tab.press("Me connecter")


def test_back_reload_double_click_and_not_you(tab: Opener) -> None:
    here = tab()
    here.open("/connexion").press(FC_BUTTON)
    here.page.reload()
    assert here.title == CHOICE
    sign_in(here, "active")
    here.page.go_back()
    here.page.go_forward()
    here.press(NOT_YOU)
    assert here.title == CHOICE
    sign_in(here, "active", "msa")
    here.button(GO_ON).dblclick()
    here.page.wait_for_url("**/compte")
    here.page.go_back()
    here.open("/compte")
    assert here.path == "/compte"


def test_its_pages_fit_at_320_px_and_are_clean_under_axe(tab: Opener) -> None:
    here = tab(width=320, axe=True)
    here.open("/inscription").press(FC_BUTTON).look(CHOICE)
    with here.page.expect_navigation():
        here.page.locator("button[value=msa]").click()
    title = here.title
    here.look(title)
    here.press("Me connecter").look(title)  # with its fault
    here.press("Me connecter", login="etat_civil_inconnu").look(named("franceconnect_error"))
    here.follow("Choisir un autre compte")
    sign_in(here, "nom_50")
    here.look(named("recognised"))
    here.press(GO_ON).look(named("franceconnect_back"))
    here.open("/fc/api/v2/session/end").look(named("franceconnect_left"))


def test_whoever_leaves_at_franceconnect_is_back_at_ameli_with_the_form_offered(tab: Opener) -> None:
    here = tab(scripts=False)
    here.open("/inscription").press(FC_BUTTON)
    here.follow("Revenir sur Ameli")
    assert here.title == named("franceconnect_back")
    here.follow(procedure().pages["franceconnect_back"].buttons[0])
    assert here.path == "/inscription"
