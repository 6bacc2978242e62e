"""What is dictated, pasted or slips on an AZERTY keyboard becomes the address that was meant.

Only what has one reading is changed; every change is told (`Step`), so that the agent reads it back.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from ameli_support.mail.domains import is_known
from ameli_support.mail.spelling import as_domain, spelt, with_digits

# longer texts are no address; the cleaning looks no further
MAX_TEXT = 1000


class Step(StrEnum):
    """One kind of change."""

    DICTATED = "dictated"
    PASTED = "pasted"
    SPACES = "spaces"
    PUNCTUATION = "punctuation"
    ACCENTS = "accents"
    AZERTY = "azerty"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The address in lower case, its domain in IDNA form where it has one, and what was changed."""

    text: str
    steps: tuple[Step, ...]


_ALONE = r"(?<!\S)(?:{})(?!\S)"
# said aloud, and the sign that is meant; the longer first
_SAID = tuple(
    (re.compile(_ALONE.format(words)), sign)
    for words, sign in (
        (r"(?:tout |c'est )?(?:en un (?:seul )?mot|attach[ée]s?|coll[ée]s?|en (?:minuscule|majuscule)s?"
         r"|sans (?:espace|accent)s?)", ""),
        (r"tiret (?:du |d'en )?(?:bas|8|huit)|under ?score|barre du bas|soulign[ée]", "_"),
        (r"trait d[' ]union|tiret (?:du )?(?:6|six|milieu|haut)|tiret|moins", "-"),
        (r"point|dot", "."),
        (r"arr?oba(?:se?|z|sse)|a commercial", "@"),
        (r"plus", "+"),
        (r"apostrophe", "'"),
    )
)  # fmt: skip
_SAID_AT = re.compile(_ALONE.format("at|chez|à|a"))
_BRACKETED = re.compile(
    r"\s*[(\[{<]\s*(arr?obase|at|a|à|point|dot|tiret|underscore)\s*[)\]}>]\s*", re.IGNORECASE
)
_BRACKETED_SIGN = {"point": ".", "dot": ".", "tiret": "-", "underscore": "_"}
_GLUED_AT = re.compile(r"arr?obas[es]?e?")
_GLUED_DOT = re.compile(r"point(fr|com|net|org|me|eu|be|ch)$")
_ANGLED = re.compile(r"<([^<>]{1,400}@[^<>]{1,400})>")
_LINKED = re.compile(r"\(mailto:([^()\s]{1,400})\)")
_LABEL = re.compile(
    r"(?:(?:mon|son|l'|une?) ?)?(?:adresse(?: (?:e-?)?mail)?|e-?mail|mail|courriel|mel) ?(?:est|:|=)"
)
_AROUND = " \t.,;:!?\"'«»“”„‘’`´()[]{}<>*|/\\…·•"
_MARKS = {
    "’": "'",
    "‘": "'",
    "´": "'",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "。": ".",
    "｡": ".",
}
# the digit row of an AZERTY keyboard without Shift
_DIGITS = dict(zip("&é\"'(-è_çà", "1234567890", strict=True))
_UNSHIFTED = re.compile(r"[&é\"'(\-è_çà]{2,}$")
_TELLING = frozenset('&"(')
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"}


def clean(text: str) -> Cleaned:
    """The address that `text` means, as far as it is certain; never raises."""
    steps: dict[Step, None] = {}

    def changed(before: str, after: str, step: Step) -> str:
        if before != after:
            steps[step] = None
        return after

    plain = _characters(text[:MAX_TEXT])
    plain = changed(plain.strip(), _unpasted(plain.strip()), Step.PASTED)
    said = _undictated(plain) if " " in plain or "@" not in plain else _unbracketed(plain)
    plain = changed(plain, said, Step.DICTATED)
    plain = changed(plain, _at_key(plain), Step.AZERTY)
    plain = changed(plain, _joined(plain), Step.SPACES)
    plain = changed(plain, plain.strip(_AROUND), Step.PUNCTUATION)
    local, at, domain = _split(plain)
    if not at:
        return Cleaned(plain, tuple(steps))
    local, domain = local.lstrip("@"), domain.strip("@")
    local = changed(local, local.replace(",", ".").replace(";", "."), Step.PUNCTUATION)
    domain = changed(domain, _dotted(domain), Step.PUNCTUATION)
    if local.endswith("@" + domain):
        local = changed(local, local.removesuffix("@" + domain), Step.REPEATED)
    local = changed(local, _unshifted(local), Step.AZERTY)
    local = changed(local, without_accents(local), Step.ACCENTS)
    if not domain.isascii():
        folded = without_accents(domain)
        domain = changed(domain, folded, Step.ACCENTS) if is_known(folded) else to_idna(domain)
    return Cleaned(f"{local}@{domain}", tuple(steps))


def without_accents(text: str) -> str:
    """Latin letters without their accents; other scripts as they are."""
    kept = []
    for c in text:
        base = unicodedata.normalize("NFKD", _LIGATURES.get(c, c))
        kept.append(base[0] if base[0].isascii() and len(_LIGATURES.get(c, c)) == 1 else _LIGATURES.get(c, c))
    return "".join(kept)


def to_idna(domain: str) -> str:
    """The ASCII form of a domain (UTS 46), or the domain itself when it has none."""
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return domain


def _characters(text: str) -> str:
    """Compatibility forms resolved, invisible characters gone, every kind of space one space, lower case."""
    marked = "".join(_MARKS.get(c, c) for c in text)
    kept = []
    for c in unicodedata.normalize("NFKC", marked):
        kind = unicodedata.category(c)
        if kind in ("Cf", "Cs", "Co", "Cn"):
            continue
        kept.append(" " if kind in ("Cc", "Zs", "Zl", "Zp") else c)
    return unicodedata.normalize("NFC", " ".join("".join(kept).lower().split()))


def _unpasted(text: str) -> str:
    """What stands in the brackets of a name-and-address, in a link, after « adresse : »."""
    if inner := _ANGLED.search(text) or _LINKED.search(text):
        text = inner[1].strip()
    if label := _LABEL.match(text):
        text = text[label.end() :].strip()
    if text.startswith("mailto:"):
        text = unquote(text.removeprefix("mailto:").partition("?")[0]).strip().lower()
    return text


def _unbracketed(text: str) -> str:
    return _BRACKETED.sub(lambda found: _BRACKETED_SIGN.get(found[1], "@"), text)


def _undictated(text: str) -> str:
    """Words for signs become signs; « at », « chez » and « à » only where no other @ is."""
    text = spelt(_unbracketed(text))
    for words, sign in _SAID:
        text = words.sub(sign, text)
    if "@" not in text:
        text = _SAID_AT.sub("@", text, count=1)
    if "@" not in text and (glued := _GLUED_AT.search(text)):
        text = f"{text[: glued.start()]}@{text[glued.end() :]}"
        text = _GLUED_DOT.sub(r".\1", text)
    local, at, domain = text.rpartition("@")
    if at and " " in local.strip():
        text = f"{with_digits(local)}@{domain}"
    local, at, domain = text.rpartition("@")
    if at and " " in domain.strip():
        text = f"{local}@{as_domain(domain)}"
    return " ".join(text.split())


def _at_key(text: str) -> str:
    """« à » is the key of @ without AltGr: jean.dupontàorange.fr."""
    before, slip, after = text.partition("à")
    fits = slip and before and "@" not in text and "à" not in after and "." in after
    return f"{before}@{after}" if fits else text


def _joined(text: str) -> str:
    """Without spaces; of a sentence around a whole address, the address alone."""
    words = text.split(" ")
    if len(set(words)) == 1 and "@" in words[0]:
        return words[0]
    whole = [word for word in words if re.fullmatch(r"[^@]+@[^@]+\.[^@.,;:!?]{2,}[.,;:!?]*", word)]
    if len(whole) == 1 and len(words) > 2 and all(len(word) > 2 for word in words) and text.count("@") == 1:
        return whole[0]
    return "".join(words)


def _split(text: str) -> tuple[str, str, str]:
    return re.sub("@+", "@", text).rpartition("@")


def _dotted(domain: str) -> str:
    """Commas and the like are dots that slipped; no dot is doubled or stands at an end."""
    dotted = re.sub(r"[,;:.]+", ".", domain)
    return dotted.strip(".")


def _unshifted(local: str) -> str:
    """Digits typed without Shift at the end of a name: dupont&é is dupont12."""
    found = _UNSHIFTED.search(local)
    if found is None or not found.start() or not _TELLING & set(found[0]):
        return local
    return local[: found.start()] + "".join(_DIGITS[c] for c in found[0])
