"""Sentences of procedure.toml: cells in two languages, placeholders, and dates as people read or say them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ameli_support.clock import paris

LANGUAGES = ("fr", "en")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NBSP = "\u00a0"
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_UNITS = {"fr": ("minute", "heure", "jour"), "en": ("minute", "hour", "day")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry: its lines in French, in English where somebody reads it there, and whether the document
    itself is quoted."""

    fr: tuple[str, ...]
    en: tuple[str, ...] = ()
    quoted: bool = False

    def lines(self, language: str) -> tuple[str, ...]:
        """The lines in `language`; French where there is no English (letters and the person's pages)."""
        return self.en if language == "en" and self.en else self.fr


def placeholders(text: str) -> frozenset[str]:
    """The names between braces."""
    return frozenset(_PLACEHOLDER.findall(text))


def fill(text: str, values: Mapping[str, object]) -> str:
    """`text` with every {name} replaced; raises KeyError with the name of a value that is missing."""
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), text)


def spans(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a sentence, each with whether it is to be stressed (**bold** in procedure.toml)."""
    for index, part in enumerate(_BOLD.split(text)):
        if part:
            yield part, index % 2 == 1


def plain(text: str) -> str:
    """The sentence without its marks of stress."""
    return _BOLD.sub(r"\1", text)


def spoken_day(at: datetime, language: str) -> str:
    """The Paris day as it is said: « vendredi 20 novembre », « samedi 1er août »."""
    local = paris(at)
    number = "1er" if language == "fr" and local.day == 1 else str(local.day)
    return _NBSP.join((_DAYS[language][local.weekday()], number, _MONTHS[language][local.month - 1]))


def spoken_time(at: datetime, language: str) -> str:
    """The Paris time as it is said: « 9 h 14 », « 9 h »; in English `9:14`."""
    local = paris(at)
    if language == "en":
        return f"{local.hour}:{local.minute:02d}"
    return f"{local.hour}{_NBSP}h{_NBSP}{local.minute:02d}" if local.minute else f"{local.hour}{_NBSP}h"


def written_date(at: datetime) -> str:
    """The Paris date in full: `27/11/2026`."""
    return f"{paris(at):%d/%m/%Y}"


def short_date(at: datetime) -> str:
    """The Paris date without its year, for hints and bands: `27/11`."""
    return f"{paris(at):%d/%m}"


def clock_time(at: datetime) -> str:
    """The Paris time of day: `09:14`, with its zone in the hour that the change of October repeats."""
    local = paris(at)
    repeated = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%H:%M} ({local:%Z})" if repeated else f"{local:%H:%M}"


def countdown(seconds: int) -> str:
    """Seconds left as hints show them: « 1 min 58 s », « 1 h 05 min »."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    space = _NBSP
    if hours:
        return f"{hours}{space}h{space}{minutes_of_hour:02d}{space}min"
    return f"{minutes}{space}min{space}{rest:02d}{space}s" if minutes else f"{rest}{space}s"


def elapsed(by: timedelta, language: str) -> str:
    """How long something has lasted: « 4 jours », « 47 heures »; days from 48 hours on."""
    minutes = by // timedelta(minutes=1)
    if minutes < 1:
        return "moins d’une minute" if language == "fr" else "less than a minute"
    days, hours = minutes // 1440, minutes // 60
    count, index = (days, 2) if hours >= 48 else (hours, 1) if hours else (minutes, 0)
    return f"{count}{_NBSP}{_UNITS[language][index]}{'s' if count > 1 else ''}"
