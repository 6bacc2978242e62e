"""A case told in sentences, written from its events: dates, codes and agent numbers, no name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ameli_support.casework.views import EventRow
from ameli_support.clock import from_us, paris
from ameli_support.i18n import _, language
from ameli_support.onboarding.procedure import Procedure

_Words = Callable[[str, Any], str]


def told(events: Sequence[EventRow], procedure: Procedure) -> tuple[str, ...]:
    """One sentence an event worth telling, oldest first; events of an unknown kind are named."""

    def words(section: str, code: Any) -> str:
        return _words(procedure, section, code)

    lines = []
    for event in events:
        sentence = _sentence(event, words)
        if sentence:
            at = paris(event.at)
            lines.append(f"{at:%d/%m/%Y %H:%M} · {event.actor} · {sentence}")
    return tuple(lines)


def _sentence(event: EventRow, words: _Words) -> str | None:
    tell = _TELL.get(event.kind)
    if tell is None or event.schema > 1:
        return event.kind
    return tell(event.payload, words)


def _words(procedure: Procedure, section: str, code: Any) -> str:
    """A code in the words of the procedure; the code itself when it has none."""
    for key in (f"{section}.{code}", f"{section}.{code}.label"):
        if key in procedure.cells:
            return procedure.text(key, language())
    return str(code)


def _opened(payload: Mapping[str, Any], words: _Words) -> str:
    return _("dossier ouvert")


def _reopened(payload: Mapping[str, Any], words: _Words) -> str:
    return _("dossier rouvert par un nouveau contact")


def _speaker(payload: Mapping[str, Any], words: _Words) -> str:
    who = words("speakers", payload["speaker"])
    how = words("directions", payload["direction"])
    if payload.get("representation"):
        who = f"{who} ({words('representations', payload['representation'])})"
    return _("{direction}, parle : {speaker}").format(direction=how, speaker=who)


def _checked(payload: Mapping[str, Any], words: _Words) -> str:
    if payload["failed"]:
        return _("contrôle de l’appelant échoué")
    if payload["level"] >= payload["level_sought"]:
        return _("appelant contrôlé au niveau {level}").format(level=payload["level"])
    return _("réponses comparées, niveau {level} pas encore atteint").format(level=payload["level_sought"])


def _said(payload: Mapping[str, Any], words: _Words) -> str:
    if payload["matches"]:
        return _("adresse dite par l’appelant : exacte")
    return _("adresse dite par l’appelant : inexacte")


def _intent(payload: Mapping[str, Any], words: _Words) -> str:
    return _("demandé : {act}").format(act=words("acts", payload["act"]))


def _outcome(payload: Mapping[str, Any], words: _Words) -> str:
    act = words("acts", payload["act"])
    if payload["result"] == "done":
        if payload.get("expires_at"):
            until = paris(from_us(payload["expires_at"]))
            return _("fait : {act} ; lien valable jusqu’au {until}").format(
                act=act, until=f"{until:%d/%m/%Y %H:%M}"
            )
        return _("fait : {act}").format(act=act)
    if payload["result"] == "refused":
        reason = words("reasons", payload["reason"]) if payload.get("reason") else payload["problem"]
        return _("refusé : {act} ({reason})").format(act=act, reason=reason)
    return _("pas fait : {act}").format(act=act)


def _unknown(payload: Mapping[str, Any], words: _Words) -> str:
    return _("issue inconnue : {act}").format(act=words("acts", payload["act"]))


def _diagnosed(payload: Mapping[str, Any], words: _Words) -> str:
    return _("diagnostic conclu : {cause} (liste {version})").format(
        cause=words("causes", payload["cause"]), version=payload["checklist"]
    )


def _mail_kept(payload: Mapping[str, Any], words: _Words) -> str:
    if payload["genuine"] is False:
        return _("mail gardé : il imite le nôtre")
    return _("mail gardé : le nôtre") if payload["genuine"] else _("mail gardé")


def _concluded(payload: Mapping[str, Any], words: _Words) -> str:
    text = _("conclu : {outcome}, cause : {cause}").format(
        outcome=words("outcomes", payload["outcome"]), cause=words("causes", payload["cause"])
    )
    if payload.get("queue"):
        text += _(", transmis : {queue}").format(queue=words("queues", payload["queue"]))
    if payload.get("callback_at"):
        at = paris(from_us(payload["callback_at"]))
        text += _(", rappel promis le {at}").format(at=f"{at:%d/%m/%Y %H:%M}")
    return text


_TELL: Mapping[str, Callable[[Mapping[str, Any], _Words], str | None]] = {
    "case.opened": _opened,
    "case.reopened": _reopened,
    "case.handed_over": lambda p, w: _("transmis à l’agent {to}").format(to=p["to"]),
    "case.reassigned": lambda p, w: _("réattribué à l’agent {to}").format(to=p["to"]),
    "case.resolved": lambda p, w: _("résolu : la personne a confirmé pendant l’appel"),
    "case.closed": lambda p, w: _("clos, sans nouveau contact"),
    "contact.opened": lambda p, w: None,
    "contact.speaker": _speaker,
    "contact.third_party_agreed": lambda p, w: _(
        "la personne accepte la présence d’un tiers, pour cet appel"
    ),
    "contact.left": lambda p, w: _("appel quitté sans être conclu"),
    "contact.concluded": _concluded,
    "identity.level_0": lambda p, w: _("niveau 0 choisi"),
    "identity.checked": _checked,
    "identity.refused": lambda p, w: _("contrôle de l’appelant refusé par le service"),
    "identity.unanswered": lambda p, w: _("contrôle de l’appelant sans réponse du service"),
    "address.said": _said,
    "address.unmasked": lambda p, w: _("adresse lue en clair"),
    "act.intent": _intent,
    "act.unknown": _unknown,
    "act.outcome": _outcome,
    "checks.started": lambda p, w: _("diagnostic commencé (liste {version})").format(version=p["checklist"]),
    "checks.reordered": lambda p, w: None,
    "checks.answered": lambda p, w: None,
    "checks.skipped": lambda p, w: _("question passée : {check}").format(check=w("causes", p["check"])),
    "checks.in_vain": lambda p, w: _("remède sans effet : {cause}").format(cause=w("causes", p["cause"])),
    "checks.changed": lambda p, w: _("réglage changé : {cause}").format(cause=w("causes", p["check"])),
    "checks.paused": lambda p, w: _("diagnostic en pause"),
    "checks.abandoned": lambda p, w: _("diagnostic abandonné"),
    "checks.concluded": _diagnosed,
    "mail.kept": _mail_kept,
    "mail.exported": lambda p, w: _("mail gardé rendu par un superviseur"),
    "refusal.explained": lambda p, w: _("code FranceConnect {code} expliqué").format(code=p["refusal"]),
    "note.added": lambda p, w: _("note ajoutée"),
}
