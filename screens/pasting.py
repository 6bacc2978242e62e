"""What is pasted is made harmless before any field shows it: a terminal obeys control characters."""

from textual.events import Paste
from textual.widget import Widget
from textual.widgets import Input, TextArea

from screens.safe import clean


def harmless(event: Paste, target: Widget | None) -> bool:
    """Cleans the pasted text for the field that has the focus; whether it had to be cut to fit."""
    if getattr(target, "raw_paste", False) and len(event.text.strip().splitlines()) > 1:
        return False  # a whole mail: read, never shown
    if isinstance(target, TextArea):
        event.text = "\n".join(clean(line, len(line)) for line in event.text.splitlines())
        return False
    behind = isinstance(target, Input) and target.cursor_position > 0  # a blank keeps two facts apart
    text = (" " if behind and event.text[:1].isspace() else "") + clean(event.text, len(event.text))
    room = len(text)
    if isinstance(target, Input) and target.max_length is not None:
        room = max(0, target.max_length - len(target.value) + len(target.selected_text))
    event.text = text[:room]
    return len(text) > room
