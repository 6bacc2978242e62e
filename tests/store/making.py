"""Cases and events for tests of the store."""

from typing import Any

from ameli_support.store.cases import CaseStore
from ameli_support.store.journal import Journal


def new_case(store: CaseStore, record: str | None = None, **columns: Any) -> int:
    """A case without events."""
    values = {"record": record, "channel": "call", "state": "in_progress", "owner": "0427", **columns}
    number = store.write(lambda journal: journal.open_case(**values))
    assert number is not None
    return number


def with_note(store: CaseStore, case: int, text: str) -> str:
    """An event with an erasable text; gives the text's reference."""

    def write(journal: Journal) -> str:
        kept = journal.keep(case, "note", text)
        journal.append(case, None, "0427", "note.added", {"text": kept})
        return kept["ref"]

    return store.write(write)
