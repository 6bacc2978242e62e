"""What must hold whatever is done in whatever order (issue 2 §2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ameli_support.onboarding.acts import Act, Ask, Reason, Situation, hindrances, verdict, verdicts
from ameli_support.onboarding.identity import Direction, Level, Role, Speaker
from ameli_support.onboarding.link import (
    DeadPage,
    Effect,
    Enrolment,
    Phase,
    current_generation,
    live_generation,
    page_of,
    phase,
    resend_effect,
)
from ameli_support.onboarding.person import PersonStatus
from ameli_support.onboarding.steps import Step
from tests.onboarding.model import (
    DAY,
    T0,
    P,
    at_step,
    cancel,
    confirm,
    correct,
    issue,
    lift,
    reissue,
    submitted,
    suspend,
)

TICK = timedelta(microseconds=1)
ORDER = (Phase.NOT_SENT, Phase.LIVE, Phase.INACTIVE, Phase.CLOSED)
EFFECTS: dict[Effect, Callable[[Enrolment, datetime], Enrolment]] = {
    Effect.SAME_LINK: lambda enrolment, _: enrolment,
    Effect.NEW_LINK_SAME_ADDRESS: issue,
    Effect.NEW_LINK_NEW_WINDOW: reissue,
    Effect.NEW_ADDRESS_NEW_WINDOW: lambda enrolment, at: correct(enrolment, at, f"new{at:%d%H%M%S}@sfr.fr"),
    Effect.LINKS_REVOKED: suspend,
    Effect.BACK_TO_ACTIVE: lambda enrolment, _: lift(enrolment),
    Effect.BACK_TO_WINDOW: lambda enrolment, _: lift(enrolment),
    Effect.ENROLMENT_ENDED: cancel,
}

moments = st.timedeltas(timedelta(0), 60 * DAY).map(lambda after: T0 + after)
steps_of_time = st.one_of(
    st.timedeltas(timedelta(0), 10 * DAY),
    st.sampled_from([7 * DAY, 7 * DAY - TICK, 21 * DAY, timedelta(seconds=120)]),
)
deeds = st.lists(st.tuples(steps_of_time, st.sampled_from([*Act, "click"])), max_size=14)


def situations(enrolments: st.SearchStrategy[Enrolment | None]) -> st.SearchStrategy[Situation]:
    return st.builds(
        Situation,
        role=st.sampled_from(Role),
        enrolment=enrolments,
        person_status=st.sampled_from(PersonStatus),
        same_scheme=st.sampled_from([True, True, True, False]),
        same_fund=st.sampled_from([True, True, True, False]),
        level=st.sampled_from(Level),
        speaker=st.none() | st.sampled_from(Speaker),
        direction=st.none() | st.sampled_from(Direction),
        said_address=st.none() | st.booleans(),
        said_address_tries_left=st.integers(0, 3),
        self_created=st.none() | st.booleans(),
        mail_queued_since=st.none() | moments,
        last_send_at=st.none() | moments,
        sends_today=st.sampled_from([0, 4, 5, 6]),
        sends_this_hour=st.sampled_from([0, 59, 60, 299, 300]),
        locked_until=st.none() | moments,
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[Enrolment, datetime]:
    """An enrolment that went through some acts, each one allowed when it was done."""
    enrolment, at = submitted(), T0
    for after, deed in draw(deeds):
        at += after
        enrolment = _done(enrolment, at, deed)
    return enrolment, at


enrolments = (
    st.none() | st.sampled_from([at_step(step) for step in Step][:5]) | lives().map(lambda life: life[0])
)


def _done(enrolment: Enrolment, at: datetime, deed: str) -> Enrolment:
    if deed == "click":
        return confirm(enrolment, at)
    for role in (Role.AGENT, Role.SUPERVISOR):
        on_the_line = Situation(
            role,
            enrolment,
            level=Level.REINFORCED,
            speaker=Speaker.SELF,
            direction=Direction.INCOMING,
            said_address=True,
            self_created=True,
        )
        answer = verdict(Act(deed), on_the_line, at, P)
        if answer.effect in EFFECTS:
            assert answer.ready
            return EFFECTS[answer.effect](enrolment, at)
    return enrolment


def _live_links(enrolment: Enrolment, at: datetime) -> int:
    """Counted from the marks alone, without the rules."""
    return sum(
        not (g.superseded_at or g.revoked_at or g.used_at) and at < g.expires_at
        for g in enrolment.generations
    )


@given(deeds)
def test_at_most_one_link_is_live_whatever_is_done(done: list[tuple[timedelta, str]]) -> None:
    enrolment, at = submitted(), T0
    for after, deed in done:
        at += after
        enrolment = _done(enrolment, at, deed)
        assert _live_links(enrolment, at) <= 1
        live = live_generation(enrolment, at)
        assert (phase(enrolment, at) is Phase.LIVE) == (live is not None)
        if live is not None:
            assert live.address == enrolment.address
            assert live is current_generation(enrolment)


@given(lives())
def test_only_the_live_link_shows_the_button(life: tuple[Enrolment, datetime]) -> None:
    enrolment, at = life
    live = live_generation(enrolment, at)
    for generation in enrolment.generations:
        page = page_of(enrolment, generation, at, queued=False)
        assert (page is DeadPage.CONFIRM) == (generation is live)


@given(lives(), st.lists(steps_of_time, min_size=1, max_size=6))
def test_without_an_act_a_phase_never_goes_backwards(
    life: tuple[Enrolment, datetime], waits: list[timedelta]
) -> None:
    enrolment, at = life
    before = phase(enrolment, at)
    for wait in waits:
        at += wait
        after = phase(enrolment, at)
        if before in ORDER and after in ORDER:
            assert ORDER.index(after) >= ORDER.index(before)
        else:
            assert after is before
        before = after


@given(situations(enrolments), moments)
def test_a_verdict_and_its_reason_always_agree(situation: Situation, at: datetime) -> None:
    for act, answer in verdicts(situation, at, P).items():
        assert answer.act is act
        assert answer.allowed == (answer.reason is None) == (answer.effect is not None)
        reasons = [reason for reason, _ in hindrances(act, situation, at, P)]
        assert answer.reason == (reasons[0] if reasons else None)
        assert reasons == sorted(set(reasons), key=list(Reason).index)
        assert not (answer.asks and not answer.allowed)
        assert answer.ready == (answer.allowed and not answer.asks)


@given(situations(enrolments), moments)
def test_until_is_the_very_instant_at_which_time_changes_the_answer(
    situation: Situation, at: datetime
) -> None:
    nothing_queued = replace(situation, mail_queued_since=None)
    for act, answer in verdicts(nothing_queued, at, P).items():
        if answer.until is None or answer.reason in (Reason.DAY_CAP, Reason.HOUR_CAP):
            continue
        assert answer.until > at
        just_before = verdict(act, nothing_queued, answer.until - TICK, P)
        then = verdict(act, nothing_queued, answer.until, P)
        assert just_before.allowed == answer.allowed
        assert then.reason is not answer.reason


@given(situations(enrolments), moments)
def test_a_higher_level_never_takes_an_act_away(situation: Situation, at: datetime) -> None:
    allowed = [
        {act for act, answer in verdicts(replace(situation, level=level), at, P).items() if answer.allowed}
        for level in Level
    ]
    assert allowed[0] <= allowed[1] <= allowed[2]


@given(situations(enrolments), moments)
def test_nothing_is_sent_without_a_check_or_to_a_third_party(situation: Situation, at: datetime) -> None:
    answers = verdicts(situation, at, P)
    untold = situation.level is Level.NOTHING or situation.speaker is Speaker.THIRD_PARTY
    if untold or situation.direction is Direction.OUTGOING:
        assert not any(answers[act].allowed for act in (Act.RESEND, Act.REISSUE, Act.CORRECT))


@given(situations(enrolments), moments)
def test_no_act_touches_the_deceased_a_minor_or_a_locked_record(situation: Situation, at: datetime) -> None:
    closed = situation.person_status in (PersonStatus.DECEASED, PersonStatus.MINOR)
    locked = situation.locked_until is not None and at < situation.locked_until
    allowed = {act for act, answer in verdicts(situation, at, P).items() if answer.allowed}
    if closed:
        assert allowed == set()
    elif locked:
        assert allowed <= {Act.UNLOCK}


@given(lives())
def test_a_resend_has_an_effect_exactly_in_live_and_inactive(life: tuple[Enrolment, datetime]) -> None:
    enrolment, at = life
    possible = phase(enrolment, at) in (Phase.LIVE, Phase.INACTIVE)
    assert (resend_effect(enrolment, at, P) is not None) == possible


@given(situations(enrolments), moments)
def test_an_allowed_act_asks_only_what_was_not_asked(situation: Situation, at: datetime) -> None:
    for answer in verdicts(situation, at, P).values():
        if Ask.SAID_ADDRESS in answer.asks:
            assert answer.act is Act.RESEND
            assert not situation.said_address
        if Ask.SELF_CREATED in answer.asks:
            assert answer.act in (Act.REISSUE, Act.CORRECT)
            assert situation.self_created is None
