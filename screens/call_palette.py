"""The palette's acts of a call: a supervisor's, the unmasked address, another agent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act, Effect
from ameli_support.onboarding.identity import Level, Speaker
from screens.actions import BY_ID, key_label
from screens.frame import Framed
from screens.notice import Notice, Tone
from screens.sending import fate, is_notice
from screens.when import hour
from screens.words import Words

if TYPE_CHECKING:
    from datetime import datetime

    from ameli_support.accounts.contract import RecordView, VerdictView
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Done, Earlier, Look
    from screens.diagnosis.writes import Writes
    from screens.picture import Picture

MARGINS = 9
JUST_BEFORE = timedelta(minutes=1)  # a mail queued so shortly before the act's answer is the act's
DEFAULT_EFFECTS = {
    Act.LIFT: Effect.BACK_TO_WINDOW,
    Act.CANCEL: Effect.ENROLMENT_ENDED,
    Act.UNLOCK: Effect.CHECKS_UNLOCKED,
}


class PaletteActs(Framed[None]):
    """The contact that the actions are about, and those that only the palette offers."""

    def __init__(self, state: "CallState") -> None:
        super().__init__()
        self.state = state
        self.last_look: Look | None = None
        self.earlier: Earlier | None = None
        self.shown: Picture | None = None
        self.summarised = -1  # the case's version that the summary was read at
        self.writes: Writes | None = None  # the checklist's answers on their way
        self.change_first = False  # the checklist found a setting that comes before any re-send
        self.address_typed = ""  # left unfinished in « Corriger l’adresse ? »; never written anywhere
        self.told_queued: Notice | None = None  # what the strip says of the last act's mail, and since when
        self.told_at: datetime | None = None
        self.reason_first = ""  # the reason that the next dialog has chosen already

    @property
    def desk(self) -> "Desk":
        """The desk; a call only opens once it is there."""
        desk = self.app.backend.desk
        assert desk is not None
        return desk

    @property
    def words(self) -> Words:
        """The procedure's words in the language in force."""
        return Words(self.desk.procedure)

    def redraw(self) -> None:
        """Draws the present picture."""
        raise NotImplementedError

    def hold_resend(self, hold: bool) -> None:
        """Nothing is sent again while a setting would erase it (rules §9, 5)."""
        if hold is not self.change_first:
            self.change_first = hold
            self.redraw()

    def explain_refusal(self, action: str, why: str, short: str = "") -> None:
        """A forbidden key was pressed: the strip says why; `short` where the sentence would be cut."""
        entry = BY_ID[action]
        key = key_label(entry, self.app.launch.keymap)
        head = _("{key} {label} :").format(key=key, label=_(entry.label)).strip()
        room = self.app.size.width - len(head) - MARGINS
        self.app.say(Tone.WARN, head, f"× {why if len(why) <= room or not short else short}")

    def begin(self, action: str) -> None:
        """Opens the dialog of an act, or the check first, or says why not."""
        raise NotImplementedError

    def _acted(self, done: "Done | str | None") -> None:
        """Back from a dialog: a deed is told, or another action follows (a dialog may name it)."""
        if isinstance(done, str):
            self.begin(done)
        elif done is not None:
            self.state = replace(self.state, last_act=done.act)
            if done.act == Act.CORRECT:
                self.address_typed = ""
                self.hold_resend(False)
            sentence = self.words.text(f"acts.{done.act}.done", time=hour(done.answer.as_of))
            head, __, tail = sentence.partition(". ")
            self.app.say(Tone.OK, f"{head.rstrip('.')}.", tail)
            self.told_queued, self.told_at = self.app.notice, done.answer.as_of
            self.retry()

    def _tell_fate(self, view: "RecordView") -> None:
        """The strip says no longer that the act's mail waits once the row below knows better."""
        told, at = self.told_queued, self.told_at
        if told is None or at is None or self.app.notice is not told:
            return
        sends = [send for send in view.sends if send.queued_at >= at - JUST_BEFORE and not is_notice(send)]
        newest = max(sends, key=lambda send: send.queued_at, default=None)
        if newest is not None and newest.state != "queued":
            said = fate(newest, self.app.now())
            lost = newest.state in ("refused", "bounced", "deferred")
            self.app.say(Tone.WARN if lost else Tone.OK, told.head, f"{said[0].upper()}{said[1:]}.")
            self.told_queued = None

    def _home(self) -> None:
        """Closes the call; under the lock, as soon as it is gone."""
        self.app.behind.when_unlocked(self._close)

    def _close(self) -> None:
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    # ── the palette's acts ──────────────────────────────────────────────────

    def action_dispute(self) -> None:
        """« Je n’ai jamais cliqué » on an active account."""
        from screens.dialogs.confirm import Confirm

        self.app.push_screen(
            Confirm(
                self.words.text("acts.dispute.question"),
                _("La confirmation est signalée au superviseur ; le compte reste comme il est."),
                self.words.text("acts.dispute.verb"),
                lambda desk: desk.dispute(self.state.case),
            ),
            self._acted,
        )

    def action_agree(self) -> None:
        """The person, checked alone, lets a third party take part in this call."""
        from screens.dialogs.confirm import Confirm

        if self.state.speaker is not Speaker.SELF or self.state.level < Level.SIMPLE:
            why = _("la personne vient d’abord en ligne et passe le niveau 1.")
            self.app.say(Tone.WARN, _("Accord d’un tiers :"), why)
            return

        def agreed(noted: "CallState | None") -> None:
            if noted is not None:
                self.state, self.summarised = noted, -1
                self.app.say(
                    Tone.OK, _("Accord noté :"), _("un tiers peut participer, pour cet appel seulement.")
                )
                self.retry()

        self.app.push_screen(
            Confirm(
                self.words.text("questions.third_party_agrees"),
                _("Demandez : « {question} »").format(question=self.words.text("questions.third_party_ask")),
                _("Noter l’accord"),
                lambda desk: desk.agree(self.state.case),
            ),
            agreed,
        )

    def action_unmask(self) -> None:
        """The address in clear, at level 2; asks why, which is logged."""
        from screens.dialogs.reason import Reason as AskReason

        def shown(address: str | None) -> None:
            if address:
                self.app.say(Tone.WARN, _("Adresse au dossier :"), address)

        self.app.push_screen(
            AskReason(
                _("Afficher l’adresse entière ?"),
                _("La consultation est journalisée. Ne lisez jamais l’adresse à l’appelant."),
                _("Afficher"),
                lambda desk, reason: desk.unmask(self.state.case, reason),
            ),
            shown,
        )

    def action_lift(self) -> None:
        """A supervisor ends a suspension."""
        self._supervise(Act.LIFT, lambda desk, reason: desk.lift(self.state.case, reason))

    def action_cancel(self) -> None:
        """A supervisor ends the enrolment."""
        self._supervise(Act.CANCEL, lambda desk, reason: desk.cancel(self.state.case, reason))

    def action_unlock(self) -> None:
        """A supervisor lets caller checks go on."""
        self._supervise(Act.UNLOCK, lambda desk, reason: desk.unlock(self.state.case, reason))

    def _supervise(self, act: Act, deed: "Callable[[Desk, str], Done]") -> None:
        """A supervisor's act: its consequence in one sentence, a reason, V."""
        from screens.dialogs.reason import Reason as AskReason

        refusal = self._refusal(act)
        if refusal:
            self.explain_refusal(f"call.{act}", refusal)
            return
        effect = self._effect(act) or DEFAULT_EFFECTS[act]
        self.app.push_screen(
            AskReason(
                self.words.text(f"acts.{act}.question"),
                self.words.consequence(effect, "", None),
                self.words.text(f"acts.{act}.verb"),
                deed,
            ),
            self._acted,
        )

    def _effect(self, act: Act) -> "Effect | None":
        view = self.last_look.view if self.last_look is not None else None
        verdict = view.allowed.get(act) if view is not None else None
        return verdict.effect if verdict is not None else None

    def _refusal(self, act: Act) -> str:
        """Why the service would refuse; empty when it would not, or when nothing is known of it."""
        view = self.last_look.view if self.last_look is not None else None
        verdict: VerdictView | None = view.allowed.get(act) if view is not None else None
        if verdict is None or verdict.allowed or view is None:
            return ""
        return self.words.reason(act, verdict, self.app.now(), view.window_closes_at, "sentence")

    def action_hand_over(self) -> None:
        """The case goes to another agent; one's contact ends."""
        self._give(
            _("Transmettre l’appel ?"),
            _("Transmettre"),
            lambda desk, to, text: desk.hand_over(self.state.case, to, text),
        )

    def action_reassign(self) -> None:
        """A supervisor gives the case to another agent."""
        self._give(
            _("Réattribuer le dossier ?"),
            _("Réattribuer"),
            lambda desk, to, text: desk.reassign(self.state.case, to, text),
        )

    def _give(self, title: str, verb: str, deed: "Callable[[Desk, str, str], None]") -> None:
        from screens.dialogs.give import Give

        def given(to: str | None) -> None:
            if to:
                self.app.say(
                    Tone.OK,
                    _("Dossier {number} confié à l’agent {to}.").format(number=self.state.case, to=to),
                )
                self._home()

        self.app.push_screen(Give(title, verb, deed), given)
