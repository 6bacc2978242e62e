"""Whether there is a missing mail to look for, and if not, why: the offer of the key D."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.wording import clock_time, short_date
from screens.picture import Offer, Offered

if TYPE_CHECKING:
    from ameli_support.accounts.contract import RecordView
    from ameli_support.casework.views import CallState
    from screens.words import Words

ACTION = "call.diagnose"
_FORBIDDEN = {
    Phase.NOT_SENT: Reason.PHASE_NOT_SENT,
    Phase.SUSPENDED: Reason.PHASE_SUSPENDED,
    Phase.ENDED: Reason.PHASE_ENDED,
}


def diagnosis_offer(state: "CallState", view: "RecordView | None", words: "Words") -> Offer:
    """Without a record, or below level 1: general advice only; an active account has nothing to look for."""
    locked = state.locked_until or (view.locked_until if view is not None else None)
    if locked is not None:
        return _forbidden(words, Reason.CHECKS_LOCKED, date=short_date(locked), time=clock_time(locked))
    if view is None:
        return Offer(ACTION, Offered.OPEN, _("conseil général"))
    if view.closed_because is Reason.PERSON_MINOR:
        return Offer(ACTION, Offered.OPEN, _("conseil général"))
    if view.closed_because is not None:
        return _forbidden(words, view.closed_because)
    if view.phase is Phase.ACTIVE:
        sentence = _("Le compte est déjà activé : il n’y a pas de mail à chercher.")
        return Offer(ACTION, Offered.FORBIDDEN, _("rien à chercher"), sentence)
    reason = Reason.NO_ENROLMENT if view.phase is None else _FORBIDDEN.get(view.phase)
    if reason is not None:
        return _forbidden(words, reason)
    return Offer(ACTION, Offered.OPEN, _("mail introuvable"))


def _forbidden(words: "Words", reason: Reason, **instant: str) -> Offer:
    hint, sentence = (words.text(f"reasons.{reason}.{part}", **instant) for part in ("hint", "sentence"))
    return Offer(ACTION, Offered.FORBIDDEN, hint.removeprefix("×").strip(), sentence)
