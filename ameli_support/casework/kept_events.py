"""The mails kept in a case as evidence of the checklist, from the case's events alone."""

from collections.abc import Iterable
from typing import Any

from ameli_support.casework.orders import KEPT_LINK
from ameli_support.casework.views import EventRow
from checks.evidence import Kept


def kept_of(events: Iterable[EventRow]) -> tuple[Kept, ...]:
    """The kept mails of a case as evidence, oldest first, from its events alone."""
    found: dict[str, dict[str, Any]] = {}
    messages: dict[str, str] = {}
    for event in events:
        told = event.payload
        if event.kind == "mail.kept":
            found[told["message"]] = {**told, "links": []}
        elif event.kind == "act.intent" and told.get("act") == KEPT_LINK:
            messages[told["key"]] = told["message"]
        elif event.kind == "act.outcome" and told.get("key") in messages and told.get("kept_link"):
            found[messages[told["key"]]]["links"].append(told["kept_link"])
    return tuple(_kept(told) for told in found.values())


def _kept(told: dict[str, Any]) -> Kept:
    ours = [link for link in told["links"] if link["ours"]]
    return Kept(
        kind=told["mail"],
        genuine=told["genuine"],
        verdicts=frozenset(told["verdicts"]),
        rewriters=tuple(told["rewriters"]),
        bounce=told["bounce"],
        state=ours[0]["state"] if ours else None,
        ended=any(link["superseded"] for link in ours),
        foreign=bool(told["links"]) and not ours,
    )
