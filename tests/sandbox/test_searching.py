"""Finding people: counted, never listed; a handle only for exactly one; every look-up logged (issue 2 §3)."""

import itertools
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, SearchAnswer, SearchRequest
from ameli_support.onboarding.identity import Fact, Role
from ameli_support.onboarding.person import nir_key
from ameli_support.sandbox import schema, searching
from tests.sandbox.service import Asker, Service, refused, unique

_days = itertools.count()


def search(agent: Asker, **facts: Any) -> SearchAnswer:
    return searching.search(agent.world, agent.who, SearchRequest(call=agent.call, **facts))


@pytest.fixture
def agent(service: Service) -> Asker:
    return service.agent()


def test_by_nir_with_and_without_key_and_separators(service: Service, agent: Asker) -> None:
    record = service.person()
    nir = agent.facts(record, Fact.NIR)[Fact.NIR]
    spaced = f"{nir[0]} {nir[1:3]} {nir[3:5]}\u00a0{nir[5:7]} {nir[7:10]}.{nir[10:]}"
    for typed in (nir, spaced, f"{nir}{nir_key(nir):02d}"):
        assert search(agent, nir=typed).record == record
    for typed in ("", "12", f"{nir}00", "\U0001d7dd" * 13):
        assert search(agent, nir=typed).matches == 0


def test_by_address_in_any_case_and_only_while_not_ended(service: Service, agent: Asker) -> None:
    record = service.waiting(f"{unique('Someone')}@Orange.fr")
    address = service.address(record)
    assert search(agent, email=address.upper()).record == record
    service.agent().suspend(record)
    service.agent(Role.SUPERVISOR, purpose="x").supervise(record, "cancel")
    assert search(agent, email=address).matches == 0
    assert search(agent, email="pas une adresse").matches == 0


def test_by_phone_typed_in_any_way(service: Service, agent: Asker) -> None:
    record = service.person()
    number = unique("").zfill(6)[-6:]
    with sql.write(service.world.engine) as conn:
        conn.execute(insert(schema.person_phone), {"person": record, "phone": f"+33655{number}"})
    assert search(agent, phone=f"06 55 {number[:3]} {number[3:]}").record == record
    assert search(agent, phone=f"+33 (0)655{number}").record == record
    assert search(agent, phone="pas un numéro").matches == 0


def test_by_name_and_birth_date_whatever_the_accents(service: Service, agent: Asker) -> None:
    born = date(1931, 5, 17)
    values = {"birth_date": born.isoformat(), "first_names": "Noëlle, Anne"}
    record = service.person(birth_name="D’ORGEVAL-BŒUF", used_name=None, **values)
    for typed in ("d'orgeval boeuf", "D ORGEVAL BOEUF", "Noelle D'Orgeval-Boeuf", "d’orgeval bœuf noëlle"):
        assert search(agent, name=typed, birth_date=born).record == record, typed
    for typed in ("d'orgeval", "Jeanne D'Orgeval-Boeuf", "", "-", "boeuf"):
        assert search(agent, name=typed, birth_date=born).matches == 0, typed
    assert search(agent, name="d'orgeval boeuf", birth_date=date(1931, 5, 18)).matches == 0


@pytest.mark.parametrize("on_file", ["N'DIAYE", "N’Diaye", "N DIAYE", "NDIAYE", "N-DIAYE"])
def test_a_joiner_left_out_or_put_in_is_no_other_name(service: Service, agent: Asker, on_file: str) -> None:
    born = date(1935, 1, 1 + next(_days))
    record = service.person(birth_name=on_file, used_name=None, birth_date=born.isoformat())
    for typed in ("ndiaye", "N Diaye", "n'diaye", "Angela N'diaye", "NDiaye Angela Marie", "angela n diaye"):
        assert search(agent, name=typed, birth_date=born).record == record, typed
    for typed in ("diaye", "n", "ndiay", "Jeanne Ndiaye", "ndiaye roche"):
        assert search(agent, name=typed, birth_date=born).matches == 0, typed


def test_namesakes_are_counted_and_one_more_fact_tells_them_apart(service: Service, agent: Asker) -> None:
    born = date(1932, 5, 17)
    people = [
        service.person(birth_name="VIAL", used_name=None, birth_date=born.isoformat(), postcode=postcode)
        for postcode in ("38000", "38100")
    ]
    answer = search(agent, name="vial", birth_date=born)
    assert (answer.matches, answer.record) == (2, None)
    assert search(agent, name="vial", birth_date=born, postcode="38100").record == people[1]


def test_at_most_eleven_are_counted(service: Service, agent: Asker) -> None:
    born = date(1933, 5, 17)
    for _ in range(13):
        service.person(birth_name="VIAL", used_name=None, birth_date=born.isoformat())
    assert search(agent, name="Vial", birth_date=born).matches == searching.COUNTED


def test_a_fact_beside_a_number_that_matches_tells_nothing(service: Service, agent: Asker) -> None:
    record = service.waiting()
    nir = agent.facts(record, Fact.NIR)[Fact.NIR]
    for beside in (
        {"email": service.address(record), "name": "Dubois"},
        {"email": "other@orange.fr"},
        {"name": "Durand", "birth_date": date(1962, 8, 24)},
        {"birth_date": date(1962, 8, 25)},
        {"postcode": "99999"},
    ):
        assert search(agent, nir=nir, **beside).record == record, beside
    assert search(agent, email=service.address(record), postcode="99999").record == record


def test_one_more_fact_that_fits_none_of_several_finds_nobody(service: Service, agent: Asker) -> None:
    born = date(1934, 5, 17)
    for _ in range(2):
        service.person(birth_name="VIAL", used_name=None, birth_date=born.isoformat(), postcode="38000")
    assert search(agent, name="vial", birth_date=born, postcode="38100").matches == 0


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"postcode": "38000"},
        {"name": "Dubois"},
        {"birth_date": date(1962, 8, 24)},
        {"name": "Dubois", "postcode": "38000"},
    ],
)
def test_too_little_to_search_by(agent: Asker, facts: dict[str, Any]) -> None:
    assert refused(lambda: search(agent, **facts)).kind is ProblemType.BAD_REQUEST


def test_a_supervisor_says_what_for_and_an_administrator_searches_nobody(service: Service) -> None:
    nir = service.agent().facts(record := service.person(), Fact.NIR)[Fact.NIR]
    supervisor, administrator = service.agent(Role.SUPERVISOR), service.agent(Role.ADMINISTRATOR)
    assert refused(lambda: search(supervisor, nir=nir)).kind is ProblemType.PURPOSE_MISSING
    assert refused(lambda: search(supervisor, nir=nir, purpose=" ")).kind is ProblemType.PURPOSE_MISSING
    assert search(supervisor, nir=nir, purpose="réclamation").record == record
    assert refused(lambda: search(administrator, nir=nir)).kind is ProblemType.FORBIDDEN_ROLE


def test_every_search_is_logged_without_what_was_typed(service: Service, agent: Asker) -> None:
    nir = agent.facts(record := service.person(), Fact.NIR)[Fact.NIR]
    search(agent, nir=nir, purpose="appel")
    log = schema.lookup_log
    row = service.one(select(log).where(log.c.agent == agent.who.agent))
    assert (row.what, row.call, row.purpose, row.person, row.matches) == (
        "search",
        agent.call,
        "appel",
        record,
        1,
    )
    assert nir not in repr(tuple(row))
