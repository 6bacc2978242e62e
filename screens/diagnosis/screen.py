"""Diagnostic (D): the checklist of the missing mail over its call, question by question (drawings d1, d2)."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from ameli_support.i18n import _
from ameli_support.mail.providers import load as load_providers
from checks.run import Mode
from checks.trial import under_way
from screens.actions import Scope, bindings, digit_bindings
from screens.diagnosis.layout import TIGHTER, level
from screens.diagnosis.live import DiagnosisLive
from screens.diagnosis.picture import DiagnosisPicture, Stage
from screens.diagnosis.standing import Standing
from screens.diagnosis.telling import picture
from screens.over_call import OF_THE_CALL
from screens.widgets.band import Band
from screens.widgets.blocks import ToSay
from screens.widgets.causes import Causes, Findings
from screens.widgets.person import Person
from screens.widgets.questions import Questions, Replies

if TYPE_CHECKING:
    from textual.app import ComposeResult


SECOND = 1.0
PADDED_FROM, ROOMY_FROM = 28, 34  # rows of terminal


class Diagnosis(DiagnosisLive):
    """Left the questions, in the middle the present one, right the causes, below what the program found."""

    CSS_PATH: ClassVar = ["../call.tcss", "diagnosis.tcss"]
    SCOPE = Scope.DIAGNOSIS
    BINDINGS: ClassVar = [
        *bindings(Scope.DIAGNOSIS),
        *(each for each in bindings(Scope.CALL) if getattr(each, "id", None) in OF_THE_CALL),
        *digit_bindings(lambda digit: f"digit({digit})", 9),
    ]

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
        self.listen()
        self.redraw()
        self.reload()
        self.set_interval(SECOND, self.each_second)

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
