"""The sandbox's FranceConnect behind the browser: keys, one-time codes, tokens, logout (facts §1.2)."""

import re
import stat
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from ameli_support.clock import FixedClock
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox.franceconnect.identities import hard_ones
from ameli_support.sandbox.franceconnect.keys import UnknownKey, open_keys
from ameli_support.sandbox.franceconnect.provider import BASE, CLIENT_ID, at_hash
from tests.sandbox.fc import (
    GO_ON,
    LA_POSTE,
    Partner,
    Person,
    claims,
    header,
    person,
    wait,
)
from tests.service import MONDAY, RunningService

PAGES = procedure().pages
CHOICE = PAGES["franceconnect"].title.replace("\u00a0", " ")
ERROR = PAGES["franceconnect_error"].title
REFUSING = {login: one.refusal for login, one in hard_ones().items() if one.refusal}


# ── metadata and keys ───────────────────────────────────────────────────────


def test_it_describes_itself(client: httpx.Client, fc_service: RunningService) -> None:
    told = client.get(f"{BASE}/.well-known/openid-configuration").json()
    assert told["issuer"] == f"{fc_service.base_url}{BASE}"
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
    keys = client.get(told["jwks_uri"].removeprefix(fc_service.base_url)).json()["keys"]
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
    fc_service: RunningService, partner: Partner
) -> None:
    subjects = set()
    for provider in (LA_POSTE, "M MSA"):
        with person(fc_service) as browser:
            browser.asked(partner)
            browser.press(provider)
            browser.press("Me connecter", login="nom_usage")
            browser.press(GO_ON)
            subjects.add(claims(partner.redeem(browser.sent_to["code"]).json()["id_token"])["sub"])
    assert len(subjects) == 1
    keys = open_keys(fc_service.world.keys, fc_service.clock)
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
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    late = browser.code(partner, "nom_usage")
    wait(fc_service, 30)
    assert partner.redeem(late).json() == {"error": "invalid_grant"}
    code = browser.code(partner, "nom_usage", prompt="login")
    wait(fc_service, 29)
    token = partner.redeem(code).json()["access_token"]
    wait(fc_service, 59)
    assert partner.userinfo(token).status_code == 200
    wait(fc_service, 1)
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
    browser: Person, partner: Partner, fc_service: RunningService
) -> None:
    hint = partner.redeem(browser.code(partner, "nom_usage")).json()["id_token"]
    wait(fc_service, 600)  # the hint may be older than it was valid
    target = f"{fc_service.base_url}/deconnecte"
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


def test_a_hint_that_is_none_of_ours_is_refused(client: httpx.Client, fc_service: RunningService) -> None:
    stranger = ECKey.generate_key("P-256", private=True)
    told = {"iss": f"{fc_service.base_url}{BASE}", "aud": CLIENT_ID, "at_hash": "x"}
    forged = jwt.encode({"alg": "ES256"}, told, stranger)
    ours = open_keys(fc_service.world.keys, fc_service.clock)
    hints = {
        forged: "Y030007",
        "x": "Y030007",
        ours.sign({**told, "aud": "somebody"}): "Y030007",
        ours.sign({**told, "iss": "https://evil.example"}): "Y030007",
        ours.sign({name: told[name] for name in ("iss", "aud")}): "Y100019",
    }
    for hint, code in hints.items():
        query = {"id_token_hint": hint, "post_logout_redirect_uri": f"{fc_service.base_url}/deconnecte"}
        answer = client.get(f"{BASE}/session/end", params=query)
        assert (answer.status_code, code in answer.text) == (400, True), code


def test_logging_out_without_a_partner_shows_a_page(browser: Person, partner: Partner) -> None:
    browser.signed_in(partner, "nom_usage")
    assert browser.open(f"{BASE}/session/end").title == PAGES["franceconnect_left"].title
    assert browser.asked(partner).title.startswith(CHOICE)
