"""The procedure's own words for what the screens show, in the language in force."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from ameli_support.i18n import language, typeset
from ameli_support.onboarding.acts import Act, Effect, Reason
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.procedure import Moment
from ameli_support.onboarding.steps import Route, Step
from ameli_support.onboarding.wording import clock_time, countdown, short_date

if TYPE_CHECKING:
    from ameli_support.accounts.contract import VerdictView
    from ameli_support.onboarding.procedure import Procedure


_MOMENT = re.compile(r"(\d\d/\d\d) (à|at) (\d\d:\d\d)")


def whole(text: str) -> str:
    """`text` with « 27/11 à 09:14 » kept on one line."""
    return _MOMENT.sub("\\1\u00a0\\2\u00a0\\3", text)


class Words:
    """One procedure in the language in force."""

    def __init__(self, procedure: "Procedure") -> None:
        self.procedure = procedure

    def text(self, key: str, **values: object) -> str:
        """One entry, filled and typeset."""
        return whole(typeset(self.procedure.text(key, language(), **values)))

    def lines(self, key: str, **values: object) -> tuple[str, ...]:
        """The lines of one entry, filled and typeset; none for an unknown key."""
        if key not in self.procedure.cells:
            return ()
        return tuple(typeset(line) for line in self.procedure.lines(key, language(), **values))

    def says(
        self, place: str, level: Level, moment: Moment, *, supervisor: bool = False, **values: object
    ) -> tuple[str, ...]:
        """What to say, a sentence each, stressed words between `**`; `supervisor`: who speaks is one."""
        said = self.procedure.says(place, level, moment, language(), supervisor=supervisor, **values)
        return tuple(typeset(line) for line in said)

    def step(self, step: Step, route: Route | None) -> str:
        """The rail's label; step 2 is named after the route."""
        form = step is Step.IDENTITY and route is Route.FORM
        return self.text("steps.identity_form" if form else f"steps.{step}")

    def effect(self, effect: Effect) -> str:
        """The hint of an allowed act."""
        return self.text(f"effects.{effect}.hint")

    def consequence(self, effect: Effect, address: str, until: datetime | None) -> str:
        """What an act will do, in one sentence with real values."""
        return self.text(f"effects.{effect}.consequence", address=address, **_instant(until))

    def reason(
        self, act: Act, verdict: "VerdictView", now: datetime, closed_at: datetime | None, part: str = "hint"
    ) -> str:
        """Why not: `hint` in at most 24 characters with its « × », or `sentence`; `closed_at` is when the
        window ended, for the reasons that lie in the past."""
        reason = verdict.reason or Reason.NO_ENROLMENT
        key = f"reasons.{reason}.{part}_{act}"
        if key not in self.procedure.cells:
            key = f"reasons.{reason}.{part}"
        until = verdict.until or closed_at
        left = int(-(-(until - now).total_seconds() // 1)) if until is not None else 0
        return self.text(key, countdown=countdown(max(left, 1)), **_instant(until))

    def fund(self, code: str) -> str:
        """The fund's name."""
        return self.text(f"funds.{code}" if f"funds.{code}" in self.procedure.cells else "funds.unknown")

    def keyed(self, table: str) -> tuple[tuple[str, str], ...]:
        """Every entry of a table of one-line texts, in the file's order: (key, text)."""
        keys = [key.split(".")[1] for key in self.procedure.cells if key.startswith(f"{table}.")]
        return tuple((key, self.text(f"{table}.{key}")) for key in dict.fromkeys(keys))


def _instant(at: datetime | None) -> dict[str, str]:
    """{date} and {time} of a sentence."""
    return {"date": short_date(at), "time": clock_time(at)} if at is not None else {"date": "…", "time": "…"}
