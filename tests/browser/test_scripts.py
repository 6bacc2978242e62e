"""Scripts as content, in a browser that would run them; pages in somebody else’s frame."""

from playwright.sync_api import Dialog

from tests.browser.conftest import Opener
from tests.browser.tab import FC_BUTTON
from tests.sandbox.public_site import PublicSite

HOSTILE = (
    """"'><img src=x onerror=alert(1)><svg/onload=alert(2)><script>alert(3)</script>javascript:alert(4)"""
)


def test_no_field_of_any_form_runs_what_is_typed(site: PublicSite, tab: Opener) -> None:
    here, said, asked = tab(), list[str](), list[str]()

    def answers(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    here.page.on("dialog", answers)
    here.page.on("request", lambda request: asked.append(request.url))
    seen = 0

    def typed_everywhere(button: str) -> None:
        nonlocal seen
        fields = here.page.locator("main input[type=text], main input[type=email], main input[type=tel]")
        for field in fields.all():
            field.evaluate("(e, text) => { e.removeAttribute('maxlength'); e.value = text }", HOSTILE)
        with here.page.expect_navigation():
            here.button(button).click()
        seen += sum(field.input_value() == HOSTILE for field in fields.all())
        assert here.page.locator("img, svg, main script").count() == 0

    here.open("/inscription")
    typed_everywhere("CONTINUER")
    here.open("/connexion")
    typed_everywhere("ME CONNECTER")
    here.open("/code-oublie")
    typed_everywhere("Recevoir un lien")
    here.at_contact(site.person())
    typed_everywhere("CONTINUER")
    here.page.context.clear_cookies()
    here.open("/connexion").press(FC_BUTTON)
    with here.page.expect_navigation():
        here.page.locator("button[value=msa]").click()
    here.press("Me connecter", login=HOSTILE)
    assert here.value("login") == HOSTILE
    here.open("/webmail/").fill(adresse=HOSTILE + "@x.fr")
    here.open(f"/connexion?info={HOSTILE}")
    assert seen == 4 + 1 + 2 + 4
    assert said == []
    assert [url for url in asked if not url.startswith(f"{site.world.base_url}/")] == []


def test_no_page_can_be_framed(site: PublicSite, tab: Opener) -> None:
    here = tab().open("/connexion")
    url = f"{site.world.base_url}/connexion"
    here.page.goto("about:blank")
    here.page.set_content(f'<iframe src="{url}"></iframe>')
    frame = here.page.frames[-1]
    frame.wait_for_load_state()
    assert frame.locator("form").count() == 0
