"""The seven steps of the document, where a person stands, and what they see there (rules §1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.link import Enrolment, Phase, phase
from ameli_support.onboarding.steps import Route as Route
from ameli_support.onboarding.steps import Step as Step

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure

STEPS = tuple(Step)


class Place(StrEnum):
    """Where a contact stands, as far as the script goes: the keys of `says` in procedure.toml."""

    SIGN_UP = "sign_up"
    IDENTITY = "identity"
    IDENTITY_FORM = "identity_form"
    IDENTITY_FORM_VOID = "identity_form_void"
    TERMS = "terms"
    PERSONAL_CODE = "personal_code"
    CONTACT = "contact"
    LIVE = "live"
    LIVE_QUEUED = "live_queued"
    LIVE_REFUSED = "live_refused"
    INACTIVE = "inactive"
    CLOSED = "closed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    NO_ENROLMENT = "no_enrolment"
    # nothing of a record is told in these
    UNIDENTIFIED = "unidentified"
    THIRD_PARTY = "third_party"
    OUTGOING = "outgoing"
    NO_RECORD = "no_record"
    NO_MAILBOX = "no_mailbox"
    PROVISIONAL_NIR = "provisional_nir"
    LOCKED = "locked"
    DECEASED = "deceased"
    MINOR = "minor"
    RESTRICTED = "restricted"
    OTHER_SCHEME = "other_scheme"
    OTHER_FUND = "other_fund"

    @property
    def is_the_persons(self) -> bool:
        """Whether it is a place of the journey, where the person sees a page of their own."""
        return self in _OF_THE_JOURNEY


_OF_THE_JOURNEY = frozenset(list(Place)[: list(Place).index(Place.UNIDENTIFIED)])
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
    """What the person has before them: a few lines and the buttons, named as on their screen."""

    lines: tuple[str, ...]
    buttons: tuple[str, ...] = ()


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
    """What the person sees at a place of the journey: the document's page, or what link and login answer.

    `fund` is the person's own; only that of the procedure has a mailbox that the page may name. Raises
    ProcedureError at a place where nothing of a record is told.
    """
    elsewhere = where is Place.CLOSED and fund not in (None, procedure.contacts.fund)
    name = "closed_elsewhere" if elsewhere else where.value
    buttons = f"seen.{name}.buttons"
    return Screenful(
        procedure.lines(f"seen.{name}.lines", language, **values),
        procedure.lines(buttons, language) if buttons in procedure.cells else (),
    )
