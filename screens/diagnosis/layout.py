"""What gives way on the Diagnostic screen when the terminal is low: counted before it is drawn."""

from collections.abc import Iterable
from textwrap import wrap

from screens.diagnosis.picture import DiagnosisPicture

# classes of the body, the next one only when the one before is not enough (diagnosis.tcss)
TIGHTER = ("-together", "-tight", "-tighter", "-tightest", "-least")
AIRY_MOST = 4  # more answers than these stand without blank rows between them
BAR = 3  # columns of the bar and the padding of « À dire »


def rows(texts: Iterable[str], width: int) -> int:
    """The rows that texts take in `width` columns."""
    return sum(max(len(wrap(text, max(width, 1))), 1) for text in texts)


def level(
    shown: DiagnosisPicture, width: int, height: int, *, wide: bool, padded: bool, roomy: bool
) -> tuple[int, int]:
    """How many of TIGHTER are needed in a body of `height` rows, and the rows left for what to look for.

    `width`: of the middle; `padded`: « À dire » has a blank row above and below; `roomy`: answers may stand
    apart.
    """
    need = 0
    for tight in range(len(TIGHTER) + 1):
        need = _others(shown, width, tight, wide=wide, padded=padded, roomy=roomy)
        if need + rows(shown.seek, width) * bool(shown.seek) <= height:
            return tight, rows(shown.seek, width)
    return len(TIGHTER), max(height - need, 1)


def _others(shown: DiagnosisPicture, width: int, tight: int, *, wide: bool, padded: bool, roomy: bool) -> int:
    """The rows of everything but the lines of what to look for."""
    said = ("« " + shown.say[0], *shown.say[1:-1], shown.say[-1] + " »") if len(shown.say) > 1 else shown.say
    gaps, titles, last = tight < 2, tight < 4, tight < 5
    need = rows(said, width - BAR) + (2 if padded and gaps else 0)
    need += (1 + (tight < 3)) if shown.seek else 0
    need += replies_rows(shown, airy=roomy and not tight)
    need += gaps + rows(shown.why, width) if shown.why and titles else 0
    if wide:
        return need + 1 + (2 if titles else 1)
    need += 3 if titles else 2  # the line of questions
    need += titles  # « À dire »
    need += 2 if gaps else last  # « Réponse », or a blank row
    return need + 1 + last  # the line of causes


def replies_rows(shown: DiagnosisPicture, *, airy: bool) -> int:
    """The rows of the answers."""
    count = len(shown.replies)
    return count * 2 - 1 if airy and 0 < count <= AIRY_MOST else count
