"""Home: the one look-up box, « Appel sans dossier », « À reprendre » (ux-design §6 "Home")."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ameli_support.i18n import _, ngettext
from ameli_support.onboarding.identity import Role
from screens.actions import Scope, bindings
from screens.advice import open_code
from screens.backend import Failed, Trouble
from screens.finding_words import not_one, read_box, refusal_code
from screens.frame import PULSE_SECONDS, Framed
from screens.notice import Tone
from screens.safe import clean
from screens.when import stamp

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.lookup import SearchFacts
    from ameli_support.casework.views import CallState, ResumeRow

NO_RECORD = "no-record"
INTERRUPTED = "call_interrupted"
FIRST_ROW = 2


class Home(Framed[None]):
    """Where every call begins and ends."""

    SCOPE = Scope.HOME
    ALSO_SHOWN = ("app.quit",)
    BINDINGS: ClassVar = bindings(Scope.HOME)

    def __init__(self) -> None:
        super().__init__()
        self._call: str | None = None
        self._under_box = self._hint.plain
        self._rows: list[ResumeRow] = []
        self._offered = False

    def compose_body(self) -> "ComposeResult":
        """Question, box, hint, then the list."""
        with Vertical(id="centre"):
            yield Static(_("Qui appelle ?"), id="title", markup=False)
            with Container(id="box"):
                yield Input(id="lookup", max_length=400, select_on_focus=False)
                yield Static(
                    Content.assemble((_("Entrée"), "bold $ink"), (" " + _("chercher"), "$ink")), id="enter"
                )
            with Container(id="purpose-row"):
                yield Static(_("Motif (journalisé)"), id="purpose-label", markup=False)
                yield Input(id="purpose", max_length=500, select_on_focus=False)
            yield Static(self._hint, id="hint", markup=False)
            yield OptionList(id="resume", markup=False)

    @property
    def _hint(self) -> Content:
        return Content.styled(
            _("n° de sécurité sociale, mail, téléphone, nom et date de naissance, ou n° de dossier"),
            "$muted",
        )

    def on_mount(self) -> None:
        """The caret is in the box at the first paint."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.take_focus()
        self._list([])
        self.set_interval(PULSE_SECONDS, self.each_pulse)
        if self.app.backend.desk is not None:
            self.connected(self.app.backend.desk)

    def take_focus(self) -> None:
        """The look-up box, always."""
        self.query_one("#lookup").focus()

    def forget(self) -> None:
        """What was typed to find a person is never kept."""
        self.query_one("#lookup", Input).value = ""

    @on(Input.Changed)
    def _typed(self) -> None:
        self._tell(self._hint)

    def on_descendant_focus(self) -> None:
        """The accent bar follows the focus."""
        self.query_one("#box").set_class(not self.query_one("#lookup").has_focus, "-blurred")

    # ── the list ────────────────────────────────────────────────────────────

    def connected(self, desk: "Desk") -> None:
        """The desk is open: supervisors get their purpose, everybody the list."""
        self.set_class(desk.me.role is Role.SUPERVISOR, "-supervisor")
        self.reload()

    @work(exclusive=True, group="resume", exit_on_error=False)
    async def reload(self) -> None:
        """Reads « À reprendre » again, calls that a crash interrupted first."""
        try:
            rows = await self.app.backend.ask(lambda desk: desk.to_resume())
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
            return
        interrupted = {row.case for row in rows if row.reason == INTERRUPTED}
        rows.sort(key=lambda row: row.case not in interrupted)
        self._list(rows)
        if interrupted and not self._offered:
            self._offer(rows[0], len(interrupted))
        self._offered = True

    def _offer(self, row: "ResumeRow", count: int) -> None:
        """A call that a crash cut off, told at the start: two keys take it up again, with its text."""
        head = ngettext(
            "Appel interrompu : dossier {case}.", "{number} appels interrompus, dont le {case}.", count
        )
        if self.app.notice is None:
            said = head.format(case=row.case, number=count)
            self.app.say(Tone.WARN, said, _("↓ puis Entrée le reprend, avec son texte."))

    def retry(self) -> None:
        """F5 reads the list again, and asks how the service does."""
        self.reload()
        self.pulse()

    def _list(self, rows: "list[ResumeRow]") -> None:
        self._rows = rows
        options = self.query_one("#resume", OptionList)
        kept = options.highlighted
        now = self.app.now()
        options.clear_options()
        options.add_option(Option(Content.styled(_("Appel sans dossier"), "$ink"), id=NO_RECORD))
        nothing = "" if rows else _(" : rien. ↓ puis Entrée ouvre un appel sans dossier.")
        heading = Content.styled("\n" + _("À reprendre") + nothing, "$muted")
        options.add_option(Option(heading, disabled=True))
        for row in rows:
            ink = "$warn" if row.overdue else "$ink"
            options.add_option(
                Option(
                    Content.assemble(
                        (f"{row.case:<6}", "$muted"),
                        (f"{stamp(row.at, now):<13}", "$muted"),
                        (("▲ " if row.overdue else "") + clean(row.label, 200), ink),
                    ),
                    id=str(row.case),
                )
            )
        if kept is not None:
            options.highlighted = min(kept, len(rows) + 1) if kept > 1 else 0

    def action_skip_tour(self) -> None:
        """Échap: the tour of the demo does not come back."""
        if self.app.tour is not None:
            self.app.tour.skip()
            self.app.tick()

    def action_resume(self) -> None:
        """↓ leaves the box for the first case to resume; without one, for the call without a record."""
        options = self.query_one("#resume", OptionList)
        options.highlighted = FIRST_ROW if self._rows else 0
        self.set_focus(options)  # at once: Entrée may follow within the same packet

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == NO_RECORD:
            self.action_no_record()
        elif event.option_id:
            self.take_up(int(event.option_id))

    @work(exclusive=True, group="find", exit_on_error=False)
    async def take_up(self, case: int) -> None:
        """Goes on with a case of the list."""
        try:
            state = await self.app.backend.ask(lambda desk: desk.resume(case))
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
            return
        self._open(state, None)

    @work(exclusive=True, group="find", exit_on_error=False)
    async def action_no_record(self) -> None:
        """General advice without a record: still a case, still counted."""
        try:
            case = await self.app.backend.ask(lambda desk: desk.find_no_record(call=self._call))
            state = await self.app.backend.ask(lambda desk: desk.call_state(case))
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
            return
        self._open(state, None)

    # ── the box ─────────────────────────────────────────────────────────────

    @on(Input.Submitted)
    def _submitted(self) -> None:
        supervisor = self.has_class("-supervisor")
        purpose = self.query_one("#purpose", Input)
        if supervisor and not purpose.value.strip():
            purpose.focus()
            self._trouble(_("Dites pourquoi vous consultez ce dossier : le motif est journalisé."))
            return
        self.find(self.query_one("#lookup", Input).value, purpose.value.strip() if supervisor else None)

    @work(exclusive=True, group="find", exit_on_error=False)
    async def find(self, text: str, purpose: str | None) -> None:
        """Looks up what was typed; one match opens the call, several ask for one more fact."""
        if code := refusal_code(text):
            self._tell(self._hint)
            self.forget()
            await self.app.backend.open()
            open_code(self.app, code)
            return
        self._tell(Content.styled(_("Recherche…"), "$muted"))
        try:
            desk = await self.app.backend.open()
            facts = await self.app.backend.ask(lambda desk: read_box(text))
            if isinstance(facts, str):
                self._trouble(facts)
                return
            found = await self.app.backend.ask(lambda desk: desk.find(facts, purpose, call=self._call))
            if found.case is None:
                self._call = found.call
                self._trouble(not_one(found, facts, desk))
                return
            case = found.case
            state = await self.app.backend.ask(lambda desk: desk.call_state(case))
        except Failed as failure:
            self._tell(self._hint)
            if failure.trouble is not Trouble.CUT:
                self._trouble(failure.sentence)
            self.app.say(Tone.BAD, failure.sentence)
            return
        self._open(state, facts)

    def _open(self, state: "CallState", facts: "SearchFacts | None") -> None:
        """Empties the box for the next caller and goes to the call."""
        from screens.flow import begin

        self._call = None
        self.app.say(Tone.PLAIN, "")
        self.forget()
        self.query_one("#purpose", Input).value = ""
        self._tell(self._hint)
        begin(self.app, state, facts)

    def on_screen_resume(self) -> None:
        """Back from a call: the list is read again, the caret is in the box."""
        self.take_focus()
        if self.app.backend.desk is not None:
            self.reload()

    def _tell(self, content: Content) -> None:
        """What stands under the box; a letter that leaves it as it is lays nothing out again."""
        if content.plain != self._under_box:
            self._under_box = content.plain
            self.query_one("#hint", Static).update(content)

    def _trouble(self, sentence: str) -> None:
        self._tell(Content.assemble(("▲ ", "$warn"), (clean(sentence), "$ink")))
