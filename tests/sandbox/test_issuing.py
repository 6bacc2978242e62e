"""Issuing links, as rules §3 say: re-send, reissue, correction, and what the public pages then show."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ameli_support.accounts.contract import CorrectReason, ProblemType, SendKind
from ameli_support.onboarding.acts import Act, Effect, Reason
from ameli_support.onboarding.identity import Direction, Fact, Level, Role
from ameli_support.onboarding.link import DeadPage, Phase
from ameli_support.outbox import MailState
from ameli_support.sandbox import confirming
from ameli_support.sandbox.confirming import Outcome
from tests.sandbox.service import FACTS, Service, refused, unique

DAY = timedelta(days=1)


def page(service: Service, record: str, number: int | None = None) -> confirming.PageView:
    return confirming.open_page(service.world, service.token(record, number))


def test_day_3_the_same_link_is_mailed_again_and_confirms(service: Service) -> None:
    record = service.waiting()
    service.forward(days=3)
    agent = service.agent()
    answer = agent.call_resend(record)
    assert answer.effect is Effect.SAME_LINK
    assert answer.generation == 1
    assert answer.expires_at == service.now() + 4 * DAY
    assert len(service.generations(record)) == 1
    first, again = service.sends(record)
    assert (first.kind, again.kind) == (SendKind.FIRST, SendKind.RESEND)
    assert first.message_id != again.message_id
    assert service.confirm(record) is Outcome.CONFIRMED
    assert agent.view(record).phase is Phase.ACTIVE


def test_day_11_a_new_link_goes_to_the_same_address_and_the_old_one_says_so(service: Service) -> None:
    record = service.waiting()
    window = service.enrolment(record).window_closes_at
    service.forward(days=11)
    assert page(service, record).page is DeadPage.INACTIVE
    answer = service.agent().call_resend(record)
    assert answer.effect is Effect.NEW_LINK_SAME_ADDRESS
    assert answer.generation == 2
    assert service.enrolment(record).window_closes_at == window
    assert page(service, record, 1).page is DeadPage.NEWER_QUEUED
    service.mails(record, MailState.HANDED_OVER)
    old = page(service, record, 1)
    assert (old.page, old.newer_at) == (DeadPage.NEWER_SENT, service.now())
    assert service.confirm(record) is Outcome.CONFIRMED
    assert page(service, record, 1).page is DeadPage.ALREADY_ACTIVE


def test_day_25_only_a_reissue_at_level_2_helps(service: Service) -> None:
    record = service.waiting()
    service.forward(days=25)
    assert page(service, record).page is DeadPage.CLOSED
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    assert refused(lambda: agent.resend(record)).problem.reason is Reason.PHASE_CLOSED
    assert refused(lambda: agent.reissue(record)).kind is ProblemType.IDENTITY_LEVEL
    agent.reach(record, Level.REINFORCED)
    answer = agent.reissue(record)
    assert (answer.effect, answer.phase) == (Effect.NEW_LINK_NEW_WINDOW, Phase.LIVE)
    assert answer.window_closes_at == service.now() + 21 * DAY
    assert service.confirm(record) is Outcome.CONFIRMED


def test_with_40_hours_left_a_resend_issues_a_new_link(service: Service) -> None:
    record = service.waiting()
    service.forward(days=7, hours=-40)
    assert service.agent().call_resend(record).effect is Effect.NEW_LINK_SAME_ADDRESS
    assert confirming.confirm(service.world, service.token(record, 1)).outcome is Outcome.DEAD
    assert service.confirm(record) is Outcome.CONFIRMED


def test_a_link_issued_late_keeps_its_seven_days_past_the_window(service: Service) -> None:
    record = service.waiting()
    service.forward(days=20)
    answer = service.agent().call_resend(record)
    assert answer.expires_at == service.now() + 7 * DAY
    service.mails(record, MailState.HANDED_OVER)
    service.forward(days=6)
    assert service.agent().reach(record, Level.SIMPLE).view(record).phase is Phase.LIVE
    # the window is over: the same link again, whatever is left of it
    assert service.agent().call_resend(record).effect is Effect.SAME_LINK


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(-1, Outcome.CONFIRMED), (0, Outcome.DEAD), (1, Outcome.DEAD)]
)
def test_a_link_confirms_until_168_hours_and_not_at_them(
    service: Service, seconds: int, outcome: Outcome
) -> None:
    record = service.waiting()
    service.forward(days=7, seconds=seconds)
    assert service.confirm(record) is outcome


def test_a_wrong_said_address_leaves_only_a_correction(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    for left in (2, 1, 0):
        said = agent.say(record, "someone@else.fr")
        assert (said.matches, said.tries_left) == (False, left)
        assert refused(lambda: agent.resend(record)).kind is ProblemType.ADDRESS_NOT_CONFIRMED
    assert refused(lambda: agent.say(record)).kind is ProblemType.ADDRESS_NOT_CONFIRMED
    assert agent.view(record).allowed[Act.RESEND].reason is Reason.ADDRESS_NOT_CONFIRMED
    new = f"{unique('n')}@free.fr"
    answer = agent.correct(record, new)
    assert (answer.effect, answer.generation) == (Effect.NEW_ADDRESS_NEW_WINDOW, 2)
    assert service.address(record) == new
    assert confirming.confirm(service.world, service.token(record, 1)).outcome is Outcome.DEAD
    assert page(service, record, 1).page is DeadPage.GENERIC
    assert service.confirm(record) is Outcome.CONFIRMED


@pytest.mark.parametrize(
    ("reason", "fate", "told"),
    [
        (CorrectReason.MAILBOX_LOST, MailState.HANDED_OVER, True),
        (CorrectReason.OTHER, MailState.HANDED_OVER, True),
        (CorrectReason.TYPO, MailState.HANDED_OVER, False),
        (CorrectReason.TEST_OTHER_ADDRESS, MailState.HANDED_OVER, False),
        (CorrectReason.MAILBOX_LOST, MailState.REFUSED, False),
        (CorrectReason.MAILBOX_LOST, MailState.BOUNCED, False),
    ],
)
def test_the_old_address_is_told_unless_it_never_worked(
    service: Service, reason: CorrectReason, fate: MailState, told: bool
) -> None:
    record = service.waiting(delivered=False)
    service.mails(record, fate)
    old = service.address(record)
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.correct(record, f"{unique('n')}@free.fr", reason)
    notices = [s for s in service.sends(record) if s.kind == SendKind.NOTICE_ADDRESS_CHANGED]
    assert [(n.recipient, n.generation) for n in notices] == ([(old, None)] if told else [])


def test_a_link_to_a_replaced_address_stays_dead_when_the_address_comes_back(service: Service) -> None:
    record = service.waiting()
    first = service.address(record)
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.correct(record, f"{unique('n')}@free.fr")
    agent.correct(record, first)
    assert page(service, record, 1).page is DeadPage.GENERIC
    assert confirming.confirm(service.world, service.token(record, 1)).outcome is Outcome.DEAD
    assert service.confirm(record) is Outcome.CONFIRMED


def test_an_address_of_an_active_account_is_taken(service: Service) -> None:
    taken = service.address(service.active())
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    before = agent.version(record)
    assert refused(lambda: agent.correct(record, taken.upper())).kind is ProblemType.ADDRESS_TAKEN
    assert agent.version(record) == before
    assert len(service.sends(record)) == 1


def test_an_address_is_free_again_once_the_other_link_ended(service: Service) -> None:
    other = service.waiting()
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    assert refused(lambda: agent.correct(record, service.address(other))).kind is ProblemType.ADDRESS_TAKEN
    service.forward(days=7)
    agent.reach(record, Level.REINFORCED)
    agent.correct(record, service.address(other))
    late = service.agent().reach(other, Level.SIMPLE)
    late.say(other)
    assert refused(lambda: late.resend(other)).kind is ProblemType.ADDRESS_TAKEN


def test_correcting_frees_the_old_address(service: Service) -> None:
    record, other = service.waiting(), service.waiting()
    old = service.address(record)
    service.agent().reach(record, Level.REINFORCED).correct(record, f"{unique('n')}@free.fr")
    service.agent().reach(other, Level.REINFORCED).correct(other, old)
    assert service.confirm(other) is Outcome.CONFIRMED


@pytest.mark.parametrize("address", ["pas une adresse", "a b@orange.fr", "a@orange", "a@", "éé@orange.fr"])
def test_an_address_that_no_mail_can_reach_is_refused(service: Service, address: str) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    assert refused(lambda: agent.correct(record, address)).kind is ProblemType.ADDRESS_INVALID


def test_the_address_on_file_is_no_correction(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    same = service.address(record)
    assert refused(lambda: agent.correct(record, same)).kind is ProblemType.ADDRESS_INVALID


def test_whoever_did_not_create_the_account_gets_no_link(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    assert (
        refused(lambda: agent.correct(record, "b@free.fr", self_created=False)).kind
        is ProblemType.NOT_CREATED_BY_CALLER
    )
    service.forward(days=22)
    agent.reach(record, Level.REINFORCED)
    assert (
        refused(lambda: agent.reissue(record, self_created=False)).kind is ProblemType.NOT_CREATED_BY_CALLER
    )
    assert agent.suspend(record).phase is Phase.SUSPENDED


def test_a_no_to_the_question_stands_for_the_rest_of_the_call(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.say(record)
    kind = refused(lambda: agent.correct(record, "b@free.fr", self_created=False)).kind
    assert kind is ProblemType.NOT_CREATED_BY_CALLER
    agent.reach(record, Level.REINFORCED)
    for act in (lambda: agent.correct(record, "b@free.fr"), lambda: agent.resend(record)):
        assert refused(act).problem.reason is Reason.DID_NOT_CREATE
    allowed = agent.view(record).allowed
    assert {act for act in (Act.RESEND, Act.CORRECT) if allowed[act].reason is Reason.DID_NOT_CREATE} == {
        Act.RESEND,
        Act.CORRECT,
    }
    assert allowed[Act.SUSPEND].allowed
    another_call = service.agent().reach(record, Level.REINFORCED)
    assert another_call.correct(record, f"{unique('n')}@free.fr").effect is Effect.NEW_ADDRESS_NEW_WINDOW
    service.forward(days=22)
    agent.reach(record, Level.REINFORCED)
    assert refused(lambda: agent.reissue(record)).problem.reason is Reason.DID_NOT_CREATE
    assert agent.suspend(record).phase is Phase.SUSPENDED


def test_a_no_is_kept_even_where_the_act_is_refused_for_another_reason(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    assert refused(lambda: agent.reissue(record, self_created=False)).problem.reason is Reason.PHASE_LIVE
    assert refused(lambda: agent.correct(record, "b@free.fr")).problem.reason is Reason.DID_NOT_CREATE


def test_the_cool_down_says_the_seconds_left_and_counts_nothing(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.call_resend(record)
    service.mails(record, MailState.HANDED_OVER)
    service.forward(seconds=30)
    problem = refused(lambda: agent.resend(record)).problem
    assert (problem.reason, problem.retry_after) == (Reason.COOLDOWN, 90)
    assert agent.view(record).allowed[Act.RESEND].seconds_left == 90
    service.forward(seconds=90)
    assert agent.resend(record).effect is Effect.SAME_LINK


def test_five_sends_a_paris_day_and_correction_counts_among_them(service: Service) -> None:
    # 23:30 in Paris tomorrow evening, so that the day ends half an hour later
    now = service.now()
    service.forward(
        seconds=(now.replace(hour=22, minute=30, second=0, microsecond=0) - now).total_seconds() % 86400
    )
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    for _ in range(5):
        service.forward(seconds=120)
        agent.correct(record, f"{unique('n')}@free.fr")
    service.forward(seconds=120)
    refusal = refused(lambda: agent.correct(record, f"{unique('n')}@free.fr"))
    assert refusal.kind is ProblemType.DAY_CAP
    assert refusal.problem.retry_after is not None
    service.mails(record, MailState.HANDED_OVER)
    service.forward(seconds=refusal.problem.retry_after)
    agent.reach(record, Level.REINFORCED)
    agent.say(record)
    assert agent.resend(record).effect is Effect.SAME_LINK


def test_a_refused_or_cancelled_send_counts_for_no_cap_but_keeps_its_cool_down(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    for fate in (MailState.REFUSED, MailState.CANCELLED, MailState.REFUSED, MailState.CANCELLED) * 2:
        agent.resend(record)
        service.mails(record, fate)
        assert refused(lambda: agent.resend(record)).kind is ProblemType.COOLDOWN
        service.forward(seconds=120)
    assert agent.view(record).allowed[Act.RESEND].allowed


def test_a_resend_while_the_mail_still_waits_adds_none(service: Service) -> None:
    record = service.waiting(delivered=False)
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    assert refused(lambda: agent.resend(record)).kind is ProblemType.ALREADY_QUEUED
    assert len(service.sends(record)) == 1
    service.mails(record, MailState.DEFERRED)
    assert refused(lambda: agent.resend(record)).kind is ProblemType.ALREADY_QUEUED


@pytest.mark.parametrize(
    ("role", "cap"), [(Role.AGENT, "agent_sends_per_hour"), (Role.HANDLER, "handler_sends_per_hour")]
)
def test_an_agents_rolling_hour(service: Service, role: Role, cap: str) -> None:
    agent = service.agent(role)
    allowed: int = getattr(service.world.procedure.numbers, cap)
    record = service.waiting()
    service.sent_before(agent.who.agent, allowed - 1, timedelta(minutes=30))
    agent.call_resend(record)
    other = service.waiting()
    agent.reach(other, Level.SIMPLE).say(other)
    refusal = refused(lambda: agent.resend(other))
    assert (refusal.kind, refusal.problem.retry_after) == (ProblemType.HOUR_CAP, 1800)
    service.forward(minutes=30)
    agent.reach(other, Level.SIMPLE).say(other)
    agent.resend(other)


def test_by_mail_a_handler_resends_at_level_1_and_nothing_more(service: Service) -> None:
    record = service.waiting()
    handler = service.agent(Role.HANDLER)
    handler.reach(record, Level.SIMPLE, direction=Direction.MAIL)
    handler.say(record)
    assert handler.resend(record).effect is Effect.SAME_LINK
    refusal = refused(lambda: handler.correct(record, "b@free.fr"))
    assert refusal.problem.reason is Reason.NOT_AN_INCOMING_CALL


def test_a_changed_duration_moves_no_end_of_a_mailed_link(service: Service) -> None:
    record = service.waiting()
    ends = service.generations(record)[0].expires_at
    rules = service.world.procedure
    shorter = replace(rules, numbers=replace(rules.numbers, link_days=1, window_days=2))
    service.world.procedure = shorter
    try:
        service.forward(days=6)
        assert page(service, record).page is DeadPage.CONFIRM
        assert service.generations(record)[0].expires_at == ends
        assert service.confirm(record) is Outcome.CONFIRMED
    finally:
        service.world.procedure = rules


def test_no_answer_holds_a_token_a_code_or_an_address(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.say(record)
    answer = agent.resend(record)
    told = agent.view(record).model_dump_json() + answer.model_dump_json()
    nir = agent.facts(record, Fact.NIR)[Fact.NIR]
    for secret in (service.token(record), service.address(record), nir, FACTS[Fact.BANK_LAST4]):
        assert secret not in told
