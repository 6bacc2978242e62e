"""No second send to the same address before what erases the mail was changed; else another (rules §9, 5)."""

from dataclasses import dataclass

from ameli_support.casework.bench import Bench, event_row
from ameli_support.casework.diagnosing import Diagnosing
from ameli_support.casework.errors import ActRefused, DeskError
from ameli_support.casework.views import EventRow
from ameli_support.i18n import _, language
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.identity import Level
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

    def held(self, number: int) -> str | None:
        """See `Desk.held_back`."""
        if self.bench.level(self.bench.contact(number)) < Level.SIMPLE:
            return None
        check = self._to_change(number)
        return check.id if check is not None else None

    def _to_change(self, number: int) -> Check | None:
        """The check whose remedy comes first: of a run that was concluded, else of the open one.

        A later run lifts it only by what it finds: the setting is in order now, or was not the cause.
        """
        held: str | None = None
        settled = False
        checks = self.diagnosing.checklist().checks
        for event in map(event_row, self.bench.store.events(number)):
            told = event.payload
            if event.kind in ("checks.started", "checks.abandoned"):
                settled = False
            elif event.kind == "checks.changed" or _corrected(event):
                held, settled = None, True
            elif event.kind == "checks.concluded" and "changed" in told:
                held = None if told["changed"] or settled else told["check"]
            elif held is not None and held in checks and _ruled_out(event, checks[held]):
                held = None
        if held is None and not settled and self.diagnosing.steps(number)[0]:
            run = self.diagnosing.diagnose(number, None, at_once=True)
            held = run.conclusion.cause if run.conclusion is not None and run.must_change_first else None
        return checks.get(held) if held is not None else None


def _ruled_out(event: EventRow, check: Check) -> bool:
    """Whether a step says that this setting does not erase the mail."""
    told = event.payload
    if event.kind == "checks.in_vain":
        return bool(told["cause"] == check.id)
    if event.kind != "checks.answered" or told["check"] != check.id:
        return False
    return any(one.key == told["answer"] and check.id in one.rules_out for one in check.answers)


def _corrected(event: EventRow) -> bool:
    """Whether the mail goes to another address from then on."""
    told = event.payload
    return event.kind == "act.outcome" and told.get("act") == Act.CORRECT and told.get("result") == "done"
