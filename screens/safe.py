"""Text from outside, made harmless for a terminal: nothing is ever parsed as markup (ux.md)."""

import unicodedata

from rich.cells import cell_len, set_cell_size

_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: str, limit: int = 2000) -> str:
    """`text` as one line: control, format (right-to-left overrides included) and unassigned
    characters gone, line breaks and tabs turned into spaces, at most `limit` characters kept."""
    kept = (
        " " if character in "\n\r\t\u2028\u2029" else character
        for character in text[:limit]
        if character in "\n\r\t" or unicodedata.category(character) not in _DROPPED
    )
    return "".join(kept).strip(" ")


def fit(text: str, width: int) -> str:
    """`text`, cleaned, in at most `width` cells, with « … » when something was left out."""
    line = clean(text)
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, max(width - 1, 0)).rstrip() + "…"


def fit_address(address: str, width: int) -> str:
    """An e-mail address in `width` cells: the local part is cut, never the domain."""
    line = clean(address)
    local, at, domain = line.rpartition("@")
    if cell_len(line) <= width or not at:
        return fit(line, width)
    return fit(local, max(width - cell_len(domain) - 1, 2)) + at + domain
