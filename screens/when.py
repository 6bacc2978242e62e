"""Instants and durations as a person reads them: Paris time, 24 hours, JJ/MM."""

from datetime import date, datetime, timedelta

from ameli_support.clock import paris
from ameli_support.i18n import _, ngettext


def hour(instant: datetime) -> str:
    """« 09:14 »."""
    return f"{paris(instant):%H:%M}"


def day(instant: datetime) -> str:
    """« 27/11 »."""
    return f"{paris(instant):%d/%m}"


def day_hour(instant: datetime) -> str:
    """« 27/11 à 09:14 »."""
    return _("{day} à {hour}").format(day=day(instant), hour=hour(instant))


def stamp(instant: datetime, now: datetime) -> str:
    """« 14:32 » today, else « 12/11 09:14 »: the first column of a list."""
    if paris(instant).date() == paris(now).date():
        return hour(instant)
    return f"{day(instant)} {hour(instant)}"


def since(instant: datetime, now: datetime) -> str:
    """« à 14:32 » today, else « le 06/11 »."""
    if paris(instant).date() == paris(now).date():
        return _("à {hour}").format(hour=hour(instant))
    return _("le {day}").format(day=day(instant))


def full_date(value: date) -> str:
    """« 24/08/1962 »."""
    return f"{value:%d/%m/%Y}"


def whole_days(span: timedelta) -> str:
    """« 4 jours »; less than a day is « moins d’un jour »."""
    count = span // timedelta(days=1)
    if count < 1:
        return _("moins d’un jour")
    return ngettext("{number} jour", "{number} jours", count).format(number=count)
