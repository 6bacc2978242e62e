"""What is written in a hurry: too long, with characters that no database holds, with a link pasted in."""

import pytest
from sqlalchemy import text

from ameli_support import sql
from ameli_support.casework.errors import DeskError, NoSuchCase, NotAllowed
from ameli_support.onboarding.identity import Direction, Fact, Level, Role, Speaker
from ameli_support.store.schema import metadata
from tests.casework.office import Office

TOKEN = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEfGhIjKlMnOpQrStUvWx01"
LINK = f"https://assure.example/confirmer/{TOKEN}"


def stored(office: Office) -> str:
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


def test_a_link_that_somebody_pastes_is_kept_nowhere(office: Office) -> None:
    record = office.people.waiting()
    desk, boss = office.desk(), office.desk(Role.SUPERVISOR)
    case = office.identified(desk, record)
    desk.save_draft(case, f"reçu {LINK}")
    assert desk.call_state(case).draft.startswith("reçu http")
    desk.note(case, f"il a reçu {LINK}")
    desk.suspend(case, f"un inconnu montre {LINK}")
    desk.hand_over(case, "0999", f"voir {TOKEN}")
    office.call(boss, record, f"vérifier {LINK}")
    boss.reassign(case, "0427", f"revu {LINK}")
    assert "[jeton]" in str(boss.case(case, f"relire {LINK}").notes)
    assert TOKEN not in stored(office)
    people = office.people
    with sql.read(people.world.engine) as connection:
        kept = [
            str(tuple(row))
            for table in ("audit", "lookup_log", "act_key")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert TOKEN not in "\n".join(kept)


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "\ud800", "z" * 2001])
def test_a_reason_that_cannot_be_sent_is_told_and_leaves_no_act(office: Office, reason: str) -> None:
    desk = office.desk()
    case = office.identified(desk, office.people.waiting())
    with pytest.raises(DeskError):
        desk.suspend(case, reason)
    assert desk.call_state(case).unknown_acts == ()
    assert "act.intent" not in [event.kind for event in desk.case(case).events]


def test_characters_that_no_database_holds_are_left_out(office: Office) -> None:
    record = office.people.waiting()
    desk, boss = office.desk(), office.desk(Role.SUPERVISOR)
    case = office.identified(desk, record)
    desk.suspend(case, "dit \x00que ce n’est \ud800pas elle")
    assert desk.case(case).notes[-1].text == "dit que ce n’est pas elle"
    assert office.call(boss, record, "re\x00lire\udfff") == case


def test_what_is_too_long_to_compare_is_told(office: Office) -> None:
    desk = office.desk()
    case = office.call(desk, office.people.waiting())
    desk.speak(case, Direction.INCOMING, Speaker.SELF)
    with pytest.raises(DeskError):
        desk.verify(case, Level.SIMPLE, {Fact.NAME: "x" * 321})
    with pytest.raises(DeskError):
        desk.verify(case, Level.SIMPLE, {Fact.NAME: "\x00"})


def test_a_draft_and_a_summary_are_for_those_who_may_read_the_case(office: Office) -> None:
    case = office.call(office.desk(), office.people.waiting())
    boss = office.desk(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        boss.save_draft(case, "x")
    with pytest.raises(NotAllowed):
        boss.summary(case)
    with pytest.raises(NoSuchCase):
        office.desk().save_draft(9_999_999, "x")
