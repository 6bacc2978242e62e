"""The delay bar's drawing: two cells a day, `═` while a link lives, `─` while the window is open."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ameli_support.clock import paris
from ameli_support.i18n import _
from ameli_support.onboarding.link import Phase
from screens.picture import DelayBar
from screens.when import day

if TYPE_CHECKING:
    from ameli_support.accounts.contract import GenerationView, RecordView
    from screens.words import Words

CELLS_A_DAY = 2
DAY = timedelta(days=1)


def delay_bar(view: "RecordView", now: datetime, words: "Words") -> DelayBar:
    """Bar, scale and « jour 11 sur 21 »; without a window, a sentence that says so."""
    opened, closes = view.window_opened_at, view.window_closes_at
    if opened is None or closes is None:
        return DelayBar(cells=((_("il commence quand l’adresse mail est donnée"), "muted"),))
    last = (closes - opened) // DAY * CELLS_A_DAY
    first_link = words.procedure.numbers.link_days
    here = min(_day(opened, now) * CELLS_A_DAY, last)
    past_end = now >= closes
    tick = first_link * CELLS_A_DAY
    cells = []
    for cell in range(last + 1):
        at = opened + cell * DAY / CELLS_A_DAY
        live = any(one.issued_at <= at < _ended(one) for one in view.generations)
        sign = "═" if live else "─"
        if cell == tick:
            sign = "┼"
        elif cell == last:
            sign = "┤"
        cells.append((sign, _ink(view, live, cell, here, past_end)))
    cells = _stamp(cells, view, opened, here, past_end)
    grouped = tuple(
        ("".join(sign for sign, __ in group), ink) for ink, group in groupby(cells, key=lambda each: each[1])
    )
    return DelayBar(
        grouped, _scale(opened, closes, first_link, tick, last), _legend(view, opened, now, closes)
    )


def _ended(link: "GenerationView") -> datetime:
    """When a link stopped working, or will: replaced, revoked for good, or at its end."""
    return min(filter(None, (link.superseded_at, link.revoked_at, link.expires_at)))


def _day(opened: datetime, at: datetime) -> int:
    """The day of the window as people count it: by the dates of a Paris calendar."""
    return max((paris(at).date() - paris(opened).date()).days, 0)


def _ink(view: "RecordView", live: bool, cell: int, here: int, past_end: bool) -> str:
    if view.phase is Phase.ACTIVE or past_end or cell < here or view.phase is Phase.SUSPENDED:
        return "muted"
    return "ok" if live else "warn"


def _stamp(
    cells: list[tuple[str, str]], view: "RecordView", opened: datetime, here: int, past_end: bool
) -> list[tuple[str, str]]:
    """Puts « you are here » (●) or the confirmation (√) into the bar."""
    if view.confirmed_at is not None:
        at = min(_day(opened, view.confirmed_at) * CELLS_A_DAY, len(cells) - 1)
        cells[at] = ("√", "ok")
    elif not past_end:
        cells[here] = ("●", "accent")
    return cells


def _scale(opened: datetime, closes: datetime, first_link: int, tick: int, last: int) -> str:
    """« J0 12/11      J7 19/11            J21 03/12 », each under its mark."""
    zero = _("J{number}").format(number=0) + f" {day(opened)}"
    seven = _("J{number}").format(number=first_link) + f" {day(opened + first_link * DAY)}"
    end = _("J{number}").format(number=(closes - opened) // DAY) + f" {day(closes)}"
    row = zero.ljust(tick) + seven
    return row.ljust(last + 1 - len(end)) + end


def _legend(
    view: "RecordView", opened: datetime, now: datetime, closes: datetime
) -> tuple[tuple[str, str], ...]:
    if view.confirmed_at is not None:
        number = _day(opened, view.confirmed_at)
        return (
            (" " + _("confirmé"), "bold $ok"),
            (" " + _("jour {number}").format(number=number), "$muted"),
        )
    number, total = _day(opened, now), (closes - opened) // DAY
    today = _("jour {number}").format(number=number)
    if now >= closes:
        return ((" ● ", "$accent"), (f" {today}", "bold $accent"))
    return (("  " + today, "bold $accent"), (" " + _("sur {total}").format(total=total), "$muted"))
