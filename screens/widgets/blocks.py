"""The two blocks of the middle: what the person sees (theirs, grey bar), what to say (ours, accent bar)."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from ameli_support.i18n import _
from ameli_support.onboarding.wording import spans
from screens.safe import clean


class OnScreen(Static):
    """« Sur son écran »."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._lines: Sequence[str] = ()

    def show(self, lines: Sequence[str]) -> None:
        """Draws other lines."""
        if lines != self._lines:
            self._lines = lines
            self.update(Content.styled("\n".join(clean(line) for line in lines), "$ink"))


class ToSay(Static):
    """« À dire »: one sentence a line, quoted as a whole, the words to stress in bold."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._sentences: Sequence[str] = ()

    def show(self, sentences: Sequence[str]) -> None:
        """Draws another script."""
        if sentences != self._sentences:
            self._sentences = sentences
            self.update(script(sentences))


def script(sentences: Sequence[str]) -> Content:
    """The sentences in « », `**stressed**` words in bold."""
    text = "\n".join(clean(sentence) for sentence in sentences)
    if not text:
        return Content("")
    quoted = _("« {text} »").format(text=text)
    parts = [(part, "bold $ink" if stressed else "$ink") for part, stressed in spans(quoted)]
    return Content.assemble(*parts)
