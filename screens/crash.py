"""A defect ends the app with kinds and places alone: a crash report never holds what was typed or shown."""

import sys
from collections.abc import Iterator
from pathlib import Path

from rich.segment import Segments
from rich.text import Text
from textual.app import App

from ameli_support.i18n import _

DEEPEST = 12


class Discreet(App[int]):
    """Textual's own report prints the local variables of every frame, and the error's text."""

    def _fatal_error(self) -> None:
        self.bell()
        lines = [_("Erreur interne : l’application se ferme. Un appel en cours reste à reprendre.")]
        lines += report(sys.exception())
        text = Text("\n".join(lines))
        self._exit_renderables.append(Segments(self.console.render(text, self.console.options)))
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """Errors that bring a drawing of their own are told the same way."""
        self._fatal_error()


def report(error: BaseException | None) -> Iterator[str]:
    """The kind of an error and of those behind it, and where each came through; never their texts."""
    while error is not None:
        yield type(error).__name__
        places = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"  {Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        yield from places[-DEEPEST:]
        error = error.__cause__ or error.__context__
