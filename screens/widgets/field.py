"""A labelled field on one row: the label turns bold with the focus, a mark may stand behind it."""

from typing import TYPE_CHECKING

from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Typed(Input):
    """A field whose caret never blinks (a blinking caret is the only idle output of a screen)."""

    def __init__(self, name: str, placeholder: str = "", max_length: int = 320, value: str = "") -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            id=f"field-{name}",
            max_length=max_length,
            select_on_focus=False,
        )
        self.cursor_blink = False


class Field(Container):
    """Label, field, mark."""

    def __init__(self, name: str, label: str, placeholder: str = "", *, max_length: int = 320) -> None:
        super().__init__(id=f"row-{name}", classes="field")
        self.key = name
        self._label = label
        self._placeholder = placeholder
        self._max_length = max_length

    def compose(self) -> "ComposeResult":
        """One row."""
        yield Static(self._label, classes="label", markup=False)
        yield Typed(self.key, self._placeholder, self._max_length)
        yield Static("", classes="mark", markup=False)

    def on_descendant_focus(self) -> None:
        """The label turns bold."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """And back."""
        self.remove_class("-focused")

    @property
    def input(self) -> Typed:
        """The field itself."""
        return self.query_one(Typed)

    @property
    def value(self) -> str:
        """What was typed, without surrounding spaces."""
        return self.input.value.strip()

    def mark(self, sign: str = "", text: str = "", token: str = "muted") -> None:
        """Puts « √ déjà donné » or the like behind the field; nothing clears it."""
        content = Content.assemble((f"{sign} ", f"${token}"), (text, "$muted")) if sign else Content("")
        self.query_one(".mark", Static).update(content)
