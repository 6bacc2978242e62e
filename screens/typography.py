"""French typography in a terminal: lines never break at a no-break space (ux-design §8.9).

Textual and Rich split words at every `\\s`, U+00A0 and U+202F included, which would leave « alone at
a line's end. Both ask a module-level regular expression; `cure` replaces it once per process.
"""

import re

import rich._wrap
import textual._wrap

_BREAK = r"[^\S\u00a0\u202f]"
_KEEP = r"[\S\u00a0\u202f]"


def cure() -> None:
    """Make U+00A0 and U+202F hold words together in every wrapped text of this process."""
    rich._wrap.re_word = re.compile(rf"{_BREAK}*{_KEEP}+{_BREAK}*")
    textual._wrap.re_chunk = re.compile(rf"{_KEEP}+{_BREAK}*|{_BREAK}+")
