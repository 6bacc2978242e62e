"""« Ce n'est pas moi »: suspended at any level, lifted or cancelled by a supervisor only (rules §3)."""

from functools import partial

import pytest

from ameli_support.accounts.contract import ProblemType
from ameli_support.onboarding.acts import Effect, Reason
from ameli_support.onboarding.identity import Level, Role, Speaker
from ameli_support.onboarding.journey import Route
from ameli_support.onboarding.link import DeadPage, Phase
from ameli_support.sandbox import schema, signing_up
from ameli_support.sandbox.confirming import Outcome, open_page
from tests.sandbox.service import Asker, Service, refused, unique


@pytest.fixture
def supervisor(service: Service) -> Asker:
    return service.agent(Role.SUPERVISOR, purpose="vérification")


def test_a_stranger_who_got_the_mail_is_enough_to_suspend(service: Service, supervisor: Asker) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.compare(record, speaker=Speaker.THIRD_PARTY, level=Level.NOTHING)
    answer = agent.suspend(record)
    assert (answer.effect, answer.phase) == (Effect.LINKS_REVOKED, Phase.SUSPENDED)
    assert service.confirm(record) is Outcome.DEAD
    assert open_page(service.world, service.token(record)).page is DeadPage.GENERIC
    assert len(service.sends(record)) == 1
    # the address stays claimed, long after the link would have ended
    service.forward(days=60)
    other = service.waiting()
    thief = service.agent().reach(other, Level.REINFORCED)
    address = service.address(record)
    assert refused(lambda: thief.correct(other, address)).kind is ProblemType.ADDRESS_TAKEN
    # cancelled: the address is free and a new sign-up possible
    answer = supervisor.supervise(record, "cancel")
    assert (answer.effect, answer.phase) == (Effect.ENROLMENT_ENDED, Phase.ENDED)
    thief.reach(other, Level.REINFORCED).correct(other, address)
    assert signing_up.start(service.world, record, Route.FORM) != service.enrolment(other).id
    assert service.enrolment(record).ended_at is None


@pytest.mark.parametrize("days", [0, 8, 22])
def test_lifting_goes_back_to_the_stored_window_and_links_stay_dead(
    service: Service, supervisor: Asker, days: int
) -> None:
    record = service.waiting()
    service.agent().suspend(record)
    service.forward(days=days)
    answer = supervisor.supervise(record, "lift")
    back = Phase.CLOSED if days > 20 else Phase.INACTIVE
    assert (answer.effect, answer.phase) == (Effect.BACK_TO_WINDOW, back)
    assert supervisor.view(record).phase is back
    assert service.confirm(record) is Outcome.DEAD
    if back is Phase.INACTIVE:
        assert service.agent().call_resend(record).generation == 2
        assert service.confirm(record) is Outcome.CONFIRMED


def test_a_lifted_request_holds_no_address(service: Service, supervisor: Asker) -> None:
    record = service.waiting()
    service.agent().suspend(record)
    supervisor.supervise(record, "lift")
    other = service.waiting()
    agent = service.agent().reach(other, Level.REINFORCED)
    agent.correct(other, service.address(record))
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    assert refused(lambda: agent.resend(record)).kind is ProblemType.ADDRESS_TAKEN


def test_an_active_account_is_lifted_back_to_active(service: Service, supervisor: Asker) -> None:
    record = service.active()
    service.agent().suspend(record)
    assert supervisor.supervise(record, "lift").phase is Phase.ACTIVE
    assert open_page(service.world, service.token(record)).page is DeadPage.ALREADY_ACTIVE
    other = service.waiting()
    agent = service.agent().reach(other, Level.REINFORCED)
    assert refused(lambda: agent.correct(other, service.address(record))).kind is ProblemType.ADDRESS_TAKEN


def test_suspending_leaves_an_address_that_went_to_another_with_that_one(
    service: Service, supervisor: Asker
) -> None:
    record = service.waiting()
    service.forward(days=8)
    holder = service.active(service.address(record))
    service.agent().suspend(record)
    supervisor.supervise(record, "cancel")
    other = service.waiting()
    agent = service.agent().reach(other, Level.REINFORCED)
    assert refused(lambda: agent.correct(other, service.address(holder))).kind is ProblemType.ADDRESS_TAKEN


@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER])
@pytest.mark.parametrize("act", ["lift", "cancel"])
def test_lifting_and_cancelling_are_a_supervisors(service: Service, role: Role, act: str) -> None:
    record = service.waiting()
    agent = service.agent(role).reach(record, Level.REINFORCED)
    agent.suspend(record)
    refusal = refused(lambda: agent.supervise(record, act, agent.version(record)))
    assert refusal.kind is ProblemType.FORBIDDEN_ROLE


def test_what_is_not_suspended_is_neither_lifted_nor_cancelled(service: Service, supervisor: Asker) -> None:
    record = service.waiting()
    for act in ("lift", "cancel"):
        assert refused(partial(supervisor.supervise, record, act)).problem.reason is Reason.NOT_SUSPENDED


def test_suspending_twice_or_before_an_address_is_refused(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.suspend(record)
    assert refused(lambda: agent.suspend(record)).problem.reason is Reason.PHASE_SUSPENDED
    early = service.person()
    service.at_contact(early)
    assert refused(lambda: agent.suspend(early)).problem.reason is Reason.PHASE_NOT_SENT
    assert refused(lambda: agent.suspend(service.person())).problem.reason is Reason.NO_ENROLMENT


def test_the_denied_confirmation_is_flagged_for_the_supervisor(service: Service, supervisor: Asker) -> None:
    record = service.active()
    agent = service.agent()
    agent.compare(record, level=Level.NOTHING)
    assert refused(lambda: agent.dispute(record)).kind is ProblemType.IDENTITY_LEVEL
    agent.reach(record, Level.SIMPLE)
    agent.dispute(record)
    flagged = supervisor.view(record).confirmation_disputed_at
    assert flagged == service.now()
    service.forward(minutes=1)
    agent.dispute(record)
    assert supervisor.view(record).confirmation_disputed_at == flagged
    waiting = service.waiting()
    agent.reach(waiting, Level.SIMPLE)
    assert refused(lambda: agent.dispute(waiting)).problem.reason is Reason.PHASE_LIVE


def test_already_active_is_said(service: Service) -> None:
    record = service.active()
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.say(record)
    for act in (agent.resend, agent.reissue):
        assert refused(partial(act, record)).kind is ProblemType.ALREADY_ACTIVE
    refusal = refused(lambda: agent.correct(record, f"{unique('n')}@free.fr"))
    assert refusal.kind is ProblemType.ALREADY_ACTIVE


def test_a_suspension_is_never_hindered_by_a_check_that_ended(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    service.forward(minutes=31)
    assert agent.suspend(record).phase is Phase.SUSPENDED


def test_a_cancelled_code_is_forgotten(service: Service, supervisor: Asker) -> None:
    record = service.waiting()
    service.change(schema.enrolment, schema.enrolment.c.person == record, code_hash="$argon2id$")
    service.agent().suspend(record)
    supervisor.supervise(record, "cancel")
    assert service.enrolment(record).code_hash is None
