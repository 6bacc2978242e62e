"""How likely each cause is now: priors by provider, signals, answers; and why, in one line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ameli_support.i18n import _
from checks.check import Answer
from checks.checklist import Checklist
from checks.evidence import Evidence
from checks.priors import UNKNOWN, Priors

# what a check that a content folder added is worth before outcomes say more
ADDED_WEIGHT = 2.0
_TOLD = 1.8


@dataclass(frozen=True, slots=True)
class Belief:
    """One cause with its present probability; `why` is one line, empty for what is only usual."""

    cause: str
    probability: float
    why: str


def weights(
    checklist: Checklist,
    priors: Priors,
    evidence: Evidence,
    answers: Mapping[str, Answer],
    in_vain: Iterable[str] = (),
) -> dict[str, float]:
    """The probability of each cause; they sum to 1.

    An answer that speaks against a cause leaves it the share of wrong answers, never nothing; so does a
    check that does not apply here. `in_vain`: causes whose remedy was tried and did not help.
    """
    held = {cause: priors.weights.get(cause, ADDED_WEIGHT) for cause in (*checklist.checks, UNKNOWN)}
    wrong = priors.wrong_answers
    for cause in held:
        held[cause] *= priors.times(cause, evidence.provider)
        for signal, value in evidence.signals.items():
            held[cause] *= priors.likelihood(signal, value, cause)
        for hint in evidence.hints:
            held[cause] *= priors.hints.get(hint, {}).get(cause, 1.0)
        if cause in checklist.checks and checklist[cause].applies(evidence) is not None:
            held[cause] *= wrong
        for answer in answers.values():
            if cause in answer.rules_out or (answer.proves and cause not in answer.proves):
                held[cause] *= wrong
    for cause in in_vain:
        held[cause] *= wrong * wrong
    total = sum(held.values())
    return {cause: weight / total for cause, weight in held.items()}


def beliefs(
    checklist: Checklist,
    priors: Priors,
    evidence: Evidence,
    answers: Mapping[str, Answer],
    in_vain: Iterable[str] = (),
) -> tuple[Belief, ...]:
    """Every cause, the most likely first, with the reason that weighs most."""
    given = tuple(in_vain)
    now = weights(checklist, priors, evidence, answers, given)
    found = [
        Belief(cause, probability, _why(cause, priors, evidence, answers, given))
        for cause, probability in now.items()
    ]
    return tuple(sorted(found, key=lambda belief: -belief.probability))


def _why(
    cause: str, priors: Priors, evidence: Evidence, answers: Mapping[str, Answer], in_vain: tuple[str, ...]
) -> str:
    if cause in in_vain:
        return _("remède essayé, sans effet")
    for check, answer in answers.items():
        if cause in answer.proves:
            return _("prouvé par une réponse") if check == cause else _("prouvé par un autre essai")
        if cause in answer.rules_out:
            return _("écarté par une réponse")
    told, told_hints = _signals(), _hints()
    best, reason = _TOLD, ""
    for signal, value in evidence.signals.items():
        usual = priors.likelihood(signal, value, UNKNOWN)
        here = priors.likelihood(signal, value, cause)
        if here / usual > best and (signal, value) in told:
            best, reason = here / usual, told[signal, value]
    for hint in evidence.hints:
        more = priors.hints.get(hint, {}).get(cause, 1.0)
        if more > best and hint in told_hints:
            best, reason = more, told_hints[hint]
        if not reason and more < 1 / _TOLD and hint in told_hints:
            reason = told_hints[hint]
    times = priors.times(cause, evidence.provider)
    if times >= best and evidence.family is not None:
        return _("plus fréquent chez {provider}").format(provider=evidence.family.name)
    return reason


def _hints() -> dict[str, str]:
    return {
        "link_rewritten": _("un filtre a réécrit les liens du mail gardé"),
        "mail_in_hand": _("le mail gardé est bien arrivé"),
        "address_elsewhere": _("l’adresse est prise par une autre demande"),
    }


def _signals() -> dict[tuple[str, str], str]:
    return {
        ("active", "yes"): _("le compte est déjà activé"),
        ("send", "waiting"): _("le mail n’est pas encore parti"),
        ("send", "refused_address"): _("le serveur a refusé l’adresse"),
        ("send", "refused_full"): _("le serveur dit la boîte pleine"),
        ("send", "refused_sender"): _("le serveur refuse l’expéditeur"),
        ("send", "accepted_recently"): _("envoyé il y a moins d’un quart d’heure"),
        ("links", "several"): _("plusieurs mails ont été envoyés"),
        ("links", "old_opened"): _("un ancien lien a été ouvert"),
        ("domain", "typo"): _("le domaine ressemble à une faute de frappe"),
        ("domain", "former"): _("ancien fournisseur"),
        ("domain", "gateway"): _("un filtre d’entreprise précède la boîte"),
    }
