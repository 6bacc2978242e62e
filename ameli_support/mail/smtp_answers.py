"""What an SMTP answer means, in plain French: pure, from the code, the enhanced code and the text.

The families are those of `answers`; here are the sentences for a mail that was handed over, and what
goes wrong before any server answers.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ameli_support.i18n import _
from ameli_support.mail import answers
from ameli_support.mail.answers import Verdict
from ameli_support.mail.families import Family, Reason

MAX_TEXT = 300


class Trouble(StrEnum):
    """What went wrong when no answer of the server says it."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CUT = "cut"
    GARBAGE = "garbage"
    TLS = "tls"
    LOGIN = "login"
    GREETING = "greeting"
    UNSUPPORTED = "unsupported"
    BAD_RECIPIENT = "bad_recipient"
    UNRENDERED = "unrendered"
    UNWANTED = "unwanted"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Reading:
    """The family of an answer (None: nobody answered), whether it is tried again, what to say."""

    family: Family | None
    temporary: bool
    sentence: str


# ── stripping ───────────────────────────────────────────────────────────────

_LINK = re.compile(r"(?i)\b(?:https?|mailto)(?:://|:|%3a)\S+")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;]+")
_TOKEN = re.compile(r"(?<![\w=-])[\w=-]{32,}(?![\w=-])")
_DIGITS = re.compile(r"(?<!\w)\d(?:[\s.-]?[\dABab]){12,14}(?!\w)")
# longer answers are cut at a word before the search, which is quadratic in the longest word
_SEARCHED = 2000


def strip(text: str) -> str:
    """One printable line of at most 300 characters, without addresses, links, tokens or NIRs."""
    if len(text) > _SEARCHED:
        text = text[:_SEARCHED].rpartition(" ")[0]
    text = "".join(c if c.isprintable() else " " for c in text)
    text = _LINK.sub("[lien]", text)
    text = _ADDRESS.sub("[adresse]", text)
    text = _TOKEN.sub("[jeton]", text)
    text = _DIGITS.sub("[numéro]", text)
    return " ".join(text.split())[:MAX_TEXT]


_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def enhanced_code(code: int, text: str) -> str | None:
    """The RFC 3463 code at the head of `text`, or None; its class must be the reply's, and an
    IP address is never taken for one."""
    found = _ENHANCED.match(text.lstrip())
    if found is None or found[1][0] != str(code)[:1]:
        return None
    return found[1]


# ── reading ─────────────────────────────────────────────────────────────────

_OUR_SIDE = {
    Trouble.UNREACHABLE,
    Trouble.TIMEOUT,
    Trouble.CUT,
    Trouble.GARBAGE,
    Trouble.TLS,
    Trouble.LOGIN,
    Trouble.GREETING,
    Trouble.UNRENDERED,
}


def read(code: int | None, enhanced: str | None, text: str | None, trouble: str | None = None) -> Reading:
    """The reading of one answer, or of the trouble that took its place."""
    if trouble is not None:
        return _trouble(Trouble(trouble))
    temporary = 400 <= (code or 0) <= 499
    verdict = answers.read(text or "", reply=code, enhanced=enhanced)
    return Reading(verdict.family, temporary, _sentence(verdict, temporary))


# ── sentences ───────────────────────────────────────────────────────────────


def _trouble(trouble: Trouble) -> Reading:
    sentence = {
        Trouble.UNREACHABLE: _("serveur d’envoi injoignable, nouvel essai prévu"),
        Trouble.TIMEOUT: _("pas de réponse du serveur à temps, nouvel essai prévu"),
        Trouble.CUT: _("connexion coupée pendant l’envoi, nouvel essai prévu"),
        Trouble.GARBAGE: _("réponse incompréhensible du serveur, nouvel essai prévu"),
        Trouble.TLS: _("liaison chiffrée impossible avec le serveur d’envoi, nouvel essai prévu"),
        Trouble.LOGIN: _("notre serveur d’envoi refuse notre identifiant, nouvel essai prévu"),
        Trouble.GREETING: _("le serveur d’envoi n’accepte pas la connexion, nouvel essai prévu"),
        Trouble.UNRENDERED: _("le mail n’a pas pu être préparé de notre côté, nouvel essai prévu"),
        Trouble.UNSUPPORTED: _("le serveur d’envoi n’accepte pas les accents dans l’adresse"),
        Trouble.BAD_RECIPIENT: _("adresse impossible : rien n’a été envoyé"),
        Trouble.UNWANTED: _("annulé avant l’envoi : il n’avait plus d’objet"),
        Trouble.EXPIRED: _("annulé : l’attente a dépassé la durée de validité"),
    }[trouble]
    if trouble in (Trouble.UNSUPPORTED, Trouble.BAD_RECIPIENT):
        return Reading(Family.ADDRESS_WRONG, False, sentence)
    return Reading(None, trouble in _OUR_SIDE, sentence)


def _sentence(verdict: Verdict, temporary: bool) -> str:
    family = verdict.family
    if temporary and verdict.reason is Reason.GREYLISTED:
        return _("le fournisseur demande d’attendre, nouvel essai prévu")
    if temporary:
        return {
            Family.MAILBOX_FULL: _("boîte pleine, nouvel essai prévu"),
            Family.REFUSED_SENDER: _("le fournisseur limite nos envois pour le moment, nouvel essai prévu"),
            Family.REFUSED_CONTENT: _("le fournisseur retient le mail pour le moment, nouvel essai prévu"),
        }.get(family, _("refus temporaire, nouvel essai prévu"))
    return {
        Family.DELIVERED: _("remis au fournisseur de la boîte (cela ne prouve pas la réception)"),
        Family.ADDRESS_WRONG: _("adresse inconnue chez le fournisseur"),
        Family.MAILBOX_FULL: _("boîte pleine"),
        Family.MAILBOX_INACTIVE: _("boîte fermée, inactive ou bloquée chez le fournisseur"),
        Family.REFUSED_BY_RECIPIENT_FILTER: _("un réglage du destinataire refuse nos mails"),
        Family.REFUSED_CONTENT: _("le fournisseur a refusé le contenu du mail"),
        Family.REFUSED_SENDER: _(
            "le fournisseur refuse nos envois : la personne n’y peut rien, à transmettre"
        ),
    }.get(family, _("refus définitif du fournisseur"))
