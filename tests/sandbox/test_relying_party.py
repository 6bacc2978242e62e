"""ameli's side against a provider that lies, breaks or dawdles: nobody is identified unless all is right."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from ameli_support.sandbox.provider_answers import Fault, NotIdentified
from ameli_support.sandbox.reconciling import Pivot
from ameli_support.sandbox.relying_party import (
    Recognised,
    Registration,
    RelyingParty,
)
from tests.sandbox.rogue import (
    CLIENT_ID,
    SUBJECT,
    Rogue,
    altered,
    by_public_key,
    dawdling,
    endless,
    key,
    served,
    unsigned,
)
from tests.service import MONDAY

NOW = int(MONDAY.timestamp())
CALLBACK = "http://127.0.0.1:1/franceconnect/retour"


@pytest.fixture(scope="module")
def running() -> Iterator[Rogue]:
    with served(Rogue()) as rogue:
        yield rogue


@pytest.fixture
def rogue(running: Rogue) -> Rogue:
    """The one provider of these tests, right again in everything."""
    fresh = Rogue(issuer=running.issuer)
    for name in Rogue.__dataclass_fields__:
        setattr(running, name, getattr(fresh, name))
    return running


def party(rogue: Rogue, seconds: float = 5.0, issuer: str | None = None) -> RelyingParty:
    ours = Registration(issuer or rogue.issuer, CLIENT_ID, "secret", CALLBACK, seconds)
    return RelyingParty(ours, rogue.clock)


def come_back(rogue: Rogue, by: RelyingParty | None = None) -> Recognised:
    """Depart and arrive; the provider knows the nonce."""
    by = by or party(rogue)

    async def whole() -> Recognised:
        target, pending = await by.depart()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        assert asked["state"] == pending.state
        rogue.nonce = asked["nonce"] if not rogue.nonce else rogue.nonce
        return await by.arrive("code", pending)

    return asyncio.run(whole())


def refused(rogue: Rogue, by: RelyingParty | None = None) -> NotIdentified:
    try:
        found = come_back(rogue, by)
    except NotIdentified as fault:
        return fault
    raise AssertionError(f"identified: {found}")


def test_who_is_right_in_everything_is_identified(rogue: Rogue) -> None:
    found = come_back(rogue)
    assert found.pivot == Pivot("ROCHE", ("Angela", "Claire"), "1962-08-24", "female", "38185", "99100")
    assert rogue.asked == ["discovery", "token", "jwks", "userinfo"]
    assert rogue.forms[0].keys() == {
        *("grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier")
    }  # fmt: skip


def test_the_departure_asks_for_what_franceconnect_wants(rogue: Rogue) -> None:
    target, pending = asyncio.run(party(rogue).depart())
    asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    assert asked["acr_values"] == "eidas1"
    assert asked["scope"] == "openid identite_pivot"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == CALLBACK
    assert min(len(asked["nonce"]), len(asked["state"]), len(pending.verifier)) >= 43
    assert pending.verifier not in target
    again = asyncio.run(party(rogue).depart())[1]
    assert not {pending.state, pending.nonce, pending.verifier} & {again.state, again.nonce, again.verifier}


ID_TOKENS: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://evil.example"}, "iss"),
    ({"iss": None}, "iss"),
    ({"aud": "somebody"}, "aud"),
    ({"aud": None}, "aud"),
    ({"aud": [CLIENT_ID, "somebody"]}, "aud"),
    ({"azp": "somebody"}, "azp"),
    ({"exp": NOW - 11}, "exp"),
    ({"exp": None}, "exp"),
    ({"exp": str(NOW + 60)}, "exp"),
    ({"exp": True}, "exp"),
    ({"iat": NOW + 3600}, "iat"),
    ({"iat": NOW - 3600}, "iat"),
    ({"iat": None}, "iat"),
    ({"auth_time": NOW + 3600}, "auth_time"),
    ({"auth_time": None}, "auth_time"),
    ({"nonce": "another"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"nonce": 1}, "nonce"),
    ({"acr": "eidas2"}, "acr"),
    ({"acr": None}, "acr"),
    ({"at_hash": "another"}, "at_hash"),
    ({"at_hash": None}, "at_hash"),
    ({"sub": None}, "sub"),
    ({"sub": ""}, "sub"),
    ({"sub": 7}, "sub"),
    ({"sub": "x" * 256}, "sub"),
]


@pytest.mark.parametrize(("claims", "about"), ID_TOKENS, ids=str)
def test_an_id_token_with_one_thing_wrong_proves_nothing(
    rogue: Rogue, claims: dict[str, Any], about: str
) -> None:
    rogue.id_claims = claims
    fault = refused(rogue)
    assert (fault.fault, fault.about) == (Fault.INVALID, about)
    assert "userinfo" not in rogue.asked


def test_the_audience_may_be_a_list_of_us_alone(rogue: Rogue) -> None:
    rogue.id_claims = {"aud": [CLIENT_ID]}
    assert come_back(rogue).pivot.family_name == "ROCHE"


FORGERIES: list[tuple[str, Callable[[Rogue], Callable[[str], str]], str]] = [
    ("none", lambda _: unsigned, "alg"),
    ("HS256", lambda rogue: by_public_key(rogue.published[0]), "alg"),
    ("altered", lambda _: altered(nonce="x"), "signature"),
    ("no token", lambda _: lambda _token: "x", "no token"),
    ("empty", lambda _: lambda _token: "..", "no token"),
    ("not ASCII", lambda _: lambda _token: "é.é.é", "no token"),
    ("cut", lambda _: lambda token: token[:-8], "signature"),
]


@pytest.mark.parametrize(("name", "forge", "about"), FORGERIES, ids=[name for name, *_ in FORGERIES])
def test_a_forged_id_token_proves_nothing(
    rogue: Rogue, name: str, forge: Callable[[Rogue], Callable[[str], str]], about: str
) -> None:
    rogue.rewrite_id = forge(rogue)
    fault = refused(rogue)
    assert (fault.fault, fault.about) == (Fault.INVALID, about)


@pytest.mark.parametrize(
    ("name", "forge", "about"),
    [one for one in FORGERIES if one[0] != "altered"],
    ids=[name for name, *_ in FORGERIES if name != "altered"],
)
def test_forged_userinfo_proves_nothing(
    rogue: Rogue, name: str, forge: Callable[[Rogue], Callable[[str], str]], about: str
) -> None:
    rogue.rewrite_user = forge(rogue)
    fault = refused(rogue)
    assert (fault.fault, fault.about) == (Fault.INVALID, about)


def test_an_altered_identity_is_refused(rogue: Rogue) -> None:
    rogue.rewrite_user = altered(family_name="BENALI")
    assert refused(rogue).about == "signature"


USERINFO: list[tuple[dict[str, Any], str]] = [
    ({"sub": "b" * 64 + "v1"}, "userinfo sub"),
    ({"sub": None}, "userinfo sub"),
    ({"iss": "https://evil.example"}, "iss"),
    ({"aud": "somebody"}, "aud"),
    ({"family_name": None}, "pivot"),
    ({"family_name": ["ROCHE"]}, "pivot"),
    ({"family_name": "x" * 501}, "pivot"),
    ({"birthplace": None}, "pivot"),
    ({"given_name_array": "Angela"}, "given_name"),
    ({"given_name_array": [1]}, "given_name"),
    ({"given_name_array": None, "given_name": None}, "given_name"),
    ({"gender": "f"}, "gender"),
    ({"gender": ["female"]}, "gender"),
    ({"birthdate": "24/08/1962"}, "birthdate"),
    ({"birthdate": "1962-8-24"}, "birthdate"),
    ({"birthdate": "1962-08-24-01"}, "birthdate"),
]


@pytest.mark.parametrize(("claims", "about"), USERINFO, ids=str)
def test_userinfo_with_one_thing_wrong_identifies_nobody(
    rogue: Rogue, claims: dict[str, Any], about: str
) -> None:
    rogue.user_claims = claims
    fault = refused(rogue)
    assert (fault.fault, fault.about) == (Fault.INVALID, about)


def test_given_names_may_come_without_their_list(rogue: Rogue) -> None:
    rogue.user_claims = {"given_name_array": None}
    assert come_back(rogue).pivot.given_names == ("Angela", "Claire")


@pytest.mark.parametrize("media_type", ["application/json", "text/html", "application/octet-stream"])
def test_userinfo_that_is_no_jwt_is_refused(rogue: Rogue, media_type: str) -> None:
    rogue.user_type = media_type
    assert refused(rogue).about == "userinfo"


@pytest.mark.parametrize(
    ("tokens", "about"),
    [
        ({"access_token": None}, "tokens"),
        ({"id_token": None}, "tokens"),
        ({"id_token": 1}, "tokens"),
        ({"token_type": "mac"}, "token_type"),
        ({"token_type": None}, "token_type"),
    ],
    ids=str,
)
def test_tokens_that_are_none(rogue: Rogue, tokens: dict[str, Any], about: str) -> None:
    rogue.tokens = tokens
    assert (refused(rogue).fault, refused(rogue).about) == (Fault.INVALID, about)


# ── keys ────────────────────────────────────────────────────────────────────


def test_turned_keys_are_fetched_once_and_believed(rogue: Rogue) -> None:
    by = party(rogue)
    come_back(rogue, by)
    rogue.nonce, rogue.signs = "", key("k2")
    rogue.published.append(rogue.signs.as_dict(private=False))
    come_back(rogue, by)
    assert rogue.asked.count("jwks") == 2
    rogue.nonce = ""
    come_back(rogue, by)
    assert rogue.asked.count("jwks") == 2


def test_a_key_that_is_not_published_is_asked_for_once(rogue: Rogue) -> None:
    rogue.signs = key("k9")
    fault = refused(rogue)
    assert (fault.fault, fault.about) == (Fault.INVALID, "kid")
    assert rogue.asked.count("jwks") == 1


def test_another_key_under_a_known_name_is_refused(rogue: Rogue) -> None:
    rogue.signs = key("k1")
    assert refused(rogue).about == "signature"


def test_a_withdrawn_key_is_forgotten_after_a_while(rogue: Rogue) -> None:
    by = party(rogue)
    come_back(rogue, by)
    rogue.published, rogue.nonce = [key("k2").as_dict(private=False)], ""
    rogue.clock.forward(timedelta(minutes=10))
    assert refused(rogue, by).about == "kid"


@pytest.mark.parametrize(
    "published",
    [
        [],
        [None],
        ["k1"],
        [{"kid": "k1"}],
        [{"kid": "k1", "kty": "EC", "crv": "P-256"}],
        [{"kid": "k1", "kty": "EC", "crv": "P-256", "x": "?", "y": 1}],
        [{"kid": "k1", "kty": "oct", "k": "c2VjcmV0"}],
        [key("k1").as_dict(private=False) | {"use": "enc"}],
        [key("k1").as_dict(private=False) | {"kid": 1}],
    ],
    # two of them hold a fresh key: their names must be the same on every worker
    ids=["none", "null", "text", "bare", "no_point", "spoilt", "symmetric", "for_encryption", "kid_a_number"],
)
def test_keys_that_cannot_sign_for_it_are_passed_over(rogue: Rogue, published: list[Any]) -> None:
    rogue.published = published
    assert refused(rogue).about == "kid"


# ── a provider that is not there ────────────────────────────────────────────

BROKEN: list[tuple[str, Callable[[], Response], Fault]] = [
    ("garbage", lambda: Response(b"\xff\xfe<html>", media_type="application/json"), Fault.UNREACHABLE),
    ("html", lambda: Response("<html>", media_type="text/html"), Fault.UNREACHABLE),
    ("list", lambda: JSONResponse([]), Fault.UNREACHABLE),
    ("500", lambda: Response(status_code=500), Fault.UNREACHABLE),
    ("503", lambda: Response(status_code=503), Fault.UNREACHABLE),
    ("429", lambda: Response(status_code=429), Fault.UNREACHABLE),
    ("redirect", lambda: RedirectResponse("https://evil.example/"), Fault.UNREACHABLE),
    ("endless", endless, Fault.UNREACHABLE),
    ("dawdling", dawdling, Fault.UNREACHABLE),
    ("refused", lambda: JSONResponse({"error": "invalid_grant"}, 400), Fault.INVALID),
]


@pytest.mark.parametrize("where", ["discovery", "token", "jwks", "userinfo"])
@pytest.mark.parametrize(("name", "answer", "fault"), BROKEN, ids=[name for name, *_ in BROKEN])
def test_a_provider_that_breaks_identifies_nobody(
    rogue: Rogue, where: str, name: str, answer: Callable[[], Response], fault: Fault
) -> None:
    rogue.instead[where] = answer
    began = time.monotonic()
    found = refused(rogue, party(rogue, seconds=0.4))
    if where == "userinfo" and fault is Fault.UNREACHABLE and name in ("garbage", "html", "list"):
        fault = Fault.INVALID
    assert found.fault is fault
    assert time.monotonic() - began < 3


def test_a_closed_port(rogue: Rogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert refused(rogue, party(rogue, issuer=free)).fault is Fault.UNREACHABLE


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", b"\x16\x03\x01", b"HTTP"]
)
def test_a_connection_that_is_cut(rogue: Rogue, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(said)

        thread = threading.Thread(target=cut)
        thread.start()
        issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert refused(rogue, party(rogue, issuer=issuer)).fault is Fault.UNREACHABLE
        thread.join(5)


def test_a_silent_provider_is_given_up(rogue: Rogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
        began = time.monotonic()
        assert refused(rogue, party(rogue, 0.3, issuer)).fault is Fault.UNREACHABLE
        assert time.monotonic() - began < 3


# ── a discovery that leads elsewhere ────────────────────────────────────────


def test_another_issuer_is_not_the_one_of_the_settings(rogue: Rogue) -> None:
    rogue.discovery = {"issuer": "https://evil.example"}
    assert (refused(rogue).fault, refused(rogue).about) == (Fault.INVALID, "issuer")


@pytest.mark.parametrize(
    "name",
    ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"],
)
@pytest.mark.parametrize("target", ["https://evil.example/x", "file:///etc/passwd", "", 1, None])
def test_our_secret_goes_to_the_issuer_s_origin_alone(rogue: Rogue, name: str, target: Any) -> None:
    rogue.discovery = {name: target}
    assert (refused(rogue).fault, refused(rogue).about) == (Fault.UNREACHABLE, "discovery")
    assert "token" not in rogue.asked


@pytest.mark.parametrize("iss", ["https://evil.example", "", None])
def test_an_answer_of_another_provider_is_not_taken_for_this_one_s(rogue: Rogue, iss: str | None) -> None:
    with pytest.raises(NotIdentified, match="iss"):
        asyncio.run(party(rogue).check_sender(iss))


def test_a_provider_that_never_names_itself_need_not(rogue: Rogue) -> None:
    rogue.discovery = {"authorization_response_iss_parameter_supported": False}
    asyncio.run(party(rogue).check_sender(None))


def test_nothing_of_a_token_stands_in_what_is_logged(rogue: Rogue) -> None:
    rogue.id_claims = {"nonce": "another"}
    fault = refused(rogue)
    assert SUBJECT not in str(fault)
    assert str(fault) == "invalid: nonce"
