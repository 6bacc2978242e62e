"""Sessions of the public pages against what happens elsewhere at the same time: an end, a reset, a return."""

import json
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from starlette.requests import HTTPConnection

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.onboarding.identity import Role
from ameli_support.sandbox import hashing, logging_in, resetting, schema
from ameli_support.sandbox.franceconnect.provider import CALLBACK_PATH
from ameli_support.sandbox.site import arriving, sessions
from tests.sandbox.fc import LA_POSTE
from tests.sandbox.public_site import CODE, PublicSite
from tests.sandbox.service import Service, unique
from tests.sandbox.test_concurrency import at_once
from tests.sandbox.visitor import Visitor

BUTTON = "S’identifier avec FranceConnect"


@pytest.fixture
def other(public_site: PublicSite) -> Iterator[Visitor]:
    found = public_site.visitor()
    yield found
    found.close()


def somebody(site: PublicSite) -> str:
    """Somebody who shares no name: the login at FranceConnect."""
    provider = {"name": "la_poste", "available": True}
    with sql.write(site.world.engine) as conn:
        conn.execute(insert(schema.identity_provider).values(provider).on_conflict_do_nothing())
    name = "".join(chr(ord("a") + int(digit)) for digit in unique("")) + "ier"
    site.person(birth_name=name.upper(), used_name=None)
    return f"angela.{name}"


def held(visitor: Visitor, login: str) -> str:
    """Where FranceConnect sends this browser back to; it has not gone yet."""
    visitor.open("/inscription")
    visitor.press(BUTTON)
    visitor.press(LA_POSTE)
    page = visitor.press("Me connecter", login=login)
    form = page.parts.forms[0]
    answer = visitor.client.post(form.action, data=form.fields, follow_redirects=False)
    assert CALLBACK_PATH in answer.headers["location"], answer.text
    return str(answer.headers["location"])


def with_code(site: PublicSite) -> str:
    """Somebody whose account is active, with the usual code."""
    record = site.active()
    site.change(schema.enrolment, schema.enrolment.c.person == record, code_hash=hashing.hash_code(CODE))
    return record


# ── an end elsewhere ────────────────────────────────────────────────────────


@pytest.mark.parametrize("cancelled", [False, True])
def test_who_is_logged_in_when_a_request_is_suspended_or_cancelled_is_so_no_more(
    public_site: PublicSite, visitor: Visitor, other: Visitor, cancelled: bool
) -> None:
    """Whoever got in by fraud must not stand in the next request of the real person."""
    record = public_site.waiting()
    public_site.change(
        schema.enrolment, schema.enrolment.c.person == record, code_hash=hashing.hash_code(CODE)
    )
    assert public_site.log_in(visitor, record).path == "/confirmation"
    public_site.agent().suspend(record)
    if not cancelled:
        assert visitor.open("/confirmation").path == "/connexion"
        return
    public_site.log_in(visitor, record)
    public_site.agent(Role.SUPERVISOR, purpose="vérifié").supervise(record, "cancel")
    assert public_site.at_terms(other, record).path == "/conditions"
    assert visitor.open("/conditions").path == "/connexion"
    assert public_site.sessions_of(record) == 1


def test_a_session_that_ended_meanwhile_is_not_brought_back_by_what_it_keeps(
    public_site: PublicSite, visitor: Visitor
) -> None:
    record = public_site.person()
    public_site.at_terms(visitor, record)
    kept, cookie = sessions.Sessions(public_site.world), visitor.client.cookies["ameli"]
    under_way = kept.read(
        HTTPConnection({"type": "http", "headers": [(b"cookie", f"ameli={cookie}".encode())]})
    )
    assert under_way.person == record
    with sql.write(public_site.world.engine) as conn:
        sessions.end_all(conn, record)
    kept.change(under_way, lambda data: data.update(fc=[]))
    assert public_site.sessions_of(record) == 0
    assert visitor.open("/conditions").path == "/connexion"


def test_a_code_that_was_changed_meanwhile_opens_nothing(
    public_site: PublicSite, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« Code oublié ? » wins over a login with the old code that is under way."""
    record, own = with_code(public_site), arriving.identified
    enrolment = public_site.enrolment(record).id

    def changed_first(*given: object, **kept: str) -> object:
        new = hashing.hash_code("MotdePasse2")
        public_site.change(schema.enrolment, schema.enrolment.c.id == enrolment, code_hash=new)
        return own(*given, **kept)  # type: ignore[arg-type]

    monkeypatch.setattr("ameli_support.sandbox.site.login.identified", changed_first)
    page = public_site.log_in(visitor, record)
    assert (page.status, page.path) == (422, "/connexion")
    assert public_site.sessions_of(record) == 0
    assert visitor.open("/compte").path == "/connexion"
    assert logging_in.candidate(public_site.world, public_site.nir(record)) is not None


def test_the_old_code_changes_nothing_once_it_was_changed(public_site: PublicSite) -> None:
    record = with_code(public_site)
    world, row = public_site.world, public_site.enrolment(record)
    first, second = (hashing.hash_code(code) for code in ("MotdePasse2", "MotdePasse3"))
    changes = [partial(resetting.change, world, row.id, row.code_hash, new) for new in (first, second)]
    assert sorted(at_once(*changes)) == [False, True]
    assert resetting.code_hash_of(world, row.id) in (first, second)


def test_what_many_keep_in_one_new_session_at_once_is_all_kept(service: Service) -> None:
    kept = sessions.Sessions(service.world)
    visitor = kept.begin()

    def keep(name: str) -> None:
        kept.change(sessions.Session(visitor.id), lambda data: data.update({name: 1}))

    at_once(*[partial(keep, name) for name in "abcdef"])
    visit = HTTPConnection({"type": "http", "headers": [(b"cookie", f"ameli={visitor.id}".encode())]})
    assert set(kept.read(visit).data) == set("abcdef")


# ── FranceConnect ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(("column", "age"), [("seen_at", sessions.IDLE), ("began_at", sessions.LONGEST)])
def test_who_waited_too_long_can_still_leave_for_franceconnect(
    public_site: PublicSite, visitor: Visitor, column: str, age: object
) -> None:
    public_site.at_terms(visitor, record := public_site.person())
    then = to_us(public_site.world.system.now() - age)  # type: ignore[operator]
    with sql.write(public_site.world.engine) as conn:
        mine = schema.web_session.c.person == record
        conn.execute(update(schema.web_session).where(mine).values({column: then}))
    assert visitor.open(held(visitor, somebody(public_site))).path == "/conditions"


def test_a_return_that_comes_twice_at_once_is_taken_once(public_site: PublicSite, visitor: Visitor) -> None:
    back = held(visitor, somebody(public_site))
    cookies = dict(visitor.client.cookies)

    def come_back() -> int:
        return httpx.get(back, cookies=cookies, follow_redirects=False, trust_env=False).status_code

    assert sorted(at_once(*[come_back] * 4)) == [303, 400, 400, 400]


def test_departures_of_several_tabs_at_once_are_all_remembered(
    public_site: PublicSite, visitor: Visitor
) -> None:
    page = visitor.open("/inscription")
    form = next(form for form in page.parts.forms if form.action == "/franceconnect/depart")
    cookies = dict(visitor.client.cookies)
    before = {row.id_hash for row in public_site.stored(select(schema.web_session))}

    def depart() -> str:
        url = f"{public_site.world.base_url}{form.action}"
        answer = httpx.post(url, data=form.fields, cookies=cookies, trust_env=False)
        return str(httpx.URL(answer.headers["location"]).params["state"])

    states = at_once(*[depart] * 4)
    (row,) = [row for row in public_site.stored(select(schema.web_session)) if row.id_hash not in before]
    assert {one["state"] for one in json.loads(row.data)["fc"]} == set(states)
