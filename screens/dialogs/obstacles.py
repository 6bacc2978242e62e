"""B: what usually goes wrong at the person's step: what their page says then, what to say, what to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ameli_support.i18n import _, typeset
from ameli_support.onboarding.difficulties import Difficulty
from ameli_support.onboarding.wording import plain
from screens.dialogs.base import Dialog
from screens.safe import clean
from screens.widgets.blocks import script

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from screens.widgets.line import Part


class Obstacles(Dialog[None]):
    """Reads only: ↑ ↓ or a digit choose one, the record's own first; ← → scroll what does not fit."""

    BINDINGS: ClassVar["list[BindingType]"] = [
        Binding("right,pagedown", "scroll(6)", "", priority=True),
        Binding("left,pageup", "scroll(-6)", "", priority=True),
    ]

    def __init__(self, where: str, found: Sequence[Difficulty]) -> None:
        super().__init__(_("Blocages : {where}").format(where=where), "", "")
        self.found = tuple(found)

    def compose_body(self) -> "ComposeResult":
        """The list, then the one chosen."""
        yield OptionList(*(self._option(at, one) for at, one in enumerate(self.found)), id="obstacles")
        with VerticalScroll(id="obstacle", can_focus=False):
            yield Static("", id="to-say", markup=False)
            yield Static("", id="to-do", markup=False)
            yield Static("", id="page-says", markup=False)

    def on_mount(self) -> None:
        """The first one is open."""
        super().on_mount()
        self.query_one("#consequence").display = False
        self.query_one("#trouble").display = False
        self.query_one("#obstacles", OptionList).highlighted = 0

    def leave_label(self) -> str:
        """Nothing to cancel."""
        return _("Fermer")

    def refresh_feet(self) -> None:
        """« ↑ ↓ choisir »."""
        more = self.query_one("#obstacle").max_scroll_y > 0
        parts: list[Part] = [("↑ ↓", "bold $ink"), (" " + _("choisir"), "$muted")]
        if more:
            parts += [("   ← →", "bold $ink"), (" " + _("lire la suite"), "$muted")]
        content = Content.assemble(*parts)
        self.query_one("#validate", Static).update(content)

    def take_focus(self) -> None:
        """The list."""
        self.query_one("#obstacles").focus()

    def action_digit(self, digit: int) -> None:
        """A digit opens one of the first nine."""
        if 0 < digit <= len(self.found):
            self.query_one("#obstacles", OptionList).highlighted = digit - 1

    def action_validate(self) -> None:
        """Nothing to validate."""

    def action_scroll(self, by: int) -> None:
        """The rest of a long one, in a low terminal."""
        self.query_one("#obstacle").scroll_relative(y=by, animate=False)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._open(self.found[event.option_index])

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_leave()

    def _option(self, at: int, one: Difficulty) -> Option:
        digit = f"{at + 1}" if at < 9 else " "
        parts: list[Part] = [(f"{digit}  ", "$muted"), (clean(typeset(one.label)), "$ink")]
        if one.noticed:
            parts += [("  ▲ ", "$warn"), (_("constaté"), "$ink")]
        return Option(Content.assemble(*parts))

    def _open(self, one: Difficulty) -> None:
        quoted = [_("« {text} »").format(text=clean(plain(typeset(text)))) for text in one.page]
        says = self.query_one("#page-says", Static)
        says.display = bool(quoted)
        heading = (_("Ce que dit sa page") + "\n", "$muted")
        says.update(Content.assemble(heading, ("\n".join(quoted), "$ink")))
        self.query_one("#to-say", Static).update(script([typeset(line) for line in one.say]))
        self.query_one("#to-do", Static).update(
            Content.assemble((_("À faire") + "\n", "$muted"), (clean(typeset(one.do)), "$ink"))
        )
        self.query_one("#obstacle").scroll_home(animate=False)
        self.call_after_refresh(self.refresh_feet)
