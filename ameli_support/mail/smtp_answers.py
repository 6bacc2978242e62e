"""What an SMTP answer means, in plain French: pure, from the code, the enhanced code and the text.

RFC 5321 §4.2, RFC 3463; the providers' own codes come before both, because they know better
(an Orange `552 5.1.1 … OFR_417` is a full mailbox, whatever 5.1.1 says).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ameli_support.i18n import _

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


class Family(StrEnum):
    """Who can act on an answer: the person (address, mailbox), nobody yet (wait), or our side."""

    ACCEPTED = "accepted"
    ADDRESS_WRONG = "address_wrong"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_INACTIVE = "mailbox_inactive"
    REFUSED_CONTENT = "refused_content"
    REFUSED_SENDER = "refused_sender"
    GREYLISTED = "greylisted"
    TEMPORARY = "temporary"
    OUR_SIDE = "our_side"
    NOT_SENT = "not_sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reading:
    """The family of an answer, whether waiting may help, and the sentence for the agent."""

    family: Family
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

# Orange, Wanadoo, La Poste: "OFR_416", "LPN007_420" (facts/mail.md §1.3)
_FRENCH_CODE = re.compile(r"\b(?:OFR|LPN|OUK)\d*_(\d{3})\b", re.IGNORECASE)
_FRENCH_FAMILIES: dict[int, Family] = {
    416: Family.ADDRESS_WRONG,
    417: Family.MAILBOX_FULL,
    420: Family.MAILBOX_INACTIVE,
    426: Family.MAILBOX_INACTIVE,
    506: Family.REFUSED_CONTENT,
    513: Family.REFUSED_CONTENT,
    514: Family.REFUSED_CONTENT,
    536: Family.REFUSED_CONTENT,
    104: Family.TEMPORARY,
    109: Family.TEMPORARY,
}

# in this order: the first that matches names the family
_WORDS: tuple[tuple[Family, str], ...] = (
    (Family.GREYLISTED, r"gr[ea]y-?list|greyed|try again later.*(policy|first)|postgrey"),
    (
        Family.MAILBOX_FULL,
        r"over ?quota|quota (exceed|d[ée]pass)|(mailbox|inbox|bo[iî]te).{0,30}(full|pleine)"
        r"|out of storage|insufficient (storage|space)|exceeded storage",
    ),
    (
        Family.MAILBOX_INACTIVE,
        r"(mailbox|account|user|recipient).{0,30}(disabled|inactive|suspended|archived|locked|closed)"
        r"|(compte|bo[iî]te).{0,30}(d[ée]sactiv|inacti|suspendu|bloqu)",
    ),
    (
        Family.REFUSED_SENDER,
        r"spamhaus|block ?list|black ?list|\bdnsbl\b|\brbl\b|reputation|\bspf\b|\bdkim\b|\bdmarc\b"
        r"|unauthenticated|too many (spams?|errors?|connections?|messages?) from|(sender|client).{0,30}"
        r"(reject|denied|refus|block)|relay (access )?denied|refused to talk",
    ),
    (Family.REFUSED_CONTENT, r"\bspam|\bvirus|content (reject|refus)|message (too large|size)|phish"),
    (
        Family.ADDRESS_WRONG,
        r"(user|recipient|mailbox|address|account|utilisateur|destinataire|adresse)"
        r".{0,40}(unknown|not found|not exist|invalid|unavailable|inconnue?|introuvable|n.existe pas)"
        r"|unknown (user|recipient|local part|or illegal alias)|no such (user|mailbox|recipient)|nosuchuser",
    ),
)
_PATTERNS = tuple((family, re.compile(words, re.IGNORECASE)) for family, words in _WORDS)

_BY_ENHANCED: tuple[tuple[str, Family], ...] = (
    ("1.1", Family.ADDRESS_WRONG),
    ("1.2", Family.ADDRESS_WRONG),
    ("1.3", Family.ADDRESS_WRONG),
    ("1.6", Family.MAILBOX_INACTIVE),
    ("1.10", Family.ADDRESS_WRONG),
    ("1.7", Family.REFUSED_SENDER),
    ("1.8", Family.REFUSED_SENDER),
    ("2.1", Family.MAILBOX_INACTIVE),
    ("2.2", Family.MAILBOX_FULL),
    ("2.3", Family.REFUSED_CONTENT),
    ("3.4", Family.REFUSED_CONTENT),
    ("6.0", Family.REFUSED_CONTENT),
    ("7.", Family.REFUSED_SENDER),
)

# the fault lies with the recipient for good; a 4xx never proves that
_NEVER_TEMPORARY = {Family.ADDRESS_WRONG, Family.MAILBOX_INACTIVE}

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
    family = _family(code or 0, enhanced, text or "")
    temporary = 400 <= (code or 0) <= 499
    return Reading(family, temporary, _sentence(family, temporary))


def _family(code: int, enhanced: str | None, text: str) -> Family:
    if 200 <= code <= 299:
        return Family.ACCEPTED
    temporary = not 500 <= code <= 599
    for family in _candidates(enhanced, text):
        if temporary and family in _NEVER_TEMPORARY:
            continue
        if not temporary and family in (Family.GREYLISTED, Family.TEMPORARY):
            continue
        return family
    return Family.TEMPORARY if temporary else Family.REFUSED


def _candidates(enhanced: str | None, text: str) -> list[Family]:
    """What the provider's code, the words and the enhanced code suggest, best first."""
    found: list[Family] = []
    if own := _FRENCH_CODE.search(text):
        found.append(_FRENCH_FAMILIES.get(int(own[1]), Family.REFUSED_SENDER))
    found += [family for family, pattern in _PATTERNS if pattern.search(text)]
    if enhanced is not None:
        detail = enhanced.partition(".")[2]
        found += [
            family
            for code, family in _BY_ENHANCED
            if detail == code or (code.endswith(".") and detail.startswith(code))
        ]
    return found


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
    if trouble in _OUR_SIDE:
        return Reading(Family.OUR_SIDE, True, sentence)
    if trouble in (Trouble.UNSUPPORTED, Trouble.BAD_RECIPIENT):
        return Reading(Family.ADDRESS_WRONG, False, sentence)
    return Reading(Family.NOT_SENT, False, sentence)


def _sentence(family: Family, temporary: bool) -> str:
    if temporary:
        return {
            Family.MAILBOX_FULL: _("boîte pleine, nouvel essai prévu"),
            Family.REFUSED_SENDER: _("le fournisseur limite nos envois pour le moment, nouvel essai prévu"),
            Family.REFUSED_CONTENT: _("le fournisseur retient le mail pour le moment, nouvel essai prévu"),
            Family.GREYLISTED: _("le fournisseur demande d’attendre, nouvel essai prévu"),
        }.get(family, _("refus temporaire, nouvel essai prévu"))
    return {
        Family.ACCEPTED: _("remis au fournisseur de la boîte (cela ne prouve pas la réception)"),
        Family.ADDRESS_WRONG: _("adresse inconnue chez le fournisseur"),
        Family.MAILBOX_FULL: _("boîte pleine"),
        Family.MAILBOX_INACTIVE: _("boîte fermée, inactive ou bloquée chez le fournisseur"),
        Family.REFUSED_CONTENT: _("le fournisseur a refusé le contenu du mail"),
        Family.REFUSED_SENDER: _(
            "le fournisseur refuse nos envois : la personne n’y peut rien, à transmettre"
        ),
    }.get(family, _("refus définitif du fournisseur"))
