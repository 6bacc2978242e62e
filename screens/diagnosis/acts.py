"""What the keys of the Diagnostic screen do: answers, questions left out, the remedy, the call's acts."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ameli_support.i18n import _
from checks.check import FollowUp
from checks.run import Mode, Run
from screens.backend import Failed
from screens.diagnosis.picture import Deed, DiagnosisPicture, Reply
from screens.frame import Framed
from screens.notice import Tone
from screens.over_call import OF_THE_CALL, OverCall

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from screens.call_acts import CallActs
    from screens.diagnosis.writes import Writes


class DiagnosisActs(OverCall, Framed[None]):
    """The keys; `Diagnosis` adds what it looks like and keeps it live."""

    ALSO_SHOWN = OF_THE_CALL

    def __init__(self, call: "CallActs", writes: "Writes") -> None:
        super().__init__()
        self.call = call
        self.writes = writes
        self.run: Run | None = None
        self.at: str | None = None
        self.sequence: list[str] = []
        self.ended = False
        self.shown: DiagnosisPicture | None = None

    @property
    def case(self) -> int:
        """The case's number."""
        return self.call.state.case

    def redraw(self) -> None:
        """Draws the present picture."""
        raise NotImplementedError

    def reload(self) -> None:
        """Reads the run anew."""
        raise NotImplementedError

    # ── answers ─────────────────────────────────────────────────────────────

    def action_answer(self) -> None:
        """The key bar's « 1 à 4 »: a digit names the answer."""

    def action_digit(self, digit: int) -> None:
        """The reply under a digit."""
        replies = self.shown.replies if self.shown is not None else ()
        if digit <= len(replies):
            self._does(replies[digit - 1])

    def _does(self, reply: Reply) -> None:
        match reply.does:
            case Deed.ANSWER:
                self._answer(reply.key)
            case Deed.SAY_ADDRESS:
                self._say_address()
            case Deed.TRY_OTHER:
                self._try_other()
            case Deed.DONE:
                self._done()
            case Deed.INSTEAD:
                self._conclude("call.correct")
            case Deed.GO_ON:
                self._go_on()
            case Deed.ASK_LEFT:
                self.action_before()
            case Deed.CHANGED:
                self._changed()
            case Deed.WRAP_UP:
                self.call.action_conclude()
            case Deed.LEAVE:
                self.action_leave()
            case Deed.AGAIN:
                self.ended, self.run, self.sequence = False, None, []
                self.reload()

    def _answer(self, key: str) -> None:
        """Shown at once, recorded behind: the next digit answers the next question."""
        check, case = self.at, self.case
        if self.run is None or check is None:
            return
        held = self.run.must_change_first
        self._became(self.run.answer(check, key), put=check)
        if held or self.run.must_change_first:
            self.call.hold_resend(self.run.must_change_first)
        self.writes.add(lambda desk: desk.answer_check(case, check, key))

    def _became(self, run: Run, put: str | None = None) -> None:
        """The run after a step: on to its next question, or to its conclusion."""
        if put is not None and put not in self.sequence:
            self.sequence.append(put)
        self.run, self.at = run, run.current
        self.redraw()

    def _say_address(self) -> None:
        from screens.dialogs.said_address import SaidAddress

        desk = self.app.backend.desk
        if desk is not None:
            self.app.push_screen(SaidAddress(self.call.state, self.call.last_look, desk))

    def _try_other(self) -> None:
        """A correction, with its reason chosen; below level 2 the check comes first."""
        self.call.reason_first = "test_other_address"
        self.call.begin("call.correct")

    # ── leaving out, going back ─────────────────────────────────────────────

    def action_skip(self) -> None:
        """P: the question is left out, with a reason."""
        check, case = self.at, self.case
        if self.run is None or check is None:
            self.app.say(Tone.WARN, _("P Passer :"), _("× aucune question n’est posée ici."))
            return
        from screens.dialogs.leaving_out import LeaveOut

        def left(reason: str | None) -> None:
            if reason and self.run is not None:
                self._became(self.run.skip(check, reason), put=check)
                self.writes.add(lambda desk: desk.skip_check(case, check, reason))

        self.app.push_screen(LeaveOut(self.call.state), left)

    def action_before(self) -> None:
        """←: the row above; from the conclusion, the last question of the list that was put."""
        self._move(-1)

    def action_next(self) -> None:
        """→: the row below; below the last one, the conclusion."""
        self._move(1)

    def _move(self, by: int) -> None:
        rows = self.shown.questions if self.shown is not None else ()
        if self.run is None or not rows or self.ended:
            return
        names = [row.check for row in rows]
        put = sum(row.sign in "√○" and row.number > 0 for row in rows)
        start = names.index(self.at) if self.at in names else (put if by < 0 else put - 1)
        place = start + by
        if self.run.conclusion is not None and self.at is not None and not 0 <= place < len(names):
            self.at = None
        else:
            self.at = names[min(max(place, 0), len(names) - 1)]
        self.redraw()

    def choose(self, check: str) -> None:
        """A question was clicked."""
        if self.run is not None and not self.ended:
            self.at = check
            self.redraw()

    def action_order(self) -> None:
        """O: the document's order, or the shortest."""
        if self.run is None or self.ended:
            return
        mode = Mode.CHEAPEST if self.run.mode is Mode.DOCUMENT else Mode.DOCUMENT
        case, asked = self.case, self.at is not None and self.at in self.run.order
        self.run = replace(self.run, mode=mode)
        if asked and self.run.current is not None:
            self.at = self.run.current
        said = _("Ordre du document.") if mode is Mode.DOCUMENT else _("Ordre le plus court.")
        self.app.say(Tone.OK, said, _("O en change."))
        self.redraw()
        self.writes.add(lambda desk: desk.diagnose(case, mode))

    # ── the remedy and what follows ─────────────────────────────────────────

    def _go_on(self) -> None:
        """The remedy did not help: the run goes on."""
        case, found = self.case, self.run.conclusion if self.run is not None else None
        if self.run is None or found is None:
            return
        self._became(self.run.did_not_help(found.cause))
        self.call.hold_resend(False)
        self.writes.add(lambda desk: desk.remedy_in_vain(case))

    def _done(self) -> None:
        """The remedy was done with the caller: the act that follows, or the wrap-up."""
        run = self.run
        if run is None or run.conclusion is None:
            return
        resend = run.must_change_first or run.conclusion.follow_up is FollowUp.RESEND
        if resend:
            self._conclude(self.call.next_send(), changed=True)
        elif run.conclusion.follow_up is FollowUp.CORRECT:
            self._conclude("call.correct")
        else:
            self._conclude("call.conclude")

    def _changed(self) -> None:
        """After the conclusion: the setting was changed all the same, the mail may be sent again."""
        case = self.case
        self.call.hold_resend(False)
        self.redraw()

        def changed(desk: "Desk") -> None:
            desk.setting_changed(case)

        self.writes.add(changed, lambda: self.call.begin(self.call.next_send()))

    def _conclude(self, action: str, *, changed: bool = False) -> None:
        """Puts the conclusion on the timeline, then opens the act's dialog over this screen."""
        if self.run is None or self.run.conclusion is None:
            return
        case, without_record = self.case, not self.shown_record
        self.call.reason_first = ""
        if changed:
            self.call.hold_resend(False)
        self.ended, self.at = True, None
        self.redraw()

        def then() -> None:
            if without_record:
                return
            if action == "call.conclude":
                self.call.action_conclude()
            else:
                self.call.begin(action)

        self.writes.add(lambda desk: desk.conclude_checks(case, changed=changed), then)

    @property
    def shown_record(self) -> bool:
        """Whether acts on a record are possible at all."""
        look = self.call.last_look
        return look is not None and look.view is not None

    # ── pausing, ending, the leaflet ────────────────────────────────────────

    def action_pause(self) -> None:
        """M: the run waits, with a reason for whoever goes on."""
        self._halt(
            _("Mettre le diagnostic en pause ?"),
            _("Les réponses sont gardées ; l’agent qui reprend lit ce motif et revient à cette question."),
            _("Mettre en pause"),
            lambda desk, reason: desk.pause_checks(self.case, reason),
            (_("Diagnostic en pause."), _("D le reprend.")),
        )

    def action_abandon(self) -> None:
        """X: the run ends without a conclusion, with a reason."""
        self._halt(
            _("Abandonner le diagnostic ?"),
            _("Il se termine sans conclusion ; le prochain commencera au début."),
            _("Abandonner"),
            lambda desk, reason: desk.abandon_checks(self.case, reason),
            (_("Diagnostic abandonné."), _("D en commence un autre.")),
        )

    def _halt(
        self,
        title: str,
        sentence: str,
        verb: str,
        deed: "Callable[[Desk, str], None]",
        said: tuple[str, str],
    ) -> None:
        if self.run is None or self.ended:
            return
        from screens.dialogs.leaving_out import Halt

        def halted(done: bool | None) -> None:
            if done:
                self.app.say(Tone.OK, *said)
                self.dismiss(None)

        self.app.push_screen(Halt(self.call.state, title, sentence, verb, deed), halted)

    def action_leaflet(self) -> None:
        """F: what the caller can do at home."""
        from checks.leaflet import leaflet
        from screens.dialogs.leaflet import Leaflet

        run, view = self.run, self.call.last_look.view if self.call.last_look is not None else None
        if run is None:
            return
        link = view.link.expires_at if view is not None and view.link is not None else None
        ends = link if link is not None and link > self.app.now() else None
        self.app.push_screen(Leaflet(lambda desk: leaflet(run, desk.procedure, ends=ends)))

    def action_leave(self) -> None:
        """Échap: back to the call; the run stays open at the same question."""
        self.dismiss(None)

    def failed(self, failure: Failed) -> None:
        """An answer that could not be recorded: said, and the run is read anew."""
        self.app.say(Tone.BAD, failure.sentence)
        self.ended = False
        self.reload()
