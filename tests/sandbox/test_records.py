"""What one record tells whom, its ETag, and the log of every look-up (rules §8, design.md "Acts")."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from ameli_support.accounts.contract import ProblemType, ProvisionalCode, SendState
from ameli_support.clock import to_us
from ameli_support.onboarding.acts import Act, Ask, Effect, Reason
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.link import Phase
from ameli_support.outbox import MailState
from ameli_support.sandbox import confirming, records, schema
from tests.sandbox.service import Asker, Service, refused, unique


@pytest.mark.parametrize(
    ("speaker", "direction", "reason"),
    [
        (Speaker.SELF, Direction.INCOMING, Reason.LEVEL_1_FIRST),
        (Speaker.THIRD_PARTY, Direction.INCOMING, Reason.THIRD_PARTY),
        (Speaker.SELF, Direction.OUTGOING, Reason.OUTGOING_CALL),
    ],
)
def test_before_level_1_nothing_is_told_and_no_verdict_gives_the_phase_away(
    service: Service, speaker: Speaker, direction: Direction, reason: Reason
) -> None:
    views = []
    for record in (service.waiting(), service.active(), service.person()):
        agent = service.agent()
        assert agent.view(record).allowed[Act.RESEND].reason is Reason.LEVEL_1_FIRST
        agent.compare(record, level=Level.NOTHING, speaker=speaker, direction=direction)
        view = agent.view(record)
        assert view.allowed[Act.RESEND].reason is reason
        assert view.allowed[Act.SUSPEND].effect is Effect.LINKS_REVOKED
        views.append(view.model_dump(exclude={"record", "check_expires_at"}))
    assert views[0] == views[1] == views[2]


def test_level_1_tells_step_and_phase_and_masks_the_rest(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    view = agent.view(record)
    assert (view.phase, view.step, view.level) == (Phase.LIVE, "confirmation", Level.SIMPLE)
    assert view.person is not None
    assert (view.person.title, view.person.name) == ("Mme", "Angela DUBOIS")
    assert view.person.nir_masked.endswith("•• ••• •••")
    assert view.address_masked == "p•••@orange.fr"
    assert [send.address_masked for send in view.sends] == ["p•••@orange.fr"]
    assert view.allowed[Act.RESEND].asks == (Ask.SAID_ADDRESS,)
    assert view.allowed[Act.CORRECT].reason is Reason.LEVEL_2_FIRST
    agent.say(record)
    assert agent.view(record).allowed[Act.RESEND].asks == ()


def test_a_supervisor_reads_with_a_purpose_and_without_a_check(service: Service) -> None:
    record = service.waiting()
    supervisor = service.agent(Role.SUPERVISOR)
    assert refused(lambda: supervisor.view(record)).kind is ProblemType.PURPOSE_MISSING
    supervisor.purpose = "réclamation"
    view = supervisor.view(record)
    assert (view.phase, view.level) == (Phase.LIVE, Level.NOTHING)
    assert view.allowed[Act.RESEND].reason is Reason.FORBIDDEN_ROLE
    assert view.allowed[Act.SUSPEND].allowed


def test_an_administrator_reads_no_record(service: Service) -> None:
    administrator = service.agent(Role.ADMINISTRATOR, purpose="curiosité")
    record = service.waiting()
    assert refused(lambda: administrator.view(record)).kind is ProblemType.FORBIDDEN_ROLE
    assert refused(lambda: administrator.suspend(record)).kind is ProblemType.FORBIDDEN_ROLE


def test_an_unknown_record_is_not_found(service: Service) -> None:
    agent = service.agent()
    assert refused(lambda: agent.view("nobody-there")).kind is ProblemType.NOT_FOUND
    assert refused(lambda: agent.compare("nobody-there")).kind is ProblemType.NOT_FOUND
    assert refused(lambda: agent.say("nobody-there", "a@b.fr")).kind is ProblemType.NOT_FOUND


def test_every_reading_is_logged_with_its_purpose_and_a_304_is_not(service: Service) -> None:
    record = service.waiting()
    supervisor = service.agent(Role.SUPERVISOR)
    log = schema.lookup_log

    def look(known: str | None = None) -> records.Seen:
        return records.look(
            service.world, supervisor.who, record, check=None, purpose="réclamation", known=known
        )

    seen = look()
    assert not seen.known
    for known in (seen.etag, f'W/{seen.etag}, "x"', "*"):
        assert look(known).known
    rows = service.one(select(log.c.purpose, log.c.role).where(log.c.person == record))
    assert (rows.purpose, rows.role) == ("réclamation", "supervisor")
    assert not look('"another"').known
    assert service.count(log, log.c.person == record) == 2


def changes(service: Service, record: str, agent: Asker) -> list[tuple[str, Callable[[], object]]]:
    return [
        ("said address", lambda: agent.say(record)),
        ("re-send", lambda: agent.resend(record)),
        ("a mail's fate", lambda: service.mails(record, MailState.HANDED_OVER)),
        ("cool-down over", lambda: service.forward(minutes=2)),
        ("page opened", lambda: confirming.open_page(service.world, service.token(record))),
        ("page opened again", lambda: confirming.open_page(service.world, service.token(record))),
        ("level 2", lambda: agent.reach(record, Level.REINFORCED)),
        ("confirmed", lambda: service.confirm(record)),
        ("disputed", lambda: agent.dispute(record)),
        ("suspended", lambda: agent.suspend(record)),
        ("level over", lambda: service.forward(minutes=30)),
    ]


def test_the_etag_changes_with_whatever_is_shown_and_with_nothing_else(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    before = agent.etag(record)
    for what, change in changes(service, record, agent):
        change()
        now = agent.etag(record)
        assert now != before, what
        service.forward(milliseconds=900)
        assert agent.etag(record) == now, what
        before = now


def test_the_etag_changes_when_a_link_or_the_window_ends(service: Service) -> None:
    record = service.waiting()
    supervisor = service.agent(Role.SUPERVISOR, purpose="suivi")
    tags = [supervisor.etag(record)]
    for days in (7, 14):
        service.forward(days=days)
        tags.append(supervisor.etag(record))
    assert len(set(tags)) == 3


def test_seconds_left_do_not_change_the_etag(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.call_resend(record)
    service.mails(record, MailState.HANDED_OVER)
    first = agent.view(record).allowed[Act.RESEND].seconds_left
    before = agent.etag(record)
    service.forward(seconds=10)
    assert agent.view(record).allowed[Act.RESEND].seconds_left == (first or 0) - 10
    assert agent.etag(record) == before


def test_a_failed_mail_shows_the_servers_answer(service: Service) -> None:
    record = service.waiting(delivered=False)
    mail = schema.mail
    s = schema.send
    ours = select(s.c.mail).where(s.c.enrolment == service.enrolment(record).id)
    later = to_us(service.now() + timedelta(minutes=5))
    service.change(
        mail,
        mail.c.id.in_(ours),
        state="deferred",
        attempts=2,
        not_before=later,
        smtp_code=452,
        smtp_enhanced="4.2.2",
        smtp_text="Mailbox full",
    )
    send = service.agent().reach(record, Level.SIMPLE).view(record).sends[0]
    assert send.smtp is not None
    assert (send.state, send.attempts, send.smtp.code, send.smtp.text) == (
        SendState.DEFERRED,
        2,
        452,
        "Mailbox full",
    )
    assert send.next_try_at == service.now() + timedelta(minutes=5)


def test_generations_tell_what_became_of_them(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    service.forward(days=6)
    agent.call_resend(record)
    service.mails(record, MailState.HANDED_OVER)

    def states() -> list[str]:
        return [generation.state for generation in agent.view(record).generations]

    assert states() == ["superseded", "live"]
    service.forward(days=8)
    agent.reach(record, Level.SIMPLE)
    assert states() == ["superseded", "expired"]
    agent.call_resend(record)
    service.confirm(record)
    assert states() == ["superseded", "superseded", "used"]
    sends = agent.view(record).sends
    assert sends[0].confirmed_at == service.now()
    assert sends[-1].replaced_at is not None
    other = service.waiting()
    agent.reach(other, Level.SIMPLE)
    agent.suspend(other)
    (dead,) = agent.view(other).generations
    assert (dead.state, dead.revoked_at) == ("revoked", service.now())


def test_after_a_corrected_activation_the_code_is_not_reset_for_72_hours(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.correct(record, f"{unique('n')}@free.fr")
    assert agent.view(record).code_reset_blocked_until is None
    service.confirm(record)
    until = service.now() + timedelta(hours=service.world.procedure.numbers.reset_block_hours)
    assert agent.view(record).code_reset_blocked_until == until
    service.forward(hours=72)
    agent.reach(record, Level.SIMPLE)
    assert agent.view(record).code_reset_blocked_until is None
    plain = service.active()
    agent.reach(plain, Level.SIMPLE)
    assert agent.view(plain).code_reset_blocked_until is None


def test_a_provisional_code_is_told_as_a_state_only(service: Service) -> None:
    record = service.person()
    enrolment = service.at_contact(record)
    service.change(
        schema.enrolment, schema.enrolment.c.id == enrolment, provisional_code=ProvisionalCode.USED.value
    )
    view = service.agent().reach(record, Level.SIMPLE).view(record)
    assert (view.provisional_code, view.phase) == (ProvisionalCode.USED, Phase.NOT_SENT)


def test_somebody_without_an_enrolment(service: Service) -> None:
    view = service.agent().reach(record := service.person(), Level.SIMPLE).view(record)
    assert (view.phase, view.step, view.version, view.sends) == (None, None, 0, ())
    assert view.allowed[Act.RESEND].reason is Reason.NO_ENROLMENT


def test_the_newest_enrolment_is_the_one_that_counts(service: Service) -> None:
    record = service.waiting()
    service.agent().suspend(record)
    supervisor = service.agent(Role.SUPERVISOR, purpose="suivi")
    supervisor.supervise(record, "cancel")
    assert supervisor.view(record).phase is Phase.ENDED
    service.at_contact(record)
    assert supervisor.view(record).phase is Phase.NOT_SENT
