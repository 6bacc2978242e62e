"""C: how the contact ends: outcome, cause, queue, promised call-back; the one gate decides (rules §10)."""

from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.procedure import Moment
from ameli_support.onboarding.wording import plain
from screens.backend import Failed
from screens.diagnosis.words import cause_label
from screens.dialogs.base import Dialog
from screens.typing_in import read_moment
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from screens.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.case import Callback
    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Proposal

ESCALATED = "escalated"
NO_MAILBOX = "no_mailbox"
FRAUD_REPORT = "fraud_report"


class Conclude(Dialog[str | None]):
    """Ends with the sentence of the state that the case is left in."""

    BINDINGS = [("r,R", "promise", ""), ("left", "cause(-1)", ""), ("right", "cause(1)", "")]  # noqa: RUF012

    def __init__(self, state: "CallState", desk: "Desk") -> None:
        super().__init__(_("Conclure l’appel ?"), "", _("Conclure"))
        self.state = state
        self.words = Words(desk.procedure)
        self.now = desk.business_clock.now()
        self.causes = self.words.keyed("causes")
        self.cause: str | None = None
        self.proposal: Proposal | None = None
        self._queue_given = False

    def compose_body(self) -> "ComposeResult":
        """Cause, outcomes in two columns, queue, call-back."""
        yield Static("", id="cause", markup=False)
        yield Static(_("Issue"), classes="heading", markup=False)
        yield Choices(id="outcome", columns=2)
        yield Static(_("File"), classes="heading", id="queue-title", markup=False)
        yield Choices([(*each, "") for each in self._queues()], id="queue", columns=2)
        yield Static("", id="promise", markup=False)
        yield Field("when", _("Rappel le"), _("jj/mm hh:mm"), max_length=20)
        yield Field("number", _("au numéro"), _("dit par l’appelant"), max_length=30)

    def _queues(self) -> list[tuple[str, str]]:
        cells = self.words.procedure.cells
        names = [key.split(".")[1] for key in cells if key.startswith("queues.") and key.endswith(".label")]
        return [(name, self.words.text(f"queues.{name}.label")) for name in names]

    def on_mount(self) -> None:
        """The outcome of the last act is proposed."""
        self._promised(False)
        self.query_one("#outcome", Choices).offer(self._outcomes(None))
        super().on_mount()
        self.changed()
        self.propose()

    def _outcomes(self, first: str | None) -> list[tuple[str, str, str]]:
        """The proposed one first, then the order of rules §10; acts that did not take place last."""
        rows = [(*each, "") for each in self.words.keyed("outcomes")]
        deeds = ("resent", "reissued", "address_corrected")
        return sorted(rows, key=lambda row: (row[0] != first, row[0] in deeds))

    @work(exclusive=True, group="propose", exit_on_error=False)
    async def propose(self) -> None:
        """Asks the desk what it proposes; anything may be chosen instead."""
        case = self.state.case
        try:
            proposal, checks = await self.app.backend.ask(
                lambda desk: (desk.proposed_outcome(case), desk.checklist().checks)
            )
        except Failed as failure:
            self.failed(failure)
            return
        self.proposal = proposal
        first = str(proposal.outcome) if proposal.outcome else None
        outcome = self.query_one("#outcome", Choices)
        if outcome.index is None:
            outcome.offer(self._outcomes(first))
            outcome.choose_value(first)
        own = proposal.cause
        if own is not None and own not in dict(self.causes):  # of a check that a content folder added
            self.causes = (*self.causes, (own, cause_label(own, self.words, checks)))
        self.cause = self.cause or own
        self.query_one("#queue", Choices).choose_value(proposal.likely_queue)
        self.changed()

    def take_focus(self) -> None:
        """Annuler, until a call-back is promised."""
        self.query_one("Leave").focus()

    # ── what is chosen ──────────────────────────────────────────────────────

    @property
    def outcome(self) -> str | None:
        """The outcome's code."""
        return self.query_one("#outcome", Choices).value

    @property
    def promised(self) -> bool:
        """Whether a call-back is being dated."""
        return bool(self.query_one("#row-when", Field).display)

    def current_choices(self) -> Choices | None:
        """The queue once escalating is chosen, until another one is; else the outcomes."""
        queue = self.query_one("#queue", Choices)
        asked = queue.display and not self._queue_given
        return queue if asked else self.query_one("#outcome", Choices)

    def action_digit(self, digit: int) -> None:
        """An outcome that says it all brings its cause; ← → still change it."""
        from ameli_support.casework.case import EVIDENT_CAUSES, Outcome

        escalating = self.outcome == ESCALATED
        super().action_digit(digit)
        self._queue_given = escalating and self.outcome == ESCALATED
        if self.outcome is not None and self.cause is None:
            self.cause = EVIDENT_CAUSES.get(Outcome(self.outcome))
            self.changed()

    def action_cause(self, by: int) -> None:
        """← → go through the causes."""
        codes = [code for code, __ in self.causes]
        start = codes.index(self.cause) if self.cause in codes else (-1 if by > 0 else 0)
        self.cause = codes[(start + by) % len(codes)]
        self.changed()

    def action_promise(self) -> None:
        """R: a call-back is promised, or no longer."""
        self._promised(not self.promised)
        if self.promised:
            self.query_one("#row-when", Field).input.focus()
        else:
            self.take_focus()
        self.changed()

    def _promised(self, promised: bool) -> None:
        for name in ("when", "number"):
            self.query_one(f"#row-{name}", Field).display = promised

    @on(Input.Changed)
    def _typing(self) -> None:
        self.changed()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        number = self.query_one("#row-number", Field)
        if not number.value:
            number.input.focus()
        else:
            self.take_focus()

    def changed(self) -> None:
        """Cause, queue, call-back and consequence follow."""
        super().changed()
        names = dict(self.causes)
        cause = names.get(self.cause or "", "…")
        self.query_one("#cause", Static).update(
            Content.assemble((_("Cause").ljust(15), "$muted"), (cause, "$ink"), ("   ← →", "$muted"))
        )
        queue = self.outcome == ESCALATED
        self.query_one("#queue-title").display = queue
        self.query_one("#queue", Choices).display = queue
        self.set_class(queue or self.promised, "-long")
        self.query_one("#promise", Static).update(
            Content.assemble(
                (" R ", "bold $ink on $sel"),
                (" " + (_("Sans rappel") if self.promised else _("Rappel promis")), "$ink"),
            )
        )
        self.query_one("#consequence", Static).update(Content.styled(self._left_as(), "$ink"))

    def _left_as(self) -> str:
        """What is still to be said, else where concluding leaves the case."""
        if self.outcome == NO_MAILBOX:
            said = self.words.says(NO_MAILBOX, Level.NOTHING, Moment.POSSIBLE)
            return _("À dire : {text}").format(text=" ".join(map(plain, said)))
        if self.promised:
            return _("Le dossier reste à vous jusqu’au rappel promis.")
        if self.outcome == ESCALATED:
            queue = self.query_one("#queue", Choices).label or "…"
            form = _("Le dossier attend la file {queue} ; il se rouvre si la personne rappelle ou écrit.")
            return form.format(queue=queue)
        if self.outcome is None:
            return ""
        if self.outcome == FRAUD_REPORT:
            return _("Le signalement reste au dossier ; il se rouvre si la personne rappelle ou écrit.")
        if self.outcome in ("resent", "reissued", "address_corrected"):
            return _("Le dossier attend l’assuré ; il se rouvre si la personne rappelle ou écrit.")
        return _("Le dossier est résolu ; il se rouvre si la personne rappelle ou écrit.")

    def missing(self) -> str:
        """Outcome, cause, queue, call-back, in the gate's order."""
        if self.outcome is None:
            return _("choisissez une issue")
        if self.cause is None:
            return _("choisissez une cause (← →)")
        if self.promised and read_moment(self.query_one("#row-when", Field).value, self.now) is None:
            return _("datez le rappel")
        if self.promised and not self.query_one("#row-number", Field).value:
            return _("à quel numéro ?")
        if self.outcome == ESCALATED and self.query_one("#queue", Choices).value is None:
            return _("choisissez une file")
        return ""

    # ── the deed ────────────────────────────────────────────────────────────

    def _callback(self) -> "Callback | None":
        from ameli_support.casework.case import Callback

        if not self.promised:
            return None
        at = read_moment(self.query_one("#row-when", Field).value, self.now)
        return Callback(at, self.query_one("#row-number", Field).value)

    def deed(self, desk: "Desk") -> str:
        """Closes the contact through the gate."""
        from ameli_support.casework.case import Outcome

        queue = self.query_one("#queue", Choices).value if self.outcome == ESCALATED else None
        desk.close(self.state.case, Outcome(self.outcome or ""), self.cause, self._callback(), queue)
        outcome = dict(self.words.keyed("outcomes"))[self.outcome or ""]
        return _("Appel conclu : dossier {number}, {outcome}.").format(
            number=self.state.case, outcome=outcome.lower()
        )
