"""Caller checks (rules §8): what is compared, what a level needs, when a check fails, when a record locks."""

import time
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, UnmaskRequest
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import (
    FILE_FACTS,
    LEVEL_1_FACTS,
    Comparison,
    Direction,
    Fact,
    Level,
    Representation,
    Role,
    Speaker,
)
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.person import PersonStatus
from ameli_support.outbox import MailState
from ameli_support.sandbox import checks, comparing, records, schema
from ameli_support.sandbox.comparing import named
from tests.sandbox.service import Asker, Service, refused

WRONG = {Fact.NAME: "Durand"}


def fail(agent: Asker, record: str) -> None:
    """One whole check that fails by its third comparison."""
    check = None
    for _ in range(3):
        answer = agent.compare(record, WRONG, check=check)
        check = answer.check
    assert answer.failed


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (Fact.NAME, "DUBOIS"),
        (Fact.NAME, "roche"),
        (Fact.NAME, "Angela Dubois"),
        (Fact.NAME, "dubois angela marie"),
        (Fact.BIRTH_DATE, "24/08/1962"),
        (Fact.BIRTH_DATE, "24081962"),
        (Fact.BIRTH_DATE, "1962-08-24"),
        (Fact.BIRTH_DATE, " 24.8.1962 "),
        (Fact.POSTCODE, "38 000"),
        (Fact.BANK_LAST4, "48 21"),
        (Fact.CARD_SERIAL, "802500001234567890123"),
        (Fact.DECLARED_DOCTOR, "MARCHAND"),
        (Fact.DECLARED_DOCTOR, "Dr Marchand Paul"),
        (Fact.LAST_PAYMENT_MONTH, "01/2026"),
        (Fact.LAST_PAYMENT_MONTH, "1/26"),
        (Fact.LAST_PAYMENT_MONTH, "Janvier 2026"),
        (Fact.LAST_PAYMENT_MONTH, "2026-01"),
        (Fact.LAST_PAYMENT_MONTH, "15/01/2026"),
        (Fact.ADDRESS_LINE, "12, RUE LESDIGUIERES"),
        (Fact.PHONE_BEFORE, "+33 4 76 57 01 12"),
        (Fact.PHONE_BEFORE, "0476570112"),
    ],
)
def test_a_fact_matches_however_it_is_typed(service: Service, fact: Fact, said: str) -> None:
    assert comparing.compare(person_row(service, service.person()), fact, said) is Comparison.MATCH


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (Fact.NIR, ""),
        (Fact.NIR, "pas un numéro"),
        (Fact.NAME, ""),
        (Fact.NAME, "Angela"),
        (Fact.NAME, "Durand"),
        (Fact.NAME, "Dubois Jeanne"),
        (Fact.BIRTH_DATE, "24/09/1962"),
        (Fact.BIRTH_DATE, "31/02/1962"),
        (Fact.BIRTH_DATE, "²4/08/1962"),
        (Fact.POSTCODE, "38100"),
        (Fact.BANK_LAST4, "821"),
        (Fact.CARD_SERIAL, "8025"),
        (Fact.DECLARED_DOCTOR, "docteur"),
        (Fact.DECLARED_DOCTOR, "Paul"),
        (Fact.LAST_PAYMENT_MONTH, "02/2026"),
        (Fact.LAST_PAYMENT_MONTH, "²/2026"),
        (Fact.LAST_PAYMENT_MONTH, "janvier"),
        (Fact.ADDRESS_LINE, "13 rue Lesdiguières"),
        (Fact.ADDRESS_LINE, ""),
        (Fact.PHONE_BEFORE, "0476570113"),
        (Fact.PHONE_BEFORE, "rien"),
    ],
)
def test_what_is_wrong_never_matches(service: Service, fact: Fact, said: str) -> None:
    assert comparing.compare(person_row(service, service.person()), fact, said) is Comparison.NO_MATCH


def person_row(service: Service, record: str) -> Any:
    person = schema.insured_person
    return service.one(select(person).where(person.c.id == record))


def test_overseas_numbers_typed_locally_are_the_same_numbers(service: Service) -> None:
    row = person_row(service, service.person(phone_before="+262692000035"))
    assert comparing.compare(row, Fact.PHONE_BEFORE, "0692 00 00 35") is Comparison.MATCH


def test_level_1_takes_all_four_facts(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    facts = agent.facts(record, *LEVEL_1_FACTS)
    postcode = facts.pop(Fact.POSTCODE)
    answer = agent.compare(record, facts)
    assert (answer.level, answer.comparisons_left) == (Level.NOTHING, 2)
    assert agent.view(record).phase is None
    answer = agent.compare(record, {Fact.POSTCODE: postcode}, check=answer.check)
    assert (answer.level, answer.failed, answer.comparisons_left) == (Level.SIMPLE, False, 1)
    assert agent.view(record).phase is not None


def test_level_2_takes_two_facts_of_the_file_and_the_card_counts_once(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    answer = agent.compare(record, agent.facts(record, Fact.CARD_SERIAL), Level.REINFORCED)
    assert (answer.level, answer.comparisons_left) == (Level.SIMPLE, 2)
    answer = agent.compare(record, agent.facts(record, Fact.BANK_LAST4), Level.REINFORCED, check=answer.check)
    assert (answer.level, answer.comparisons_left) == (Level.REINFORCED, 1)


def test_not_on_file_alone_is_no_comparison(service: Service) -> None:
    record = service.waiting(bank_last4=None, card_serial=None)
    agent = service.agent().reach(record, Level.SIMPLE)
    unknown = {Fact.BANK_LAST4: "4821", Fact.CARD_SERIAL: "1"}
    answer = agent.compare(record, unknown, Level.REINFORCED)
    for _ in range(5):
        answer = agent.compare(record, unknown, Level.REINFORCED, check=answer.check)
    assert (answer.comparisons_left, answer.failed) == (3, False)
    assert set(answer.results.values()) == {Comparison.NOT_ON_FILE}
    checks.end_call(service.world, agent.who, agent.call)
    assert failures(service, record) == 0


def failures(service: Service, record: str) -> int:
    check = schema.caller_check
    return service.count(check, check.c.person == record, check.c.failed_at.is_not(None))


def test_the_third_comparison_without_the_level_fails_the_check(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    answer = agent.compare(record, WRONG)
    assert (answer.comparisons_left, answer.failed) == (2, False)
    answer = agent.compare(record, WRONG, check=answer.check)
    answer = agent.compare(record, WRONG, check=answer.check)
    assert (answer.comparisons_left, answer.failed, answer.level) == (0, True, Level.NOTHING)
    everything = agent.facts(record, *LEVEL_1_FACTS)
    refusal = refused(lambda: agent.compare(record, everything, check=answer.check))
    assert refusal.kind is ProblemType.IDENTITY_EXPIRED
    assert failures(service, record) == 1


@pytest.mark.parametrize("end", ["end of call", "new check", "another call"])
def test_an_unfinished_check_failed_when_it_ends(service: Service, end: str) -> None:
    record = service.waiting()
    agent = service.agent()
    first = agent.compare(record, WRONG)
    if end == "end of call":
        checks.end_call(service.world, agent.who, agent.call)
    else:
        if end == "another call":
            agent.call += "-2"
        agent.compare(record, agent.facts(record, *LEVEL_1_FACTS))
    assert failures(service, record) == 1
    refusal = refused(lambda: agent.compare(record, WRONG, check=first.check))
    assert refusal.kind is ProblemType.IDENTITY_EXPIRED


def test_a_check_without_a_comparison_never_failed(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.compare(record)
    agent.compare(record)
    checks.end_call(service.world, agent.who, agent.call)
    assert failures(service, record) == 0


def test_ending_a_call_ends_its_levels_and_nobody_elses(service: Service) -> None:
    record = service.waiting()
    agent, other = service.agent(), service.agent()
    agent.reach(record, Level.REINFORCED)
    other.reach(record, Level.SIMPLE)
    checks.end_call(service.world, other.who, agent.call)
    assert agent.view(record).level is Level.REINFORCED
    checks.end_call(service.world, agent.who, agent.call)
    assert agent.view(record).level is Level.NOTHING
    assert refused(lambda: agent.resend(record)).kind is ProblemType.IDENTITY_EXPIRED
    assert other.view(record).level is Level.SIMPLE


def test_a_level_lasts_30_minutes_of_the_system_clock(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    service.forward(minutes=29, seconds=59)
    assert agent.view(record).level is Level.SIMPLE
    service.forward(seconds=1)
    assert agent.view(record).level is Level.NOTHING
    assert refused(lambda: agent.resend(record)).kind is ProblemType.IDENTITY_EXPIRED
    assert refused(lambda: agent.say(record)).kind is ProblemType.IDENTITY_EXPIRED


def test_beginning_checks_for_level_2_does_not_prolong_level_1(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    ends = agent.view(record).check_expires_at
    service.forward(minutes=20)
    answer = agent.compare(record, level=Level.REINFORCED)
    assert (answer.level, answer.expires_at) == (Level.SIMPLE, ends)
    facts = agent.facts(record, Fact.BANK_LAST4, Fact.ADDRESS_LINE)
    answer = agent.compare(record, facts, Level.REINFORCED, check=answer.check)
    assert answer.level is Level.REINFORCED
    assert ends is not None
    assert answer.expires_at > ends


def test_a_check_is_bound_to_agent_person_and_call(service: Service) -> None:
    record, other_record = service.waiting(), service.waiting()
    agent, other = service.agent(), service.agent()
    agent.reach(record, Level.REINFORCED)
    other.check_id = agent.check_id
    assert other.view(record).level is Level.NOTHING
    assert refused(lambda: other.resend(record)).kind is ProblemType.IDENTITY_EXPIRED
    assert agent.view(other_record).level is Level.NOTHING
    assert refused(lambda: agent.resend(other_record)).kind is ProblemType.IDENTITY_EXPIRED
    known = agent.check_id
    agent.call += "-2"
    refusal = refused(lambda: agent.compare(record, WRONG, check=known))
    assert refusal.kind is ProblemType.IDENTITY_EXPIRED
    # a new call begins at level 0
    assert agent.compare(record).level is Level.NOTHING


@pytest.mark.parametrize("speaker", [Speaker.SELF, Speaker.INTERPRETER])
def test_the_person_alone_or_through_an_interpreter_reaches_level_2(
    service: Service, speaker: Speaker
) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED, speaker=speaker)
    assert agent.view(record).speaker is speaker


def test_a_third_party_stays_at_level_0_whatever_they_know(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    facts = agent.facts(record, *LEVEL_1_FACTS)
    refusal = refused(lambda: agent.compare(record, facts, speaker=Speaker.THIRD_PARTY))
    assert refusal.problem.reason is Reason.THIRD_PARTY
    agent.compare(record, level=Level.NOTHING, speaker=Speaker.THIRD_PARTY)
    assert refused(lambda: agent.resend(record)).problem.reason is Reason.THIRD_PARTY
    assert agent.view(record).allowed[Act.RESEND].reason is Reason.THIRD_PARTY
    # a level does not pass on to somebody else on the line, nor back without a new comparison
    agent.reach(record, Level.SIMPLE)
    assert agent.compare(record, level=Level.NOTHING, speaker=Speaker.THIRD_PARTY).level is Level.NOTHING
    assert agent.compare(record, level=Level.NOTHING).level is Level.NOTHING


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "claimed", "reached"),
    [
        ("2020-01-01", None, Representation.TUTELLE, True),
        ("2020-01-01", "2099-01-01", Representation.TUTELLE, True),
        ("2020-01-01", "2021-01-01", Representation.TUTELLE, False),
        ("2099-01-01", None, Representation.TUTELLE, False),
        ("2020-01-01", None, Representation.MANDAT, False),
        ("2020-01-01", None, None, False),
    ],
)
def test_a_representative_needs_a_paper_in_date(
    service: Service,
    valid_from: str,
    valid_until: str | None,
    claimed: Representation | None,
    reached: bool,
) -> None:
    record = service.waiting(status=PersonStatus.PROTECTED.value)
    paper = {"person": record, "kind": "tutelle", "valid_from": valid_from, "valid_until": valid_until}
    with sql.write(service.world.engine) as conn:
        conn.execute(insert(schema.representative), paper)
    agent = service.agent()
    facts = agent.facts(record, *LEVEL_1_FACTS)

    def compare() -> Level:
        return agent.compare(record, facts, speaker=Speaker.REPRESENTATIVE, representation=claimed).level

    if reached:
        assert compare() is Level.SIMPLE
    else:
        assert refused(compare).problem.reason is Reason.THIRD_PARTY


def test_on_an_outgoing_call_nothing_is_compared(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    facts = agent.facts(record, *LEVEL_1_FACTS)
    refusal = refused(lambda: agent.compare(record, facts, direction=Direction.OUTGOING))
    assert refusal.problem.reason is Reason.OUTGOING_CALL
    agent.compare(record, level=Level.NOTHING, direction=Direction.OUTGOING)
    assert refused(lambda: agent.resend(record)).problem.reason is Reason.OUTGOING_CALL
    assert agent.suspend(record).phase is Phase.SUSPENDED


def test_by_mail_level_1_is_the_highest(service: Service) -> None:
    record = service.waiting()
    handler = service.agent(Role.HANDLER)
    facts = handler.facts(record, *LEVEL_1_FACTS, *FILE_FACTS)
    refusal = refused(lambda: handler.compare(record, facts, Level.REINFORCED, direction=Direction.MAIL))
    assert refusal.problem.reason is Reason.NOT_AN_INCOMING_CALL
    handler.reach(record, Level.SIMPLE, direction=Direction.MAIL)


def test_facts_of_another_level_are_refused(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    facts = agent.facts(record, Fact.BANK_LAST4)
    assert refused(lambda: agent.compare(record, facts)).kind is ProblemType.BAD_REQUEST
    answer = agent.compare(record, WRONG)
    for other in (
        {"level": Level.REINFORCED},
        {"speaker": Speaker.INTERPRETER},
        {"direction": Direction.MAIL},
    ):
        refusal = refused(partial(agent.compare, record, WRONG, check=answer.check, **other))
        assert refusal.kind is ProblemType.BAD_REQUEST


# ── the lock ────────────────────────────────────────────────────────────────


def test_three_failed_checks_lock_the_record_for_everybody_but_a_supervisor(service: Service) -> None:
    record = service.waiting()
    agent, colleague = service.agent(), service.agent(Role.HANDLER)
    colleague.reach(record, Level.REINFORCED)
    colleague.say(record)
    for _ in range(3):
        fail(service.agent(), record)
    facts = agent.facts(record, *LEVEL_1_FACTS)
    refusal = refused(lambda: agent.compare(record, facts))
    assert (refusal.kind, refusal.problem.retry_after) == (ProblemType.LOCKED, 86_400)
    by_mail = refused(lambda: colleague.compare(record, facts, direction=Direction.MAIL))
    assert by_mail.kind is ProblemType.LOCKED
    # no act and nothing told, even with a level reached before
    view = colleague.view(record)
    assert (view.phase, view.person, view.level) == (None, None, Level.NOTHING)
    assert {v.reason for v in view.allowed.values()} <= {Reason.CHECKS_LOCKED, Reason.FORBIDDEN_ROLE}
    for act in (colleague.resend, colleague.suspend, colleague.reissue):
        assert refused(partial(act, record)).kind is ProblemType.LOCKED
    assert refused(lambda: colleague.say(record)).kind is ProblemType.LOCKED
    # the speaker alone may still be recorded, to conclude the call
    answer = agent.compare(record, level=Level.NOTHING)
    assert answer.locked_until is not None
    supervisor = service.agent(Role.SUPERVISOR, purpose="verrou")
    assert supervisor.view(record).locked_until is not None
    assert supervisor.supervise(record, "unlock").effect == "checks_unlocked"
    assert refused(lambda: supervisor.supervise(record, "unlock")).problem.reason is Reason.NOT_LOCKED
    assert agent.reach(record, Level.SIMPLE).view(record).phase is not None


def test_checks_that_nobody_ended_count_once_they_have_lapsed(service: Service) -> None:
    """A program that was killed, or an agent who walks away, gives no further free comparisons."""
    record = service.waiting()
    for _agent in range(3):
        assert not service.agent().compare(record, {Fact.POSTCODE: "99999"}).failed
    service.forward(minutes=31)
    for _again in range(2):
        again = refused(lambda: service.agent().compare(record, {Fact.POSTCODE: "99999"}))
        assert again.kind is ProblemType.LOCKED
    service.forward(hours=24)
    assert not service.agent().compare(record, {Fact.POSTCODE: "99999"}).failed


def test_a_lock_ends_by_itself_after_24_hours(service: Service) -> None:
    record = service.waiting()
    for _ in range(3):
        fail(service.agent(), record)
    service.forward(hours=24, seconds=-1)
    agent = service.agent()
    facts = agent.facts(record, *LEVEL_1_FACTS)
    assert refused(lambda: agent.compare(record, facts)).problem.retry_after == 1
    service.forward(seconds=1)
    assert agent.compare(record, facts).level is Level.SIMPLE


def test_failures_more_than_24_hours_apart_do_not_lock(service: Service) -> None:
    record = service.waiting()
    fail(service.agent(), record)
    service.forward(hours=12)
    fail(service.agent(), record)
    service.forward(hours=12)
    fail(service.agent(), record)
    agent = service.agent()
    assert agent.compare(record, agent.facts(record, *LEVEL_1_FACTS)).level is Level.SIMPLE


def test_a_lock_stands_even_when_a_late_fourth_failure_comes(service: Service) -> None:
    record = service.waiting()
    late = service.agent()
    late.compare(record, WRONG)
    for _ in range(3):
        fail(service.agent(), record)
    service.forward(hours=23)
    checks.end_call(service.world, late.who, late.call)
    agent = service.agent()
    facts = agent.facts(record, *LEVEL_1_FACTS)
    assert refused(lambda: agent.compare(record, facts)).kind is ProblemType.LOCKED
    service.forward(hours=1)
    # the late one and two of the others lay within 24 hours of each other
    assert refused(lambda: agent.compare(record, facts)).kind is ProblemType.LOCKED
    service.forward(hours=23)
    assert agent.compare(record, facts).level is Level.SIMPLE


@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER])
def test_unlocking_is_a_supervisors(service: Service, role: Role) -> None:
    record = service.waiting()
    for _ in range(3):
        fail(service.agent(), record)
    agent = service.agent(role)
    refusal = refused(lambda: agent.supervise(record, "unlock", agent.version(record)))
    assert refusal.kind in (ProblemType.FORBIDDEN_ROLE, ProblemType.LOCKED)


def test_somebody_without_an_enrolment_is_locked_and_unlocked_too(service: Service) -> None:
    record = service.person()
    for _ in range(3):
        fail(service.agent(), record)
    supervisor = service.agent(Role.SUPERVISOR, purpose="verrou")
    supervisor.supervise(record, "unlock")
    agent = service.agent().reach(record, Level.SIMPLE)
    assert agent.view(record).phase is None


# ── who checks whom ─────────────────────────────────────────────────────────


def test_an_administrator_checks_nobody_and_a_supervisor_only_on_restricted_records(
    service: Service,
) -> None:
    record = service.waiting()
    administrator, supervisor = service.agent(Role.ADMINISTRATOR), service.agent(Role.SUPERVISOR)
    assert refused(lambda: administrator.compare(record)).kind is ProblemType.FORBIDDEN_ROLE
    facts = supervisor.facts(record, *LEVEL_1_FACTS)
    assert refused(lambda: supervisor.compare(record, facts)).kind is ProblemType.FORBIDDEN_ROLE
    restricted = service.waiting(status=PersonStatus.RESTRICTED.value)
    assert supervisor.call_resend(restricted).generation == 1
    supervisor.reach(restricted, Level.REINFORCED)
    assert supervisor.view(restricted).person is not None


@pytest.mark.parametrize(
    ("values", "reason", "contact"),
    [
        ({"status": "deceased"}, Reason.PERSON_DECEASED, None),
        ({"status": "minor", "birth_date": "2012-04-17"}, Reason.PERSON_MINOR, None),
        ({"status": "restricted"}, Reason.PERSON_RESTRICTED, None),
        ({"scheme": "msa"}, Reason.OTHER_SCHEME, "votre caisse MSA, sur msa.fr"),
        ({"scheme": "x"}, Reason.OTHER_SCHEME, "votre propre régime"),
        ({"fund": "691"}, Reason.OTHER_FUND, "3646"),
    ],
)
def test_why_a_record_is_closed_is_told_at_level_1_and_nothing_else_ever(
    service: Service, values: dict[str, Any], reason: Reason, contact: str | None
) -> None:
    record, ordinary = service.waiting(**values), service.waiting()
    agent = service.agent()
    agent.compare(record, {Fact.NAME: "Durand"})
    before = agent.view(record)
    agent.compare(ordinary, {Fact.NAME: "Durand"})
    same = agent.view(ordinary).model_dump(exclude={"record", "check_expires_at"})
    assert before.model_dump(exclude={"record", "check_expires_at"}) == same
    assert before.closed_because is None
    agent.reach(record, Level.SIMPLE)
    view = agent.view(record)
    assert (view.closed_because, view.phase, view.person, view.sends) == (reason, None, None, ())
    more = agent.facts(record, *LEVEL_1_FACTS, *FILE_FACTS)
    refusal = refused(lambda: agent.compare(record, more, Level.REINFORCED))
    assert (refusal.problem.reason, refusal.problem.contact) == (reason, contact)
    assert {v.reason for v in view.allowed.values()} == {reason}
    for act in (agent.resend, agent.reissue, agent.suspend):
        assert refused(partial(act, record)).problem.reason is reason
    assert refused(lambda: agent.correct(record, "b@free.fr")).problem.reason is reason
    assert service.agent().compare(record, level=Level.NOTHING).level is Level.NOTHING


def test_the_other_funds_own_agents_serve_its_people(service: Service) -> None:
    record = service.waiting(fund="691")
    assert service.agent(funds=("381", "691")).call_resend(record).generation == 1


def test_a_protected_person_is_served_as_anybody(service: Service) -> None:
    record = service.waiting(status=PersonStatus.PROTECTED.value)
    agent = service.agent()
    assert agent.view(record).person_status is PersonStatus.ORDINARY  # not told before level 1
    agent.call_resend(record)
    assert agent.view(record).person_status is PersonStatus.PROTECTED


# ── the address on file ─────────────────────────────────────────────────────


def test_the_said_address_needs_level_1_and_has_three_tries_a_call(service: Service) -> None:
    record = service.waiting()
    agent = service.agent()
    agent.compare(record)
    assert refused(lambda: agent.say(record)).problem.reason is Reason.LEVEL_1_FIRST
    agent.reach(record, Level.SIMPLE)
    address = service.address(record)
    answer = agent.say(record, f"  {address.upper()} ")
    assert (answer.matches, answer.tries_left) == (True, 2)
    answer = agent.say(record, "other@orange.fr")
    assert (answer.matches, answer.tries_left) == (False, 1)
    # the last answer counts
    assert refused(lambda: agent.resend(record)).kind is ProblemType.ADDRESS_NOT_CONFIRMED
    assert refused(lambda: agent.say(record, "@")).kind is ProblemType.ADDRESS_INVALID
    assert agent.say(record).matches
    assert refused(lambda: agent.say(record)).kind is ProblemType.ADDRESS_NOT_CONFIRMED
    agent.resend(record)


def test_a_yes_of_another_call_does_not_count(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    agent.call += "-2"
    agent.reach(record, Level.SIMPLE)
    assert refused(lambda: agent.resend(record)).kind is ProblemType.ADDRESS_NOT_CONFIRMED


def test_after_a_correction_an_earlier_yes_is_void_and_the_new_address_was_said(
    service: Service,
) -> None:
    record = service.waiting()
    early, agent = service.agent(), service.agent()
    early.reach(record, Level.SIMPLE).say(record)
    agent.reach(record, Level.REINFORCED).correct(record, "nouvelle.adresse@free.fr")
    service.forward(minutes=3)
    service.mails(record, MailState.HANDED_OVER)
    assert refused(lambda: early.resend(record)).kind is ProblemType.ADDRESS_NOT_CONFIRMED
    assert agent.resend(record).effect == "same_link"


def test_there_is_no_address_to_say_before_step_5(service: Service) -> None:
    record = service.person()
    service.at_contact(record)
    agent = service.agent().reach(record, Level.SIMPLE)
    refusal = refused(lambda: agent.say(record, "a@orange.fr"))
    assert refusal.problem.reason is Reason.PHASE_NOT_SENT


def test_level_2_reads_the_whole_address_and_that_is_logged(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    request = UnmaskRequest(purpose="relire l’adresse")

    def unmask() -> str:
        return records.unmask(service.world, agent.who, record, agent.check_id, request).address

    assert refused(unmask).problem.reason is Reason.LEVEL_2_FIRST
    agent.reach(record, Level.REINFORCED)
    assert unmask() == service.address(record)
    log = schema.lookup_log
    assert service.count(log, log.c.person == record, log.c.what == "unmask") == 1


@pytest.mark.parametrize(("own", "said"), [("N’DIAYE", "ndiaye"), ("SAINT-MARTIN", "saintmartin")])
def test_a_joiner_left_out_is_no_other_name(own: str, said: str) -> None:
    person: Any = SimpleNamespace(birth_name=own, used_name=None, first_names="Moïse")
    assert named(person, said)
    assert not named(person, said[:-1])


def test_a_name_of_thousands_of_words_costs_no_more_than_a_long_one(service: Service) -> None:
    row = person_row(service, service.person())
    began = time.process_time()
    assert not named(row, "a " * 8000)
    assert time.process_time() - began < 0.5
    assert named(row, " ".join(["Angela", "Marie"] * 11) + " Dubois")
