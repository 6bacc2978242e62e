"""Which sentences fit a contact now: the cell of procedure.toml, the same for screen and command."""

from dataclasses import dataclass

from ameli_support.accounts.contract import ProvisionalCode, RecordView, SendKind, SendState, SendView
from ameli_support.casework.case import Outcome
from ameli_support.casework.views import CallState, Look, Service
from ameli_support.onboarding import explain, journey
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.difficulties import resume
from ameli_support.onboarding.identity import Direction, Level, Speaker
from ameli_support.onboarding.journey import Place, Screenful
from ameli_support.onboarding.procedure import Moment, Procedure

_DATES = ("sent_day", "sent_time", "link_day", "link_time")
_WITHOUT_LINK = (SendKind.NOTICE_ADDRESS_CHANGED, SendKind.CODE_RESET)
_LOST = (SendState.REFUSED, SendState.BOUNCED)
_MAIL_LEAVES = frozenset({Place.LIVE, Place.LIVE_QUEUED})
_LEADS_TO = {
    Act.RESEND: _MAIL_LEAVES,
    Act.REISSUE: _MAIL_LEAVES,
    Act.CORRECT: _MAIL_LEAVES,
    Act.SUSPEND: frozenset({Place.SUSPENDED}),
    Act.LIFT: frozenset({Place.INACTIVE, Place.CLOSED, Place.ACTIVE}),
    Act.CANCEL: frozenset({Place.ENDED}),
}


@dataclass(frozen=True, slots=True)
class Script:
    """The entry of `says` and `seen`, and what fills its sentences."""

    place: Place
    level: Level
    moment: Moment
    values: dict[str, object]
    fund: str | None = None
    supervisor: bool = False

    def says(self, procedure: Procedure, language: str) -> tuple[str, ...]:
        """What to say, a sentence each, stressed words between `**`."""
        return procedure.says(
            self.place, self.level, self.moment, language, supervisor=self.supervisor, **self.values
        )

    def sees(self, procedure: Procedure, language: str) -> Screenful | None:
        """What the person has before them; None where nothing of a record is told."""
        if not self.place.is_the_persons:
            return None
        return journey.sees(self.place, procedure, language, fund=self.fund, **self.values)


def script(
    procedure: Procedure, state: CallState, look: Look | None, language: str, *, purposeful: bool = False
) -> Script:
    """The script of a contact; `purposeful`: a supervisor reads the record by a purpose, without a check."""
    view = look.view if look is not None else None
    where = place(state, view)
    level = view.level if view is not None else Level.NOTHING
    if purposeful and view is not None:
        level = max(level, Level.SIMPLE)
    cut = look is not None and look.service is Service.DOWN
    moment = Moment.SERVICE_CUT if cut else _moment(state, view, where)
    fund = view.fund if view is not None else None
    values = _values(procedure, view, where, language)
    return Script(where, level, moment, values, fund, purposeful)


def place(state: CallState, view: RecordView | None) -> Place:
    """Why nothing is told first, then where the record stands."""
    if state.locked_until is not None or (view is not None and view.locked_until is not None):
        return Place.LOCKED
    if not state.record_found:
        return Place.NO_RECORD
    if view is None:
        if state.speaker is Speaker.THIRD_PARTY:
            return Place.THIRD_PARTY
        return Place.OUTGOING if state.direction is Direction.OUTGOING else Place.UNIDENTIFIED
    newest = newest_mail(view)
    return journey.place(
        view.phase,
        view.step,
        view.route,
        closed_because=view.closed_because,
        queued=newest is not None and newest.state in (SendState.QUEUED, SendState.DEFERRED),
        refused=newest is not None and newest.state in _LOST,
        code_void=view.provisional_code is ProvisionalCode.VOID,
    )


def says_at_the_end(procedure: Procedure, outcome: Outcome, language: str) -> tuple[str, ...]:
    """What is still said before a contact ends so: without a mailbox there is no account (rules §10)."""
    if outcome is not Outcome.NO_MAILBOX:
        return ()
    return procedure.says(Place.NO_MAILBOX, Level.NOTHING, Moment.POSSIBLE, language)


def newest_mail(view: RecordView) -> SendView | None:
    """The newest mail with a confirmation link; a notice and « Code oublié ? » are none."""
    links = (send for send in view.sends if send.kind not in _WITHOUT_LINK)
    return max(links, key=lambda send: send.queued_at, default=None)


def _moment(state: CallState, view: RecordView | None, where: Place) -> Moment:
    """« Just done » while what the contact's last act led to still stands."""
    act = Act(state.last_act) if state.last_act in set(Act) else None
    if act is None or where not in _LEADS_TO.get(act, frozenset()):
        return Moment.POSSIBLE
    newest = newest_mail(view) if view is not None else None
    waits = where is Place.LIVE_QUEUED and newest is not None and newest.state is SendState.DEFERRED
    return Moment.POSSIBLE if waits else Moment.DONE


def _values(procedure: Procedure, view: RecordView | None, where: Place, language: str) -> dict[str, object]:
    """Dates as they are said, and whom to turn to."""
    values: dict[str, object] = dict.fromkeys((*_DATES, "scheme", "contact", "resume"), "…")
    if view is None:
        return values
    if view.closed_because is Reason.OTHER_SCHEME:
        return values | explain.elsewhere(procedure, language, scheme=view.scheme)
    if view.closed_because is Reason.OTHER_FUND:
        return values | explain.elsewhere(procedure, language, fund=view.fund)
    if view.step is not None:
        values["resume"] = resume(
            view.step,
            view.route,
            procedure,
            language,
            code_void=view.provisional_code is ProvisionalCode.VOID,
        )
    newest, link = newest_mail(view), view.link
    sent = link.issued_at if link else None
    if newest is not None:
        sent = newest.state_at if newest.state is SendState.HANDED_OVER else newest.queued_at
    return values | explain.spoken(
        language, sent_at=sent, link_ends_at=link.expires_at if link is not None else None
    )
