"""Bare Textual apps that the screens are measured against: `table` (the floor of a start), `input`."""

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, Input

LINES = 50


class Table(App[None]):
    """Header, footer, a table of 50 rows with the focus."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("numéro", "nom", "état")
        table.add_rows((f"ligne {number}", "Dubois", "en attente") for number in range(LINES))
        table.focus()


class Box(App[None]):
    """One input."""

    def compose(self) -> ComposeResult:
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False


if __name__ == "__main__":
    (Box if sys.argv[1:] == ["input"] else Table)().run()
