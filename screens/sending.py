"""The fate of mails in words (rules §4): never « envoyé » for what is only queued or handed over."""

from datetime import datetime
from typing import TYPE_CHECKING

from ameli_support.i18n import _
from ameli_support.onboarding.wording import clock_time, short_date
from screens.picture import FootRow
from screens.safe import fit, fit_address
from screens.when import day_hour, since, stamp

if TYPE_CHECKING:
    from ameli_support.accounts.contract import GenerationView, RecordView, SendView
    from screens.words import Words

ADDRESS, DOMAIN, ANSWER = 28, 40, 120


def mail_rows(view: "RecordView", now: datetime, words: "Words") -> tuple[FootRow, ...]:
    """Newest first: when, its fate, to whom; then whether the newest link's page was opened.

    Before them all: until when « Code oublié ? » mails nothing (rules §5).
    """
    sends = sorted(view.sends, key=lambda send: (send.queued_at, not is_notice(send)), reverse=True)
    rows = [
        FootRow(stamp(send.queued_at, now), fate(send, now), fit_address(send.address_masked, ADDRESS))
        for send in sends
    ]
    opened = _opened(view.generations[-1], words) if view.generations and view.confirmed_at is None else ""
    if opened and rows:
        newest_link = next((at for at, send in enumerate(sends) if not is_notice(send)), 0)
        rows.insert(newest_link + 1, FootRow("", opened))
    blocked = view.code_reset_blocked_until
    if blocked is not None:
        said = words.text("reminders.reset_blocked", date=short_date(blocked), time=clock_time(blocked))
        rows.insert(0, FootRow("", said))
    return tuple(rows)


def is_notice(send: "SendView") -> bool:
    """Whether it holds no confirmation link: it tells a former address of the change, or resets a code."""
    return str(send.kind) in ("notice_address_changed", "code_reset")


def fate(send: "SendView", now: datetime) -> str:
    """One mail's life so far, in one line."""
    if str(send.kind) == "code_reset":
        return _("« Code oublié ? » : {fate}").format(fate=_fate(send, now))
    if is_notice(send):
        return _("avis du changement : {fate}").format(fate=_fate(send, now))
    return _fate(send, now)


def _fate(send: "SendView", now: datetime) -> str:
    domain = fit(send.domain, DOMAIN)
    if send.confirmed_at is not None and send.replaced_at is None:
        return _("remis à {domain}, confirmé le {when}").format(
            domain=domain, when=day_hour(send.confirmed_at)
        )
    match str(send.state):
        case "queued":
            text = _("en file d’attente")
        case "deferred":
            text = _("différé par {domain}, {attempts} essais").format(domain=domain, attempts=send.attempts)
            if send.next_try_at is not None:
                text += _(", prochain {when}").format(when=since(send.next_try_at, now))
        case "refused":
            text = _("refusé par {domain}").format(domain=domain)
        case "bounced":
            text = _("revenu de {domain}").format(domain=domain)
        case "cancelled":
            text = _("annulé avant de partir")
        case _other if send.replaced_at is not None:
            return _("remis à {domain}, remplacé {when}").format(
                domain=domain, when=since(send.replaced_at, now)
            )
        case _other:
            return _("remis à {domain}, sans nouvelle depuis").format(domain=domain)
    if send.smtp is not None and str(send.state) in ("refused", "bounced", "deferred"):
        text += _(" : {answer}").format(answer=fit(send.smtp.text, ANSWER))
    if send.replaced_at is not None:
        text += _(", remplacé {when}").format(when=since(send.replaced_at, now))
    return text


def _opened(generation: "GenerationView", words: "Words") -> str:
    """That the page was opened proves nothing: antivirus programs open links too."""
    at = generation.last_opened_at or generation.first_opened_at
    if not generation.openings or at is None:
        return ""
    return words.text("reminders.antivirus", date=short_date(at), time=clock_time(at))
