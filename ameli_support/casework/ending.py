"""A contact ends: its level with it, told to the service at once or later."""

from ameli_support.accounts.errors import ServiceDown, ServiceProblem
from ameli_support.casework.bench import Bench, change_contact
from ameli_support.store.cases import AnyRow, drop_draft
from ameli_support.store.journal import Journal


def end_contact(bench: Bench, journal: Journal, number: int, row: AnyRow | None, how: str) -> None:
    """The level ends with the contact; a text still being typed is kept, unless it became a note."""
    if how == "concluded":
        drop_draft(journal, number, bench.me.agent)
    bench.store.leave_presence(journal, number, bench.me.agent)
    if row is not None:
        changes = {"ended_at": journal.now(), "ended": how, "level": 0, "end_told": not _was_checked(row)}
        change_contact(journal, row.call, **changes)


def tell_end(bench: Bench, number: int, row: AnyRow | None) -> None:
    """Ends the levels of the call at the service; tried again by `recover` when it is missing."""
    bench.seen.pop(number, None)
    if row is None or not _was_checked(row):
        return
    try:
        bench.accounts.end_call(row.call)
    except (ServiceDown, ServiceProblem):
        return
    bench.store.write(lambda journal: change_contact(journal, row.call, end_told=True))


def _was_checked(row: AnyRow) -> bool:
    """Whether the service may hold a check of this call: it does not forget one when the speaker changes."""
    return row.direction is not None
