"""From a look at the record to the picture of the call screen: pure, no widget, no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ameli_support.i18n import _, language, typeset
from ameli_support.onboarding import explain
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.steps import Step
from ameli_support.onboarding.wording import clock_time, short_date
from screens.actions import BY_ID, COLUMN
from screens.delaying import delay_bar
from screens.diagnosis.offer import diagnosis_offer
from screens.looking_back import event_rows, flags
from screens.notice import Tone
from screens.picture import Band, DelayBar, Mark, Offer, Offered, PersonLine, Picture, RailStep
from screens.scripting import say, seen
from screens.sending import mail_rows
from screens.when import full_date, whole_days
from screens.words import Words

if TYPE_CHECKING:
    from ameli_support.accounts.contract import RecordView, VerdictView
    from ameli_support.casework.views import CallState, Earlier, Look

STEPS = tuple(Step)
CHECKS_FIRST = {Reason.LEVEL_1_FIRST, Reason.LEVEL_2_FIRST}
# what may have passed by the time the service answers again
PASSING = {Reason.ALREADY_QUEUED, Reason.COOLDOWN, Reason.DAY_CAP, Reason.HOUR_CAP}
TONES = {"●": Tone.OK, "√": Tone.OK, "▲": Tone.WARN, "►": Tone.WARN, "■": Tone.BAD, "○": Tone.PLAIN}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture is made from. `summary`: the case's sentences, newest last; `trouble`: why the last
    look failed; `away`: identity providers that cannot be used now; `change_first`: a setting of the mailbox
    erases what is sent."""

    state: "CallState"
    look: "Look | None"
    words: Words
    now: datetime
    summary: Sequence[str] = ()
    supervisor: bool = False
    away: Sequence[str] = ()
    trouble: str = ""
    earlier: "Earlier | None" = None
    change_first: bool = False

    @property
    def view(self) -> "RecordView | None":
        """The record as last known."""
        return self.look.view if self.look is not None else None

    @property
    def down(self) -> bool:
        """Whether the account service is missing."""
        return self.look is not None and self.look.service == "down"


def picture(scene: Scene) -> Picture:
    """The whole call screen."""
    view = scene.view
    return Picture(
        person=person_line(scene),
        band=stale(scene, band(scene)),
        rail=rail(scene),
        delay=delay_bar(view, scene.now, scene.words)
        if view is not None
        else DelayBar(cells=((_("inconnu : aucun dossier n’est ouvert"), "muted"),)),
        seen=seen(scene),
        say=say(scene),
        offers=offers(scene),
        mails=mail_rows(view, scene.now, scene.words) if view is not None else (),
        events=event_rows(scene.summary, scene.earlier, scene.now, scene.words),
    )


def person_line(scene: Scene) -> PersonLine:
    """Who the case is about; before level 1 only that a record was found."""
    view, state = scene.view, scene.state
    case = _("dossier {number}").format(number=state.case)
    reached = view.level if view is not None else state.level
    level = _("identité niveau {level}").format(level=int(reached))
    if scene.supervisor:
        level = _("consultation journalisée")
    checked = reached > Level.NOTHING
    marks = flags(scene.earlier, state.others)
    if view is None or view.person is None:
        name = _("Appelant non identifié") if state.record_found else _("Appel sans dossier")
        return PersonLine(name, (), level, checked, case, *marks)
    person = view.person
    born = ""
    if person.birth_date is not None:
        form = _("née le {date}") if person.title.startswith("Mme") else _("né le {date}")
        born = form.format(date=full_date(person.birth_date))
    return PersonLine(
        f"{person.title} {person.name}".strip(),
        (born, person.nir_masked, scene.words.fund(view.fund)),
        level,
        checked,
        case,
        *marks,
    )


# ── the band ────────────────────────────────────────────────────────────────


def band(scene: Scene) -> Band:
    """Where it is stuck and until when; the procedure's words."""
    view = scene.view
    locked = scene.state.locked_until or (view.locked_until if view is not None else None)
    if locked is not None:
        head = _("Dossier verrouillé après {number} contrôles échoués").format(
            number=scene.words.procedure.numbers.failed_checks_lock
        )
        until = _("jusqu’au {day} à {hour}").format(day=short_date(locked), hour=clock_time(locked))
        return Band(Tone.BAD, "■", head, head, until)
    if view is None:
        if scene.look is not None and scene.look.refused:
            return Band(Tone.WARN, "▲", scene.look.refused, scene.look.refused, "")
        if scene.state.level > Level.NOTHING:
            return _unread(scene)
        head = _("Niveau 0 : conseil général, rien du dossier")
        return Band(Tone.PLAIN, "○", head, head, "")
    if view.closed_because is not None:
        reason = scene.words.text(f"reasons.{view.closed_because}.sentence", date="", time="")
        return _worded(scene, "told_nothing", None, reason=reason)
    at = {
        Phase.NOT_SENT: view.step_since,
        Phase.LIVE: view.link.expires_at if view.link else None,
        Phase.INACTIVE: view.window_closes_at,
        Phase.CLOSED: view.window_closes_at,
        Phase.ACTIVE: view.confirmed_at,
        Phase.SUSPENDED: view.suspended_at,
        Phase.ENDED: view.step_since,
    }
    if view.phase is None:
        return _worded(scene, "none", None)
    values = {
        "since": whole_days(scene.now - view.link.expires_at) if view.link else "",
        "step": _step(scene, view),
        "step_number": STEPS.index(view.step) + 1 if view.step else "",
        "ended": scene.words.text(f"ended.{view.ended}") if view.ended else "",
    }
    shown = _worded(scene, view.phase, at[view.phase], **values)
    if view.phase is Phase.NOT_SENT and view.step_since is not None:
        since = explain.stopped_since(scene.words.procedure, language(), since=view.step_since, at=scene.now)
        # the provisional code's fate gives way first; the script says it too
        short = scene.words.text("bands.not_sent.short", **values | {"step": _label(scene, view)})
        return replace(shown, deadline=typeset(since), short_head=short[2:])
    if view.phase is Phase.INACTIVE and view.link is None:  # every link was cut: there is no « since »
        return replace(shown, head=shown.short_head)
    if view.phase is Phase.ACTIVE and view.confirmation_disputed_at is not None:
        head = _("Compte activé, confirmation contestée")
        return replace(shown, tone=Tone.WARN, sign="▲", head=head, short_head=head)
    return shown


def _unread(scene: Scene) -> Band:
    """A record that should be readable and was not read yet: why, and the key that tries again."""
    short = _("Dossier pas lu")
    if scene.down:
        since = scene.look.since if scene.look is not None else None
        head = _("Dossier pas lu : service des comptes injoignable")
        return Band(
            Tone.BAD, "■", head, short, _("depuis {hour}").format(hour=clock_time(since)) if since else ""
        )
    if scene.trouble:
        why = scene.trouble.partition(". ")[0].rstrip(".")
        return Band(Tone.BAD, "■", _("Dossier pas lu : {why}").format(why=why), short, _("F5 réessayer"))
    head = _("Dossier pas encore lu")
    return Band(Tone.PLAIN, "○", head, head, "")


def _label(scene: Scene, view: "RecordView") -> str:
    return scene.words.step(view.step, view.route) if view.step is not None else ""


def _step(scene: Scene, view: "RecordView") -> str:
    """The step's label, at step 2 by the form with what became of the provisional code."""
    label = _label(scene, view)
    if view.step is not Step.IDENTITY or view.provisional_code is None:
        return label
    return f"{label}, " + scene.words.text(f"provisional_code.{view.provisional_code}")


def _worded(scene: Scene, name: str, at: datetime | None, **values: object) -> Band:
    """A band of procedure.toml; its first character is its sign."""
    instant = {"date": short_date(at) if at else "", "time": clock_time(at) if at else ""}
    left, short, right = (
        scene.words.text(f"bands.{name}.{part}", **instant, **values) for part in ("left", "short", "right")
    )
    needs_date = name in set(Phase)
    return Band(
        TONES.get(left[0], Tone.PLAIN), left[0], left[2:], short[2:], right if at or not needs_date else ""
    )


def stale(scene: Scene, shown: Band) -> Band:
    """Grey and « état connu à … » while the service is missing."""
    if not scene.down or scene.look is None or scene.look.known_at is None or scene.view is None:
        return shown
    known = scene.words.text("bands.stale.right", date="", time=clock_time(scene.look.known_at))
    return replace(shown, stale=True, deadline=known)


# ── the journey ─────────────────────────────────────────────────────────────


def rail(scene: Scene) -> tuple[RailStep, ...]:
    """Seven steps; without a record all are to come."""
    view = scene.view
    route = view.route if view is not None else None
    here = STEPS.index(view.step) if view is not None and view.step is not None else -1
    finished = view is not None and view.phase is Phase.ACTIVE

    def mark(index: int) -> Mark:
        if finished or index < here:
            return Mark.DONE
        return Mark.HERE if index == here else Mark.TO_COME

    return tuple(
        RailStep(mark(index), index + 1, scene.words.step(step, route)) for index, step in enumerate(STEPS)
    )


# ── what can be done ────────────────────────────────────────────────────────


def offers(scene: Scene) -> tuple[Offer, ...]:
    """The column, in its fixed order, one of them recommended."""
    found = [_offer(scene, action) for action in COLUMN]
    chosen = _recommended(scene, {offer.action: offer for offer in found})
    return tuple(replace(offer, recommended=offer.action == chosen) for offer in found)


def _offer(scene: Scene, action: str) -> Offer:
    act = BY_ID[action].act
    if action == "call.diagnose":
        offer = diagnosis_offer(scene.state, scene.view, scene.words)
        works = scene.down and scene.view is not None and offer.state is Offered.OPEN
        return replace(offer, hint=scene.words.text("hints.without_service")) if works else offer
    if act is None:
        return Offer(action, Offered.OPEN)
    view = scene.view
    if view is None:
        return _offer_without_view(scene, action, act)
    verdict = view.allowed.get(act)
    if verdict is None:
        return _forbidden(action, scene.words.text("reasons.no_enrolment.hint"))
    passing = CHECKS_FIRST | PASSING if scene.down else CHECKS_FIRST
    if not verdict.allowed and verdict.reason not in passing:
        return _forbidden(action, _why(scene, act, verdict), _why(scene, act, verdict, "sentence"))
    if scene.down:
        return _forbidden(action, scene.words.text("hints.service_cut"))
    if act is Act.RESEND and scene.change_first:
        why = _("D’abord le réglage qui efface le mail, ou une autre adresse (A).")
        return _forbidden(action, _("réglage d’abord (D)"), why)
    if verdict.allowed:
        return Offer(action, Offered.OPEN, scene.words.effect(verdict.effect) if verdict.effect else "")
    return Offer(action, Offered.CHECK_FIRST, _why(scene, act, verdict))


def _forbidden(action: str, hint: str, sentence: str = "") -> Offer:
    """A refusal; the « × » is drawn by the column."""
    return Offer(action, Offered.FORBIDDEN, hint.removeprefix("×").strip(), sentence)


def _offer_without_view(scene: Scene, action: str, act: Act) -> Offer:
    """Level 0: suspending is possible on a found record, everything else wants the check first."""
    if not scene.state.record_found:
        return _forbidden(action, _("sans dossier"))
    if scene.down:
        return _forbidden(action, scene.words.text("hints.service_cut"))
    if scene.state.locked_until is not None:
        return _forbidden(action, scene.words.text("reasons.checks_locked.hint"))
    if act is Act.SUSPEND:
        return Offer(action, Offered.OPEN, scene.words.text("acts.suspend.hint"))
    level = Reason.LEVEL_1_FIRST if act is Act.RESEND else Reason.LEVEL_2_FIRST
    return Offer(action, Offered.CHECK_FIRST, scene.words.text(f"reasons.{level}.hint"))


def _why(scene: Scene, act: Act, verdict: "VerdictView", part: str = "hint") -> str:
    closed_at = scene.view.window_closes_at if scene.view is not None else None
    return scene.words.reason(act, verdict, scene.now, closed_at, part)


def _recommended(scene: Scene, by_action: dict[str, Offer]) -> str:
    """One chip is filled: the act that goes on, else concluding; without the service, what works without."""
    if scene.down:
        searching = by_action["call.diagnose"].state is Offered.OPEN and scene.view is not None
        return "call.diagnose" if searching else "call.note"
    if scene.state.last_act is not None:
        return "call.conclude"
    for action in ("call.resend", "call.reissue"):
        if by_action[action].state is not Offered.FORBIDDEN:
            return action
    return "call.conclude"
