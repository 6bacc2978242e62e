"""The one look-up box: a text becomes facts to search by, or a sentence about what is wrong (ux.md).

Reads NIR, e-mail, telephone, name with birth date and postcode, or a case number, several at
once, also typed on an AZERTY keyboard without Shift. Nothing read here is ever stored.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from ameli_support.casework.addresses import NotAnAddress, idna_address
from ameli_support.casework.digits import Group, read_groups, segment, wrong_date
from ameli_support.i18n import _, language
from ameli_support.onboarding.franceconnect import read_code
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.person import NirVerdict, fold_name, read_nir

LONGEST = 400  # characters


class Trouble(StrEnum):
    """Why a text cannot be searched by."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NIR_INVALID = "nir_invalid"
    DATE_IMPOSSIBLE = "date_impossible"
    NAME_ALONE = "name_alone"
    BIRTH_DATE_ALONE = "birth_date_alone"
    POSTCODE_ALONE = "postcode_alone"
    ADDRESS_INVALID = "address_invalid"
    PHONE_INVALID = "phone_invalid"
    CASE_WITH_OTHERS = "case_with_others"
    UNREADABLE = "unreadable"
    REFUSAL_CODE = "refusal_code"


@dataclass(frozen=True, slots=True)
class LookupProblem:
    """What is wrong with the text and what is expected, for the person who typed it."""

    trouble: Trouble
    sentence: str


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """What was typed, told apart; `nir` is the normalised number, `email` canonical (IDNA domain)."""

    nir: str | None = field(default=None, repr=False)
    provisional: bool = False
    other_number: bool = False
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    postcode: str | None = field(default=None, repr=False)
    case_number: int | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of what was given, for the access log; never the values."""
        names = ("nir", "email", "phone", "name", "birth_date", "postcode", "case_number")
        return tuple(name for name in names if getattr(self, name) is not None)

    @property
    def level_1_complete(self) -> bool:
        """Whether NIR, name, birth date and postcode are all there: level 1 by one Entrée."""
        return bool(self.nir and self.name and self.birth_date and self.postcode)

    def check_facts(self) -> Mapping[Fact, str]:
        """Those facts that count for level 1, as a caller check wants them."""
        facts = {
            Fact.NIR: self.nir,
            Fact.NAME: self.name,
            Fact.BIRTH_DATE: self.birth_date.isoformat() if self.birth_date else None,
            Fact.POSTCODE: self.postcode,
        }
        return {fact: value for fact, value in facts.items() if value}


def read_refusal_code(text: str) -> str | None:
    """A code of FranceConnect alone, with its Y; its digits may be typed without Shift."""
    plain = _one_line(text)
    if plain[:1] not in ("y", "Y"):
        return None
    return read_code(plain) or read_code(plain[:1] + plain[1:].translate(_TWINS))


def read_lookup(text: str) -> SearchFacts | LookupProblem:
    """Tells apart what the one box holds; never raises."""
    if len(text) > LONGEST:
        return _problem(Trouble.TOO_LONG)
    plain = _digits_of_azerty(_one_line(text))
    if not plain:
        return _problem(Trouble.EMPTY)
    if code := read_refusal_code(text):
        return _code_problem(code)
    whole = _CASE_ALONE.fullmatch(plain)
    if whole:
        return SearchFacts(case_number=int(whole[1]))
    if _CASE_AMONG.search(plain):
        return _problem(Trouble.CASE_WITH_OTHERS)
    facts = SearchFacts()
    words: list[str] = []
    runs: list[list[Group]] = []
    open_run = False
    tokens = _dates_in_words(plain).split()
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if "@" in token:
            facts_or_problem = _with_address(facts, token)
            if isinstance(facts_or_problem, LookupProblem):
                return facts_or_problem
            facts, open_run = facts_or_problem, False
        elif groups := read_groups(token):
            if not open_run:
                runs.append([])
            runs[-1] += groups
            open_run = True
        else:
            open_run = False
            word = _word(token, following)
            if word is None:
                return _problem(Trouble.UNREADABLE)
            words += [word] if word else []
    told = segment(runs)
    if told is None:
        return _number_trouble(runs)
    if told.nir is not None and told.nir.verdict is not NirVerdict.VALID and wrong_date(runs):
        return _problem(Trouble.DATE_IMPOSSIBLE)
    if words:
        facts = replace(facts, name=" ".join(words))
    return _complete(
        replace(
            facts,
            nir=told.nir.normalised if told.nir else None,
            provisional=told.nir is not None and told.nir.verdict is NirVerdict.PROVISIONAL,
            other_number=told.nir is not None and told.nir.verdict is NirVerdict.OTHER,
            birth_date=told.birth_date,
            postcode=told.postcode,
            phone=told.phone,
        )
    )


# ── words ───────────────────────────────────────────────────────────────────

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_TWINS = str.maketrans("&é\"'(-è_çà", "1234567890")
_TWIN_CHARACTERS = set("&é\"'(-è_çà")
_CASE_ALONE = re.compile(r"(?:dossier|case)?\s*(?:n°|nº|#)?\s*:?\s*([0-9]{1,7})", re.IGNORECASE)
_CASE_AMONG = re.compile(
    r"\b(?:dossier|case)\s*(?:n°|nº|#)?\s*:?\s*[0-9]{1,7}\b|#[0-9]{1,7}\b", re.IGNORECASE
)
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_DATE_IN_WORDS = re.compile(r"\b([0-9]{1,2})(?:er)?\s+([^\W\d_]{3,9})\.?\s+([0-9]{4})\b")
_LABELS = frozenset(
    {"ADRESSE", "CODE", "CP", "DATE", "DOSSIER", "EMAIL", "M", "MADAME", "MAIL", "MLLE", "MME", "MONSIEUR"}
    | {"MR", "N", "NAISSANCE", "NE", "NEE", "NIR", "NOM", "NUMERO", "PORTABLE", "POSTAL", "SECU", "TEL"}
    | {"TELEPHONE"}
)
_LINKING = frozenset({"LE", "ET"})
_AROUND = ',;:.()<>«»"!?/|=°º'
_NAME = re.compile(r"[^\W\d_]+(?:['’ʼ\-][^\W\d_]*)*")


def _one_line(text: str) -> str:
    """Without line ends, tabs, no-break and doubled spaces, invisible and control characters."""
    spaced = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return " ".join("".join(c if c.isprintable() else " " for c in spaced).split())


def _digits_of_azerty(text: str) -> str:
    """Digits typed without Shift: a text, or a word of two characters or more, made only of the ten keys."""
    if set(text) - {" "} <= _TWIN_CHARACTERS:
        return text.translate(_TWINS)
    return " ".join(_digits_of_word(word) for word in text.split(" "))


def _digits_of_word(word: str) -> str:
    twins = sum(c in _TWIN_CHARACTERS for c in word)
    corsican = len(word) in (13, 15) and twins == len(word) - 1 and word[6:7] in "ABab"
    return word.translate(_TWINS) if (twins == len(word) and twins > 1) or corsican else word


def _dates_in_words(text: str) -> str:
    def digits(found: re.Match[str]) -> str:
        month = fold_name(found[2]).lower()
        if month not in _MONTHS:
            return found[0]
        return f"{found[1]}/{_MONTHS.index(month) + 1}/{found[3]}"

    return _DATE_IN_WORDS.sub(digits, text)


def _word(token: str, following: str) -> str | None:
    """A word of a name; empty for a label such as « née » or « CP : »; None when it is neither.

    « le » of « née le 24/08 » is none, « le » of « le goff » is.
    """
    bare = token.strip(_AROUND)
    if not bare or fold_name(bare) in _LABELS or (_links(bare) and not _in_a_name(following)):
        return ""
    return bare if _NAME.fullmatch(bare) else None


def _links(bare: str) -> bool:
    return fold_name(bare) in _LINKING and bare.islower()


def _in_a_name(token: str) -> bool:
    bare = token.strip(_AROUND)
    return bool(_NAME.fullmatch(bare)) and fold_name(bare) not in _LABELS and not _links(bare)


def _with_address(facts: SearchFacts, token: str) -> SearchFacts | LookupProblem:
    bare = token.strip(",;:.()<>«»\"'").removeprefix("mailto:")
    try:
        address = idna_address(bare)
    except NotAnAddress:
        return _problem(Trouble.ADDRESS_INVALID)
    if facts.email not in (None, address):
        return _problem(Trouble.UNREADABLE)
    return replace(facts, email=address)


# ── what is missing ─────────────────────────────────────────────────────────


def _complete(facts: SearchFacts) -> SearchFacts | LookupProblem:
    """The facts, when they name somebody; a name wants a birth date."""
    if facts.nir or facts.email or facts.phone or (facts.name and facts.birth_date):
        return facts
    if facts.name:
        return _problem(Trouble.NAME_ALONE)
    if facts.birth_date:
        return _problem(Trouble.BIRTH_DATE_ALONE)
    return _problem(Trouble.POSTCODE_ALONE if facts.postcode else Trouble.UNREADABLE)


def _number_trouble(runs: Sequence[Sequence[Group]]) -> LookupProblem:
    """Why the digits are none of what can be looked for: a date that is none, else the longest row."""
    if wrong_date(runs):
        return _problem(Trouble.DATE_IMPOSSIBLE)
    digits = max(("".join(group.text for group in run) for run in runs), key=len)
    if len(digits) >= 11 and not digits.startswith("0"):
        reason = read_nir(digits).reason
        from ameli_support.onboarding.procedure import procedure

        sentence = procedure().text(f"nir.{reason or 'length'}", language())
        return LookupProblem(Trouble.NIR_INVALID, sentence)
    if len(digits) >= 9:
        return _problem(Trouble.PHONE_INVALID)
    if len(digits) in (6, 7, 8):
        return _problem(Trouble.DATE_IMPOSSIBLE)
    return _problem(Trouble.UNREADABLE)


def _code_problem(code: str) -> LookupProblem:
    sentence = _("{code} est un code d’erreur de FranceConnect : la commande « refusal » l’explique.")
    return LookupProblem(Trouble.REFUSAL_CODE, sentence.format(code=code))


def _problem(trouble: Trouble) -> LookupProblem:
    sentences = {
        Trouble.EMPTY: _("Tapez ce que donne l’appelant."),
        Trouble.TOO_LONG: _("Le texte est trop long pour une recherche."),
        Trouble.DATE_IMPOSSIBLE: _("Cette date n’existe pas : jour, mois et année sur quatre chiffres."),
        Trouble.NAME_ALONE: _("Un nom seul ne suffit pas : ajoutez la date de naissance, dans la même case."),
        Trouble.BIRTH_DATE_ALONE: _("Une date seule ne suffit pas : ajoutez le nom, dans la même case."),
        Trouble.POSTCODE_ALONE: _("Un code postal ne suffit pas : ajoutez le nom et la date de naissance."),
        Trouble.ADDRESS_INVALID: _(
            "Ce n’est pas une adresse mail complète : nom, arobase, puis fournisseur."
        ),
        Trouble.PHONE_INVALID: _("Ce n’est pas un numéro de téléphone : dix chiffres, ou + et l’indicatif."),
        Trouble.CASE_WITH_OTHERS: _("Un numéro de dossier se cherche seul."),
        Trouble.UNREADABLE: _(
            "Texte non compris. Attendu : n° de sécurité sociale, mail, téléphone, "
            "nom et date de naissance, ou n° de dossier."
        ),
    }
    return LookupProblem(trouble, sentences[trouble])
