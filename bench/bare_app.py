"""The floor of every start: a Textual app with one title and one input."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Static


class Bare(App[None]):
    """Paints « Qui appelle ? » and takes a key."""

    def compose(self) -> ComposeResult:
        yield Static("Qui appelle ?")
        yield Input()


if __name__ == "__main__":
    Bare().run()
