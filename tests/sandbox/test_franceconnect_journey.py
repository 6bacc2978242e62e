"""The way in by FranceConnect through real HTTP: from the button to the mail, and every way it fails."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import Response

from ameli_support import sql
from ameli_support.clock import FixedClock
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import schema
from ameli_support.sandbox.cast import CAST
from ameli_support.sandbox.franceconnect.provider import CALLBACK_PATH, Provider
from ameli_support.sandbox.franceconnect.routes import routes as provider_routes
from ameli_support.sandbox.people import fill
from ameli_support.sandbox.relying_party import RelyingParty
from ameli_support.sandbox.site import franceconnect
from ameli_support.sandbox.site.routes import routes as site_routes
from ameli_support.sandbox.site.serving import Site
from ameli_support.sandbox.world import open_world
from tests.sandbox.fc import BACK, GO_ON, LA_POSTE, NOT_YOU, cast_service
from tests.sandbox.rogue import Rogue, listening, served
from tests.sandbox.visitor import Shown, Visitor
from tests.service import MONDAY, RunningService

PAGES = procedure().pages
BUTTON = "S’identifier avec FranceConnect"
FAILED = PAGES["franceconnect_back"].title


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with cast_service(tmp_path_factory.mktemp("fc")) as running:
        yield running


@pytest.fixture
def visitor(service: RunningService) -> Iterator[Visitor]:
    found = Visitor(service.base_url)
    yield found
    found.close()


def said(reason: str) -> str:
    """The first sentence of why somebody was not recognised."""
    return procedure().lines(f"pages.franceconnect_back.{reason}")[0].replace("\u00a0", " ")


def at_choice(visitor: Visitor, start: str = "/inscription") -> Shown:
    visitor.open(start)
    return visitor.press(BUTTON)


def at_welcome(visitor: Visitor, login: str, start: str = "/inscription") -> Shown:
    at_choice(visitor, start)
    visitor.press(LA_POSTE)
    return visitor.press("Me connecter", login=login)


def arrived(visitor: Visitor, login: str, start: str = "/inscription") -> Shown:
    at_welcome(visitor, login, start)
    return visitor.press(GO_ON)


def stepped(service: RunningService, key: str) -> tuple[str, str]:
    """Step and route of the newest enrolment of a member of the cast."""
    enrolment = schema.enrolment.c
    row = service.people.one(
        select(enrolment.step, enrolment.route)
        .join(schema.insured_person, schema.insured_person.c.id == enrolment.person)
        .where(schema.insured_person.c.nir == CAST[key].nir)
        .order_by(enrolment.started_at.desc())
        .limit(1)
    )
    return str(row.step), str(row.route)


# ── who is recognised ───────────────────────────────────────────────────────


@pytest.mark.parametrize("start", ["/inscription", "/connexion"])
def test_the_whole_way_to_the_contact_data(service: RunningService, start: str) -> None:
    record = service.people.person(
        used_name="MÉDARD",
        birth_name=f"TOUT{start[1:4]}",
        sex="female",
        birth_country="99100",
        birth_place="38053",
    )
    visitor = Visitor(service.base_url)
    page = arrived(visitor, f"angela.tout{start[1:4]}", start)
    assert (page.path, page.title) == ("/conditions", PAGES["terms"].title)
    row = service.people.one(select(schema.enrolment).where(schema.enrolment.c.person == record))
    assert (row.step, row.route) == (Step.TERMS, Route.FRANCECONNECT)
    passed = select(schema.step_done.c.step).where(schema.step_done.c.enrolment == row.id)
    with sql.read(service.world.engine) as conn:
        done = set(conn.execute(passed).scalars())
    assert done == {Step.SIGN_UP, Step.IDENTITY}
    visitor.press("CONTINUER", terms="yes")
    page = visitor.press("CONTINUER", new_code="MotdePasse1", new_code_again="MotdePasse1")
    assert (page.path, page.title) == ("/coordonnees", PAGES["contact"].title)
    address = f"{start[1:]}.fc@orange.fr"
    page = visitor.press("CONTINUER", email=address, email_again=address)
    assert (page.path, page.title) == ("/deconnecte", PAGES["read_your_mail"].title)
    # logged out at FranceConnect as well: the next person at this computer has to choose
    assert at_choice(visitor).title.startswith("Je choisis un compte")
    visitor.close()


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("corse_2b", "/conditions"),
        ("corse_2a", "/conditions"),
        ("genre_indefini", "/conditions"),
        ("nom_compose", "/coordonnees"),
        ("nom_usage", "/confirmation"),
        ("nee_a_letranger", "/confirmation"),
        ("inactive_day_11", "/confirmation"),
        ("closed_day_25", "/confirmation"),
        ("suspended", "/confirmation"),
        ("active", "/compte"),
    ],
)
def test_a_recognised_person_is_taken_where_they_stand(visitor: Visitor, login: str, path: str) -> None:
    page = arrived(visitor, login, "/connexion")
    assert (page.status, page.path) == (200, path)


@pytest.mark.parametrize("login", ["mineure", "decede_caisse", "provisional_nir"])
def test_who_cannot_have_an_account_is_told_no_reason(visitor: Visitor, login: str) -> None:
    page = arrived(visitor, login)
    assert (page.status, page.title) == (403, PAGES["sign_up_refused"].title)
    assert not any(word in page.text for word in ("décéd", "mineur", "provisoire"))
    assert "3646" in page.text
    assert visitor.open("/conditions").path == "/connexion"


@pytest.mark.parametrize(
    "login",
    ["plusieurs", "autre_lieu", "inconnue_de_la_caisse", "mois_00", "jour_00", "nom_50", "caracteres"],
)
def test_who_is_not_recognised_is_offered_the_form(visitor: Visitor, login: str) -> None:
    page = arrived(visitor, login)
    assert (page.status, page.title) == (403, FAILED)
    assert said("unmatched") in page.text
    assert visitor.follow("Remplir le formulaire").title == PAGES["sign_up"].title


def test_a_provisional_code_of_the_form_is_of_no_more_use(service: RunningService, visitor: Visitor) -> None:
    assert arrived(visitor, "at_identity").path == "/conditions"
    assert stepped(service, "at_identity") == (Step.TERMS, Route.FRANCECONNECT)


def test_not_you_comes_back_as_somebody_else(visitor: Visitor) -> None:
    at_welcome(visitor, "active")
    page = visitor.press(NOT_YOU)
    assert "LE GOFF" not in page.text
    visitor.press(LA_POSTE)
    visitor.press("Me connecter", login="inactive_day_11")
    assert visitor.press(GO_ON).path == "/confirmation"


def test_logging_out_leaves_no_one_signed_in_at_franceconnect(visitor: Visitor) -> None:
    assert arrived(visitor, "active").path == "/compte"
    csrf = next(iter(visitor.page.parts.forms)).fields["csrf"] if visitor.page else ""
    page = visitor.send("/deconnexion", {"csrf": csrf})
    assert (page.path, page.title) == ("/connexion", PAGES["login"].title)
    assert procedure().text("pages.login.left") in page.text
    assert at_choice(visitor).title.startswith("Je choisis un compte")


def test_refusing_the_terms_and_leaving_log_out_at_franceconnect_too(
    service: RunningService, visitor: Visitor
) -> None:
    service.people.person(birth_name="QUITTE", used_name=None)
    assert arrived(visitor, "angela.quitte").path == "/conditions"
    page = visitor.press("ANNULER")
    assert page.path == "/connexion"
    assert procedure().text("pages.login.left") in page.text
    assert at_choice(visitor).title.startswith("Je choisis un compte")
    visitor.press(LA_POSTE)
    visitor.press("Me connecter", login="angela.quitte")
    assert visitor.press(GO_ON).path == "/conditions"
    page = visitor.press("CONTINUER", terms="no")
    assert (page.path, page.title) == ("/conditions/refusees", PAGES["terms_refused"].title)
    assert at_choice(visitor).title.startswith("Je choisis un compte")


# ── who is not ──────────────────────────────────────────────────────────────


def test_to_cancel_comes_back_with_a_sentence(visitor: Visitor) -> None:
    at_choice(visitor)
    page = visitor.follow(BACK)
    assert (page.status, page.title) == (200, FAILED)
    assert said("cancelled") in page.text
    assert visitor.press(BUTTON).title.startswith("Je choisis un compte")


@pytest.mark.parametrize(
    ("login", "code", "status", "reason"),
    [
        ("nom_usage_seul", "Y010007", 403, "denied"),
        ("decede", "Y010015", 403, "denied"),
        ("etat_civil_muet", "Y010011", 503, "unavailable"),
        ("fournisseur_en_panne", "Y020026", 503, "unavailable"),
    ],
)
def test_a_refusal_of_franceconnect_is_shown_with_its_code(
    visitor: Visitor, login: str, code: str, status: int, reason: str
) -> None:
    at_welcome(visitor, login)
    page = visitor.follow(BACK)
    assert (page.status, page.title) == (status, FAILED)
    assert code in page.text
    assert said(reason) in page.text
    assert "Remplir le formulaire" in page.parts.links


def come_back(visitor: Visitor, **query: str) -> Shown:
    return visitor.open(f"{CALLBACK_PATH}?{urlencode(query)}")


@pytest.fixture
def stopped(service: RunningService) -> Iterator["Stopped"]:
    found = Stopped(service.base_url)
    yield found
    found.close()


class Stopped(Visitor):
    """A browser that is held before it comes back: `back` is where FranceConnect sent it."""

    back = ""

    def held(self, login: str) -> str:
        at_welcome(self, login)
        assert self.page is not None
        form = self.page.parts.forms[0]
        answer = self.client.post(form.action, data=form.fields, follow_redirects=False)
        self.back = answer.headers["location"]
        return self.back


def test_a_return_works_once(stopped: Stopped) -> None:
    back = stopped.held("active")
    cookie = stopped.client.cookies["ameli"]
    assert stopped.open(back).path == "/compte"
    assert stopped.client.cookies["ameli"] != cookie
    assert stopped.open(back).path == "/compte"  # a second click: already there, and no second login
    stopped.client.cookies.set("ameli", cookie)
    again = httpx.get(back, cookies={"ameli": cookie})
    assert again.status_code == 400
    assert FAILED.replace("\u00a0", " ") in again.text.replace("\u00a0", " ")


def test_a_code_of_another_browser_opens_nothing(stopped: Stopped, visitor: Visitor) -> None:
    back = stopped.held("active")
    page = visitor.open(back)
    assert (page.status, said("invalid") in page.text) == (400, True)
    at_choice(visitor)
    page = visitor.open(back)  # with a departure of its own, but not this one
    assert page.status == 400
    assert visitor.open("/compte").path == "/connexion"
    assert stopped.open(back).path == "/compte"


def test_a_code_under_the_state_of_another_departure_is_refused(
    service: RunningService, stopped: Stopped
) -> None:
    back = httpx.URL(stopped.held("active"))
    other = Stopped(service.base_url)
    stolen = httpx.URL(other.held("inactive_day_11")).params["code"]
    page = stopped.open(str(back.copy_set_param("code", stolen)))
    other.close()
    assert (page.status, said("invalid") in page.text) == (400, True)
    assert stopped.open("/compte").path == "/connexion"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "x"},
        {"state": "x", "code": "x"},
        {"state": "", "code": "x"},
        {"error": "access_denied", "error_description": "Y010015"},
        {"state": "é" * 2000, "code": "x"},
        {"error": "<script>alert(1)</script>", "state": "x"},
    ],
    ids=str,
)
def test_a_return_that_nobody_asked_for(visitor: Visitor, query: dict[str, str]) -> None:
    page = come_back(visitor, **query)
    assert (page.status, page.title) == (400, FAILED)
    assert "Y010015" not in page.text
    assert "<script>alert" not in page.html


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"iss": "https://evil.example"}, "invalid"),
        ({"iss": ""}, "invalid"),
        ({"code": ""}, "invalid"),
        ({"code": "x" * 43}, "invalid"),
        ({"error": "access_denied"}, "cancelled"),
        ({"error": "server_error", "error_description": "<b>Y020026</b>"}, "unavailable"),
        ({"error": "whatever"}, "invalid"),
    ],
    ids=str,
)
def test_a_return_with_one_thing_changed_signs_nobody_in(
    stopped: Stopped, change: dict[str, str], reason: str
) -> None:
    page = stopped.open(str(httpx.URL(stopped.held("active")).copy_merge_params(change)))
    assert said(reason) in page.text
    assert "<b>" not in page.html
    assert stopped.open("/compte").path == "/connexion"


def test_a_head_request_uses_up_nothing(stopped: Stopped) -> None:
    back = stopped.held("active")
    assert stopped.client.head(back).status_code == 405
    assert stopped.open(back).path == "/compte"


def test_a_departure_of_another_site_s_form_does_not_happen(visitor: Visitor) -> None:
    visitor.open("/inscription")
    page = visitor.send("/franceconnect/depart", {"csrf": "x"})
    assert page.status == 403
    assert page.title == PAGES["session_over"].title


def test_two_tabs_can_be_under_way(service: RunningService, stopped: Stopped) -> None:
    first = stopped.held("active")
    stopped.open("/inscription")
    at_choice(stopped)
    assert stopped.open(first).path == "/compte"


# ── the provider is not there, or not right ─────────────────────────────────


def to(service: RunningService, rogue: Rogue) -> tuple[Site, httpx.ASGITransport]:
    """The site's two routes towards a provider of the test's own."""
    ours = replace(franceconnect.registration(service.world), issuer=rogue.issuer, seconds=0.5)
    site = Site(service.world)
    party = RelyingParty(ours, rogue.clock)
    return site, httpx.ASGITransport(Starlette(routes=franceconnect.routes(site, party)))


def test_a_provider_that_is_down_leaves_the_form(service: RunningService) -> None:
    rogue = Rogue(issuer="http://127.0.0.1:9")
    site, transport = to(service, rogue)

    async def depart() -> httpx.Response:
        session = site.sessions.begin()
        cookies = {site.sessions.cookie: session.id}
        async with httpx.AsyncClient(transport=transport, base_url="http://site", cookies=cookies) as client:
            return await client.post("/franceconnect/depart", data={"csrf": session.csrf})

    answer = asyncio.run(depart())
    assert answer.status_code == 503
    assert said("unavailable") in answer.text.replace("\u00a0", " ")
    assert 'href="/inscription"' in answer.text


@pytest.mark.parametrize(
    ("wrong", "status", "reason"),
    [
        ({"id_claims": {"nonce": "another"}}, 400, "invalid"),
        ({"user_claims": {"sub": "b" * 64 + "v1"}}, 400, "invalid"),
        ({"instead": {"token": lambda: Response(status_code=503)}}, 503, "unavailable"),
    ],
    ids=["nonce", "sub", "token"],
)
def test_what_does_not_hold_signs_nobody_in(
    service: RunningService, wrong: dict[str, object], status: int, reason: str
) -> None:
    with served(Rogue()) as rogue:
        for name, value in wrong.items():
            setattr(rogue, name, value)
        site, transport = to(service, rogue)

        async def there_and_back() -> httpx.Response:
            session = site.sessions.begin()
            cookies = {site.sessions.cookie: session.id}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://site", cookies=cookies
            ) as client:
                away = await client.post("/franceconnect/depart", data={"csrf": session.csrf})
                asked = httpx.URL(away.headers["location"]).params
                rogue.nonce = rogue.nonce or asked["nonce"]
                query = {"code": "c", "state": asked["state"], "iss": rogue.issuer}
                return await client.get(CALLBACK_PATH, params=query)

        answer = asyncio.run(there_and_back())
    assert answer.status_code == status
    assert said(reason) in answer.text.replace("\u00a0", " ")


def test_the_provider_s_keys_turn_between_two_visits(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    world = open_world(tmp_path / "sandbox.db", tmp_path / "keys", system=FixedClock(MONDAY), base_url=url)
    fill(world, len(CAST))
    provider = Provider(world)
    with listening(Starlette(routes=[*site_routes(world), *provider_routes(world, provider)]), listener):
        for turned in (False, True, True):
            if turned:
                provider.keys.rotate()
            visitor = Visitor(url)
            assert arrived(visitor, "active").path == "/compte"
            visitor.close()
    world.close()


def test_more_at_once_than_there_are_threads_do_not_wait_for_each_other(service: RunningService) -> None:
    """The server asks itself for tokens: were a thread held meanwhile, all would hang."""
    failed: list[object] = []

    def walk() -> None:
        visitor = Visitor(service.base_url)
        try:
            page = arrived(visitor, "active")
            if page.path != "/compte":
                failed.append(page.text)
        except Exception as error:
            failed.append(error)
        finally:
            visitor.close()

    threads = [threading.Thread(target=walk) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert failed == []
