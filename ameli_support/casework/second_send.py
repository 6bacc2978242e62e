"""No second send to the same address before what erases the mail was changed; else another (rules §9, 5)."""

from dataclasses import dataclass

from ameli_support.casework.bench import Bench, event_row
from ameli_support.casework.diagnosing import Diagnosing
from ameli_support.casework.errors import ActRefused, DeskError
from ameli_support.casework.views import EventRow
from ameli_support.i18n import _, language
from ameli_support.onboarding.acts import Act
from checks.check import Check


@dataclass(slots=True)
class SecondSend:
    """The part of a desk that stands before a re-send."""

    bench: Bench
    diagnosing: Diagnosing

    def changed(self, number: int) -> None:
        """See `Desk.setting_changed`."""
        check = self._to_change(number)
        if check is None:
            raise DeskError(_("Aucun réglage n’est à changer dans ce dossier."))
        self.diagnosing.write(number, "checks.changed", {"check": check.id})

    def allow(self, number: int) -> None:
        """Raises `ActRefused` while the setting that the checklist found was not changed."""
        check = self._to_change(number)
        if check is not None:
            cause = self.bench.procedure.text(f"causes.{check.id}", language())
            told = _("Rien n’est renvoyé à cette adresse avant le changement ({cause}) ; sinon une autre.")
            raise ActRefused(told.format(cause=cause))

    def _to_change(self, number: int) -> Check | None:
        """The check whose remedy comes first: of the open run, else of the last one that was concluded."""
        left: str | None = None
        settled = False
        for event in map(event_row, self.bench.store.events(number)):
            if event.kind in ("checks.started", "checks.concluded"):
                settled = event.kind == "checks.concluded" and event.payload.get("changed", True)
                left = event.payload.get("check")
            elif event.kind in ("checks.changed", "checks.abandoned") or _corrected(event):
                settled = True
        if settled:
            return None
        if self.diagnosing.steps(number)[0]:
            run = self.diagnosing.diagnose(number, None, at_once=True)
            left = run.conclusion.cause if run.conclusion is not None and run.must_change_first else None
        return self.diagnosing.checklist().checks.get(left) if left is not None else None


def _corrected(event: EventRow) -> bool:
    """Whether the mail goes to another address from then on."""
    told = event.payload
    return event.kind == "act.outcome" and told.get("act") == Act.CORRECT and told.get("result") == "done"
