"""Diagnostic (D): the checklist of the missing mail over its call, question by question (drawings d1, d2)."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from ameli_support.casework.course import Course
from ameli_support.i18n import _
from ameli_support.mail.providers import load as load_providers
from checks.run import Mode, Run
from checks.trial import under_way
from screens.actions import Scope, bindings, digit_bindings
from screens.backend import Failed
from screens.diagnosis_acts import OF_THE_CALL, DiagnosisActs
from screens.diagnosis_layout import TIGHTER, level
from screens.diagnosis_picture import DiagnosisPicture, Stage
from screens.diagnosis_standing import Standing
from screens.diagnosis_telling import OTHER, picture
from screens.notice import Tone
from screens.safe import clean
from screens.when import stamp
from screens.widgets.band import Band
from screens.widgets.blocks import ToSay
from screens.widgets.causes import Causes, Findings
from screens.widgets.person import Person
from screens.widgets.questions import Questions, Replies

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from screens.call_acts import CallActs
    from screens.diagnosis_writes import Writes

SECOND = 1.0
PADDED_FROM, ROOMY_FROM = 28, 34  # rows of terminal


class Diagnosis(DiagnosisActs):
    """Left the questions, in the middle the present one, right the causes, below what the program found."""

    CSS_PATH: ClassVar = ["call.tcss", "diagnosis.tcss"]
    SCOPE = Scope.DIAGNOSIS
    BINDINGS: ClassVar = [
        *bindings(Scope.DIAGNOSIS),
        *(each for each in bindings(Scope.CALL) if getattr(each, "id", None) in OF_THE_CALL),
        *digit_bindings(lambda digit: f"digit({digit})", 9),
    ]

    def __init__(self, call: "CallActs", writes: "Writes") -> None:
        super().__init__(call, writes)
        self.course = Course()
        self.waiting = True
        self._seen: object = None

    def compose_body(self) -> "ComposeResult":
        """Person, band, three columns, evidence."""
        yield Person()
        yield Band()
        with Container(id="body"):
            with Container(id="list"):
                yield Static("", id="questions-title", classes="title", markup=False)
                yield Questions()
            with Container(id="middle"):
                yield Static(_("À dire"), id="say-title", classes="title", markup=False)
                yield ToSay()
                yield Static("", id="seek", markup=False)
                yield Static("", id="reply-title", classes="title", markup=False)
                yield Replies()
                yield Static("", id="why", markup=False)
            with Container(id="likely"):
                yield Static(_("Causes"), id="causes-title", classes="title", markup=False)
                yield Causes()
        yield Findings()

    def on_mount(self) -> None:
        """An empty frame at once; the run follows."""
        self.writes.done, self.writes.failed = self.recorded, self.failed
        self.redraw()
        self.reload()
        self.set_interval(SECOND, self._each_second)

    # ── keeping it live ─────────────────────────────────────────────────────

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

    def _each_second(self) -> None:
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

    # ── drawing ─────────────────────────────────────────────────────────────

    def standing(self) -> Standing:
        """What the picture is made from, now."""
        assert self.call.shown is not None
        look = self.call.last_look
        view = look.view if look is not None else None
        return Standing(
            run=self.run,
            words=self.call.words,
            person=self.call.shown.person,
            at=self.at,
            sequence=tuple(self.sequence),
            trial=under_way(view, self.course.trials, load_providers()),
            record=view is not None,
            ended=self.ended,
            held=self.call.change_first,
            waiting=self.waiting and view is not None,
            wide=self.wide,
        )

    def redraw(self) -> None:
        """Draws the present picture; a widget that shows the same draws nothing."""
        if not self.is_attached or self.call.shown is None:
            return
        shown = picture(self.standing())
        if shown == self.shown:
            return
        before, self.shown = self.shown, shown
        self.query_one(Person).show(shown.person)
        self.query_one(Band).show(shown.band)
        self.query_one(Questions).show(shown.questions, shown.here)
        self.query_one(ToSay).show(shown.say)
        self.query_one(Replies).show(shown.replies)
        self.query_one(Causes).show(shown.causes)
        self.query_one(Findings).show(shown.findings)
        self._write(shown)
        if before is None or (before.say, before.seek, before.replies) != (
            shown.say,
            shown.seek,
            shown.replies,
        ):
            self.refit()

    def _write(self, shown: DiagnosisPicture) -> None:
        """The texts of the middle."""
        document = self.run is not None and self.run.mode is Mode.DOCUMENT
        asking = shown.stage in (Stage.ASKING, Stage.LOADING)
        titles = {
            "questions-title": _("Ordre du document") if document else _("Questions"),
            "reply-title": _("Réponse") if asking else _("Suite"),
        }
        for name, title in titles.items():
            self.query_one(f"#{name}", Static).update(Content.styled(title, "$muted"))
        seek = Content("")
        if shown.seek:
            place = f" · {shown.place}" if shown.place else ""
            lines = "\n".join(shown.seek)
            seek = Content.assemble((f"{shown.heading}{place}\n", "$muted"), (lines, "$ink"))
        self.query_one("#seek", Static).update(seek)
        self.query_one("#seek").display = bool(shown.seek)
        self.query_one("#why", Static).update(Content.styled("\n".join(shown.why), "$muted"))

    def refit(self) -> None:
        """What does not fit into the terminal gives way; measured again should the layout have moved."""
        shown, body = self.shown, self.query_one("#body")
        width, rows = self._room()
        if shown is None or not body.size.height or not width:
            self.call_after_refresh(self.refit)
            return
        height = self.app.size.height
        roomy = self.wide and height >= ROOMY_FROM
        padded = height >= (PADDED_FROM if self.wide else 32)
        tight, seek = level(shown, width, rows, wide=self.wide, padded=padded, roomy=roomy)
        for at, name in enumerate(TIGHTER):
            body.set_class(at < tight, name)
        self.query_one("#seek").styles.max_height = seek + 1
        self.query_one(Replies).airy = roomy and not tight
        self.call_after_refresh(self._refit_if_moved, (width, rows))

    def _refit_if_moved(self, measured: tuple[int, int]) -> None:
        if self._room() != measured:
            self.refit()

    def _room(self) -> tuple[int, int]:
        """The columns of the middle, and the rows between band and evidence whatever its height just was."""
        body, findings = self.query_one("#body"), self.query_one(Findings)
        width = self.query_one("#middle").size.width
        return width, body.size.height + findings.size.height - findings.rows

    def on_resize(self) -> None:
        """Another size is measured again."""
        self.shown = None
        self.redraw()

    @on(Questions.Chosen)
    def _question_clicked(self, event: Questions.Chosen) -> None:
        self.choose(event.check)

    @on(Replies.Chosen)
    def _reply_clicked(self, event: Replies.Chosen) -> None:
        self.action_digit(event.digit)


def _middle(shown: DiagnosisPicture) -> tuple[object, ...]:
    """What the height of the middle depends on."""
    return shown.say, shown.seek, shown.replies, shown.why, len(shown.findings)
