"""The fourth check of the document: Outlook without going through the access provider's client."""

from checks.check import Check, FollowUp, Place, Text, yes_no
from checks.evidence import Evidence

_WEB_ONLY = Text(
    "cette boîte n'est pas celle d'un fournisseur d'accès", "this mailbox is not an access provider's"
)
# mailboxes that come with an internet subscription are elsewhere; of these Outlook needs no provider's client
_OF_NO_ACCESS_PROVIDER = frozenset({"microsoft", "google", "apple", "yahoo", "proton"})


def _applies(evidence: Evidence) -> Text | None:
    return _WEB_ONLY if evidence.provider in _OF_NO_ACCESS_PROVIDER else None


CHECK = Check(
    id="outlook_without_provider_client",
    passage="pour les messageries Outlook, l'utilisation d'Outlook est possible sans passer par le client du "
    "fournisseur d'accès (se rapprocher du fournisseur d'accès pour le déterminer).",
    place=Place.PROGRAM,
    question=Text(
        "Lisez-vous vos mails dans Outlook ? Le mail est-il là si vous ouvrez {webmail} ?",
        "Do you read your mail in Outlook? Is the mail there when you open {webmail}?",
    ),
    look_for=Text(
        "Outlook s'emploie sans le client du fournisseur d'accès ; seul le fournisseur dit comment.",
        "Outlook can be used without the access provider's client; only the provider says how.",
    ),
    answers=yes_no(
        "outlook_without_provider_client",
        "Oui, le mail est sur le site",
        "Yes, the mail is on the site",
        "Non, pas d'Outlook ou pas de mail",
        "No, no Outlook or no mail",
    ),
    remedy=Text(
        "Cliquez depuis le site de votre messagerie ; pour Outlook, votre fournisseur d'accès vous aide.",
        "Click from your mailbox's site; to set Outlook up, your access provider will help you.",
    ),
    at_home=Text(
        "Si vous lisez vos mails dans Outlook, regardez aussi sur le site de la messagerie ({webmail}).",
        "If you read your mail in Outlook, look on the mailbox's site too ({webmail}).",
    ),
    follow_up=FollowUp.NONE,
    when=Text("boîte d'un fournisseur d'accès, ou inconnue", "an access provider's mailbox, or unknown"),
    applies=_applies,
)
