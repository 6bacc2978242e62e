"""Rules §3 and §8: who may do what, when, at which level, and the one reason that is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ameli_support.onboarding.acts import (
    Act,
    Ask,
    Effect,
    Reason,
    Situation,
    Verdict,
    can,
    hindrances,
    verdict,
    verdicts,
)
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.link import Enrolment, Phase, phase
from ameli_support.onboarding.person import PersonStatus
from ameli_support.onboarding.steps import Step
from tests.onboarding.model import (
    DAY,
    SECOND,
    T0,
    N,
    P,
    at_step,
    cancel,
    confirm,
    issue,
    submitted,
    suspend,
)

NOW = T0 + 30 * DAY
LIVE = submitted(NOW - DAY)
ENROLMENTS: dict[Phase, Enrolment] = {
    Phase.NOT_SENT: at_step(Step.CONTACT),
    Phase.LIVE: LIVE,
    Phase.INACTIVE: submitted(NOW - 11 * DAY),
    Phase.CLOSED: submitted(NOW - 25 * DAY),
    Phase.ACTIVE: confirm(submitted(NOW - 2 * DAY), NOW - DAY),
    Phase.SUSPENDED: suspend(LIVE, NOW),
    Phase.ENDED: cancel(suspend(LIVE, NOW), NOW),
}
SENDING = (Act.RESEND, Act.REISSUE, Act.CORRECT)


def called(
    where: Phase | None = Phase.LIVE, role: Role = Role.AGENT, level: Level = Level.REINFORCED
) -> Situation:
    """An incoming call of the person, checked, with everything asked: only phase and role matter."""
    return Situation(
        role,
        ENROLMENTS[where] if where else None,
        level=level,
        speaker=Speaker.SELF,
        direction=Direction.INCOMING,
        said_address=True,
        self_created=True,
    )


def reason(act: Act, situation: Situation, at: datetime = NOW) -> Reason | None:
    return verdict(act, situation, at, P).reason


def test_the_enrolments_of_this_file_stand_where_they_say() -> None:
    for where, enrolment in ENROLMENTS.items():
        assert phase(enrolment, NOW) is where


OK = None
# act → the reason in not_sent, live, inactive, closed, active, suspended, ended, without enrolment
BY_PHASE: dict[Act, tuple[Reason | None, ...]] = {
    Act.RESEND: (
        *(Reason.PHASE_NOT_SENT, OK, OK, Reason.PHASE_CLOSED),
        *(Reason.PHASE_ACTIVE, Reason.PHASE_SUSPENDED, Reason.PHASE_ENDED, Reason.NO_ENROLMENT),
    ),
    Act.REISSUE: (
        *(Reason.PHASE_NOT_SENT, Reason.PHASE_LIVE, Reason.PHASE_INACTIVE, OK),
        *(Reason.PHASE_ACTIVE, Reason.PHASE_SUSPENDED, Reason.PHASE_ENDED, Reason.NO_ENROLMENT),
    ),
    Act.CORRECT: (
        *(Reason.PHASE_NOT_SENT, OK, OK, OK),
        *(Reason.PHASE_ACTIVE, Reason.PHASE_SUSPENDED, Reason.PHASE_ENDED, Reason.NO_ENROLMENT),
    ),
    Act.SUSPEND: (
        *(Reason.PHASE_NOT_SENT, OK, OK, OK),
        *(OK, Reason.PHASE_SUSPENDED, Reason.PHASE_ENDED, Reason.NO_ENROLMENT),
    ),
    Act.LIFT: (
        *(Reason.NOT_SUSPENDED,) * 5,
        *(OK, Reason.PHASE_ENDED, Reason.NO_ENROLMENT),
    ),
    Act.CANCEL: (
        *(Reason.NOT_SUSPENDED,) * 5,
        *(OK, Reason.PHASE_ENDED, Reason.NO_ENROLMENT),
    ),
    Act.UNLOCK: (Reason.NOT_LOCKED,) * 8,
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(("place", "where"), enumerate([*ENROLMENTS, None]))
def test_each_phase_allows_its_acts(act: Act, place: int, where: Phase | None) -> None:
    role = Role.SUPERVISOR if act in (Act.LIFT, Act.CANCEL, Act.UNLOCK) else Role.AGENT
    assert reason(act, called(where, role)) is BY_PHASE[act][place]


OPEN_PHASE = {
    Act.RESEND: Phase.LIVE,
    Act.REISSUE: Phase.CLOSED,
    Act.CORRECT: Phase.CLOSED,
    Act.SUSPEND: Phase.ACTIVE,
    Act.LIFT: Phase.SUSPENDED,
    Act.CANCEL: Phase.SUSPENDED,
    Act.UNLOCK: Phase.LIVE,
}
ALLOWED_TO: dict[Act, set[Role]] = {
    **{key: {Role.AGENT, Role.HANDLER} for key in SENDING},
    Act.SUSPEND: {Role.AGENT, Role.HANDLER, Role.SUPERVISOR},
    **{key: {Role.SUPERVISOR} for key in (Act.LIFT, Act.CANCEL, Act.UNLOCK)},
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_column(act: Act, role: Role) -> None:
    situation = called(OPEN_PHASE[act], role)
    if act is Act.UNLOCK:
        situation = replace(situation, locked_until=NOW + DAY)
    expected = None if role in ALLOWED_TO[act] else Reason.FORBIDDEN_ROLE
    assert reason(act, situation) is expected
    assert can(role, act, Level.REINFORCED, Direction.INCOMING) is expected


@pytest.mark.parametrize("act", Act)
def test_nobody_without_the_role_is_told_more_than_that(act: Act) -> None:
    assert reason(act, Situation(Role.ADMINISTRATOR, None)) is Reason.FORBIDDEN_ROLE


@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER])
@pytest.mark.parametrize(
    ("act", "level", "expected"),
    [
        (Act.RESEND, Level.NOTHING, Reason.LEVEL_1_FIRST),
        (Act.RESEND, Level.SIMPLE, None),
        (Act.RESEND, Level.REINFORCED, None),
        (Act.REISSUE, Level.NOTHING, Reason.LEVEL_2_FIRST),
        (Act.REISSUE, Level.SIMPLE, Reason.LEVEL_2_FIRST),
        (Act.REISSUE, Level.REINFORCED, None),
        (Act.CORRECT, Level.NOTHING, Reason.LEVEL_2_FIRST),
        (Act.CORRECT, Level.SIMPLE, Reason.LEVEL_2_FIRST),
        (Act.CORRECT, Level.REINFORCED, None),
        (Act.SUSPEND, Level.NOTHING, None),
    ],
)
def test_each_act_asks_for_its_level(role: Role, act: Act, level: Level, expected: Reason | None) -> None:
    assert reason(act, called(OPEN_PHASE[act], role, level)) is expected
    assert can(role, act, level, Direction.INCOMING) is expected
    unchecked = Situation(role, ENROLMENTS[OPEN_PHASE[act]])
    if level is Level.NOTHING:
        assert reason(act, unchecked) is expected


@pytest.mark.parametrize("act", SENDING)
@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER])
def test_on_an_outgoing_call_nothing_is_sent_but_suspending_stays_possible(act: Act, role: Role) -> None:
    situation = replace(called(OPEN_PHASE[act], role), direction=Direction.OUTGOING)
    assert reason(act, situation) is Reason.OUTGOING_CALL
    assert reason(Act.SUSPEND, situation) is None
    assert can(role, act, Level.NOTHING, Direction.OUTGOING) is Reason.OUTGOING_CALL


@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER])
def test_by_mail_a_resend_is_possible_and_level_2_takes_a_call(role: Role) -> None:
    by_mail = replace(called(Phase.LIVE, role, Level.SIMPLE), direction=Direction.MAIL)
    assert reason(Act.RESEND, by_mail) is None
    assert reason(Act.CORRECT, by_mail) is Reason.NOT_AN_INCOMING_CALL
    closed = replace(by_mail, enrolment=ENROLMENTS[Phase.CLOSED])
    assert reason(Act.REISSUE, closed) is Reason.NOT_AN_INCOMING_CALL
    assert can(role, Act.REISSUE, Level.REINFORCED, Direction.MAIL) is Reason.NOT_AN_INCOMING_CALL


@pytest.mark.parametrize("act", SENDING)
def test_a_third_party_stays_at_level_0_whatever_they_know(act: Act) -> None:
    situation = replace(called(OPEN_PHASE[act]), speaker=Speaker.THIRD_PARTY, level=Level.NOTHING)
    assert reason(act, situation) is Reason.THIRD_PARTY
    assert reason(Act.SUSPEND, situation) is None


@pytest.mark.parametrize("speaker", [Speaker.SELF, Speaker.REPRESENTATIVE, Speaker.INTERPRETER])
def test_a_protected_person_is_as_ordinary_for_themselves_and_a_representative(speaker: Speaker) -> None:
    situation = replace(called(), person_status=PersonStatus.PROTECTED, speaker=speaker)
    assert reason(Act.RESEND, situation) is None
    assert reason(Act.CORRECT, situation) is None


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("status", "expected"),
    [(PersonStatus.DECEASED, Reason.PERSON_DECEASED), (PersonStatus.MINOR, Reason.PERSON_MINOR)],
)
def test_no_act_at_all_on_the_deceased_and_on_minors(
    act: Act, role: Role, status: PersonStatus, expected: Reason
) -> None:
    for where in (OPEN_PHASE[act], None):
        situation = replace(called(where, role), person_status=status, locked_until=NOW + DAY)
        assert reason(act, situation) is expected


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER, Role.ADMINISTRATOR])
def test_a_restricted_record_is_escalated(act: Act, role: Role) -> None:
    situation = replace(called(OPEN_PHASE[act], role), person_status=PersonStatus.RESTRICTED)
    assert reason(act, situation) is Reason.PERSON_RESTRICTED


@pytest.mark.parametrize("act", SENDING)
def test_on_a_restricted_record_a_supervisor_on_the_call_has_the_agents_column(act: Act) -> None:
    situation = replace(called(OPEN_PHASE[act], Role.SUPERVISOR), person_status=PersonStatus.RESTRICTED)
    assert reason(act, situation) is None
    unchecked = replace(situation, level=Level.NOTHING)
    expected = Reason.LEVEL_1_FIRST if act is Act.RESEND else Reason.LEVEL_2_FIRST
    assert reason(act, unchecked) is expected
    assert reason(act, replace(situation, direction=Direction.OUTGOING)) is Reason.OUTGOING_CALL
    assert reason(act, replace(situation, sends_this_hour=N.agent_sends_per_hour)) is Reason.HOUR_CAP
    suspended = replace(situation, enrolment=ENROLMENTS[Phase.SUSPENDED])
    assert reason(Act.LIFT, suspended) is None


@pytest.mark.parametrize("act", Act)
def test_another_scheme_and_another_fund_come_first(act: Act) -> None:
    elsewhere = replace(called(), same_fund=False, person_status=PersonStatus.DECEASED)
    assert reason(act, elsewhere) is Reason.OTHER_FUND
    assert reason(act, replace(elsewhere, same_scheme=False)) is Reason.OTHER_SCHEME


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.UNLOCK])
def test_three_failed_checks_close_every_act_until_24_hours_pass(act: Act) -> None:
    role = Role.SUPERVISOR if act in (Act.LIFT, Act.CANCEL) else Role.AGENT
    until = NOW + timedelta(hours=N.lock_hours)
    locked = replace(called(OPEN_PHASE[act], role), locked_until=until)
    refused = verdict(act, locked, NOW, P)
    assert (refused.reason, refused.until) == (Reason.CHECKS_LOCKED, until)
    assert reason(act, locked, until - SECOND) is Reason.CHECKS_LOCKED
    assert reason(act, locked, until) is not Reason.CHECKS_LOCKED
    assert reason(act, locked, until + SECOND) is not Reason.CHECKS_LOCKED


def test_only_a_supervisor_unlocks_and_only_what_is_locked() -> None:
    until = NOW + DAY
    locked = replace(called(None, Role.SUPERVISOR), locked_until=until)
    allowed = verdict(Act.UNLOCK, locked, NOW, P)
    assert (allowed.effect, allowed.until) == (Effect.CHECKS_UNLOCKED, until)
    assert reason(Act.UNLOCK, locked, until - SECOND) is None
    assert reason(Act.UNLOCK, locked, until) is Reason.NOT_LOCKED


def test_a_cool_down_of_two_minutes_lies_between_sends_and_ends_to_the_second() -> None:
    ends = NOW + timedelta(seconds=N.cooldown_seconds)
    situation = replace(called(), last_send_at=NOW)
    refused = verdict(Act.RESEND, situation, NOW, P)
    assert (refused.reason, refused.until) == (Reason.COOLDOWN, ends)
    assert reason(Act.RESEND, situation, ends - SECOND) is Reason.COOLDOWN
    assert reason(Act.RESEND, situation, ends) is None
    assert reason(Act.RESEND, situation, ends + SECOND) is None


def test_correction_and_reissue_skip_the_cool_down_but_not_the_caps() -> None:
    for act in (Act.REISSUE, Act.CORRECT):
        situation = replace(called(Phase.CLOSED), last_send_at=NOW)
        assert reason(act, situation) is None
        assert reason(act, replace(situation, sends_today=N.sends_per_day)) is Reason.DAY_CAP
        assert reason(act, replace(situation, sends_this_hour=N.agent_sends_per_hour)) is Reason.HOUR_CAP


def test_five_sends_a_paris_day_until_its_midnight() -> None:
    situation = replace(called(), sends_today=N.sends_per_day)
    assert reason(Act.RESEND, replace(situation, sends_today=N.sends_per_day - 1)) is None
    at = datetime(2026, 12, 11, 22, 59, 59, tzinfo=UTC)
    refused = verdict(Act.RESEND, replace(situation, enrolment=submitted(at)), at, P)
    assert (refused.reason, refused.until) == (Reason.DAY_CAP, at + SECOND)
    told = replace(situation, day_ends_at=NOW + DAY)
    assert verdict(Act.RESEND, told, NOW, P).until == NOW + DAY


@pytest.mark.parametrize(
    ("role", "cap"), [(Role.AGENT, N.agent_sends_per_hour), (Role.HANDLER, N.handler_sends_per_hour)]
)
def test_each_role_has_its_hourly_cap(role: Role, cap: int) -> None:
    situation = replace(called(role=role), sends_this_hour=cap, hour_frees_at=NOW + SECOND)
    refused = verdict(Act.RESEND, situation, NOW, P)
    assert (refused.reason, refused.until) == (Reason.HOUR_CAP, NOW + SECOND)
    assert reason(Act.RESEND, replace(situation, sends_this_hour=cap - 1)) is None
    assert reason(Act.SUSPEND, situation) is None


def test_the_same_link_still_queued_is_not_mailed_twice_but_a_new_one_may_replace_it() -> None:
    situation = replace(called(), mail_queued_since=NOW - SECOND)
    assert reason(Act.RESEND, situation) is Reason.ALREADY_QUEUED
    short = replace(situation, enrolment=submitted(NOW - 6 * DAY))
    assert reason(Act.RESEND, short) is None
    assert verdict(Act.RESEND, short, NOW, P).effect is Effect.NEW_LINK_SAME_ADDRESS


def test_before_a_resend_the_caller_says_the_address() -> None:
    asked = Verdict(
        Act.RESEND,
        allowed=True,
        until=LIVE.window_closes_at,
        effect=Effect.SAME_LINK,
        asks=(Ask.SAID_ADDRESS,),
    )
    for said in (None, False):
        given = verdict(Act.RESEND, replace(called(), said_address=said), NOW, P)
        assert given == asked
        assert not given.ready
    last = replace(called(), said_address=False, said_address_tries_left=0)
    assert reason(Act.RESEND, last) is Reason.ADDRESS_NOT_CONFIRMED
    assert reason(Act.CORRECT, last) is None
    assert verdict(Act.RESEND, replace(last, said_address=True), NOW, P).ready


@pytest.mark.parametrize("act", [Act.REISSUE, Act.CORRECT])
def test_before_a_new_window_the_agent_asks_who_created_the_account(act: Act) -> None:
    situation = replace(called(Phase.CLOSED), self_created=None)
    assert verdict(act, situation, NOW, P).asks == (Ask.SELF_CREATED,)
    assert verdict(act, replace(situation, self_created=True), NOW, P).ready


def test_if_the_caller_did_not_create_it_suspending_is_the_only_act() -> None:
    for where in (Phase.LIVE, Phase.INACTIVE, Phase.CLOSED):
        denied = replace(called(where), self_created=False)
        allowed = {act for act, answer in verdicts(denied, NOW, P).items() if answer.allowed}
        assert allowed == {Act.SUSPEND}
    assert reason(Act.RESEND, replace(called(), self_created=False)) is Reason.DID_NOT_CREATE


@pytest.mark.parametrize(
    ("act", "where", "effect"),
    [
        (Act.RESEND, Phase.LIVE, Effect.SAME_LINK),
        (Act.RESEND, Phase.INACTIVE, Effect.NEW_LINK_SAME_ADDRESS),
        (Act.REISSUE, Phase.CLOSED, Effect.NEW_LINK_NEW_WINDOW),
        (Act.CORRECT, Phase.INACTIVE, Effect.NEW_ADDRESS_NEW_WINDOW),
        (Act.SUSPEND, Phase.ACTIVE, Effect.LINKS_REVOKED),
        (Act.LIFT, Phase.SUSPENDED, Effect.BACK_TO_WINDOW),
        (Act.CANCEL, Phase.SUSPENDED, Effect.ENROLMENT_ENDED),
    ],
)
def test_an_allowed_act_tells_its_effect(act: Act, where: Phase, effect: Effect) -> None:
    role = Role.SUPERVISOR if act in (Act.LIFT, Act.CANCEL) else Role.AGENT
    assert verdict(act, called(where, role), NOW, P).effect is effect


def test_lifting_a_confirmed_account_brings_it_back_to_active() -> None:
    active = suspend(ENROLMENTS[Phase.ACTIVE], NOW)
    lifted = verdict(Act.LIFT, replace(called(role=Role.SUPERVISOR), enrolment=active), NOW, P)
    assert lifted.effect is Effect.BACK_TO_ACTIVE


def test_a_refusal_by_the_phase_says_until_when() -> None:
    live, inactive = ENROLMENTS[Phase.LIVE], ENROLMENTS[Phase.INACTIVE]
    assert verdict(Act.REISSUE, called(Phase.LIVE), NOW, P).until == live.window_closes_at
    assert verdict(Act.REISSUE, called(Phase.INACTIVE), NOW, P).until == inactive.window_closes_at
    late = issue(inactive, NOW + 9 * DAY)
    past_the_window = verdict(Act.REISSUE, replace(called(), enrolment=late), NOW + 9 * DAY, P)
    assert past_the_window.until == NOW + 16 * DAY
    assert verdict(Act.RESEND, called(Phase.CLOSED), NOW, P).until is None


def test_the_first_reason_is_the_one_that_no_act_of_the_caller_can_lift() -> None:
    situation = replace(
        called(Phase.LIVE),
        level=Level.NOTHING,
        speaker=Speaker.THIRD_PARTY,
        direction=Direction.OUTGOING,
        said_address=False,
        said_address_tries_left=0,
        self_created=False,
        mail_queued_since=NOW,
        last_send_at=NOW,
        sends_today=N.sends_per_day,
        sends_this_hour=N.agent_sends_per_hour,
    )
    assert [why for why, _ in hindrances(Act.RESEND, situation, NOW, P)] == [
        Reason.ALREADY_QUEUED,
        Reason.COOLDOWN,
        Reason.DAY_CAP,
        Reason.HOUR_CAP,
        Reason.OUTGOING_CALL,
        Reason.THIRD_PARTY,
        Reason.DID_NOT_CREATE,
        Reason.ADDRESS_NOT_CONFIRMED,
        Reason.LEVEL_1_FIRST,
    ]


def test_verdicts_cover_every_act_in_its_order() -> None:
    assert list(verdicts(called(), NOW, P)) == list(Act)
