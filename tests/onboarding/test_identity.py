"""Rules §8: who speaks, what may be asked, and which level a comparison reaches."""

import pytest

from ameli_support.onboarding import identity
from ameli_support.onboarding.identity import (
    FILE_FACTS,
    LEVEL_1_FACTS,
    Comparison,
    Direction,
    Fact,
    Level,
    Speaker,
    highest_level,
    may_be_asked,
    may_be_compared,
    reached,
)

MATCH, NO_MATCH, NOT_ON_FILE = Comparison.MATCH, Comparison.NO_MATCH, Comparison.NOT_ON_FILE
ALL_FOUR = dict.fromkeys(LEVEL_1_FACTS, MATCH)


@pytest.mark.parametrize("speaker", Speaker)
@pytest.mark.parametrize("direction", Direction)
def test_the_highest_level_depends_on_who_speaks_and_how(speaker: Speaker, direction: Direction) -> None:
    table = {
        Direction.INCOMING: Level.REINFORCED,
        Direction.OUTGOING: Level.NOTHING,
        Direction.MAIL: Level.SIMPLE,
    }
    expected = Level.NOTHING if speaker is Speaker.THIRD_PARTY else table[direction]
    assert highest_level(speaker, direction) is expected


def test_a_representative_out_of_date_reaches_nothing() -> None:
    expired = highest_level(Speaker.REPRESENTATIVE, Direction.INCOMING, representation_in_date=False)
    assert expired is Level.NOTHING
    assert highest_level(Speaker.SELF, Direction.INCOMING, representation_in_date=False) is Level.REINFORCED


def test_before_anybody_is_recorded_nothing_is_ruled_out() -> None:
    assert highest_level(None, None) is Level.REINFORCED


@pytest.mark.parametrize("level", Level)
def test_on_an_outgoing_call_nothing_is_asked(level: Level) -> None:
    assert may_be_asked(level, Direction.OUTGOING) == may_be_compared(level, Direction.OUTGOING) == ()


def test_on_an_incoming_call_each_level_has_its_facts() -> None:
    assert may_be_asked(Level.NOTHING, Direction.INCOMING) == ()
    assert may_be_asked(Level.SIMPLE, Direction.INCOMING) == LEVEL_1_FACTS
    assert may_be_asked(Level.REINFORCED, Direction.INCOMING) == FILE_FACTS
    assert set(LEVEL_1_FACTS) | set(FILE_FACTS) == set(Fact)


def test_mail_never_asks_for_nir_bank_card_or_health_and_gives_level_1_at_most() -> None:
    asked = may_be_asked(Level.SIMPLE, Direction.MAIL)
    assert asked == (Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE)
    assert may_be_compared(Level.SIMPLE, Direction.MAIL) == LEVEL_1_FACTS
    assert may_be_compared(Level.REINFORCED, Direction.MAIL) == ()
    assert may_be_asked(Level.REINFORCED, Direction.MAIL) == ()


def test_level_1_takes_all_four() -> None:
    assert reached(Level.SIMPLE, ALL_FOUR) is Level.SIMPLE
    for fact in LEVEL_1_FACTS:
        for wrong in (NO_MATCH, NOT_ON_FILE):
            assert reached(Level.SIMPLE, {**ALL_FOUR, fact: wrong}) is Level.NOTHING
        assert reached(Level.SIMPLE, {k: v for k, v in ALL_FOUR.items() if k is not fact}) is Level.NOTHING


@pytest.mark.parametrize("first", FILE_FACTS)
@pytest.mark.parametrize("second", FILE_FACTS)
def test_level_2_takes_two_different_facts_of_the_file(first: Fact, second: Fact) -> None:
    results = {first: MATCH, second: MATCH}
    expected = Level.REINFORCED if first is not second else Level.SIMPLE
    assert reached(Level.REINFORCED, results, Level.SIMPLE) is expected
    assert reached(Level.REINFORCED, {**ALL_FOUR, **results}) is expected


@pytest.mark.parametrize("wrong", [NO_MATCH, NOT_ON_FILE])
def test_one_right_answer_is_not_enough(wrong: Comparison) -> None:
    results = {Fact.BANK_LAST4: MATCH, Fact.PHONE_BEFORE: wrong}
    assert reached(Level.REINFORCED, results, Level.SIMPLE) is Level.SIMPLE


def test_level_2_stands_on_level_1_and_is_given_only_when_sought() -> None:
    two = {Fact.BANK_LAST4: MATCH, Fact.DECLARED_DOCTOR: MATCH}
    assert reached(Level.REINFORCED, two) is Level.NOTHING
    assert reached(Level.SIMPLE, {**ALL_FOUR, **two}) is Level.SIMPLE
    assert reached(Level.NOTHING, {**ALL_FOUR, **two}) is Level.NOTHING
    assert reached(Level.SIMPLE, {}, Level.REINFORCED) is Level.REINFORCED


def test_at_most_one_of_the_two_is_printed_on_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = frozenset({Fact.CARD_SERIAL, Fact.DECLARED_DOCTOR})
    monkeypatch.setattr(identity, "PRINTED_ON_CARD", printed)
    both = dict.fromkeys(printed, MATCH)
    assert reached(Level.REINFORCED, both, Level.SIMPLE) is Level.SIMPLE
    with_another = {**both, Fact.PHONE_BEFORE: MATCH}
    assert reached(Level.REINFORCED, with_another, Level.SIMPLE) is Level.REINFORCED
