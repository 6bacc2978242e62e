"""A link in a kept mail (rules §3): ours or not, a live one ends in the same step, its token is nowhere."""

import uuid

import pytest
from sqlalchemy import select

from ameli_support import sql
from ameli_support.accounts.contract import (
    ActAnswer,
    KeptLinkRequest,
    KeptLinkState,
    KeptLinkView,
    ProblemType,
)
from ameli_support.onboarding.identity import Level, Role, Speaker
from ameli_support.onboarding.link import DeadPage, Phase
from ameli_support.sandbox import schema
from ameli_support.sandbox.confirming import Outcome, confirm, open_page
from ameli_support.sandbox.kept_links import KEPT_LINK
from ameli_support.sandbox.problems import Refused
from tests.sandbox.service import Asker, Service, refused

FOREIGN = KeptLinkView(ours=False)


def kept(
    agent: Asker, record: str, token: str, *, version: int | None = None, key: str | None = None
) -> ActAnswer:
    expected = agent.version(record) if version is None else version
    return agent.act(record, KEPT_LINK, KeptLinkRequest(expected_version=expected, token=token), key)


def test_a_live_link_ends_in_the_same_step_and_a_new_one_can_be_sent(service: Service) -> None:
    record = service.waiting()
    token = service.token(record)
    agent = service.agent().reach(record, Level.SIMPLE)
    answer = kept(agent, record, token)
    assert answer.kept_link == KeptLinkView(
        ours=True, generation=1, state=KeptLinkState.LIVE, superseded=True
    )
    assert answer.phase is Phase.INACTIVE
    assert agent.view(record).phase is Phase.INACTIVE
    assert confirm(service.world, token).outcome is not Outcome.CONFIRMED
    assert open_page(service.world, token).page is DeadPage.INACTIVE
    agent.say(record)
    service.forward(minutes=3)
    assert agent.resend(record).generation == 2


def test_after_the_window_the_phase_is_closed(service: Service) -> None:
    record = service.waiting()
    service.forward(days=19)
    agent = service.agent()
    agent.call_resend(record)
    service.forward(days=3)
    assert kept(agent.reach(record, Level.SIMPLE), record, service.token(record, 2)).phase is Phase.CLOSED


def test_an_old_link_is_superseded_and_the_live_one_stays(service: Service) -> None:
    record = service.waiting()
    service.forward(days=6)
    agent = service.agent()
    agent.call_resend(record)
    answer = kept(agent, record, service.token(record, 1))
    assert answer.kept_link == KeptLinkView(ours=True, generation=1, state=KeptLinkState.SUPERSEDED)
    assert answer.phase is Phase.LIVE
    assert service.confirm(record) is Outcome.CONFIRMED
    used = kept(agent, record, service.token(record, 2)).kept_link
    assert used is not None
    assert used.state is KeptLinkState.USED
    assert agent.view(record).phase is Phase.ACTIVE


def test_an_expired_one_and_a_revoked_one_are_told_apart(service: Service) -> None:
    old, suspended = service.waiting(), service.waiting()
    service.agent().suspend(suspended)
    token = service.token(suspended)
    agent = service.agent().reach(suspended, Level.SIMPLE)
    answer = kept(agent, suspended, token)
    assert answer.kept_link == KeptLinkView(ours=True, generation=1, state=KeptLinkState.REVOKED)
    service.forward(days=8)
    answer = kept(service.agent().reach(old, Level.SIMPLE), old, service.token(old))
    assert answer.kept_link == KeptLinkView(ours=True, generation=1, state=KeptLinkState.EXPIRED)


def test_an_unknown_an_altered_and_a_strangers_token_look_the_same(service: Service) -> None:
    record, stranger = service.waiting(), service.waiting()
    own, other = service.token(record), service.token(stranger)
    altered = own[:-2] + ("AA" if own[-2:] != "AA" else "BB")
    agent = service.agent().reach(record, Level.SIMPLE)
    told = [kept(agent, record, token) for token in ("A" * 64, altered, other)]
    assert {answer.kept_link for answer in told} == {FOREIGN}
    assert {(answer.phase, answer.generation) for answer in told} == {(Phase.LIVE, None)}
    # nobody checked the stranger's caller: their link is left alone
    assert service.confirm(stranger) is Outcome.CONFIRMED
    assert service.confirm(record) is Outcome.CONFIRMED


def test_it_is_an_act_like_others_level_role_version_and_key(service: Service) -> None:
    record = service.waiting()
    token, agent = service.token(record), service.agent()
    assert refused(lambda: kept(agent, record, token)).kind is ProblemType.IDENTITY_LEVEL
    agent.compare(record, speaker=Speaker.THIRD_PARTY, level=Level.NOTHING)
    assert refused(lambda: kept(agent, record, token)).kind is ProblemType.IDENTITY_LEVEL
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        other = service.agent(role, purpose="vérification")
        assert refused(lambda other=other: kept(other, record, token)).kind is ProblemType.FORBIDDEN_ROLE  # type: ignore[misc]
    agent.reach(record, Level.SIMPLE)
    assert refused(lambda: kept(agent, record, token, version=99)).kind is ProblemType.STALE_VERSION
    key, version = f"key-{uuid.uuid4().hex}", agent.version(record)
    first = kept(agent, record, token, version=version, key=key)
    assert kept(agent, record, token, version=version, key=key) == first
    with pytest.raises(Refused):
        kept(agent, record, "A" * 64, version=version, key=key)


def test_no_row_of_the_service_holds_the_token(service: Service) -> None:
    record = service.waiting()
    token = service.token(record)
    kept(service.agent().reach(record, Level.SIMPLE), record, token)
    with sql.read(service.world.engine) as conn:
        for table in schema.metadata.tables.values():
            for row in conn.execute(select(table)):
                assert token not in repr(tuple(row))
                assert token[22:] not in repr(tuple(row))
    assert service.audited(record, KEPT_LINK) == 1


def test_the_token_is_in_no_repr_of_the_request() -> None:
    assert "A" * 20 not in repr(KeptLinkRequest(expected_version=1, token="A" * 64))
