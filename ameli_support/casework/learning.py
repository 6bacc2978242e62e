"""What concluded cases teach the checklist: counted as they conclude, read when a run begins.

A case counts once, with the cause of its last conclusion: a later one takes the earlier back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from ameli_support.casework.bench import Bench
from ameli_support.casework.errors import DeskError
from ameli_support.casework.permissions import Action
from ameli_support.casework.texts import reason as worded
from ameli_support.casework.views import EventRow
from ameli_support.clock import from_us, to_us
from ameli_support.i18n import _
from ameli_support.store import learned as rows
from ameli_support.store.journal import Journal
from checks import checklist, learning, priors

Lesson = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FamilyLearned:
    """What is believed of a provider family; `cases` counted now, every cause in `causes`."""

    family: str
    cases: float
    causes: tuple[learning.Learned, ...]


@dataclass(frozen=True, slots=True)
class Reset:
    """Who took back what was learned; `family` None: everything."""

    at: datetime
    agent: str
    reason: str
    family: str | None


@dataclass(slots=True)
class Learning:
    """The part of a desk that learns."""

    bench: Bench
    content_folder: Path | None = None

    def believed(self) -> priors.Priors:
        """The priors with what was learned; a content file that is refused never costs the built-in ones."""
        base = self._base()
        return learning.learned(base, self._counts(base))

    def shown(self, family: str | None) -> tuple[FamilyLearned, ...]:
        """See `Desk.learned`."""
        base = self._base()
        counts = self._counts(base)
        names = (self._known(base, family),) if family else tuple(dict.fromkeys((*base.shares, *counts)))
        return tuple(
            FamilyLearned(name, sum(held.values()), learning.table(base, name, held))
            for name in names
            for held in (counts.get(name, {}),)
        )

    def resets(self) -> tuple[Reset, ...]:
        """See `Desk.prior_resets`."""
        return tuple(
            Reset(from_us(row.at), row.actor, row.reason, row.family) for row in rows.resets(self.bench.store)
        )

    def reset(self, family: str | None, reason: str) -> int:
        """See `Desk.reset_priors`."""
        self.bench.allow(Action.CONTENT_FOLDER)
        why, name = worded(reason), self._known(self._base(), family) if family else None
        return self.bench.store.write(lambda journal: rows.reset(journal, self.bench.me.agent, why, name))

    def checks(self) -> frozenset[str]:
        """The ids of the checks in force: causes of a case, those that a content folder added too."""
        return frozenset(checklist.load(self.content_folder).checks)

    # ── a conclusion ────────────────────────────────────────────────────────

    def lesson(self, diagnosed: EventRow | None, cause: str | None) -> Lesson | None:
        """What a conclusion teaches: the family and the cause coded, after a run that was concluded."""
        family = diagnosed.payload.get("family") if diagnosed is not None else None
        known = {*self.checks(), priors.UNKNOWN}
        return {"family": family, "cause": cause} if family and cause in known else None

    def learn(self, journal: Journal, lesson: Lesson, before: Sequence[EventRow]) -> None:
        """Counts a lesson, and takes back the one of an earlier conclusion of the same case."""
        rule = self._base().learning
        earlier = [
            event for event in before if event.kind == "contact.concluded" and "lesson" in event.payload
        ]
        if earlier:
            last = earlier[-1]
            ago = timedelta(microseconds=max(0, journal.now() - to_us(last.at)))
            back = partial(learning.counted, learning=rule, cases=-learning.faded(1.0, ago, rule))
            rows.change(journal, last.payload["lesson"]["family"], last.payload["lesson"]["cause"], back)
        rows.change(journal, lesson["family"], lesson["cause"], partial(learning.counted, learning=rule))

    # ── below ───────────────────────────────────────────────────────────────

    def _base(self) -> priors.Priors:
        try:
            return priors.load(self.content_folder)
        except priors.PriorsError:
            return priors.load()

    def _counts(self, base: priors.Priors) -> dict[str, dict[str, float]]:
        """The counts as they are worth now."""
        now, found = to_us(self.bench.business.now()), dict[str, dict[str, float]]()
        for row in rows.counts(self.bench.store):
            since = timedelta(microseconds=max(0, now - row.at))
            found.setdefault(row.family, {})[row.cause] = learning.faded(row.cases, since, base.learning)
        return found

    def _known(self, base: priors.Priors, family: str) -> str:
        if family not in base.shares:
            names = ", ".join(base.shares)
            raise DeskError(_("Famille de fournisseurs inconnue. Attendu : {names}.").format(names=names))
        return family
