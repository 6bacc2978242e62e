"""F1: explains what has the focus, then the keys of the screen, all from the registry."""

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from ameli_support.i18n import _
from screens.actions import BY_ID, Scope, key_label, of_scope
from screens.dialogs.explaining import about, explain
from screens.frame import Framed

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from screens.app import AmeliSupport
    from screens.widgets.line import Part

KEY, TEXT = 9, 64


class Help(ModalScreen[None]):
    """Any key that leaves a dialog leaves it."""

    CSS_PATH = "palette.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar["list[BindingType]"] = [
        ("escape,f1,enter", "leave", ""),
        ("down", "scroll(3)", ""),
        ("up", "scroll(-3)", ""),
        ("pagedown,space", "scroll(12)", ""),
        ("pageup", "scroll(-12)", ""),
    ]
    app: "AmeliSupport"

    def __init__(self, screen: "Screen[object]") -> None:
        super().__init__()
        self._behind = screen

    def compose(self) -> "ComposeResult":
        """One text, scrolled when the terminal is low."""
        with Vertical(id="dialog"), VerticalScroll(id="scroll", can_focus=False):
            yield Static(self.text(), id="text", markup=False)

    def text(self) -> Content:
        """The focused thing, the screen's keys, the app's keys, copying."""
        focused = self._behind.focused
        scope = self._behind.SCOPE if isinstance(self._behind, Framed) else Scope.DIALOG
        parts: list[Part] = []
        explained = explain(focused.id or "" if focused is not None else "") or about(self._behind)
        if explained:
            parts += [(_("Ici") + "\n", "$muted"), (explained + "\n\n", "$ink")]
        scopes = (scope, Scope.HISTORY) if type(self._behind).__name__ == "History" else (scope,)
        for each in dict.fromkeys((*scopes, Scope.APP)):
            heading = _("Partout") if each is Scope.APP else _("Cet écran")
            parts.append((heading + "\n", "$muted"))
            also = [BY_ID[name] for name in getattr(self._behind, "ALSO_SHOWN", ()) if each is scope]
            for action in dict.fromkeys(
                (*of_scope(each), *(one for one in also if one.scope is not Scope.APP))
            ):
                key = key_label(action, self.app.launch.keymap)
                if key:
                    lines = wrap(_(action.tooltip), TEXT - KEY)
                    parts += [(key.ljust(KEY), "bold $ink"), (("\n" + " " * KEY).join(lines) + "\n", "$ink")]
            parts.append("\n")
        parts.append(
            (_("Les lettres n’agissent que hors d’un champ. Maj + glisser sélectionne du texte."), "$muted")
        )
        return Content.assemble(*parts)

    def action_scroll(self, by: int) -> None:
        """Scrolls."""
        self.query_one("#scroll").scroll_relative(y=by, animate=False)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
