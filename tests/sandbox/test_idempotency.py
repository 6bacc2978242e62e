"""One act a key: replayed, mismatched, in flight, settled (design.md, "Acts on the account service")."""

import uuid
from datetime import timedelta

import pytest

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, Settled, Who
from ameli_support.onboarding.identity import Level, Role
from ameli_support.outbox import MailState
from ameli_support.sandbox import agents, confirming, housekeeping, idempotency, schema
from tests.sandbox.service import Asker, Service, refused, unique


@pytest.fixture
def key() -> str:
    return f"key-{uuid.uuid4().hex}"


@pytest.fixture
def record(service: Service) -> str:
    return service.waiting()


@pytest.fixture
def agent(service: Service, record: str) -> Asker:
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.say(record)
    return agent


def test_the_same_request_again_gets_the_same_answer(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    version = agent.version(record)
    first = agent.resend(record, version, key)
    service.forward(minutes=10)
    assert agent.resend(record, version, key) == first
    assert len(service.sends(record)) == 2


def test_a_key_is_bound_to_agent_route_record_and_body(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    version = agent.version(record)
    agent.resend(record, version, key)
    other = service.agent().reach(record, Level.SIMPLE)
    elsewhere = service.waiting()
    for act in (
        lambda: other.resend(record, version, key),
        lambda: agent.resend(record, version + 1, key),
        lambda: agent.resend(elsewhere, version, key),
        lambda: agent.reissue(record, version, key=key),
    ):
        assert refused(act).kind is ProblemType.KEY_REUSED


def test_a_refusal_is_not_stored(service: Service, agent: Asker, record: str, key: str) -> None:
    agent.resend(record)
    service.mails(record, MailState.HANDED_OVER)
    version = agent.version(record)
    assert refused(lambda: agent.resend(record, version, key)).kind is ProblemType.COOLDOWN
    service.forward(minutes=2)
    assert agent.resend(record, version, key).version == version + 1


def test_while_in_flight_another_with_that_key_waits(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    with idempotency.alone(service.world, key):
        refusal = refused(lambda: agent.resend(record, key=key))
        assert (refusal.kind, refusal.problem.retry_after) == (ProblemType.IN_FLIGHT, 1)
        settle = refused(lambda: idempotency.settle(service.world, agent.who, key))
        assert settle.kind is ProblemType.IN_FLIGHT
    assert agent.resend(record, key=key).generation == 1


def test_settling_an_act_that_took_place_gives_its_answer(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    answer = agent.resend(record, key=key)
    settled = idempotency.settle(service.world, agent.who, key)
    assert (settled.settled, settled.answer) == (Settled.DONE, answer)


def test_what_an_act_did_is_told_to_its_agent_and_to_supervisors(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    agent.resend(record, key=key)
    colleague, supervisor = service.agent(), service.agent(Role.SUPERVISOR)
    agents.register(service.world, agent.who)
    told = idempotency.settle(service.world, colleague.who, key, agent.who.agent)
    assert (told.settled, told.answer) == (Settled.DONE, None)
    assert idempotency.settle(service.world, supervisor.who, key, agent.who.agent).answer is not None


def test_nobody_makes_anothers_key_void_but_a_colleague_of_the_fund_by_name(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    stranger = Who(agent=unique("h"), role=Role.AGENT, funds=("699",))
    administrator, colleague = service.agent(Role.ADMINISTRATOR).who, service.agent().who
    agents.register(service.world, agent.who)
    mine = agent.who.agent
    for who, kind in (
        (stranger, ProblemType.OTHER_FUND),
        (administrator, ProblemType.FORBIDDEN_ROLE),
    ):
        refusal = refused(lambda who=who: idempotency.settle(service.world, who, key, mine))  # type: ignore[misc]
        assert refusal.kind is kind
        # in one's own name it binds nobody else
        assert idempotency.settle(service.world, who, key).settled is Settled.VOID
    assert agent.resend(record, key=key).generation == 1
    assert refused(lambda: idempotency.settle(service.world, colleague, key)).kind is ProblemType.KEY_REUSED
    other = f"{key}-2"
    assert idempotency.settle(service.world, colleague, other, mine).settled is Settled.VOID
    assert refused(lambda: agent.resend(record, key=other)).kind is ProblemType.KEY_VOID
    unknown = refused(lambda: idempotency.settle(service.world, colleague, f"{key}-3", "nobody"))
    assert unknown.kind is ProblemType.OTHER_FUND


def test_a_void_key_stays_void_for_its_owner_whoever_settles_it_in_their_own_name(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    colleague = service.agent().who
    stranger = Who(agent=unique("h"), role=Role.AGENT, funds=("699",))
    agents.register(service.world, agent.who)
    assert idempotency.settle(service.world, colleague, key, agent.who.agent).settled is Settled.VOID
    for who in (colleague, stranger):
        assert idempotency.settle(service.world, who, key).settled is Settled.VOID
        assert refused(lambda: agent.resend(record, key=key)).kind is ProblemType.KEY_VOID
    assert idempotency.settle(service.world, agent.who, key).settled is Settled.VOID
    assert len(service.sends(record)) == 1


def test_a_settled_key_is_void_and_a_late_request_is_refused(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    for _ in range(2):
        settled = idempotency.settle(service.world, agent.who, key)
        assert (settled.settled, settled.answer) == (Settled.VOID, None)
    assert refused(lambda: agent.resend(record, key=key)).kind is ProblemType.KEY_VOID
    assert len(service.sends(record)) == 1


def test_keys_are_kept_30_days_of_the_system_clock(
    service: Service, agent: Asker, record: str, key: str
) -> None:
    agent.resend(record, key=key)
    for by, settled in ((timedelta(days=30), Settled.DONE), (timedelta(seconds=1), Settled.VOID)):
        service.clock.forward(by)
        with sql.write(service.world.engine) as conn:
            idempotency.forget_old(conn, service.world)
        assert idempotency.settle(service.world, agent.who, key).settled is settled


def test_a_refused_act_leaves_an_audit_row_and_nothing_else(
    service: Service, agent: Asker, record: str
) -> None:
    version = agent.version(record)
    before = service.count(schema.audit, schema.audit.c.outcome == "refused")
    refusal = refused(lambda: agent.resend(record, version + 7))
    assert (refusal.kind, refusal.problem.version) == (ProblemType.STALE_VERSION, version)
    assert service.count(schema.audit, schema.audit.c.outcome == "refused") == before + 1
    assert agent.version(record) == version


@pytest.mark.parametrize("version", [-1, 2**63, 10**40])
def test_versions_that_no_database_holds_are_stale(
    service: Service, agent: Asker, record: str, version: int
) -> None:
    assert refused(lambda: agent.resend(record, version)).kind is ProblemType.STALE_VERSION


def test_the_service_forgets_by_itself(service: Service, agent: Asker, record: str, key: str) -> None:
    agent.resend(record, key=key)
    confirming.open_page(service.world, "unknown")
    housekeeping.tidy(service.world)
    assert service.count(schema.unknown_token) > 0
    service.forward(days=30, minutes=1)
    housekeeping.tidy(service.world)
    assert service.count(schema.unknown_token) == 0
    assert idempotency.settle(service.world, agent.who, key).settled is Settled.VOID
