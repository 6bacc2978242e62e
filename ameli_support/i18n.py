"""The language of everything a person sees: French is the source, English a complete catalogue.

The msgid is the French text, written with ordinary spaces and typeset here. The
procedure's own sentences carry both languages in `procedure.toml` and do not pass here;
letters to insured persons are French only.
"""

import gettext as _gettext
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DOMAIN = "ameli"
CATALOGUES = Path(__file__).parent / "locale"


class _French(_gettext.NullTranslations):
    """The source language: typeset; 0 and 1 are singular."""

    def gettext(self, message: str) -> str:
        return typeset(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return typeset(msgid1 if -2 < n < 2 else msgid2)


_language: Language = "fr"
_translations: _gettext.NullTranslations = _French()


@lru_cache(maxsize=4096)
def typeset(french: str) -> str:
    """French with U+00A0 before : ; ! ?, inside « » and after n°, and the apostrophe ’ (ux.md)."""
    bound = re.sub(r"(?<=[^\s]) (?=[:;!?»])|^ (?=[:;!?»])|(?<=«) |(?<=[nN]°) ", "\u00a0", french)
    return re.sub(r"(?<=\w)'(?=\w)", "’", bound)


def set_language(language: Language) -> None:
    """Fixes the language; before `screens` is imported, because labels are read there at import."""
    global _language, _translations
    _translations = (
        _French() if language == "fr" else _gettext.translation(DOMAIN, CATALOGUES, languages=[language])
    )
    _language = language


def language() -> Language:
    """The language in force."""
    return _language


def _(message: str) -> str:
    """The message, given in French, in the language in force."""
    return _translations.gettext(message)


def N_(message: str) -> str:
    """Marks a message for the catalogue where it is written; `_` translates it where it is shown."""
    return message


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form for `number`; the caller fills `{number}` in."""
    return _translations.ngettext(singular, plural, number)
