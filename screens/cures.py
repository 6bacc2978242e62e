"""Two faults of Textual cured once per process: line breaks at no-break spaces, closed widgets kept alive."""

import re
from functools import lru_cache

import rich._wrap
import textual._wrap
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style

_BREAK = r"[^\S\u00a0\u202f]"
_KEEP = r"[\S\u00a0\u202f]"


def cure() -> None:
    """Puts both right in every app of this process."""
    hold_words_together()
    let_go_of_widgets()


def hold_words_together() -> None:
    """U+00A0 and U+202F never break a line (ux-design §8.9).

    Textual and Rich split words at every `\\s`, which would leave « alone at a line's end. Both ask
    a module-level regular expression.
    """
    rich._wrap.re_word = re.compile(rf"{_BREAK}*{_KEEP}+{_BREAK}*")
    textual._wrap.re_chunk = re.compile(rf"{_KEEP}+{_BREAK}*|{_BREAK}+")


def let_go_of_widgets() -> None:
    """A closed widget's drawn lines are freed.

    Textual caches `StylesCache.get_inner_outer` with its object as part of the key, which keeps the
    last thousand widgets' lines for good: some 40 MiB after fifty calls.
    """
    StylesCache.get_inner_outer = _of_any_widget  # type: ignore[method-assign, assignment]


def _of_any_widget(_cache: StylesCache, base: Color, background: Color) -> tuple[Style, Style]:
    return _inner_outer(base, background)


@lru_cache(1024)
def _inner_outer(base: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base + background), Style(background=base)
