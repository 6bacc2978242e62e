"""A code of FranceConnect that a caller reads out: its meaning, what to say, what to do; V notes it."""

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _, language, typeset
from ameli_support.onboarding.franceconnect import Refusal, read_code, refusal
from screens.dialogs.base import Dialog, Leave
from screens.safe import clean
from screens.widgets.blocks import script
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState
    from ameli_support.onboarding.procedure import Procedure


class RefusedCode(Dialog["CallState"]):
    """Explains while one types; V records the code as advice: in the contact `case`, else in a new one
    without a record. Ends with that contact."""

    def __init__(self, procedure: "Procedure", case: int | None = None, code: str = "") -> None:
        verb = _("Noter au dossier") if case is not None else _("Ouvrir un appel sans dossier")
        super().__init__(_("Code d’erreur FranceConnect"), "", verb)
        self.procedure, self.case, self._given = procedure, case, code

    def compose_body(self) -> "ComposeResult":
        """The code, its meaning, what to say, what to do."""
        yield Field("refusal", _("Code lu"), "Y010004", max_length=20)
        yield Static("", id="meaning", markup=False)
        yield Static("", id="to-say", markup=False)
        yield Static("", id="to-do", markup=False)

    def on_mount(self) -> None:
        """A code that was typed on home is there already."""
        field = self.query_one(Field).input
        field.value = self._given
        super().on_mount()
        self.query_one("#consequence").display = False
        self.explain()

    def take_focus(self) -> None:
        """The field, unless its code is there."""
        self.query_one(Leave).focus() if self._given else self.query_one(Field).input.focus()

    @property
    def read(self) -> Refusal | None:
        """What the field holds, explained; None while it is no code."""
        from ameli_support.casework.lookup import read_refusal_code

        typed = self.query_one(Field).value
        code = read_refusal_code(typed) or read_code(typed)
        return refusal(code, self.procedure, language()) if code else None

    @on(Input.Changed)
    def _typing(self) -> None:
        self.explain()
        self.changed()

    @on(Input.Submitted)
    def _typed(self) -> None:
        self.query_one(Leave).focus()

    def explain(self) -> None:
        """Draws what the code means."""
        found = self.read
        self.query_one(Field).mark("√" if found and found.known else "", found.code if found else "", "ok")
        meaning, say, do = (self.query_one(name, Static) for name in ("#meaning", "#to-say", "#to-do"))
        for part in (say, do):
            part.display = found is not None
        if found is None:
            meaning.update(Content.styled(_("Y, puis six chiffres ou lettres de A à F."), "$muted"))
            return
        meaning.update(Content.styled(clean(typeset(found.meaning)), "$ink"))
        say.update(script([typeset(line) for line in found.say]))
        do.update(Content.assemble((_("À faire") + "\n", "$muted"), (clean(typeset(found.do)), "$ink")))

    def missing(self) -> str:
        """A code."""
        return "" if self.read is not None else _("lisez le code")

    def deed(self, desk: "Desk") -> "CallState | None":
        """Records the code as advice given, nothing else."""
        found = self.read
        assert found is not None
        case = self.case if self.case is not None else desk.find_no_record()
        desk.explain_refusal(case, found.code)
        return desk.call_state(case)
