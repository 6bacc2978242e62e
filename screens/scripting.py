"""What the person sees and what to say: the cell of procedure.toml that fits record, level and moment."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _, language
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Direction, Level, Speaker
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import Moment
from ameli_support.onboarding.steps import Route, Step
from ameli_support.onboarding.wording import spoken_day, spoken_time

if TYPE_CHECKING:
    from ameli_support.accounts.contract import RecordView
    from screens.telling import Scene

CLOSED = {
    Reason.PERSON_DECEASED: "deceased",
    Reason.PERSON_MINOR: "minor",
    Reason.PERSON_RESTRICTED: "restricted",
    Reason.OTHER_SCHEME: "other_scheme",
    Reason.OTHER_FUND: "other_fund",
    Reason.CHECKS_LOCKED: "locked",
}


def place(scene: "Scene") -> str:
    """The entry of `says` for this contact: who speaks first, then the record, then the journey."""
    state, view = scene.state, scene.view
    if state.locked_until is not None or (view is not None and view.locked_until is not None):
        return "locked"
    if not state.record_found:
        return "no_record"
    if view is None:
        if state.speaker is Speaker.THIRD_PARTY:
            return "third_party"
        return "outgoing" if state.direction is Direction.OUTGOING else "unidentified"
    if view.closed_because is not None:
        return CLOSED.get(view.closed_because, "unidentified")
    return _in_the_journey(view)


def _in_the_journey(view: "RecordView") -> str:
    if view.phase is None:
        return "no_enrolment"
    if view.phase is Phase.NOT_SENT and view.step is not None:
        return _step(view)
    if view.phase is Phase.LIVE and view.sends:
        newest = max(view.sends, key=lambda send: send.queued_at)
        if newest.state in ("queued", "deferred"):
            return "live_queued"
        if newest.state in ("refused", "bounced"):
            return "live_refused"
    return str(view.phase)


def _step(view: "RecordView") -> str:
    form = view.step is Step.IDENTITY and view.route is Route.FORM
    return "identity_form" if form else str(view.step)


def say(scene: "Scene") -> tuple[str, ...]:
    """The script of the place, the level and what is possible now."""
    moment = Moment.SERVICE_CUT if scene.down else Moment.DONE if scene.done else Moment.POSSIBLE
    view = scene.view
    level = view.level if view is not None else Level.NOTHING
    if scene.supervisor:
        level = max(level, Level.SIMPLE)
    return scene.words.says(place(scene), level, moment, **_values(scene))


def _values(scene: "Scene") -> dict[str, str]:
    """Dates as they are said, and whom to turn to."""
    view, words = scene.view, scene.words
    values = dict.fromkeys(("sent_day", "sent_time", "link_day", "link_time", "scheme", "contact"), "…")
    if view is None:
        return values
    if view.sends:
        sent = max(send.queued_at for send in view.sends)
        values |= {"sent_day": spoken_day(sent, language()), "sent_time": spoken_time(sent, language())}
    if view.link is not None:
        ends = view.link.expires_at
        values |= {"link_day": spoken_day(ends, language()), "link_time": spoken_time(ends, language())}
    if view.closed_because is Reason.OTHER_FUND:
        return values | {"contact": words.fund(view.fund)}
    scheme = view.scheme if f"schemes.{view.scheme}" in words.procedure.cells else "unknown"
    return values | {
        "scheme": words.text(f"schemes.{scheme}"),
        "contact": words.text(
            f"scheme_contacts.{scheme}"
            if f"scheme_contacts.{scheme}" in words.procedure.cells
            else "scheme_contacts.unknown"
        ),
    }


def seen(scene: "Scene") -> tuple[str, ...]:
    """What the person has in front of them: sentences, then the buttons."""
    view = scene.view
    if view is None or view.closed_because is not None:
        return (_("Rien n’est montré : le dossier n’est pas ouvert."),)
    where = _in_the_journey(view)
    where = "live" if where == "live_refused" else where
    lines = scene.words.lines(f"seen.{where}.lines", **_values(scene))
    buttons = scene.words.lines(f"seen.{where}.buttons")
    if not buttons:
        return lines
    form = _("Bouton « {label} »") if len(buttons) == 1 else _("Boutons « {label} »")
    return (*lines, form.format(label=_(" », « ").join(buttons)))
