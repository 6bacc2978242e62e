"""The same person calling again: earlier contacts, what was tried and the last notes, from level 1 on."""

from datetime import timedelta

from ameli_support.casework.case import Outcome
from ameli_support.casework.views import Earlier
from ameli_support.onboarding.identity import Role
from tests.casework.office import Office


def test_a_repeat_contact_shows_what_was_tried_and_the_last_notes(office: Office) -> None:
    desk, colleague = office.desk(), office.desk(agent="0310")
    record = office.people.waiting()
    office.people.forward(hours=1)
    case = office.said(desk, record)
    assert desk.earlier(case) == Earlier()
    desk.resend(case)
    desk.note(case, "Boîte pleine")
    desk.close(case, Outcome.RESENT, "junk_folder")
    office.clock.forward(timedelta(days=1))
    again = office.call(colleague, record)
    assert again == case
    assert colleague.earlier(again) == Earlier(), "nothing before level 1"
    colleague.level_0(again)
    colleague.leave(again)

    third = office.identified(colleague, record)
    earlier = colleague.earlier(third)
    assert [(each.agent, each.acts, each.outcome) for each in earlier.contacts] == [
        ("0310", (), None),
        (desk.me.agent, ("resend",), Outcome.RESENT),
    ]
    assert earlier.contacts[1].cause == "junk_folder"
    assert [note.text for note in earlier.notes] == ["Boîte pleine"]


def test_cases_that_are_closed_count_too_and_a_supervisor_sees_them(office: Office) -> None:
    desk, supervisor = office.desk(), office.desk(Role.SUPERVISOR)
    record = office.people.waiting()
    first = office.identified(desk, record)
    desk.close(first, Outcome.ADVICE, "none")
    office.clock.forward(timedelta(days=30))
    desk.recover()
    second = office.call(supervisor, record, "réclamation")
    assert second != first
    assert [each.case for each in supervisor.earlier(second).contacts] == [first]
    without = desk.find_no_record()
    assert desk.earlier(without) == Earlier()
