"""The seven steps of the document, where a person stands, and what they see there (rules §1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.link import Enrolment, Phase, phase
from ameli_support.onboarding.pages import AT, Shown
from ameli_support.onboarding.places import Place as Place
from ameli_support.onboarding.steps import Route as Route
from ameli_support.onboarding.steps import Step as Step

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure

STEPS = tuple(Step)


_OF_A_REASON = {
    Reason.OTHER_SCHEME: Place.OTHER_SCHEME,
    Reason.OTHER_FUND: Place.OTHER_FUND,
    Reason.PERSON_DECEASED: Place.DECEASED,
    Reason.PERSON_MINOR: Place.MINOR,
    Reason.PERSON_RESTRICTED: Place.RESTRICTED,
    Reason.CHECKS_LOCKED: Place.LOCKED,
    Reason.THIRD_PARTY: Place.THIRD_PARTY,
    Reason.OUTGOING_CALL: Place.OUTGOING,
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where an enrolment stands among the seven steps; `here` is None once all are done."""

    done: tuple[Step, ...]
    here: Step | None
    to_come: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Screenful:
    """What the person has before them: a few lines, the heading first, and the buttons as they are named.

    `note`: what the agent alone is told of it, one of the lines.
    """

    lines: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    note: str = ""


def position(enrolment: Enrolment, at: datetime) -> Position:
    """The steps done, the present one and those to come; all seven are done for an active account."""
    if phase(enrolment, at) is Phase.ACTIVE:
        return Position(STEPS, None, ())
    index = STEPS.index(enrolment.step)
    return Position(STEPS[:index], enrolment.step, STEPS[index + 1 :])


def place(
    where: Phase | None,
    step: Step | None,
    route: Route | None = None,
    *,
    closed_because: Reason | None = None,
    queued: bool = False,
    refused: bool = False,
    code_void: bool = False,
) -> Place:
    """The place of the script.

    `closed_because` is why nothing of the record is told, and comes before all; `queued` and `refused` are
    the fate of the newest mail of the live link; `code_void`: the provisional code works no more.
    """
    if closed_because in _OF_A_REASON:
        return _OF_A_REASON[closed_because]
    if where is None:
        return Place.NO_ENROLMENT
    if where is Phase.NOT_SENT:
        if step is Step.IDENTITY and route is Route.FORM:
            return Place.IDENTITY_FORM_VOID if code_void else Place.IDENTITY_FORM
        return Place(step or Step.SIGN_UP)
    if where is Phase.LIVE and (queued or refused):
        return Place.LIVE_QUEUED if queued else Place.LIVE_REFUSED
    return Place(where.value)


def sees(
    where: Place, procedure: Procedure, language: str = "fr", *, fund: str | None = None, **values: object
) -> Screenful:
    """What the person sees at a place of the journey: the page of the site that stands there, in its words.

    `fund` is the person's own; only that of the procedure has a mailbox that the page may name. Raises
    ProcedureError at a place where nothing of a record is told.
    """
    shown = AT.get(where)
    if shown is None:
        return Screenful(procedure.lines(f"seen.{where}", language))
    elsewhere = where is Place.CLOSED and fund not in (None, procedure.contacts.fund)
    page = "closed_elsewhere" if elsewhere else shown.page
    lines = [_heading(shown, page, procedure, language)]
    if shown.sentences:
        lines += procedure.lines(f"pages.{page}.sentences", language, **values)
    lines += [_quoted(procedure.lines(key, language)[which], language) for key, which in shown.lines]
    note = procedure.text(shown.note, language) if shown.note else ""
    buttons: list[str] = []
    for key, which in shown.buttons:
        words = procedure.lines(key, language) if key in procedure.cells else ()
        buttons += [words[at] for at in which] if which else words
    return Screenful((*lines, note) if note else tuple(lines), tuple(buttons), note)


def _heading(shown: Shown, page: str, procedure: Procedure, language: str) -> str:
    parts = shown.title or (f"pages.{page}.title",)
    title = _quoted(" ".join(procedure.text(part, language) for part in parts), language)
    if not shown.stage:
        return title
    of = procedure.text("seen.stage", language, stage=shown.stage)
    return f"{title}, {of}"


def _quoted(text: str, language: str) -> str:
    return f"“{text}”" if language == "en" else f"«\u00a0{text}\u00a0»"
