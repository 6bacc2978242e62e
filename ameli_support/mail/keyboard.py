"""How far a typed word is from the meant one: slips of the keyboard and of the ear cost less than others."""

from functools import lru_cache

# rows and their horizontal offset, in keys
_AZERTY = (("azertyuiop", 0.0), ("qsdfghjklm", 0.25), ("wxcvbn", 0.75))
_QWERTY = (("qwertyuiop", 0.0), ("asdfghjkl", 0.25), ("zxcvbnm", 0.75))
# heard or seen alike: letters that stand for one another
_ALIKE = (
    "iy",
    "ckq",
    "sz",
    "sc",
    "mn",
    "pb",
    "td",
    "fv",
    "gj",
    "o0",
    "l1",
    "i1",
    "il",
    "uv",
    "vw",
    "e3",
    "5s",
    "aeiou",
    "mb",
    "cx",
)
_MARKS = "-._"

DOUBLED, MARK, FINGER, SWAP, ALIKE, MISSING, ADDED, OTHER, FIRST = (
    0.4,
    0.35,
    0.6,
    0.6,
    0.75,
    0.8,
    0.9,
    1.0,
    1.6,
)
# a letter that landed two places away; a word written as it is heard
MOVED, HEARD = 0.9, 0.8
_SPELLINGS = (
    ("ai", "e"),
    ("ei", "e"),
    ("eau", "o"),
    ("au", "o"),
    ("ou", "u"),
    ("oo", "u"),
    ("ph", "f"),
    ("qu", "k"),
    ("ck", "k"),
    ("c", "k"),
    ("y", "i"),
    ("w", "u"),
)


def _neighbours() -> frozenset[tuple[str, str]]:
    pairs = {("w", "z"), ("z", "w"), ("a", "q"), ("q", "a")}  # the same key of the two layouts
    for layout in (_AZERTY, _QWERTY):
        keys = [(c, offset + x, y) for y, (row, offset) in enumerate(layout) for x, c in enumerate(row)]
        for a, xa, ya in keys:
            for b, xb, yb in keys:
                if a != b and abs(ya - yb) <= 1 and abs(xa - xb) <= 1:
                    pairs.add((a, b))
    return frozenset(pairs)


_NEIGHBOURS = _neighbours()
_SOUNDS = frozenset((a, b) for group in _ALIKE for a in group for b in group if a != b)


def _replaced(typed: str, meant: str, first: bool) -> float:
    if (typed, meant) in _NEIGHBOURS:
        return FINGER
    if (typed, meant) in _SOUNDS:
        return ALIKE
    return FIRST if first else OTHER


def _added(typed: str, i: int) -> float:
    """The cost of the extra character `typed[i]`: doubled, a mark, struck beside its neighbour."""
    c = typed[i]
    around = typed[max(0, i - 1) : i] + typed[i + 1 : i + 2]
    if c in _MARKS:
        return MARK
    if i and c == typed[i - 1]:
        return DOUBLED
    return FINGER if any((c, near) in _NEIGHBOURS for near in around) else ADDED


def _left_out(meant: str, j: int) -> float:
    c = meant[j]
    if c in _MARKS:
        return MARK
    return DOUBLED if j and c == meant[j - 1] else MISSING


@lru_cache(maxsize=65536)
def slip(typed: str, meant: str) -> float:
    """Weighted optimal string alignment distance: 0 when equal, near 1 for one slip of the hand or ear."""
    rows = [[0.0]]
    for j in range(len(meant)):
        rows[0].append(rows[0][-1] + _left_out(meant, j))
    for i, c in enumerate(typed):
        extra = _added(typed, i)
        above, row = rows[-1], [rows[-1][0] + extra]
        for j, m in enumerate(meant):
            cost = min(
                above[j] + (0.0 if c == m else _replaced(c, m, i == 0 and j == 0)),
                above[j + 1] + extra,
                row[j] + _left_out(meant, j),
            )
            if i and j and c != m and c == meant[j - 1] and typed[i - 1] == m:
                cost = min(cost, rows[i - 1][j - 1] + SWAP)
            if i > 1 and j > 1 and c != m and _moved(typed[i - 2 : i + 1], meant[j - 2 : j + 1]):
                cost = min(cost, rows[i - 2][j - 2] + MOVED)
            row.append(cost)
        rows.append(row)
    if rows[-1][-1] > HEARD and len(meant) >= 5 and heard(typed) == heard(meant):
        return HEARD
    return rows[-1][-1]


def _moved(typed: str, meant: str) -> bool:
    return typed in (meant[1:] + meant[0], meant[2] + meant[:2])


@lru_cache(maxsize=65536)
def heard(word: str) -> str:
    """A word as a French ear spells it, without doubled letters: gmel and gmail are one."""
    for written, sound in _SPELLINGS:
        word = word.replace(written, sound)
    return "".join(c for i, c in enumerate(word) if c != word[i - 1 : i])
