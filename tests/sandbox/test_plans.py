"""Every statement of the service finds its rows by an index: none reads a table from end to end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from ameli_support import sql
from ameli_support.accounts.contract import SearchRequest, UnmaskRequest
from ameli_support.clock import FixedClock
from ameli_support.onboarding.identity import Fact, Level, Role
from ameli_support.onboarding.journey import Route, Step
from ameli_support.outbox import MailState
from ameli_support.sandbox import (
    agents,
    checks,
    confirming,
    idempotency,
    people,
    records,
    schema,
    searching,
    signing_up,
)
from ameli_support.sandbox.world import open_world
from tests.sandbox.conftest import MONDAY
from tests.sandbox.service import Service, unique

# few rows by their nature: the world's own, the identity providers, a fund's agents
SMALL = ("world", "identity_provider", "agent_account")
Statement = tuple[str, Any]


@pytest.fixture
def crowded(engine_url: str, tmp_path: Path) -> Iterator[Service]:
    """A world with enough people for PostgreSQL's planner to choose as it would in earnest."""
    clock = FixedClock(MONDAY)
    world = open_world(engine_url, tmp_path / "keys", system=clock, pool_size=4)
    people.fill(world, 1500)
    with sql.write(world.engine) as conn:
        conn.exec_driver_sql("ANALYZE")
    yield Service(world, clock)
    world.close()


def test_no_statement_scans_a_table(crowded: Service) -> None:
    service = crowded
    with listening(service.world.engine) as heard:
        everything(service)
    assert len(heard) > 60
    with sql.write(service.world.engine) as conn:
        scans = [found for statement in heard.values() for found in scans_of(conn, statement)]
    assert not scans, "\n".join(scans)


@contextmanager
def listening(engine: Engine) -> Iterator[dict[str, Statement]]:
    """Every different statement that the service executes, by its text, with parameters of one time."""
    heard: dict[str, Statement] = {}

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT"):
            heard.setdefault(statement, (statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", note)


def scans_of(conn: Connection, statement: Statement) -> list[str]:
    """The parts of the plan that read a whole table which can grow."""
    text, parameters = statement
    found = _sqlite(conn, text, parameters) if sql.is_sqlite(conn) else _postgresql(conn, text, parameters)
    return [f"{table}: {text}" for table in found if table not in SMALL]


def _sqlite(conn: Connection, text: str, parameters: Any) -> list[str]:
    rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)
    scanned = [row[3].split()[1] for row in rows if row[3].startswith("SCAN ")]
    return [table for table in scanned if table in schema.metadata.tables]


def _postgresql(conn: Connection, text: str, parameters: Any) -> list[str]:
    """Sequential scans are discouraged as much as can be: what is left, or walks an index without a
    condition, has no index to use."""
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = [row[0].strip() for row in conn.exec_driver_sql(f"EXPLAIN {text}", parameters)]
    found = []
    for line, below in zip(plan, [*plan[1:], ""], strict=True):
        node = re.match(r"(?:->\s*)?(Seq|Index|Index Only) Scan (?:Backward )?(?:using \w+ )?on (\w+)", line)
        if node and not below.startswith("Index Cond"):
            found.append(node[2])
    return found


def test_a_scan_would_be_found(service: Service) -> None:
    with sql.write(service.world.engine) as conn:
        mark = "?" if sql.is_sqlite(conn) else "%(a)s"
        values: Any = ("x",) if sql.is_sqlite(conn) else {"a": "x"}
        scanning = f"SELECT id FROM insured_person WHERE birth_name = {mark}"
        assert scans_of(conn, (scanning, values)) == [f"insured_person: {scanning}"]


def everything(service: Service) -> None:
    """Each use case of the service once, by tests' helpers that read by keys as well."""
    world = service.world
    enrolment = signing_up.start(world, service.person(), Route.FORM)
    for step in (Step.SIGN_UP, Step.IDENTITY):
        signing_up.pass_step(world, enrolment, step)
    signing_up.refuse_terms(world, enrolment)
    record = service.waiting()
    agent = service.agent()
    search_all(service, record)
    agent.reach(record, Level.REINFORCED)
    agent.say(record)
    agents.colleagues(world, agent.who)
    confirming.open_page(world, service.token(record))
    confirming.open_page(world, service.token(record), "HEAD")
    confirming.open_page(world, "unknown")
    agent.resend(record, key=f"key-{unique('plans')}")
    idempotency.settle(world, agent.who, f"key-{unique('plans')}")
    records.look(world, agent.who, record, check=agent.check_id, purpose=None)
    records.unmask(world, agent.who, record, agent.check_id, UnmaskRequest(purpose="relire"))
    agent.correct(record, f"{unique('n')}@free.fr")
    service.forward(days=8)
    confirming.person_resend(world, service.token(record))
    service.forward(days=22)
    agent.reach(record, Level.REINFORCED)
    agent.reissue(record)
    service.mails(record, MailState.HANDED_OVER)
    service.confirm(record)
    agent.dispute(record)
    agent.suspend(record)
    supervisor = service.agent(Role.SUPERVISOR, purpose="suivi")
    supervisor.supervise(record, "lift")
    agent.suspend(record)
    supervisor.supervise(record, "cancel")
    for _ in range(3):
        checks.end_call(world, agent.who, agent.call)
        agent.compare(record, {Fact.NAME: "Durand"})
    checks.end_call(world, agent.who, agent.call)
    supervisor.supervise(record, "unlock")
    with sql.write(world.engine) as conn:
        idempotency.forget_old(conn, world)
        world.ring.rotate()
        world.ring.retire(conn, next(iter(world.ring.keys)), service.now().replace(year=2090))


def search_all(service: Service, record: str) -> None:
    """A search by each fact and by several."""
    agent = service.agent()
    nir = agent.facts(record, Fact.NIR)[Fact.NIR]
    asked: list[dict[str, Any]] = [
        {"nir": nir},
        {"email": service.address(record)},
        {"phone": "0655000001"},
        {"name": "Dubois", "birth_date": date(1962, 8, 24)},
        {"name": "Dubois", "birth_date": date(1962, 8, 24), "postcode": "38000", "nir": nir},
        {"email": service.address(record), "phone": "0655000001", "birth_date": date(1962, 8, 24)},
    ]
    for facts in asked:
        searching.search(service.world, agent.who, SearchRequest(call=agent.call, **facts))
