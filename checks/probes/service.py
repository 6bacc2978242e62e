"""What the account service's own record says: phase, sends and their answers, generations and their pages."""

from dataclasses import dataclass, field
from datetime import datetime

from ameli_support.accounts.contract import RecordView, SendKind, SendState, SendView
from ameli_support.i18n import _
from ameli_support.mail.families import Family
from ameli_support.mail.smtp_answers import read as read_answer
from ameli_support.onboarding.link import Phase
from checks import too_early
from checks.evidence import Finding, Outcome

_NOT_US = (Family.REFUSED_SENDER, Family.REFUSED_CONTENT, Family.REFUSED_BY_RECIPIENT_FILTER)
_WAITING = (SendState.QUEUED, SendState.DEFERRED, SendState.CANCELLED)


@dataclass(slots=True)
class Read:
    """What was read."""

    signals: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def domain_of(view: RecordView | None) -> str | None:
    """The domain of the address in the account, where the record tells it."""
    if view is None:
        return None
    newest = _newest(view)
    return view.address_domain or (newest.domain if newest is not None else None) or None


def read(view: RecordView | None, at: datetime) -> Read:
    """Signals, answers that no one need be asked for, and findings; `at` is business time."""
    found = Read()
    if view is None or view.phase is None:
        text = _("Le dossier ne peut pas être lu : ses envois ne sont pas connus.")
        found.findings.append(Finding("service", Outcome.UNKNOWN, "no_record", text))
        return found
    _phase(view, found)
    _links(view, found)
    if view.address_elsewhere:
        found.hints.append("address_elsewhere")
        text = _("L’adresse du compte sert aujourd’hui à une autre demande : il en faut une autre.")
        found.findings.append(Finding("service", Outcome.FINDING, "address_elsewhere", text))
    newest = _newest(view)
    if newest is None:
        text = _("Aucun mail de confirmation n’a été demandé.")
        found.findings.append(Finding("service", Outcome.FINDING, "no_send", text))
    else:
        _send(newest, at, found)
    return found


def cause_of(family: Family) -> str | None:
    """The check that a refusal of a family answers; None for what is passing or not understood."""
    if family in _NOT_US:
        return "sender_refused"
    return {
        Family.MAILBOX_FULL: "mailbox_full",
        Family.MAILBOX_INACTIVE: "sleeping_mailbox",
        Family.ADDRESS_WRONG: "refused_or_bounced",
    }.get(family)


def _newest(view: RecordView) -> SendView | None:
    ours = [send for send in view.sends if send.kind is not SendKind.NOTICE_ADDRESS_CHANGED]
    return max(ours, key=lambda send: send.queued_at, default=None)


def _phase(view: RecordView, found: Read) -> None:
    active = view.phase is Phase.ACTIVE
    found.signals["active"] = "yes" if active else "no"
    found.answers["already_active"] = "yes" if active else "no"
    told = {
        Phase.ACTIVE: _("Le compte est déjà activé."),
        Phase.INACTIVE: _("Le lien n’est plus actif : un renvoi en fait un nouveau."),
        Phase.CLOSED: _("Le délai est dépassé : il faut réémettre un lien, et non renvoyer l’ancien."),
    }
    if view.phase in told:
        found.findings.append(Finding("service", Outcome.FINDING, f"phase_{view.phase}", told[view.phase]))


def _links(view: RecordView, found: Read) -> None:
    old = [one for one in view.generations if one.superseded_at is not None]
    if any(
        one.last_opened_at and one.superseded_at and one.last_opened_at > one.superseded_at for one in old
    ):
        found.signals["links"] = "old_opened"
        text = _("Un ancien lien a été ouvert après l’envoi d’un plus récent.")
        found.findings.append(Finding("service", Outcome.FINDING, "old_link_opened", text))
    else:
        found.signals["links"] = "several" if old or len(view.generations) > 1 else "one"


def _send(send: SendView, at: datetime, found: Read) -> None:
    """The fate of the newest mail: its signal, and the checks that it answers."""
    fate = _fate(send, at)
    found.signals["send"] = fate
    answers = dict.fromkeys(("not_handed_over", "refused_or_bounced", "sender_refused"), "no")
    proven = {
        "waiting": "not_handed_over",
        "refused_address": "refused_or_bounced",
        "refused_sender": "sender_refused",
        "refused_full": "mailbox_full",
    }.get(fate)
    if fate == "refused_address" and _family(send) is Family.MAILBOX_INACTIVE:
        proven = "sleeping_mailbox"
    if proven is not None:
        answers[proven] = "yes"
    if fate != "accepted_recently":
        answers["too_early"] = "no"
    found.answers.update(answers)
    code = "accepted" if fate == "accepted_recently" else fate
    nothing = code == "accepted"
    found.findings.append(
        Finding("service", Outcome.NOTHING if nothing else Outcome.FINDING, code, _told(send, code))
    )


def _fate(send: SendView, at: datetime) -> str:
    if _family(send) is Family.MAILBOX_FULL:
        return "refused_full"
    if send.state in _WAITING:
        return "waiting"
    if send.state in (SendState.REFUSED, SendState.BOUNCED):
        return "refused_sender" if _family(send) in _NOT_US else "refused_address"
    return "accepted_recently" if at - send.state_at < too_early.WAIT else "accepted"


def _family(send: SendView) -> Family | None:
    if send.state is SendState.HANDED_OVER or send.smtp is None:
        return None
    return read_answer(send.smtp.code, send.smtp.enhanced, send.smtp.text).family


def _told(send: SendView, code: str) -> str:
    if code == "accepted":
        return _("Le mail a été remis au serveur de la personne, sans refus ni retour.")
    said = read_answer(send.smtp.code, send.smtp.enhanced, send.smtp.text).sentence if send.smtp else ""
    head = _("Le mail n’est pas encore parti.") if code == "waiting" else _("Le serveur a refusé le mail.")
    return _("{head} Sa réponse : {answer}").format(head=head, answer=said) if said else head
