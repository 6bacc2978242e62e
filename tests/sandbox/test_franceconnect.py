"""The sandbox's FranceConnect in a browser: what may be asked, chosen and refused (facts §1.2, §1.5)."""

import re

import httpx
import pytest

from ameli_support.accounts.contract import ProviderRequest, Who
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox.franceconnect.identities import hard_ones, login_of, published
from ameli_support.sandbox.franceconnect.pages import written_birth
from ameli_support.sandbox.franceconnect.provider import BASE
from ameli_support.sandbox.franceconnect.refusing import MANNERS
from ameli_support.sandbox.providers import switch
from tests.sandbox.fc import (
    BACK,
    GO_ON,
    LA_POSTE,
    NOT_YOU,
    Partner,
    Person,
    person,
    wait,
)
from tests.service import RunningService

PAGES = procedure().pages
CHOICE = PAGES["franceconnect"].title.replace("\u00a0", " ")
ERROR = PAGES["franceconnect_error"].title
REFUSING = {login: one.refusal for login, one in hard_ones().items() if one.refusal}


def refused(fc_service: RunningService, code: str) -> str:
    """How a page says a code."""
    return fc_service.world.procedure.text("pages.franceconnect_error.code", code=code).replace("\u00a0", " ")


# ── /authorize ──────────────────────────────────────────────────────────────

BAD = [
    {"client_id": None},
    {"client_id": "somebody"},
    {"response_type": None},
    {"response_type": "token"},
    {"scope": None},
    {"scope": "identite_pivot"},
    {"scope": "openid nir"},
    {"acr_values": None},
    {"acr_values": "eidas3"},
    {"nonce": None},
    {"nonce": "n" * 21},
    {"state": None},
    {"state": ""},
    {"prompt": "none"},
    {"code_challenge": "short"},
    {"code_challenge_method": "plain"},
    {"code_challenge_method": None},
    {"code_challenge": None},
    {"redirect_uri": None},
    {"redirect_uri": "https://evil.example/franceconnect/retour"},
    {"redirect_uri": "//evil.example"},
    {"redirect_uri": "javascript:alert(1)"},
]


@pytest.mark.parametrize("fault", BAD, ids=str)
def test_a_bad_request_is_a_page_and_never_a_redirect(
    client: httpx.Client, partner: Partner, fc_service: RunningService, fault: dict[str, str | None]
) -> None:
    answer = client.get(f"{BASE}/authorize", params=partner.request(**fault))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Y030007" in answer.text
    assert "evil" not in answer.text
    assert 'href="javascript' not in answer.text


@pytest.mark.parametrize("tail", ["/", "?next=evil", "@evil.example", "#x", "/../../evil", ".evil.example"])
def test_a_redirect_uri_that_only_begins_like_ours_is_refused(
    client: httpx.Client, partner: Partner, tail: str
) -> None:
    params = partner.request(redirect_uri=partner.callback + tail)
    assert client.get(f"{BASE}/authorize", params=params).status_code == 400


def test_a_parameter_given_twice_is_refused(client: httpx.Client, partner: Partner) -> None:
    params = {**partner.request(), "redirect_uri": [partner.callback, "https://evil.example"]}
    assert client.get(f"{BASE}/authorize", params=params).status_code == 400


def test_a_nonce_of_22_characters_and_no_pkce_will_do(browser: Person, partner: Partner) -> None:
    code = browser.code(partner, "nom_usage", nonce="n" * 22, code_challenge=None, code_challenge_method=None)
    assert partner.redeem(code, code_verifier=None).status_code == 200


# ── the choice ──────────────────────────────────────────────────────────────


def test_impots_is_shown_and_cannot_be_chosen(browser: Person, partner: Partner) -> None:
    page = browser.asked(partner)
    assert page.title == f"{CHOICE} Ameli"
    assert PAGES["franceconnect"].sentences[0] in page.text
    tile = re.search(r"<button[^>]*value=\"impots\"[^>]*>(.*?)</button>", page.html, re.S)
    assert tile is not None
    assert "disabled" in tile[0]
    assert "indisponible pour le moment" in tile[1]
    assert "La connexion via impots.gouv est indisponible pour le moment" in page.text
    assert page.html.count("disabled") == 1
    assert "Se souvenir de mon choix" in page.text


def test_the_sentence_of_any_provider_is_the_documents_for_impots() -> None:
    words = procedure()
    told = words.text("pages.franceconnect.one_unavailable", provider=words.text("providers.impots"))
    assert told == words.text("pages.franceconnect.provider_unavailable")


@pytest.mark.parametrize(
    ("name", "code"), [("impots", "Y020017"), ("nobody", "Y020019"), ("../..", "Y020019")]
)
def test_a_provider_forced_by_form_or_address(
    browser: Person, partner: Partner, fc_service: RunningService, name: str, code: str
) -> None:
    page = browser.asked(partner)
    page = browser.send(page.parts.forms[0].action, {**page.parts.forms[0].fields, "provider": name})
    assert (page.status, page.title) == (500, ERROR)
    assert refused(fc_service, code) in page.text
    choice = browser.follow("Choisir un autre compte")
    assert choice.title.startswith(CHOICE)
    if "/" not in name:
        page = browser.open(f"{choice.path}/provider/{name}")
        assert (page.status, refused(fc_service, code) in page.text) == (500, True)
        hinted = browser.asked(partner, idp_hint=name)
        assert (hinted.status, refused(fc_service, code) in hinted.text) == (500, True)


def test_a_supervisor_switches_what_can_be_chosen(
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    who = Who(agent="0103", role=Role.SUPERVISOR, funds=("381",))
    switch(fc_service.world, who, "impots", ProviderRequest(available=True, reason="de retour"))
    switch(fc_service.world, who, "msa", ProviderRequest(available=False, reason="panne"))
    try:
        page = browser.asked(partner)
        assert "La connexion via MSA est indisponible pour le moment" in page.text
        assert "via impots.gouv" not in page.text
        assert browser.press("i impots.gouv").title.endswith("Se connecter avec impots.gouv")
    finally:
        switch(fc_service.world, who, "impots", ProviderRequest(available=False, reason="panne"))
        switch(fc_service.world, who, "msa", ProviderRequest(available=True, reason="de retour"))


def test_a_choice_is_remembered_when_asked_and_forgotten_by_not_you(
    fc_service: RunningService, partner: Partner
) -> None:
    with person(fc_service) as browser:
        page = browser.asked(partner)
        form = page.parts.forms[0]
        browser.send(form.action, {"csrf": form.fields["csrf"], "provider": "msa", "remember": "1"})
        page = browser.asked(partner)
        assert re.findall(r'value="(\w+)"(?: disabled)?>\s*<span', page.html)[0] == "msa"
        assert re.search(r'name="remember"[^>]* checked', page.html)
        browser.press("M MSA")
        browser.press("Me connecter", login="nom_usage")
        browser.press(NOT_YOU)
        assert not re.search(r'name="remember"[^>]* checked', browser.asked(partner).html)


# ── the identity provider ───────────────────────────────────────────────────


def test_the_document_s_person_is_welcomed(browser: Person, partner: Partner) -> None:
    page = browser.signed_in(partner, "nom_usage")
    assert page.title == PAGES["recognised"].title
    assert "Bienvenue Mme. Angela DUBOIS née le 24/08/1962" in page.text
    assert [button[0] for button in page.parts.buttons] == [GO_ON, NOT_YOU]
    assert BACK in page.parts.links


@pytest.mark.parametrize(
    ("login", "welcome"),
    [
        ("karim.benali", "Bienvenue M. Karim BENALI né le 15/03/1979"),
        ("live_day_3", "Bienvenue Mme. Angela DUBOIS née le 24/08/1962"),
        ("herve.le-goff", "Bienvenue M. Hervé LE GOFF né le 11/12/1968"),
        ("Moise.NDiaye", "Bienvenue M. Moïse N'DIAYE né le 08/02/1987"),
        ("renee.leveque.09091966", "Bienvenue Mme. Renée LÉVÊQUE née le 09/09/1966"),
        ("genre_indefini", "Bienvenue Moïse N'DIAYE né(e) le 08/02/1987"),
    ],
)
def test_anybody_of_the_sandbox_can_sign_in(
    browser: Person, partner: Partner, login: str, welcome: str
) -> None:
    assert welcome in browser.signed_in(partner, login).text


def test_a_generated_person_signs_in_by_the_full_login(
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    fc_service.people.person(
        birth_name="QUÉAU", first_names="Zoé, Anne", used_name=None, birth_date="1970-01-02"
    )
    fc_service.people.person(birth_name="QUÉAU", first_names="Zoé", used_name=None, birth_date="1980-01-02")
    page = browser.signed_in(partner, "zoe.queau")
    assert page.status == 422
    assert "Plusieurs personnes" in page.text
    page = browser.press("Me connecter", login=login_of("QUÉAU", "Zoé", "1980-01-02"))
    assert "02/01/1980" in page.text


@pytest.mark.parametrize("login", ["", "xx", "a.b", "karim.benali.15031980", "karim.benali.x", "' OR 1=1 --"])
def test_an_unknown_login_stays_on_the_page(browser: Person, partner: Partner, login: str) -> None:
    page = browser.signed_in(partner, login)
    assert page.status == 422
    assert page.parts.ids.count("fault") == 1
    assert page.html.count('aria-invalid="true"') == 1


def test_what_was_typed_is_shown_as_text(browser: Person, partner: Partner) -> None:
    page = browser.signed_in(partner, '"><script>alert(1)</script>')
    assert "<script" not in page.html
    assert "alert(1)" in page.html


@pytest.mark.parametrize("login", REFUSING)
def test_who_franceconnect_refuses_sees_the_code_and_may_go_back(
    browser: Person, partner: Partner, fc_service: RunningService, login: str
) -> None:
    code = str(REFUSING[login])
    page = browser.signed_in(partner, login)
    assert (page.status, page.title) == (MANNERS[code].status, ERROR)
    assert refused(fc_service, code) in page.text
    assert "décéd" not in page.text
    assert ("Choisir un autre compte" in page.parts.links) == MANNERS[code].elsewhere
    browser.follow(BACK)
    assert browser.sent_to["error"] == MANNERS[code].error
    assert browser.sent_to["state"] == partner.state
    assert code in browser.sent_to["error_description"]
    assert "code" not in browser.sent_to


def test_dates_and_names_as_they_are_published() -> None:
    assert written_birth("1962-08-24") == "24/08/1962"
    assert written_birth("1988-11-00") == "11/1988"
    assert written_birth("1992-00-00") == "1992"
    assert published("N’Diaye") == "N'Diaye"
    assert published("PIÑOL") == "PINOL"
    assert published("Bœuf-Ÿvræ") == "Bœuf-Ÿvræ"
    assert published("a/b  c") == "a b c"


# ── sessions ────────────────────────────────────────────────────────────────


def test_the_session_changes_its_id_when_somebody_signs_in(browser: Person, partner: Partner) -> None:
    browser.asked(partner)
    before = browser.client.cookies["fc_session"]
    browser.press(LA_POSTE)
    browser.press("Me connecter", login="nom_usage")
    after = browser.client.cookies["fc_session"]
    assert before != after
    browser.client.cookies.set("fc_session", before, path="/fc")
    stale = httpx.get(
        f"{partner.service.base_url}{browser.page.path if browser.page else ''}",
        cookies={"fc_session": before},
    )
    assert stale.status_code == 401
    assert "Y190001" in stale.text


def test_who_is_signed_in_is_welcomed_at_once_unless_a_login_is_asked_for(
    browser: Person, partner: Partner
) -> None:
    browser.signed_in(partner, "nom_usage")
    assert "Angela DUBOIS" in browser.asked(partner).text
    assert browser.asked(partner, prompt="login").title.startswith(CHOICE)


def test_not_you_keeps_nothing_of_the_one_before(browser: Person, partner: Partner) -> None:
    browser.signed_in(partner, "nom_usage")
    page = browser.press(NOT_YOU)
    assert page.title.startswith(CHOICE)
    assert "DUBOIS" not in page.text
    assert browser.asked(partner).title.startswith(CHOICE)
    assert browser.open(f"{page.path}/consent").title.startswith(CHOICE)


def test_a_page_left_open_for_half_an_hour_is_over(
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    browser.asked(partner)
    wait(fc_service, 1800)
    page = browser.press(LA_POSTE)
    assert page.status == 401
    assert refused(fc_service, "Y190001") in page.text


def test_another_browser_cannot_go_on_where_this_one_is(
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    mine = browser.signed_in(partner, "nom_usage")
    with person(fc_service) as stranger:
        assert refused(fc_service, "Y190001") in stranger.open(mine.path).text
        stranger.asked(partner)
        page = stranger.open(mine.path)
        assert (page.status, refused(fc_service, "Y420001") in page.text) == (400, True)
        token = stranger.asked(partner).parts.forms[0].fields["csrf"]
        assert stranger.send(mine.path, {"csrf": token}).status == 400
        assert "code" not in stranger.sent_to


@pytest.mark.parametrize(("csrf", "code"), [({}, "Y470002"), ({"csrf": "x"}, "Y470001")])
def test_a_form_of_another_site_does_nothing(
    browser: Person, partner: Partner, fc_service: RunningService, csrf: dict[str, str], code: str
) -> None:
    page = browser.signed_in(partner, "nom_usage")
    answer = browser.send(page.path, csrf)
    assert (answer.status, refused(fc_service, code) in answer.text) == (500, True)
    assert "code" not in browser.sent_to


def test_a_huge_form_is_not_read(browser: Person, partner: Partner, fc_service: RunningService) -> None:
    page = browser.signed_in(partner, "nom_usage")
    fields = {**page.parts.forms[0].fields, "login": "x" * 1_000_000}
    assert refused(fc_service, "Y470002") in browser.send(page.path, fields).text


def test_a_double_click_gets_one_code_and_the_back_button_a_code_of_its_own(
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    page = browser.signed_in(partner, "nom_usage")
    form = page.parts.forms[0]
    browser.send(form.action, form.fields)
    first = browser.sent_to
    browser.send(form.action, form.fields)
    assert browser.sent_to == first
    back = browser.open(page.path)
    assert (back.status, refused(fc_service, "Y420001") in back.text) == (400, True)


def test_to_go_back_to_ameli_is_to_cancel(browser: Person, partner: Partner) -> None:
    page = browser.asked(partner)
    browser.follow(BACK)
    assert browser.sent_to == {
        "to": partner.callback,
        "error": "access_denied",
        "error_description": "User auth aborted (Y030030)",
        "state": partner.state,
        "iss": f"{partner.service.base_url}{BASE}",
    }
    assert browser.open(page.path).status == 400


# ── headers ─────────────────────────────────────────────────────────────────


def test_every_page_is_closed_to_scripts_frames_and_caches(browser: Person, partner: Partner) -> None:
    for page in (
        browser.asked(partner),
        browser.signed_in(partner, "nom_usage"),
        browser.open(f"{BASE}/interaction/x"),
    ):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy.replace("default-src", "")
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "<script" not in page.html


def test_the_cookie_is_of_these_pages_alone(client: httpx.Client, partner: Partner) -> None:
    cookie = client.get(f"{BASE}/authorize", params=partner.request()).headers["set-cookie"]
    assert {"HttpOnly", "Path=/fc", "SameSite=lax"} <= set(cookie.split("; "))
