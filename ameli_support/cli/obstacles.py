"""What usually goes wrong where a person stands, in linear text and as objects, for `status`."""

from collections.abc import Iterator, Sequence
from typing import Any

from ameli_support.casework.desk import Desk
from ameli_support.casework.hindering import hindrances
from ameli_support.casework.script import place
from ameli_support.casework.views import CallState, Look
from ameli_support.i18n import _, language
from ameli_support.onboarding.difficulties import Difficulty
from ameli_support.onboarding.wording import plain


def of_contact(opened: Desk, state: CallState, look: Look) -> tuple[Difficulty, ...]:
    """The obstacles of this contact; the providers that are away are asked for."""
    away = tuple(one.label for one in opened.bulletin().away or ())
    return hindrances(opened.procedure, state, look.view, language(), away)


def lines(state: CallState, look: Look, found: Sequence[Difficulty], *, whole: bool = False) -> list[str]:
    """Each with what the page says, what to say and what to do; general advice by its names alone unless
    `whole`."""
    if not found:
        return []
    if place(state, look.view).is_the_persons:
        return ["", _("Blocages à cette étape :"), *(line for one in found for line in _lines(one))]
    if whole:
        return ["", _("Blocages, conseil général :"), *(line for one in found for line in _lines(one))]
    names = ", ".join(one.label for one in found)
    return ["", _("Blocages, conseil général (--advice les détaille) : {names}").format(names=names)]


def _lines(one: Difficulty) -> Iterator[str]:
    yield f"  {'▲' if one.noticed else '·'} {one.label}" + (_(" (constaté)") if one.noticed else "")
    for text in one.page:
        yield "      " + _("Sa page dit : « {text} »").format(text=plain(text))
    for sentence in one.say:
        yield "      " + _("Dire : {sentence}").format(sentence=plain(sentence))
    yield "      " + _("Faire : {what}").format(what=one.do)


def as_objects(found: Sequence[Difficulty]) -> list[dict[str, Any]]:
    """For programs, without marks of stress."""
    return [
        {
            "name": one.name,
            "label": one.label,
            "noticed": one.noticed,
            "page": [plain(text) for text in one.page],
            "say": [plain(sentence) for sentence in one.say],
            "do": one.do,
        }
        for one in found
    ]
