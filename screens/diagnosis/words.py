"""The checklist in the words of the screen: questions, short answers, causes, places, evidence."""

import re
from typing import TYPE_CHECKING

from ameli_support.i18n import _, language
from checks.beliefs import Belief
from checks.check import Check, FollowUp, Place
from checks.evidence import Finding, Outcome
from checks.priors import UNKNOWN
from checks.run import Run
from screens.diagnosis.picture import CauseRow, FindingRow
from screens.safe import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screens.words import Words

PROBABLE, POSSIBLE = 0.30, 0.08
MAIL = "mail"  # the probe of kept mails
_QUOTED = re.compile("(«\u00a0|“)([^«»“”*]+)(\u00a0»|”)")
_SENTENCE = re.compile(r"(?<=[.?!»])\s+(?=[A-ZÀ-ÝŒ])")


def sentences(text: str) -> tuple[str, ...]:
    """One sentence a line, as it is said; what is quoted in it is stressed."""
    stressed = _QUOTED.sub(r"\1**\2**\3", clean(text))
    return tuple(part for part in _SENTENCE.split(stressed) if part)


def cause_label(cause: str, words: "Words", checks: "Mapping[str, Check]") -> str:
    """A cause in the procedure's word; one that a content folder added by its label, else its file entry."""
    key = f"causes.{cause}"
    if key in words.procedure.cells:
        return words.text(key)
    label = checks[cause].label if cause in checks else None
    return clean(label.text()) if label is not None else clean(cause).replace("_", " ").capitalize()


def cause_here(cause: str, words: "Words", run: Run) -> str:
    """A cause in the provider's own word, « Liste rouge d’Orange », where it has one."""
    family = run.evidence.family
    own = family.cause(cause, language()) if family is not None else None
    return clean(own) if own else cause_label(cause, words, run.checklist.checks)


def question_label(check: str, words: "Words", checks: "Mapping[str, Check]") -> str:
    """A question in a word or two."""
    return _("Adresse exacte") if check == "address_exact" else cause_label(check, words, checks)


def short_answer(key: str) -> str:
    """An answer in one short word, for the list."""
    known = {
        "yes": _("oui"),
        "no": _("non"),
        "cannot_tell": "?",
        "arrives": _("oui"),
        "does_not_arrive": _("non"),
        "same_provider": _("ici"),
        "only_elsewhere": _("ailleurs"),
        "nowhere": _("nulle part"),
    }
    return known.get(key, clean(key))


def place(check: Check) -> str:
    """Where the check is done."""
    return {
        Place.AGENT: _("sur votre écran"),
        Place.WEBMAIL: _("dans sa messagerie, par le navigateur"),
        Place.PROGRAM: _("sur ses appareils"),
    }[check.place]


def follow_up(what: FollowUp) -> str:
    """What the agent does once the remedy is done."""
    return {
        FollowUp.NONE: _("conclure l’appel"),
        FollowUp.RESEND: _("renvoyer le mail"),
        FollowUp.CORRECT: _("corriger l’adresse"),
        FollowUp.WAIT: _("attendre, puis conclure"),
        FollowUp.ESCALATE: _("transmettre"),
    }[what]


# ── causes ──────────────────────────────────────────────────────────────────


def cause_rows(run: Run, words: "Words") -> tuple[CauseRow, ...]:
    """The causes, the likeliest first, those that are ruled out last."""
    likely: list[CauseRow] = []
    out: list[tuple[int, CauseRow]] = []
    for belief in run.beliefs:
        if belief.cause == UNKNOWN:
            continue
        label = cause_here(belief.cause, words, run)
        rank, reason = _ruled_out(run, belief.cause)
        if reason:
            out.append((rank, CauseRow(0, label, _("écartée : {why}").format(why=reason))))
        else:
            dots, word = likelihood(belief.probability)
            why = _why(run, belief)
            likely.append(CauseRow(dots, label, _("{word} : {why}").format(word=word, why=why)))
    return (*likely, *(row for __, row in sorted(out, key=lambda each: each[0])))


def _why(run: Run, belief: Belief) -> str:
    """In one line: what proves it, what makes it likelier, else that nobody asked yet."""
    proving = [check for check, answer in run.given.items() if belief.cause in answer.proves]
    if proving and not set(proving) & set(dict(run.answers)):
        return _("constaté")
    asked = belief.cause in run.given
    return clean(belief.why) or (_("sans réponse") if asked else _("à demander"))


def likelihood(probability: float) -> tuple[int, str]:
    """●●● to ●○○, always with its word."""
    if probability >= PROBABLE:
        return 3, _("probable")
    return (2, _("possible")) if probability >= POSSIBLE else (1, _("peu probable"))


def _ruled_out(run: Run, cause: str) -> tuple[int, str]:
    """Why a cause is out of the question, the caller's answers ranking first; empty while it is not."""
    if cause in run.in_vain:
        return 0, _("remède sans effet")
    proven = {found for answer in run.given.values() for found in answer.proves}
    for check, answer in run.given.items():
        if cause in answer.rules_out and cause not in proven:
            return (1, _("vérifié")) if check in dict(run.answers) else (2, _("constaté"))
    if cause in run.checklist.checks and run.checklist[cause].applies(run.evidence) is not None:
        return 3, _("sans objet ici")
    return 4, ""


def likeliest(run: Run, words: "Words", *, wide: bool) -> str:
    """« cause probable : Réglages, filtres », for the band."""
    first = next(belief for belief in run.beliefs if belief.cause != UNKNOWN)
    dots, word = likelihood(first.probability)
    label = cause_here(first.cause, words, run)
    if dots == 1:
        return _("aucune cause ne se détache") if wide else ""
    form = _("cause {word} : {cause}") if wide else _("{word} : {cause}")
    return form.format(word=word, cause=label)


# ── evidence ────────────────────────────────────────────────────────────────

_SIGNS = {
    Outcome.FINDING: ("▲", "warn"),
    Outcome.NOTHING: ("√", "ok"),
    Outcome.UNKNOWN: ("○", "muted"),
}


def finding_rows(findings: tuple[Finding, ...], *, waiting: bool) -> tuple[FindingRow, ...]:
    """What was found first, of kept mails before all, then what is in order, then what could not be read."""
    order = list(_SIGNS)
    rows = [
        FindingRow(*_SIGNS[one.outcome], clean(one.text))
        for one in sorted(findings, key=lambda one: (order.index(one.outcome), one.probe != MAIL))
    ]
    if waiting:
        rows.append(FindingRow("·", "muted", _("Domaine de l’adresse : vérification en cours…")))
    return tuple(rows)
