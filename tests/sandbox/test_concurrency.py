"""Many at once, on both databases: one winner, clear conflicts, nothing doubled (design.md, "Acts")."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, SearchRequest
from ameli_support.onboarding.identity import Fact, Level
from ameli_support.onboarding.journey import Route
from ameli_support.onboarding.link import Phase, phase
from ameli_support.sandbox import claims, confirming, enrolments, schema, searching, signing_up
from ameli_support.sandbox.problems import Refused
from tests.sandbox.service import Asker, Service, unique


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all together; each answer, or the problem type of its refusal. Any other error fails the test."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal.kind

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def live_generations(service: Service, record: str) -> int:
    return sum(g.superseded_at is None and g.revoked_at is None for g in service.generations(record))


def test_taken_addresses_tried_at_once_are_five_tries_an_hour_too(service: Service) -> None:
    taken = service.address(service.active())
    enrolment = service.at_contact(service.person())
    tries = [partial(signing_up.submit_address, service.world, enrolment, taken) for _ in range(12)]
    results = at_once(*tries)
    allowed = service.world.procedure.numbers.address_tries_per_hour
    assert results.count(ProblemType.ADDRESS_TAKEN) == allowed
    assert results.count(ProblemType.RATE_LIMITED) == len(tries) - allowed


def test_eight_confirmations_of_one_link_give_one_success(service: Service) -> None:
    for _ in range(5):
        record = service.waiting()
        token, before = service.token(record), service.enrolment(record).version
        results = at_once(*[partial(confirming.confirm, service.world, token)] * 8)
        outcomes = Counter(result.outcome for result in results)
        assert outcomes == {confirming.Outcome.CONFIRMED: 1, confirming.Outcome.DEAD: 7}
        assert service.audited(record, "confirm") == 1
        assert service.enrolment(record).version == before + 1


def test_two_agents_reissue_at_once_and_one_gets_a_clear_conflict(service: Service) -> None:
    for _ in range(5):
        record = service.waiting()
        service.forward(days=22)
        agents = [service.agent().reach(record, Level.REINFORCED) for _ in range(2)]
        version = agents[0].version(record)
        results = at_once(*[partial(a.reissue, record, version) for a in agents])
        assert results.count(ProblemType.STALE_VERSION) == 1
        assert live_generations(service, record) == 1
        assert len(service.generations(record)) == 2


def test_eight_agents_do_everything_to_one_enrolment_at_once(service: Service) -> None:
    record = service.waiting()
    service.forward(days=6)
    agents = [service.agent().reach(record, Level.REINFORCED) for _ in range(6)]
    for agent in agents:
        agent.say(record)
    version, token = agents[0].version(record), service.token(record)
    results = at_once(
        lambda: agents[0].resend(record, version),
        lambda: agents[1].resend(record, version),
        lambda: agents[2].correct(record, f"{unique('n')}@free.fr", version=version),
        lambda: agents[3].correct(record, f"{unique('n')}@free.fr", version=version),
        lambda: agents[4].suspend(record),
        lambda: agents[5].suspend(record),
        lambda: confirming.confirm(service.world, token),
        lambda: confirming.person_resend(service.world, token),
    )
    assert not [r for r in results if r is None]
    assert live_generations(service, record) <= 1


def test_two_ended_links_resent_to_one_address_at_once(service: Service) -> None:
    for _ in range(5):
        address = f"{unique('shared')}@orange.fr"
        first = service.waiting(address)
        service.forward(days=8)
        second = service.waiting(address)
        service.forward(days=8)
        agents = [(service.agent().reach(record, Level.SIMPLE), record) for record in (first, second)]
        for agent, record in agents:
            agent.say(record)
        results = at_once(*[partial(a.resend, r) for a, r in agents])
        assert results.count(ProblemType.ADDRESS_TAKEN) == 1
        assert sum(live(service, r) for r in (first, second)) == 1


def live(service: Service, record: str) -> bool:
    with sql.read(service.world.engine) as conn:
        person = enrolments.read_person(conn, record)
        assert person is not None
        dossier = enrolments.read_dossier(conn, person)
    return phase(dossier.enrolment, service.now()) is Phase.LIVE


def test_two_enrolments_corrected_to_one_address_at_once(service: Service) -> None:
    for _ in range(5):
        records = [service.waiting() for _ in range(2)]
        agents = [service.agent().reach(record, Level.REINFORCED) for record in records]
        address = f"{unique('new')}@free.fr"
        pairs = list(zip(agents, records, strict=True))
        results = at_once(*[partial(a.correct, r, address) for a, r in pairs])
        assert results.count(ProblemType.ADDRESS_TAKEN) == 1
        assert [service.address(r) for r in records].count(address) == 1


def test_two_enrolments_that_swap_their_addresses_at_once(service: Service) -> None:
    for _ in range(5):
        records = [service.waiting() for _ in range(2)]
        old = [service.address(record) for record in records]
        service.forward(days=8)
        agents = [service.agent().reach(record, Level.REINFORCED) for record in records]
        results = at_once(
            partial(agents[0].correct, records[0], old[1]),
            partial(agents[1].correct, records[1], old[0]),
        )
        assert ProblemType.UNAVAILABLE not in results
        now = [service.address(record) for record in records]
        assert len(set(now)) == 2 or results.count(ProblemType.ADDRESS_TAKEN) == 1


def test_two_live_links_to_one_address_confirmed_at_once(service: Service) -> None:
    """A state that the service itself never makes: built by hand."""
    for _ in range(5):
        records = [service.waiting() for _ in range(2)]
        address = f"{unique('both')}@orange.fr"
        for record in records:
            enrolment = service.enrolment(record)
            service.change(schema.enrolment, schema.enrolment.c.id == enrolment.id, address=address)
            service.change(schema.generation, schema.generation.c.enrolment == enrolment.id, address=address)
        tokens = [service.token(record) for record in records]
        results = at_once(*[partial(confirming.confirm, service.world, t) for t in tokens])
        outcomes = Counter(result.outcome for result in results)
        assert outcomes == {confirming.Outcome.CONFIRMED: 1, confirming.Outcome.ADDRESS_TAKEN: 1}
        assert sum(service.enrolment(r).confirmed_at is not None for r in records) == 1


def test_one_claim_wins_of_eight(service: Service) -> None:
    enrolment = [service.at_contact(service.person()) for _ in range(8)]
    address, at = f"{unique('claim')}@orange.fr", service.now()

    def take(mine: str) -> None:
        with sql.write(service.world.engine) as conn:
            claims.take(conn, address, mine, until=at + timedelta(days=7), at=at)

    results = at_once(*[partial(take, e) for e in enrolment])
    assert results.count(ProblemType.ADDRESS_TAKEN) == 7


def test_eight_parallel_requests_at_the_agents_cap_send_what_is_left(service: Service) -> None:
    agent = service.agent()
    cap = service.world.procedure.numbers.agent_sends_per_hour
    records = [service.waiting() for _ in range(8)]
    checks = []
    for record in records:
        agent.reach(record, Level.SIMPLE).say(record)
        checks.append(agent.check_id)
    service.sent_before(agent.who.agent, cap - 3, timedelta(minutes=10))

    def send(record: str, check: str | None) -> Any:
        return Asker(service, agent.who, agent.call, check_id=check).resend(record)

    results = at_once(*[partial(send, r, c) for r, c in zip(records, checks, strict=True)])
    assert results.count(ProblemType.HOUR_CAP) == 5
    assert sum(len(service.sends(record)) - 1 for record in records) == 3


def test_eight_parallel_resends_of_one_enrolment_send_one_mail(service: Service) -> None:
    record = service.waiting()
    agents = [service.agent().reach(record, Level.SIMPLE) for _ in range(8)]
    for agent in agents:
        agent.say(record)
    version = agents[0].version(record)
    results = at_once(*[partial(a.resend, record, version) for a in agents])
    assert results.count(ProblemType.STALE_VERSION) == 7
    assert len(service.sends(record)) == 2


def test_the_persons_own_resend_pressed_eight_times_at_once(service: Service) -> None:
    record = service.waiting()
    service.forward(days=8)
    token = service.token(record)
    results = at_once(*[lambda: confirming.person_resend(service.world, token)] * 8)
    assert sum(result.queued for result in results) == 1
    assert live_generations(service, record) == 1


def test_one_key_sent_eight_times_at_once_acts_once(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    version, key = agent.version(record), f"key-{uuid.uuid4().hex}"
    results = at_once(*[lambda: agent.resend(record, version, key)] * 8)
    answers = {r.model_dump_json() for r in results if not isinstance(r, ProblemType)}
    assert len(answers) == 1
    assert {r for r in results if isinstance(r, ProblemType)} <= {ProblemType.IN_FLIGHT}
    assert len(service.sends(record)) == 2


def test_sixteen_threads_search_check_and_read(service: Service) -> None:
    records = [service.waiting() for _ in range(16)]
    agents = [service.agent() for _ in records]

    def call(agent: Any, record: str) -> Phase | None:
        nir = agent.facts(record, Fact.NIR)[Fact.NIR]
        request = SearchRequest(call=agent.call, nir=nir)
        assert searching.search(service.world, agent.who, request).record == record
        agent.reach(record, Level.SIMPLE)
        seen: Phase | None = agent.view(record).phase
        return seen

    results = at_once(*[partial(call, a, r) for a, r in zip(agents, records, strict=True)])
    assert results == [Phase.LIVE] * 16


def test_parallel_comparisons_in_one_check_count_each(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    first = agent.compare(record, {Fact.NAME: "Durand"})

    def again() -> Any:
        return agent.compare(record, {Fact.NAME: "Durand"}, check=first.check)

    results = at_once(*[again] * 8)
    refusals = [r for r in results if isinstance(r, ProblemType)]
    # two comparisons were left; once locked or failed, the others hear so
    assert len(refusals) == 6


def test_parallel_new_checks_give_no_more_comparisons_than_one_after_the_other(service: Service) -> None:
    """Each begins its own check, which ends the agent's one before: the fourth stands, then the lock."""
    record = service.waiting()
    agent = service.agent()
    wrong = [partial(agent.compare, record, {Fact.POSTCODE: f"9000{n}"}) for n in range(8)]
    results = at_once(*wrong)
    assert results.count(ProblemType.LOCKED) == 4
    assert len([r for r in results if not isinstance(r, ProblemType)]) == 4


def test_parallel_addresses_said_are_three_tries(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    results = at_once(*[partial(agent.say, record, f"autre{n}@orange.fr") for n in range(8)])
    tries = sorted(r.tries_left for r in results if not isinstance(r, ProblemType))
    assert tries == [0, 1, 2]


def test_one_person_begins_twice_at_once_and_has_one_enrolment(service: Service) -> None:
    record = service.person()
    begin = partial(signing_up.start, service.world, record, Route.FORM)
    assert len(set(at_once(*[begin] * 6))) == 1


def test_one_address_submitted_by_eight_at_once(service: Service) -> None:
    enrolments_ = [service.at_contact(service.person()) for _ in range(8)]
    address = f"{unique('same')}@orange.fr"
    results = at_once(*[partial(signing_up.submit_address, service.world, e, address) for e in enrolments_])
    assert results.count(ProblemType.ADDRESS_TAKEN) == 7
