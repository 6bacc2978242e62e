"""Recomputes everything that was meant to stay as written: chains, texts, daily roots."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from ameli_support.store import roots
from ameli_support.store.cases import AnyRow, CaseStore
from ameli_support.store.chain import GENESIS, event_hash, merkle_root, text_mac
from ameli_support.store.schema import case_event, erasable, purge, support_case

BATCH = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was recomputed, and what did not hold; codes with a case number or a day."""

    cases: int
    events: int
    days: int
    findings: tuple[str, ...]


def verify(store: CaseStore) -> Verified:
    """Recomputes the whole store; an empty `findings` means that it stands as it was written."""
    return store.read(lambda connection: _verify(connection, store))


def _verify(connection: Connection, store: CaseStore) -> Verified:
    findings: list[str] = []
    cases = events = 0
    seen = 0
    while numbers := _next_numbers(connection, seen):
        for number in numbers:
            rows = _events(connection, number)
            findings += _check_case(connection, store.chain_key, number, rows)
            events += len(rows)
        cases += len(numbers)
        seen = numbers[-1]
    days = 0
    for finding in _check_days(connection, store):
        days += 1
        if finding:
            findings.append(finding)
    return Verified(cases, events, days, tuple(findings))


def _next_numbers(connection: Connection, after: int) -> list[int]:
    """Case numbers of rows and of events: a case whose row was deleted is found by its events."""
    own = select(support_case.c.number).where(support_case.c.number > after)
    of_events = select(case_event.c.case).where(case_event.c.case > after, case_event.c.seq == 1)
    rows = connection.scalars(own.order_by(support_case.c.number).limit(BATCH)).all()
    others = connection.scalars(of_events.order_by(case_event.c.case).limit(BATCH)).all()
    return sorted({*rows, *others})[:BATCH]


def _events(connection: Connection, case: int) -> list[AnyRow]:
    return list(
        connection.execute(select(case_event).where(case_event.c.case == case).order_by(case_event.c.seq))
    )


def _check_case(connection: Connection, key: bytes, case: int, events: list[AnyRow]) -> Iterator[str]:
    previous = GENESIS
    for place, row in enumerate(events, start=1):
        digest = event_hash(
            key,
            previous,
            case=row.case,
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            kind=row.kind,
            version=row.version,
            payload=row.payload,
        )
        if row.seq != place or row.prev_hash != previous or row.hash != digest:
            yield f"case {case}: event {row.seq} altered"
            return
        previous = row.hash
    head = connection.execute(
        select(support_case.c.last_seq, support_case.c.last_hash).where(support_case.c.number == case)
    ).one_or_none()
    if head is None:
        yield f"case {case}: row missing"
    elif (head.last_seq, head.last_hash) != (len(events), previous):
        yield f"case {case}: events missing at the end"
    yield from _check_texts(connection, case, events)


def _check_texts(connection: Connection, case: int, events: list[AnyRow]) -> Iterator[str]:
    kept = {
        row.id: row
        for row in connection.execute(
            select(erasable.c.id, erasable.c.salt, erasable.c.text).where(erasable.c.case == case)
        )
    }
    for event in events:
        for value in json.loads(event.payload).values():
            if isinstance(value, dict) and value.keys() == {"ref", "mac"}:
                row = kept.get(value["ref"])
                if row is None:
                    yield f"case {case}: text of event {event.seq} missing"
                elif row.text is not None and text_mac(row.salt, row.text) != value["mac"]:
                    yield f"case {case}: text of event {event.seq} altered"


def _check_days(connection: Connection, store: CaseStore) -> Iterator[str]:
    """One answer a sealed day, empty when it holds."""
    held = dict(roots.read_file(store.roots)) if store.roots else {}
    known = dict(roots.known_roots(connection))
    previous = GENESIS
    for day in sorted({*held, *known}):
        root = merkle_root(previous, roots.leaves(connection, date.fromisoformat(day)))
        previous = known.get(day, root)
        if known.get(day) != root or (store.roots is not None and held.get(day) != root):
            yield f"day {day}: root does not match"
        else:
            yield ""


def purged(connection: Connection, case: int) -> AnyRow | None:
    """The purge row of a case."""
    return connection.execute(select(purge).where(purge.c.case == case)).one_or_none()
