"""Keeps the Diagnostic screen live: the run read, evidence as it arrives, the record watched."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from ameli_support.casework.course import Course
from ameli_support.i18n import _
from checks.run import Run
from screens.backend import Failed
from screens.diagnosis.acts import DiagnosisActs
from screens.diagnosis.telling import OTHER
from screens.notice import Tone
from screens.safe import clean
from screens.when import stamp

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from screens.call_acts import CallActs
    from screens.diagnosis.writes import Writes


class DiagnosisLive(DiagnosisActs):
    """`course` is the run's beside the run itself; `waiting`: the DNS has not answered yet."""

    def __init__(self, call: "CallActs", writes: "Writes") -> None:
        super().__init__(call, writes)
        self.course = Course()
        self.waiting = True
        self._seen: object = None

    def listen(self) -> None:
        """What the queue of answers tells comes here."""
        self.writes.done, self.writes.failed = self.recorded, self.failed

    def on_unmount(self) -> None:
        """The queue outlives the screen."""
        if self.writes.done == self.recorded:
            self.writes.forget()

    def reload(self) -> None:
        """The run as it stands on the timeline, first without waiting for the DNS."""
        self.waiting = True
        self.load()

    @work(exclusive=True, group="diagnose", exit_on_error=False)
    async def load(self) -> None:
        """Where the run stands, then everything that the program can find out."""
        case = self.case

        def read(desk: "Desk") -> tuple[Course, Run]:
            return desk.course(case), desk.diagnose(case, at_once=True)

        try:
            course, run = await self.app.backend.ask(read)
            first = self.run is None
            self.run, self.course = run, course
            if first or (self.at is None and run.conclusion is None):
                self.at = run.current
            if first:
                self._tell_pause()
            if run.must_change_first:
                self.call.hold_resend(True)
            self._remember()
            self.redraw()
            await self._look()
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
        finally:
            self.waiting = False
        self.redraw()

    @work(exclusive=True, group="diagnose", exit_on_error=False)
    async def look_again(self) -> None:
        """The record changed: evidence and trials are taken anew; the question in the middle stays."""
        self._remember()
        try:
            await self._look()
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
        self.redraw()

    async def _look(self) -> None:
        case = self.case
        course, run = await self.app.backend.ask(lambda desk: (desk.course(case), desk.diagnose(case)))
        self.course = course
        self._found_out(run)

    def _found_out(self, run: Run) -> None:
        """New evidence under the answers given so far; a conclusion that it brings is shown."""
        before = self.run
        if before is None or self.ended:
            return
        self.run = replace(before, evidence=run.evidence, checklist=run.checklist, priors=run.priors)
        concluded = before.conclusion is None and self.run.conclusion is not None
        now, then = (each.evidence.answers.get(self.at or "") for each in (run, before))
        answered = now is not None and now != then
        if (concluded or answered) and not (self.at == OTHER and self.course.trials):
            self.at = self.run.current

    def recorded(self, run: Run | None) -> None:
        """Everything is on the timeline: the desk's run is the screen's."""
        if run is not None and self.run is not None and not self.ended and self.is_attached:
            same = run.answers == self.run.answers and run.in_vain == self.run.in_vain
            if same:
                self._found_out(run)
                self.redraw()

    def _tell_pause(self) -> None:
        pause = self.course.pause
        if pause is None:
            return
        when = stamp(pause.at, self.app.now())
        head = _("Repris après la pause de l’agent {agent}, {when} :").format(
            agent=clean(pause.agent), when=when
        )
        self.app.say(Tone.WARN, head, clean(pause.reason) or _("motif non lisible ici"))

    def each_second(self) -> None:
        if self.run is not None and not self.ended and not self.writes.busy and self._key() != self._seen:
            self.look_again()
        else:
            self.redraw()

    def _remember(self) -> None:
        self._seen = self._key()

    def _key(self) -> object:
        """What of call and record the evidence rests on."""
        state, look = self.call.state, self.call.last_look
        view = look.view if look is not None else None
        if view is None:
            return state.level, state.said_address, None
        sends = tuple((send.generation, send.state, send.domain) for send in view.sends)
        return state.level, state.said_address, (view.phase, view.version, sends)

    def on_screen_resume(self) -> None:
        """Back from a dialog: what was done there may have changed the record."""
        super().on_screen_resume()
        if self.run is not None and not self.ended:
            self.look_again()

    def retry(self) -> None:
        """F5: looks now."""
        self.call.retry()
        self.reload()
