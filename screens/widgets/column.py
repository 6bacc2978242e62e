"""« Vous pouvez »: every action at its fixed place, with its hint or the reason why not."""

from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.widget import Widget

from ameli_support.i18n import _
from screens.actions import BY_ID, key_label
from screens.picture import Offer, Offered
from screens.widgets.line import Part

if TYPE_CHECKING:
    from screens.app import AmeliSupport

PAIRED = ("call.note", "call.conclude")
PAIR_WIDTH = 14
SECOND_ROW = "call.diagnose"  # of keys, when the terminal is narrow


class Column(Widget):
    """The right column; two rows of keys and one of reasons when the terminal is narrow."""

    app: "AmeliSupport"

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Offer, ...] = ()
        self._places: dict[tuple[int, int], str] = {}

    def show(self, offers: tuple[Offer, ...]) -> None:
        """Draws other offers."""
        if offers != self._offers:
            self._offers = offers
            self.refresh()

    def render(self) -> Content:
        """By the layout."""
        self._places = {}
        return self._rows() if self.app.size.width >= 118 else self._two_rows()

    def _chip(self, offer: Offer) -> list[Part]:
        key = key_label(BY_ID[offer.action], self.app.launch.keymap)
        if offer.recommended:
            return [(f" {key} ", "bold $on-accent on $accent")]
        if offer.state is Offered.FORBIDDEN:
            return [(f" {key} ", "$muted")]
        return [(f" {key} ", "bold $ink on $raised")]

    @staticmethod
    def _ink(offer: Offer) -> str:
        if offer.state is Offered.FORBIDDEN:
            return "$muted"
        return "bold $ink" if offer.recommended else "$ink"

    def _rows(self) -> Content:
        parts: list[Part] = []
        row = 0
        pair = [offer for offer in self._offers if offer.action in PAIRED]
        for offer in self._offers:
            if offer in pair:
                continue
            self._places |= {(row, 0): offer.action, (row + 1, 0): offer.action}
            parts += [*self._chip(offer), (f" {_(BY_ID[offer.action].label)}\n", self._ink(offer))]
            parts += [(f"    {_why(offer)}\n\n", "$muted")]
            row += 3
        for index, offer in enumerate(pair):
            self._places[row, index * PAIR_WIDTH] = offer.action
            label = f" {_(BY_ID[offer.action].label)}".ljust(PAIR_WIDTH - 3)
            parts += [*self._chip(offer), (label, self._ink(offer))]
        return Content.assemble(*parts)

    def _two_rows(self) -> Content:
        parts: list[Part] = []
        column = 0
        row = 0
        for offer in self._offers:
            label = f" {_(BY_ID[offer.action].short)}"
            if offer.action == SECOND_ROW:
                parts.append("\n")
                row, column = 1, 0
            self._places[row, column] = offer.action
            width = 15 if offer.action != "call.correct" else 13
            parts += [*self._chip(offer), (label.ljust(width - 3), self._ink(offer))]
            column += width + 1
            parts.append(" ")
        parts += ["\n", *self._reasons()]
        return Content.assemble(*parts)

    def _reasons(self) -> list[Part]:
        """« × E : inutile avant le 03/12 ; A : niveau 2 d’abord », as many as fit, forbidden first."""
        told = [offer for offer in self._offers if offer.hint and offer.state is not Offered.OPEN]
        told.sort(key=lambda offer: offer.state is not Offered.FORBIDDEN)
        groups: dict[str, list[str]] = {}
        for offer in told:
            groups.setdefault(offer.hint, []).append(key_label(BY_ID[offer.action], self.app.launch.keymap))
        form, between = _("{keys} : {hint}"), _(" ; ")
        pieces = [form.format(keys=", ".join(keys), hint=hint) for hint, keys in groups.items()]
        width = self.content_size.width - 2
        while pieces and len(between.join(pieces)) > width:
            pieces.pop()
        if not pieces:
            return []
        sign = "× " if told[0].state is Offered.FORBIDDEN else "  "
        return [(sign + between.join(pieces), "$muted")]

    def on_click(self, event: events.Click) -> None:
        """A click is the action's key."""
        fitting = [
            (x, action) for (row, x), action in self._places.items() if row == event.y and x <= event.x
        ]
        if fitting:
            handler = BY_ID[max(fitting)[1]].handler
            self.call_later(self.screen.run_action, handler)


def _why(offer: Offer) -> str:
    return f"× {offer.hint}" if offer.state is Offered.FORBIDDEN else offer.hint
