"""Verdicts in words, the same on screen, command line and in problems; the words are procedure.toml's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ameli_support.clock import paris
from ameli_support.onboarding.acts import Act, Effect, Reason
from ameli_support.onboarding.link import link_end
from ameli_support.onboarding.wording import (
    clock_time,
    countdown,
    elapsed,
    short_date,
    spoken_day,
    spoken_time,
)

if TYPE_CHECKING:
    from ameli_support.onboarding.procedure import Procedure


def hint(
    procedure: Procedure,
    act: Act,
    language: str,
    *,
    at: datetime,
    reason: Reason | None = None,
    effect: Effect | None = None,
    until: datetime | None = None,
    window_closes_at: datetime | None = None,
) -> str:
    """The short line under a key, at most 24 characters, its « × » included; of `reason`, or of `effect`."""
    if reason is None:
        return procedure.text(f"effects.{effect}.hint", language)
    return _of_reason("hint", procedure, act, language, at, reason, until, window_closes_at)


def refusal(
    procedure: Procedure,
    act: Act,
    language: str,
    *,
    at: datetime,
    reason: Reason,
    until: datetime | None = None,
    window_closes_at: datetime | None = None,
) -> str:
    """The sentence that says why `act` is refused at `at`."""
    return _of_reason("sentence", procedure, act, language, at, reason, until, window_closes_at)


def consequence(
    procedure: Procedure,
    effect: Effect,
    language: str,
    *,
    at: datetime,
    address: str = "",
    link_expires_at: datetime | None = None,
) -> str:
    """What an allowed act will do, with real values: `address` as it may be shown, and until when the link
    works. `link_expires_at` is the live link's end, which a re-send of the same link keeps."""
    keeps = effect is Effect.SAME_LINK and link_expires_at is not None
    ends = link_expires_at if keeps and link_expires_at else link_end(at, procedure)
    return procedure.text(
        f"effects.{effect}.consequence",
        language,
        address=address,
        date=short_date(ends),
        time=clock_time(ends),
    )


def stopped_since(procedure: Procedure, language: str, *, since: datetime, at: datetime) -> str:
    """Since when a sign-up stands at its step: « depuis 14:32 », « depuis le 20/11, il y a 3 jours »."""
    days = (paris(at).date() - paris(since).date()).days
    which = "today" if days < 1 else "yesterday" if days == 1 else "right"
    values = {"date": short_date(since), "time": clock_time(since)}
    values["since"] = elapsed(timedelta(days=days), language)
    return procedure.text(f"bands.not_sent.{which}", language, **values)


def spoken(
    language: str,
    *,
    sent_at: datetime | None = None,
    link_ends_at: datetime | None = None,
) -> dict[str, object]:
    """What `says` and `seen` name of these instants: {sent_day}, {sent_time}, {link_day}, {link_time}."""
    given = {"sent": sent_at, "link": link_ends_at}
    days = {f"{name}_day": spoken_day(when, language) for name, when in given.items() if when}
    times = {f"{name}_time": spoken_time(when, language) for name, when in given.items() if when}
    return {**days, **times}


def elsewhere(
    procedure: Procedure, language: str, *, scheme: str | None = None, fund: str = ""
) -> dict[str, object]:
    """The values of `says` for a person of another scheme or fund: {scheme} and {contact}."""

    def known(section: str, name: str) -> str:
        key = f"{section}.{name}"
        return procedure.text(key if key in procedure.cells else f"{section}.unknown", language)

    if scheme is None:
        return {"contact": known("funds", fund)}
    return {"scheme": known("schemes", scheme), "contact": known("scheme_contacts", scheme)}


def _of_reason(
    part: str,
    procedure: Procedure,
    act: Act,
    language: str,
    at: datetime,
    reason: Reason,
    until: datetime | None,
    window_closes_at: datetime | None,
) -> str:
    particular = f"reasons.{reason}.{part}_{act}"
    key = particular if particular in procedure.cells else f"reasons.{reason}.{part}"
    told = window_closes_at if reason is Reason.PHASE_CLOSED else until
    values: dict[str, object] = {}
    if told is not None:
        left = -((at - told) // timedelta(seconds=1))
        values = {"date": short_date(told), "time": clock_time(told), "countdown": countdown(left)}
    return procedure.text(key, language, **values)
