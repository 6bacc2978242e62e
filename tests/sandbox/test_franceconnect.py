"""The sandbox's FranceConnect on a real socket: what it answers, and what it refuses (facts §1)."""

import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from ameli_support.accounts.contract import ProviderRequest, Who
from ameli_support.clock import FixedClock
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox.franceconnect.identities import hard_ones, login_of, published
from ameli_support.sandbox.franceconnect.keys import UnknownKey, open_keys
from ameli_support.sandbox.franceconnect.pages import written_birth
from ameli_support.sandbox.franceconnect.provider import BASE, CLIENT_ID, at_hash
from ameli_support.sandbox.franceconnect.refusing import MANNERS
from ameli_support.sandbox.providers import switch
from tests.sandbox.fc import (
    BACK,
    GO_ON,
    LA_POSTE,
    NOT_YOU,
    Partner,
    Person,
    cast_service,
    claims,
    header,
    person,
)
from tests.service import MONDAY, RunningService

PAGES = procedure().pages
CHOICE = PAGES["franceconnect"].title.replace("\u00a0", " ")
ERROR = PAGES["franceconnect_error"].title
REFUSING = {login: one.refusal for login, one in hard_ones().items() if one.refusal}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with cast_service(tmp_path_factory.mktemp("fc")) as running:
        yield running


@pytest.fixture
def partner(service: RunningService) -> Partner:
    return Partner(service)


@pytest.fixture
def browser(service: RunningService) -> Iterator[Person]:
    with person(service) as found:
        yield found


@pytest.fixture
def client(service: RunningService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.base_url, trust_env=False) as found:
        yield found


def wait(service: RunningService, seconds: float) -> None:
    assert isinstance(service.clock, FixedClock)
    service.clock.forward(timedelta(seconds=seconds))


def refused(service: RunningService, code: str) -> str:
    """How a page says a code."""
    return service.world.procedure.text("pages.franceconnect_error.code", code=code).replace("\u00a0", " ")


# ── metadata and keys ───────────────────────────────────────────────────────


def test_it_describes_itself(client: httpx.Client, service: RunningService) -> None:
    told = client.get(f"{BASE}/.well-known/openid-configuration").json()
    assert told["issuer"] == f"{service.base_url}{BASE}"
    ends = (
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
    )
    assert all(told[name].startswith(told["issuer"]) for name in ends)
    assert told["acr_values_supported"] == ["eidas1"]
    assert told["subject_types_supported"] == ["pairwise"]
    assert told["id_token_signing_alg_values_supported"] == ["ES256"]
    keys = client.get(told["jwks_uri"].removeprefix(service.base_url)).json()["keys"]
    assert all({"kty", "crv", "x", "y", "kid", "use", "alg"} == key.keys() for key in keys)


def test_turned_keys_are_published_beside_the_last_ones_and_kept_private(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    keys = open_keys(tmp_path, clock)
    before = keys.sign({"sub": "x"})
    old, new = header(before)["kid"], keys.rotate()
    assert old != new
    assert [key["kid"] for key in keys.published()["keys"]] == [old, new]
    assert header(keys.sign({}))["kid"] == new
    assert keys.read(before) == {"sub": "x"}
    assert open_keys(tmp_path, clock).published() == keys.published()
    assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()] == [0o600, 0o600]
    keys.rotate()
    with pytest.raises(UnknownKey):
        keys.read(before)


def test_keys_turn_by_themselves_after_thirty_days(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    first = open_keys(tmp_path, clock).published()["keys"]
    clock.forward(timedelta(days=29))
    assert open_keys(tmp_path, clock).published()["keys"] == first
    clock.forward(timedelta(days=1))
    assert open_keys(tmp_path, clock).published()["keys"][:-1] == first
    assert len(open_keys(tmp_path, clock).published()["keys"]) == 2


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
    client: httpx.Client, partner: Partner, service: RunningService, fault: dict[str, str | None]
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
    browser: Person, partner: Partner, service: RunningService, name: str, code: str
) -> None:
    page = browser.asked(partner)
    page = browser.send(page.parts.forms[0].action, {**page.parts.forms[0].fields, "provider": name})
    assert (page.status, page.title) == (500, ERROR)
    assert refused(service, code) in page.text
    choice = browser.follow("Choisir un autre compte")
    assert choice.title.startswith(CHOICE)
    if "/" not in name:
        page = browser.open(f"{choice.path}/provider/{name}")
        assert (page.status, refused(service, code) in page.text) == (500, True)
        hinted = browser.asked(partner, idp_hint=name)
        assert (hinted.status, refused(service, code) in hinted.text) == (500, True)


def test_a_supervisor_switches_what_can_be_chosen(
    browser: Person, partner: Partner, service: RunningService
) -> None:
    who = Who(agent="0103", role=Role.SUPERVISOR, funds=("381",))
    switch(service.world, who, "impots", ProviderRequest(available=True, reason="de retour"))
    switch(service.world, who, "msa", ProviderRequest(available=False, reason="panne"))
    try:
        page = browser.asked(partner)
        assert "La connexion via MSA est indisponible pour le moment" in page.text
        assert "via impots.gouv" not in page.text
        assert browser.press("i impots.gouv").title.endswith("Se connecter avec impots.gouv")
    finally:
        switch(service.world, who, "impots", ProviderRequest(available=False, reason="panne"))
        switch(service.world, who, "msa", ProviderRequest(available=True, reason="de retour"))


def test_a_choice_is_remembered_when_asked_and_forgotten_by_not_you(
    service: RunningService, partner: Partner
) -> None:
    with person(service) as browser:
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
    browser: Person, partner: Partner, service: RunningService
) -> None:
    service.people.person(
        birth_name="QUÉAU", first_names="Zoé, Anne", used_name=None, birth_date="1970-01-02"
    )
    service.people.person(birth_name="QUÉAU", first_names="Zoé", used_name=None, birth_date="1980-01-02")
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
    browser: Person, partner: Partner, service: RunningService, login: str
) -> None:
    code = str(REFUSING[login])
    page = browser.signed_in(partner, login)
    assert (page.status, page.title) == (MANNERS[code].status, ERROR)
    assert refused(service, code) in page.text
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
    browser: Person, partner: Partner, service: RunningService
) -> None:
    browser.asked(partner)
    wait(service, 1800)
    page = browser.press(LA_POSTE)
    assert page.status == 401
    assert refused(service, "Y190001") in page.text


def test_another_browser_cannot_go_on_where_this_one_is(
    browser: Person, partner: Partner, service: RunningService
) -> None:
    mine = browser.signed_in(partner, "nom_usage")
    with person(service) as stranger:
        assert refused(service, "Y190001") in stranger.open(mine.path).text
        stranger.asked(partner)
        page = stranger.open(mine.path)
        assert (page.status, refused(service, "Y420001") in page.text) == (400, True)
        token = stranger.asked(partner).parts.forms[0].fields["csrf"]
        assert stranger.send(mine.path, {"csrf": token}).status == 400
        assert "code" not in stranger.sent_to


@pytest.mark.parametrize(("csrf", "code"), [({}, "Y470002"), ({"csrf": "x"}, "Y470001")])
def test_a_form_of_another_site_does_nothing(
    browser: Person, partner: Partner, service: RunningService, csrf: dict[str, str], code: str
) -> None:
    page = browser.signed_in(partner, "nom_usage")
    answer = browser.send(page.path, csrf)
    assert (answer.status, refused(service, code) in answer.text) == (500, True)
    assert "code" not in browser.sent_to


def test_a_huge_form_is_not_read(browser: Person, partner: Partner, service: RunningService) -> None:
    page = browser.signed_in(partner, "nom_usage")
    fields = {**page.parts.forms[0].fields, "login": "x" * 1_000_000}
    assert refused(service, "Y470002") in browser.send(page.path, fields).text


def test_a_double_click_gets_one_code_and_the_back_button_a_code_of_its_own(
    browser: Person, partner: Partner, service: RunningService
) -> None:
    page = browser.signed_in(partner, "nom_usage")
    form = page.parts.forms[0]
    browser.send(form.action, form.fields)
    first = browser.sent_to
    browser.send(form.action, form.fields)
    assert browser.sent_to == first
    back = browser.open(page.path)
    assert (back.status, refused(service, "Y420001") in back.text) == (400, True)


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


# ── codes and tokens ────────────────────────────────────────────────────────


def test_the_id_token_holds_no_identity(browser: Person, partner: Partner, client: httpx.Client) -> None:
    told = partner.redeem(browser.code(partner, "nom_usage"))
    assert told.headers["cache-control"] == "no-store"
    tokens = told.json()
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "id_token", "scope"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 60)
    found = claims(tokens["id_token"])
    assert found.keys() == {
        *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash")
    }  # fmt: skip
    assert found["exp"] - found["iat"] == 60
    assert found["at_hash"] == at_hash(tokens["access_token"])
    assert (found["nonce"], found["acr"], found["aud"]) == (partner.nonce, "eidas1", CLIENT_ID)
    assert re.fullmatch(r"[0-9a-f]{64}v1", found["sub"])
    keys = KeySet.import_key_set(client.get(f"{BASE}/jwks").json())
    assert jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims == found


def test_userinfo_is_signed_and_holds_the_pivot_identity_alone(browser: Person, partner: Partner) -> None:
    tokens = partner.redeem(browser.code(partner, "nom_usage")).json()
    answer = partner.userinfo(tokens["access_token"])
    assert answer.headers["content-type"] == "application/jwt"
    assert header(answer.text)["alg"] == "ES256"
    told = claims(answer.text)
    assert told.pop("sub") == claims(tokens["id_token"])["sub"]
    fixed = {"iss": f"{partner.service.base_url}{BASE}", "aud": CLIENT_ID, "iat": told["iat"]}
    assert told == fixed | {
        "given_name": "Angela Claire Louise",
        "given_name_array": ["Angela", "Claire", "Louise"],
        "family_name": "ROCHE",
        "birthdate": "1962-08-24",
        "gender": "female",
        "birthplace": "38185",
        "birthcountry": "99100",
    }


@pytest.mark.parametrize(
    ("scope", "claim"),
    [("openid", None), ("openid email", "email"), ("openid preferred_username", "preferred_username")],
)
def test_userinfo_tells_what_was_asked_for(
    browser: Person, partner: Partner, scope: str, claim: str | None
) -> None:
    tokens = partner.redeem(browser.code(partner, "nom_usage", scope=scope)).json()
    told = claims(partner.userinfo(tokens["access_token"]).text)
    assert told.keys() - {"iss", "aud", "iat", "sub"} == ({claim} if claim else set())


def test_a_person_is_the_same_by_any_provider_and_another_for_another_partner(
    service: RunningService, partner: Partner
) -> None:
    subjects = set()
    for provider in (LA_POSTE, "M MSA"):
        with person(service) as browser:
            browser.asked(partner)
            browser.press(provider)
            browser.press("Me connecter", login="nom_usage")
            browser.press(GO_ON)
            subjects.add(claims(partner.redeem(browser.sent_to["code"]).json()["id_token"])["sub"])
    assert len(subjects) == 1
    keys = open_keys(service.world.keys, service.clock)
    pivot = hard_ones()["nom_usage"].pivot
    assert subjects == {keys.subject(CLIENT_ID, pivot)}
    assert keys.subject("another", pivot) not in subjects


def test_a_code_works_once_and_its_replay_ends_the_token(browser: Person, partner: Partner) -> None:
    code = browser.code(partner, "nom_usage")
    token = partner.redeem(code).json()["access_token"]
    assert partner.userinfo(token).status_code == 200
    replay = partner.redeem(code)
    assert (replay.status_code, replay.json()) == (400, {"error": "invalid_grant"})
    assert partner.userinfo(token).status_code == 401


def test_a_code_lives_30_seconds_and_a_token_60(
    browser: Person, partner: Partner, service: RunningService
) -> None:
    late = browser.code(partner, "nom_usage")
    wait(service, 30)
    assert partner.redeem(late).json() == {"error": "invalid_grant"}
    code = browser.code(partner, "nom_usage", prompt="login")
    wait(service, 29)
    token = partner.redeem(code).json()["access_token"]
    wait(service, 59)
    assert partner.userinfo(token).status_code == 200
    wait(service, 1)
    answer = partner.userinfo(token)
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "somebody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "x"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://evil.example"}, 400, "invalid_grant"),
        ({"code_verifier": "w" * 50}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_grant"),
    ],
    ids=str,
)
def test_a_code_is_bound_to_everything_it_was_asked_with(
    browser: Person,
    partner: Partner,
    client: httpx.Client,
    fault: dict[str, str | None],
    status: int,
    error: str,
) -> None:
    form = partner.form(browser.code(partner, "nom_usage")) | fault
    kept = {name: value for name, value in form.items() if value is not None}
    answer = client.post(f"{BASE}/token", data=kept)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic x", "bearer \u00e9"])
def test_userinfo_without_a_token_tells_nothing(client: httpx.Client, authorization: str) -> None:
    answer = client.get(f"{BASE}/userinfo", headers={b"Authorization": authorization.encode()})
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_token"})


# ── logout ──────────────────────────────────────────────────────────────────


def test_logging_out_ends_the_session_and_carries_the_state_back(
    browser: Person, partner: Partner, service: RunningService
) -> None:
    hint = partner.redeem(browser.code(partner, "nom_usage")).json()["id_token"]
    wait(service, 600)  # the hint may be older than it was valid
    target = f"{service.base_url}/deconnecte"
    query = {"id_token_hint": hint, "post_logout_redirect_uri": target, "state": "abc"}
    answer = browser.client.get(f"{BASE}/session/end", params=query)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{target}?state=abc")
    assert "fc_session" not in browser.client.cookies
    assert browser.asked(partner).title.startswith(CHOICE)


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/deconnecte", "javascript:1"])
def test_logging_out_leads_nowhere_but_to_a_registered_address(
    browser: Person, partner: Partner, target: str
) -> None:
    hint = partner.redeem(browser.code(partner, "nom_usage")).json()["id_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": target}
    answer = browser.client.get(f"{BASE}/session/end", params=query)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "evil" not in answer.text


def test_a_hint_that_is_none_of_ours_is_refused(client: httpx.Client, service: RunningService) -> None:
    stranger = ECKey.generate_key("P-256", private=True)
    told = {"iss": f"{service.base_url}{BASE}", "aud": CLIENT_ID, "at_hash": "x"}
    forged = jwt.encode({"alg": "ES256"}, told, stranger)
    ours = open_keys(service.world.keys, service.clock)
    hints = {
        forged: "Y030007",
        "x": "Y030007",
        ours.sign({**told, "aud": "somebody"}): "Y030007",
        ours.sign({**told, "iss": "https://evil.example"}): "Y030007",
        ours.sign({name: told[name] for name in ("iss", "aud")}): "Y100019",
    }
    for hint, code in hints.items():
        query = {"id_token_hint": hint, "post_logout_redirect_uri": f"{service.base_url}/deconnecte"}
        answer = client.get(f"{BASE}/session/end", params=query)
        assert (answer.status_code, code in answer.text) == (400, True), code


def test_logging_out_without_a_partner_shows_a_page(browser: Person, partner: Partner) -> None:
    browser.signed_in(partner, "nom_usage")
    assert browser.open(f"{BASE}/session/end").title == PAGES["franceconnect_left"].title
    assert browser.asked(partner).title.startswith(CHOICE)


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
