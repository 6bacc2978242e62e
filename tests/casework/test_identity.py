"""Who is on the line: recorded first, compared by the service, nothing typed kept (rules §8)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from ameli_support import sql
from ameli_support.casework.errors import (
    ActRefused,
    DeskError,
    NotAllowed,
    PurposeMissing,
    SpeakerFirst,
)
from ameli_support.casework.lookup import SearchFacts
from ameli_support.casework.views import EventRow
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import (
    FILE_FACTS,
    LEVEL_1_FACTS,
    Direction,
    Fact,
    Level,
    Representation,
    Role,
    Speaker,
)
from ameli_support.onboarding.person import PersonStatus
from ameli_support.sandbox import schema
from ameli_support.store.schema import metadata
from tests.casework.office import Office, facts_of

# what is compared is the service's affair; both stores keep the same rows of it (test_acts, test_wrap_up)
pytestmark = pytest.mark.parametrize("store_place", ["sqlite"], indirect=True)


def wrong(office: Office, record: str) -> dict[Fact, str]:
    return {**facts_of(office, record, *LEVEL_1_FACTS), Fact.NAME: "Martin"}


def everything_stored(office: Office) -> str:
    """Every cell of the case store."""
    store = office.store()
    with sql.read(store.engine) as connection:
        rows = [
            str(tuple(row))
            for table in metadata.tables
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    store.close()
    return "\n".join(rows)


def test_who_speaks_comes_first(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    with pytest.raises(SpeakerFirst):
        desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    with pytest.raises(SpeakerFirst):
        desk.speak(case, Direction.INCOMING, Speaker.REPRESENTATIVE)
    state = desk.speak(case, Direction.INCOMING, Speaker.REPRESENTATIVE, Representation.TUTELLE)
    assert state.representation is Representation.TUTELLE


def test_nothing_of_the_record_shows_before_level_1(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    assert desk.look(case).view is None
    history = desk.case(case)
    assert history.row.record_found
    assert desk.proposed_outcome(case).outcome is None


@pytest.mark.parametrize(
    ("direction", "speaker", "reason"),
    [
        (Direction.INCOMING, Speaker.THIRD_PARTY, Reason.THIRD_PARTY),
        (Direction.OUTGOING, Speaker.SELF, Reason.OUTGOING_CALL),
    ],
)
def test_a_third_party_and_an_outgoing_call_stay_at_level_0(
    office: Office, direction: Direction, speaker: Speaker, reason: Reason
) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    assert desk.speak(case, direction, speaker).level_0_chosen
    assert desk.highest_level(case) is Level.NOTHING
    with pytest.raises(ActRefused) as refused:
        desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    assert refused.value.reason is reason


def test_a_wrong_answer_is_never_named_and_another_speaker_starts_again(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    checked = desk.verify(case, Level.SIMPLE, wrong(office, record))
    assert checked.level is Level.NOTHING
    assert checked.comparisons_left == desk.procedure.numbers.comparisons_per_check - 1
    right = desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    assert right.level is Level.SIMPLE
    state = desk.speak(case, Direction.INCOMING, Speaker.THIRD_PARTY)
    assert state.level is Level.NOTHING
    assert desk.look(case).view is None


def test_a_single_answer_is_told_the_same_right_or_wrong(office: Office) -> None:
    desk = office.desk()
    record = office.people.waiting()
    case = office.call(desk, record)
    said = []
    for digits in (facts_of(office, record, Fact.BANK_LAST4)[Fact.BANK_LAST4], "0000"):
        desk.speak(case, Direction.INCOMING, Speaker.THIRD_PARTY)
        desk.speak(case, Direction.INCOMING, Speaker.SELF)
        desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
        assert desk.call_state(case).comparisons_left is None  # level 2 will be another check
        checked = desk.verify(case, Level.REINFORCED, {Fact.BANK_LAST4: digits})
        said.append(replace(checked, expires_at=None))
        assert desk.call_state(case).comparisons_left == checked.comparisons_left
    assert said[0] == said[1]


def test_three_failed_checks_shut_the_record_until_a_supervisor_unlocks(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    numbers = desk.procedure.numbers
    for _check in range(numbers.failed_checks_lock):
        case = office.call(desk, record)
        desk.speak(case, Direction.INCOMING, Speaker.SELF)
        for _comparison in range(numbers.comparisons_per_check):
            checked = desk.verify(case, Level.SIMPLE, wrong(office, record))
        assert checked.failed
        desk.leave(case)
    assert checked.locked_until is not None
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    with pytest.raises(ActRefused, match="Je ne peux pas poursuivre"):
        desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    supervisor = office.desk(Role.SUPERVISOR)
    office.call(supervisor, record, "l’assurée est à l’accueil, pièce d’identité vue")
    supervisor.unlock(case, "identité vérifiée à l’accueil")
    assert desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS)).level is Level.SIMPLE


def test_what_was_typed_is_stored_nowhere(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.identified(desk, record, Level.REINFORCED)
    address = office.people.address(record)
    desk.say_address(case, address)
    desk.verify(case, Level.REINFORCED, {Fact.BANK_LAST4: "7777"})
    desk.look(case)
    stored = everything_stored(office)
    typed = [address, office.nir(record), "7777", "4821", "Lesdiguières", "marchand", "1962"]
    for value in typed:
        assert value not in stored
    assert "ROCHE" not in stored
    assert "DUBOIS" not in stored
    assert record in stored, "the opaque handle is all there is"


def test_an_address_is_said_at_level_1_three_times_at_most(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    with pytest.raises(ActRefused) as refused:
        desk.say_address(case, office.people.address(record))
    assert refused.value.reason is Reason.LEVEL_1_FIRST
    case = office.identified(desk, record)
    with pytest.raises(DeskError, match="adresse mail complète"):
        desk.say_address(case, "pas une adresse")
    left = [desk.say_address(case, "autre@orange.fr").tries_left for _try in range(3)]
    assert left == [2, 1, 0]
    assert desk.call_state(case).said_address is False


def test_unmasking_is_for_level_2_and_logged(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.identified(desk, record)
    with pytest.raises(ActRefused):
        desk.unmask(case, "l’assuré épelle son adresse")
    case = office.identified(desk, record, Level.REINFORCED)
    assert desk.unmask(case, "l’assuré épelle son adresse") == office.people.address(record)
    assert "address.unmasked" in [event.kind for event in desk.case(case).events]


def test_the_person_agrees_aloud_to_a_third_party_for_this_call_alone(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)

    def refused() -> Reason | None:
        with pytest.raises(ActRefused) as told:
            desk.agree(case)
        return told.value.reason

    def agreements() -> list[EventRow]:
        return [event for event in desk.case(case).events if event.kind == "contact.third_party_agreed"]

    with pytest.raises(SpeakerFirst):
        desk.agree(case)
    desk.speak(case, Direction.INCOMING, Speaker.THIRD_PARTY)
    assert refused() is Reason.THIRD_PARTY
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    assert refused() is Reason.LEVEL_1_FIRST
    desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    assert agreements() == []
    for _twice in range(2):
        state = desk.agree(case)
        assert (state.speaker, state.level) == (Speaker.SELF, Level.SIMPLE)
    (event,) = agreements()
    assert event.payload == {"call": state.call, "speaker": "self", "level": 1}
    assert "accepte la présence d’un tiers" in desk.summary(case)[-1]
    assert desk.look(case).view is not None
    # somebody else recorded as the speaker starts again at level 0, and the agreement ends with the level
    assert desk.speak(case, Direction.INCOMING, Speaker.THIRD_PARTY).level is Level.NOTHING
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    assert refused() is Reason.LEVEL_1_FIRST
    # so does the next call
    case = office.identified(desk, record)
    desk.leave(case)
    desk.resume(case)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    assert refused() is Reason.LEVEL_1_FIRST


def test_only_the_person_agrees_and_only_aloud(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    facts = facts_of(office, record, *LEVEL_1_FACTS)
    desk.speak(case, Direction.INCOMING, Speaker.INTERPRETER)
    desk.verify(case, Level.SIMPLE, facts)
    with pytest.raises(ActRefused, match="Seule la personne"):
        desk.agree(case)
    desk.speak(case, Direction.MAIL, Speaker.SELF)
    desk.verify(case, Level.SIMPLE, facts)
    with pytest.raises(ActRefused, match="voix haute"):
        desk.agree(case)


def test_a_deceased_person_is_told_nothing_about(office: Office) -> None:
    record = office.people.waiting(status=PersonStatus.DECEASED.value)
    desk = office.desk()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    assert desk.look(case).view is None
    assert desk.verify(case, Level.SIMPLE, wrong(office, record)).level is Level.NOTHING
    assert desk.look(case).view is None
    desk.verify(case, Level.SIMPLE, facts_of(office, record, *LEVEL_1_FACTS))
    with pytest.raises(ActRefused) as refused:
        desk.verify(case, Level.REINFORCED, facts_of(office, record, *FILE_FACTS))
    assert refused.value.reason is Reason.PERSON_DECEASED
    view = desk.look(case).view
    assert view is not None  # why nothing is told, and nothing else
    assert (view.closed_because, view.person, view.phase, view.sends) == (
        Reason.PERSON_DECEASED,
        None,
        None,
        (),
    )


def test_a_supervisor_looks_up_with_a_purpose_and_an_administrator_not_at_all(office: Office) -> None:
    record = office.people.waiting()
    with pytest.raises(PurposeMissing):
        office.desk(Role.SUPERVISOR).find(SearchFacts(nir=office.nir(record)), "  ")
    with pytest.raises(NotAllowed):
        office.desk(Role.ADMINISTRATOR).find(SearchFacts(nir=office.nir(record)))


def test_every_look_up_is_logged_with_what_was_given_never_with_its_value(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk(Role.SUPERVISOR)
    office.call(desk, record, "réclamation écrite")
    desk.find(SearchFacts(nir="2620899000000"), "réclamation écrite")
    with sql.read(desk.bench.store.engine) as connection:
        rows = connection.execute(text("SELECT facts, matches, purpose FROM access_log ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("nir", 1, "réclamation écrite"),
        ("nir", 0, "réclamation écrite"),
    ]


def test_a_provisional_number_is_told_and_not_looked_for(office: Office) -> None:
    found = office.desk().find(SearchFacts(nir="8020399999028", provisional=True))
    assert (found.matches, found.case, found.provisional) == (0, None, True)


def test_several_matches_list_nobody_and_one_more_fact_tells(office: Office) -> None:
    name = "".join(chr(ord("A") + int(digit)) for digit in office.nir(office.people.waiting())[-6:])
    records = [
        office.people.waiting(postcode=postcode, used_name=f"Homonyme {name}")
        for postcode in ("38000", "38100")
    ]
    facts = SearchFacts(name=f"Homonyme {name}", birth_date=date(1962, 8, 24))
    desk = office.desk()
    found = desk.find(facts)
    assert (found.matches, found.case) == (2, None)
    one = desk.find(replace(facts, postcode="38100"), call=found.call)
    assert (one.matches, one.call) == (1, found.call)
    assert one.case is not None
    assert desk.bench.case(one.case).record == records[1]


def test_the_service_hears_of_the_end_of_a_call_whose_telephone_was_passed_on(office: Office) -> None:
    record = office.people.waiting()
    desk = office.desk()
    case = office.call(desk, record)
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    wrong = facts_of(office, record, *LEVEL_1_FACTS) | {Fact.POSTCODE: "99999"}
    assert not desk.verify(case, Level.SIMPLE, wrong).failed
    desk.speak(case, Direction.INCOMING, Speaker.THIRD_PARTY)
    desk.leave(case)
    check = schema.caller_check.c
    row = office.people.one(select(check.failed_at, check.ended_at).where(check.person == record))
    assert None not in row, "one comparison without its level, and the call has ended: the check failed"
