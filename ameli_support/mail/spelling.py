"""Spelling aloud in French: « j comme Julie », « deux l », « e accent aigu », « soixante-quinze »."""

import re

_ALONE = r"(?<!\S)(?:{})(?!\S)"
_NOTE = r"(?:majuscule|minuscule|accent (?:aigu|grave|circonflexe)|tr[ée]ma|c[ée]dille)"
# a letter by a word that begins with it; a wrong word does not change the letter
_LIKE = re.compile(
    rf"(?<!\S)([a-zà-ÿ0-9])(?: {_NOTE}){{0,3}} (?:comme|pour)(?: (?:dans|le|la|les|un|une))? "
    r"[a-zà-ÿ'-]{2,30}(?!\S)"
)
_MARKED = re.compile(rf"(?<!\S)([a-zà-ÿ])(?: {_NOTE}){{1,3}}(?!\S)")
_TWICE = re.compile(_ALONE.format(r"(?:double|deux fois|2 fois) ([a-uw-z])"))
_TWO = re.compile(_ALONE.format(r"(?:deux|2) ([a-uw-z])"))
_LETTERS = tuple(
    (re.compile(_ALONE.format(words)), letter)
    for words, letter in ((r"double[ -]?v[ée]?", "w"), (r"i[ -]grec", "y"), (r"espace", ""))
)
_FILLERS = re.compile(_ALONE.format(r"euh|alors|donc|puis|ensuite|voil[àa]|c'est|ça s'[ée]crit|avec un"))
_SPELT = re.compile(
    r"(?<!\S)[a-z] (?:comme|pour) |(?<!\S)(?:double|i grec|arr?oba\w{0,3}|a commercial|tiret|point)(?![\w@])"
)
_PAUSES = re.compile(r"[,;…](?=\s|$)|\.(?=\s)")

_UNITS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
_TEENS = ("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf")
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre-vingt": 80}


def _numbers() -> dict[str, str]:
    """Every number from 0 to 99 as it is written with hyphens, and those of Belgium and Switzerland."""
    said = {word: str(number) for number, word in enumerate((*_UNITS, *_TEENS))}
    said |= {"zero": "0", "une": "1"}
    for word, ten in _TENS.items():
        below = 20 if ten in (60, 80) else 10
        said[word] = str(ten)
        for more in range(1, below):
            unit = (*_UNITS, *_TEENS)[more]
            said[f"{word}-{unit}"] = str(ten + more)
            if more in (1, 11):
                said[f"{word}-et-{unit}"] = str(ten + more)
    said["quatre-vingts"] = "80"
    for word, ten in (("septante", 70), ("huitante", 80), ("octante", 80), ("nonante", 90)):
        said[word] = str(ten)
        said |= {f"{word}-{unit}": str(ten + more) for more, unit in enumerate(_UNITS) if more}
        said[f"{word}-et-un"] = str(ten + 1)
    return said


_SAID = _numbers()
_NUMBER = re.compile(
    _ALONE.format("|".join(sorted((word.replace("-", "[ -]") for word in _SAID), key=len, reverse=True)))
)


def spelt(text: str) -> str:
    """`text` (lower case, one space between words) with spelt letters as letters; unspelt text as it is."""
    if not _SPELT.search(text):
        return text
    text = " ".join(_FILLERS.sub(" ", _PAUSES.sub("", text)).split())
    letters = len(re.findall(r"(?<!\S)[a-zà-ÿ](?!\S)", text))
    text = _LIKE.sub(r"\1", text)
    text = _MARKED.sub(r"\1", text)
    for words, letter in _LETTERS:
        text = words.sub(letter, text)
    text = _TWICE.sub(r"\1\1", text)
    return " ".join((_TWO.sub(r"\1\1", text) if letters > 1 else text).split())


def with_digits(local: str) -> str:
    """Numbers in words as digits, in what stands before the @ (« neuf » behind it is a provider)."""
    return _NUMBER.sub(lambda found: _SAID[found[0].replace(" ", "-")], local)


# names of letters as they are written by ear, and top levels that are heard as words
_NAMED = {
    "bé": "b", "cé": "c", "dé": "d", "effe": "f", "èfe": "f", "gé": "g", "hache": "h", "aïe": "i", "ji": "j",
    "elle": "l", "emme": "m", "ème": "m", "enne": "n", "ène": "n", "pé": "p", "erre": "r", "ère": "r",
    "esse": "s", "èsse": "s", "té": "t", "vé": "v", "ixe": "x", "iks": "x", "zède": "z",
}  # fmt: skip
_HEARD_TOPS = {"nette": "net", "nète": "net", "comme": "com", "komm": "com", "effère": "fr", "mi": "me"}


def as_domain(said: str) -> str:
    """What was said behind the @: letters by their names, the top level as it is heard."""
    words = [_NAMED.get(word, word) for word in said.split(" ")]
    name, dot, top = " ".join(words).rpartition(".")
    return f"{name}{dot}{_HEARD_TOPS.get(top.strip(), top)}" if dot else " ".join(words)
