"""What must not stand in a note: a social security number, a code, a link (rules §3, §5, §8)."""

import re
from enum import StrEnum

from ameli_support.mail.tokens import LENGTH, without_tokens
from ameli_support.onboarding.person import NirVerdict, read_nir

NIR_LENGTHS = (15, 13)
_RUN = re.compile(r"[0-9AaBb][0-9AaBb .\-\u00a0\u202f]{11,}")
_LINK = re.compile(
    r"(?i)\bhttps?\s?:\s?//|\bwww\.[a-z0-9-]+\.[a-z]{2,}|\b[a-z0-9.-]+\.[a-z]{2,}/[\w%?=&/-]{8,}"
)
# « code », « code provisoire », « mot de passe », « mdp », then at most four small words, then the thing
_SMALL = r"(?:\s+(?:est|sera|reçu|provisoire|personnel|confidentiel|choisi|de|du|son|le|ameli|:|=|is|was))"
_NAMED = re.compile(
    rf"(?i)\b(?:code|mot\s+de\s+passe|mdp|password)(?!\s+(?:postal|issue|cause|rapide|source|ape|naf)\b)"
    rf"{_SMALL}{{0,4}}\s*[:=]?\s*«?\s*(?P<code>\d{{4,8}}|(?=\S*\d)\S{{6,50}})"
)
_STRONG = re.compile(r"(?<![\w@./-])(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[\w!#$%&*+?-]{8,50}(?![\w@./-])")


class Secret(StrEnum):
    """What a note seems to hold."""

    NIR = "nir"
    CODE = "code"
    LINK = "link"


def secrets_in(text: str) -> tuple[Secret, ...]:
    """What `text` seems to hold that no note may: it warns, it never refuses."""
    found = []
    if _holds_nir(text):
        found.append(Secret.NIR)
    if _NAMED.search(text) or any(len(word[0]) < LENGTH for word in _STRONG.finditer(text)):
        found.append(Secret.CODE)
    if _LINK.search(text) or without_tokens(text) != text:
        found.append(Secret.LINK)
    return tuple(found)


def _holds_nir(text: str) -> bool:
    """Whether a run of digits, with or without separators, reads as a NIR."""
    return any(_reads_as_nir(run[0]) for run in _RUN.finditer(text))


def _reads_as_nir(run: str) -> bool:
    figures = "".join(character for character in run if character.isalnum())
    return any(
        read_nir(figures[start : start + length]).verdict in (NirVerdict.VALID, NirVerdict.PROVISIONAL)
        for length in NIR_LENGTHS
        for start in range(len(figures) - length + 1)
        if figures[start : start + 5].isdigit()
    )
