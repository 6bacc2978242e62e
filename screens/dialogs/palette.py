"""The palette: every action of the registry, found by words without accents (ux.md)."""

import unicodedata
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role
from screens.actions import BY_ID, Action, Scope, key_label, of_scope
from screens.frame import Framed
from screens.widgets.field import Typed

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from screens.app import AmeliSupport

SUPERVISORS = {
    *("call.unlock", "call.lift", "call.cancel", "call.reassign"),
    *("app.set_banner", "app.clear_banner", "app.providers"),
}
NOT_SUPERVISORS = {
    *("call.resend", "call.reissue", "call.correct"),
    *("call.check", "call.dispute", "call.agree", "call.unmask"),
}
LABEL = 28


def fold(text: str) -> str:
    """Lower case without accents, typographic variants levelled."""
    levelled = text.replace("’", "'").replace("\u00a0", " ").replace("œ", "oe")
    return "".join(c for c in unicodedata.normalize("NFD", levelled) if not unicodedata.combining(c)).lower()


def offered(screen: "Screen[object]", app: "AmeliSupport") -> list[Action]:
    """The actions of the screen in front, and those of the app."""
    scope = screen.SCOPE if isinstance(screen, Framed) else Scope.APP
    supervisor = app.backend.desk is not None and app.backend.desk.me.role is Role.SUPERVISOR
    hidden = NOT_SUPERVISORS if supervisor else SUPERVISORS
    if app.launch.demo is None or app.launch.demo.addresses is None:
        hidden = hidden | {"app.addresses"}
    if app.launch.check_pin is None:
        hidden = hidden | {"app.lock"}
    scopes = dict.fromkeys((scope, Scope.APP))
    also = [BY_ID[name] for name in (screen.ALSO_SHOWN if isinstance(screen, Framed) else ())]
    found = [action for each in scopes for action in of_scope(each)]
    everything = dict.fromkeys((*found, *also))
    return [action for action in everything if action.palette and action.id not in hidden]


def matching(actions: list[Action], query: str) -> list[Action]:
    """Those that hold every word of the query in label or explanation; labels first."""
    words = fold(query).split()
    found = [
        action
        for action in actions
        if all(word in fold(f"{_(action.label)} {_(action.tooltip)}") for word in words)
    ]
    return sorted(found, key=lambda action: not all(word in fold(_(action.label)) for word in words))


class Palette(ModalScreen[str | None]):
    """Ends with the id of the chosen action."""

    CSS_PATH = "palette.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar["list[BindingType]"] = [
        ("escape", "leave", ""),
        ("down", "move(1)", ""),
        ("up", "move(-1)", ""),
    ]
    app: "AmeliSupport"

    def __init__(self, screen: "Screen[object]") -> None:
        super().__init__()
        self._behind = screen

    def compose(self) -> "ComposeResult":
        """Field, list, and one line of help."""
        with Vertical(id="dialog"):
            yield Typed("command", _("Chercher une commande"), 60)
            yield OptionList(id="found", markup=False)
            yield Static("", id="help", markup=False)

    def on_mount(self) -> None:
        """Everything, before a letter is typed."""
        self.query_one("#found").can_focus = False
        self.query_one(Typed).focus()
        self._search("")

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, query: str) -> None:
        found = self.query_one("#found", OptionList)
        found.clear_options()
        keymap = self.app.launch.keymap
        for action in matching(offered(self._behind, self.app), query):
            label = Content.assemble(
                (_(action.label).ljust(LABEL), "$ink"), (key_label(action, keymap), "bold $muted")
            )
            found.add_option(Option(label, id=action.id))
        if found.option_count:
            found.highlighted = 0
        else:
            self._help(_("Aucune commande ne correspond. Effacez pour les voir toutes."))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id:
            self._help(_(BY_ID[event.option_id].tooltip))

    def _help(self, text: str) -> None:
        self.query_one("#help", Static).update(Content.styled(text, "$muted"))

    def action_move(self, by: int) -> None:
        """↑ ↓ go through the list while the caret stays in the field."""
        found = self.query_one("#found", OptionList)
        if found.option_count:
            found.highlighted = ((found.highlighted or 0) + by) % found.option_count

    @on(Input.Submitted)
    def _submitted(self) -> None:
        found = self.query_one("#found", OptionList)
        if found.highlighted is not None:
            self.dismiss(found.get_option_at_index(found.highlighted).id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_leave(self) -> None:
        """Échap: nothing is done."""
        self.dismiss(None)
