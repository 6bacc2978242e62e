"""Every statement that the desk sends finds its rows by an index: the plan of each is read."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from ameli_support.casework.case import Callback, Outcome, State
from ameli_support.casework.views import CaseFilter
from ameli_support.onboarding.identity import Level, Role
from tests.casework.office import Office

pytestmark = pytest.mark.parametrize("store_place", ["sqlite"], indirect=True)


def everything(office: Office) -> dict[str, Any]:
    """Each statement of a day at the desk, with its parameters."""
    statements: dict[str, Any] = {}
    desk, supervisor = office.desk(), office.desk(Role.SUPERVISOR)

    def heard(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.setdefault(statement, parameters)

    for one in (desk, supervisor):
        event.listen(one.bench.store.engine, "before_cursor_execute", heard)
    record = office.people.waiting()
    office.people.forward(hours=1)
    case = office.said(desk, record)
    desk.look(case)
    desk.resend(case)
    desk.save_draft(case, "un mot")
    desk.note(case, "un mot")
    desk.call_state(case)
    desk.to_resume()
    desk.bulletin()
    desk.open_calls()
    desk.case(case)
    desk.summary(case)
    desk.pulse()
    desk.close(case, Outcome.RESENT, "junk_folder")
    for which in (
        CaseFilter(),
        CaseFilter(mine=True),
        CaseFilter(states=(State.RESOLVED,)),
        CaseFilter(queue="fraud"),
        CaseFilter(before=case),
    ):
        desk.cases(which)
    case = office.identified(desk, record, Level.REINFORCED)
    desk.unmask(case, "lecture")
    assert [each.acts for each in desk.earlier(case).contacts] == [("resend",)]
    desk.hand_over(case, "0999", "à suivre")
    case = desk.find_no_record()
    desk.leave(case)
    desk.resume(case)
    later = office.clock.now() + timedelta(hours=1)
    desk.close(case, Outcome.ADVICE, "none", Callback(later, "0612345678"))
    supervised = office.call(supervisor, record, "contrôle")
    supervisor.reassign(supervised, "0427", "congé")
    supervisor.set_banner("FranceConnect est lent", "ticket 12")
    supervisor.clear_banner("rétabli")
    office.clock.forward(timedelta(days=10))
    desk.recover()
    return statements


def test_no_statement_of_the_desk_scans_a_table(office: Office) -> None:
    statements = everything(office)
    assert len(statements) > 40
    scans = {}
    with office.desks[0].bench.store.engine.connect() as connection:
        for statement, parameters in list(statements.items()):
            if not re.match(r"SELECT|UPDATE|DELETE", statement) or "alembic" in statement:
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            scanned = [row[-1] for row in plan if "SCAN" in row[-1] and "VALUES CLAUSE" not in row[-1]]
            if scanned:
                scans[statement] = scanned
    assert not scans, "\n".join(f"{plan}: {statement}" for statement, plan in scans.items())
