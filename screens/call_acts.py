"""What the keys of a call do: dialogs, the caller check before them, and the way home."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work

from ameli_support.clock import monotonic
from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.identity import Direction, Level
from screens import advice
from screens.actions import BY_ID, key_label
from screens.backend import Failed
from screens.call_palette import PaletteActs
from screens.keeping import keep_a_mail
from screens.notice import Tone
from screens.picture import Offered

if TYPE_CHECKING:
    from ameli_support.casework.views import CallState
    from screens.dialogs.act import ActDialog

LEVEL_2 = {Act.REISSUE, Act.CORRECT}
LEAVE_SECONDS = 4.0
NEVER = -LEAVE_SECONDS


class CallActs(PaletteActs):
    """The keys; `Call` adds what it looks like and keeps it live."""

    _leave_asked = NEVER  # when the first Échap asked, on the monotonic clock

    # ── the acts on the service ─────────────────────────────────────────────

    def action_resend(self) -> None:
        """R: the said address, then V."""
        self.begin("call.resend")

    def action_reissue(self) -> None:
        """E: level 2, « Avez-vous vous-même créé ce compte ? », a reason, V."""
        self.begin("call.reissue")

    def action_correct(self) -> None:
        """A: level 2, the new address, a reason, V."""
        self.reason_first = ""
        self.begin("call.correct")

    def action_suspend(self) -> None:
        """S: « ce n’est pas moi », a reason, V."""
        self.begin("call.suspend")

    def action_diagnose(self) -> None:
        """D: the checklist of the missing mail, over the call."""
        if self.shown is None:
            return
        offer = self.shown.offer("call.diagnose")
        if offer.state is Offered.FORBIDDEN:
            self.explain_refusal("call.diagnose", offer.sentence or f"{offer.hint}.", f"{offer.hint}.")
            return
        from screens.diagnosis.screen import Diagnosis
        from screens.diagnosis.writes import Writes

        self.writes = self.writes or Writes(self.app)
        self.app.push_screen(Diagnosis(self, self.writes))

    def begin(self, action: str) -> None:
        """Opens the dialog of an act, or the check first, or says why not."""
        if self.shown is None:
            return
        offer = self.shown.offer(action)
        if offer.state is Offered.FORBIDDEN:
            self.explain_refusal(action, offer.sentence or f"{offer.hint}.", f"{offer.hint}.")
        elif offer.state is Offered.CHECK_FIRST:
            act = BY_ID[action].act
            wanted = Level.REINFORCED if act in LEVEL_2 else Level.SIMPLE
            self._check(wanted, then=action)
        else:
            self._open(action)

    def next_send(self) -> str:
        """R, or E where the window is over."""
        shown = self.shown
        over = shown is not None and shown.offer("call.resend").state is Offered.FORBIDDEN
        possible = shown is not None and shown.offer("call.reissue").state is not Offered.FORBIDDEN
        return "call.reissue" if over and possible else "call.resend"

    def _open(self, action: str) -> None:
        from screens.dialogs.correct import Correct
        from screens.dialogs.reissue import Reissue
        from screens.dialogs.resend import Resend
        from screens.dialogs.suspend import Suspend

        kinds: dict[str, Callable[[], ActDialog]] = {
            "call.resend": lambda: Resend(self.state, self.last_look, self.desk),
            "call.reissue": lambda: Reissue(self.state, self.last_look, self.desk),
            "call.correct": lambda: Correct(
                self.state, self.last_look, self.desk, self.reason_first, self.address_typed, self._typed
            ),
            "call.suspend": lambda: Suspend(self.state, self.last_look, self.desk),
        }
        self.app.push_screen(kinds[action](), self._acted)

    def _typed(self, address: str) -> None:
        self.address_typed = address

    def forget(self) -> None:
        """A lock leaves no address behind."""
        self.address_typed = ""

    # ── who is on the line ──────────────────────────────────────────────────

    def action_check(self) -> None:
        """I: who speaks, and the next level."""
        if not self.state.record_found:
            self.explain_refusal("call.check", _("Cet appel est sans dossier."))
            return
        if self.state.level >= Level.SIMPLE and self.state.direction is Direction.MAIL:
            self.explain_refusal("call.check", self.words.text("reasons.not_an_incoming_call.sentence"))
            return
        self._check(Level.REINFORCED if self.state.level >= Level.SIMPLE else Level.SIMPLE)

    def _check(self, wanted: Level, then: str = "") -> None:
        from screens.check import Check

        person = self.shown.person if self.shown is not None else None

        def back(state: "CallState | None") -> None:
            if state is None:
                return
            self.state = state
            self.look_then((lambda: self.begin(then)) if then and state.level >= wanted else None)

        self.app.push_screen(Check(self.state, wanted=wanted, then=then, person=person), back)

    @work(group="after-check", exit_on_error=False)
    async def look_then(self, then: "Callable[[], object] | None") -> None:
        """Looks anew (another level, a link that ended), then goes on to the act that wanted it."""
        case = self.state.case
        try:
            self.last_look = await self.app.backend.ask(lambda desk: desk.look(case))
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
            return
        self.redraw()
        if then is not None:
            self.app.behind.when_unlocked(then)
        self.retry()

    # ── the case ────────────────────────────────────────────────────────────

    def action_note(self) -> None:
        """N: a note, kept while it is typed."""
        from screens.dialogs.note import Note

        def noted(saved: bool | None) -> None:
            if saved:
                self.app.say(Tone.OK, _("Note ajoutée au dossier {number}.").format(number=self.state.case))
            self.retry()

        self.app.push_screen(Note(self.state), noted)

    def action_keep_mail(self) -> None:
        """J: a mail that somebody kept."""
        keep_a_mail(self)

    def action_conclude(self) -> None:
        """C: the wrap-up, then home."""
        from screens.dialogs.conclude import Conclude

        def concluded(sentence: str | None) -> None:
            if sentence:
                self.app.say(Tone.OK, sentence)
                self._home()

        self.app.push_screen(Conclude(self.state, self.desk), concluded)

    def action_leave(self) -> None:
        """Échap, twice: a call is not left by the one that was meant for a dialog already closed."""
        now = monotonic()
        if now - self._leave_asked < LEAVE_SECONDS:
            self.leave()
            return
        self._leave_asked = now
        key = key_label(BY_ID["call.leave"], self.app.launch.keymap)
        before = self.app.notice
        self.app.say(Tone.WARN, _("{key} encore une fois : quitter l’appel sans conclure.").format(key=key))
        asked = self.app.notice

        def again() -> None:
            if self.app.notice is asked:
                self.app.notice = before

        self.set_timer(LEAVE_SECONDS, again)

    def on_screen_resume(self) -> None:
        """Back from a dialog, leaving is asked for anew."""
        self._leave_asked = NEVER

    @work(group="leave", exit_on_error=False)
    async def leave(self) -> None:
        """Home; the call was not concluded and stays in « À reprendre »."""
        case = self.state.case
        try:
            await self.app.backend.ask(lambda desk: desk.leave(case))
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
        else:
            self.app.say(
                Tone.PLAIN,
                _("Appel quitté sans conclure : dossier {number} à reprendre.").format(number=case),
            )
        self._home()

    def action_copy(self) -> None:
        """Y: the case number, by the terminal; shown as well, because many terminals refuse silently."""
        number = str(self.state.case)
        self.app.copy_to_clipboard(number)
        self.app.say(Tone.OK, _("Copié :"), _("{number} (sinon, sélectionnez-le ici).").format(number=number))

    def action_obstacles(self) -> None:
        """B: what usually goes wrong at this step."""
        advice.open_obstacles(self)

    def action_history(self) -> None:
        """H: the whole case."""
        from screens.dialogs.history import History

        view = self.last_look.view if self.last_look is not None else None
        self.app.push_screen(History(self.state.case, view, self.desk, self.earlier))
