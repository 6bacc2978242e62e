"""The same person calling again, in words: what was tried, how it ended, the last notes."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ameli_support.clock import paris
from ameli_support.i18n import _
from screens.picture import FootRow
from screens.safe import clean
from screens.when import stamp

if TYPE_CHECKING:
    from ameli_support.casework.views import Earlier, EarlierContact
    from screens.words import Words


def contact_rows(earlier: "Earlier", now: datetime, words: "Words") -> tuple[FootRow, ...]:
    """The earlier contacts, newest first: when, how they ended, whose they were."""
    return tuple(
        FootRow(stamp(each.at, now), ended(each, words), _agent(each.agent)) for each in earlier.contacts
    )


def note_rows(earlier: "Earlier", now: datetime) -> tuple[FootRow, ...]:
    """The last notes, newest first."""
    return tuple(
        FootRow(stamp(note.at, now), clean(note.text or ""), _agent(note.actor)) for note in earlier.notes
    )


def ended(contact: "EarlierContact", words: "Words") -> str:
    """« Renvoi demandé, cause : Indésirables »; what was done when it was never concluded."""
    if contact.outcome is None:
        done = ", ".join(words.text(f"acts.{act}.label") for act in contact.acts)
        return _("Non conclu, fait : {acts}").format(acts=done) if done else _("Non conclu, rien de fait")
    outcome = words.text(f"outcomes.{contact.outcome}")
    if contact.cause in (None, "none", "unknown"):
        return outcome
    cause = f"causes.{contact.cause}"
    known = words.text(cause) if cause in words.procedure.cells else str(contact.cause)
    return _("{outcome}, cause : {cause}").format(outcome=outcome, cause=known)


def flags(earlier: "Earlier | None", others: tuple[str, ...]) -> tuple[str, str]:
    """What the person line warns of, whole and for a narrow terminal: a colleague in the same case, a
    person who calls again."""
    whole, short = [], []
    if others:
        agents = ", ".join(clean(other) for other in others)
        whole.append(_("aussi ici : {agents}").format(agents=agents))
        short.append(_("aussi {agents}").format(agents=agents))
    if earlier is not None and earlier.contacts:
        number = len(earlier.contacts) + 1
        whole.append(_("contact n° {number}").format(number=number))
        short.append(_("n° {number}").format(number=number))
    return ", ".join(whole), whole[0] if len(whole) == 1 else ", ".join(short)


def _agent(number: str) -> str:
    return _("agent {number}").format(number=clean(number))


def event_rows(
    summary: Sequence[str], earlier: "Earlier | None", now: datetime, words: "Words"
) -> tuple[FootRow, ...]:
    """The newest sentences of the case first; the desk writes « 23/11/2026 14:32 · 0427 · … ».

    Of a person who calls again: the last contact, the last note, then the newest sentence.
    """
    before: tuple[FootRow, ...] = ()
    if earlier is not None and earlier.contacts:
        before = contact_rows(earlier, now, words)[:1] + note_rows(earlier, now)[:1]
    return (*before, *sentence_rows(summary, now))


def sentence_rows(summary: Sequence[str], now: datetime) -> tuple[FootRow, ...]:
    """The case's sentences, newest first; an act that was asked for gives way to what became of it."""
    today = f"{paris(now):%d/%m/%Y} "
    asked = _("demandé : {act}").partition("{")[0]
    answered = ""
    rows = []
    for sentence in reversed(summary):
        act = sentence.rpartition(f" · {asked}")[2]
        if act != sentence and act in answered:
            continue
        answered = sentence
        when, __, rest = sentence.partition(" · ")
        actor, __, what = rest.partition(" · ")
        when = when.removeprefix(today)
        when = when[:5] + when[10:] if len(when) > len("14:32") else when
        who = _("agent {number}").format(number=actor) if actor.isdigit() else actor
        rows.append(FootRow(when, what[:1].upper() + what[1:], who))
    return tuple(rows)
