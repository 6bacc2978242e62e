"""The key bar: the keys of the screen in front, from the registry; what does not fit is left to F1."""

from typing import TYPE_CHECKING

from textual.content import Content

from ameli_support.i18n import _
from screens.actions import ACTIONS, BY_ID, Action, Scope, key_label
from screens.widgets.line import Line, Part

if TYPE_CHECKING:
    from screens.app import AmeliSupport

GAP, GAP_COMPACT = 4, 2


class KeyBar(Line):
    """The last row of every screen."""

    app: "AmeliSupport"

    def __init__(self, scope: Scope, also: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.scope = scope
        self.also = also

    def left(self) -> Content:
        """Key in bold, label muted; stops before the last one that would be cut."""
        parts: list[Part] = []
        used, room = 0, self.content_size.width
        gap = GAP if self.wide else GAP_COMPACT
        shown = [each for each in ACTIONS if each.shown and each.scope in (Scope.APP, self.scope)]
        if not self.wide and self.scope is Scope.DIAGNOSIS:  # its own keys first, F1 names the palette
            shown.sort(key=lambda each: each.id == "app.palette")
        long = self.wide and sum(self._length(each, long=True) + gap for each in shown) - gap <= room
        for action in (*shown, *(BY_ID[name] for name in self.also)):
            key, label = self._words(action, long=long)
            length = self._length(action, long=long)
            if used + length > room:
                break
            parts += [(" " * gap if parts else "", "$muted"), (key, "bold $ink"), (f" {label}", "$muted")]
            used += length + gap
        return Content.assemble(*parts)

    def _words(self, action: Action, *, long: bool) -> tuple[str, str]:
        """Key and label, the short one where not all the long ones fit."""
        label = action.label if long else action.short or action.label
        return key_label(action, self.app.launch.keymap), _(label)

    def _length(self, action: Action, *, long: bool) -> int:
        key, label = self._words(action, long=long)
        return len(key) + 1 + len(label)
