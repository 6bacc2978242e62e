"""The language of everything a person sees: French is the source, English a complete catalogue.

The msgid is the French text. The procedure's own sentences carry both languages in
`procedure.toml` and do not pass here; letters to insured persons are French only.
"""

import gettext as _gettext
from pathlib import Path
from typing import Literal, get_args

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DOMAIN = "ameli"
CATALOGUES = Path(__file__).parent / "locale"


class _French(_gettext.NullTranslations):
    """The source language: in French, 0 and 1 are singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if -2 < n < 2 else msgid2


_language: Language = "fr"
_translations: _gettext.NullTranslations = _French()


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


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form for `number`; the caller fills `{number}` in."""
    return _translations.ngettext(singular, plural, number)
