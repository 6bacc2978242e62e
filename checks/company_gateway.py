"""A company's gateway keeps the mail: quarantine, or a challenge that no automatic sender answers."""

from checks.check import Check, FollowUp, Place, Text, yes_no
from checks.evidence import Evidence

_PRIVATE = Text("boîte d'un fournisseur grand public", "the mailbox of a provider of private people")


def _applies(evidence: Evidence) -> Text | None:
    return None if evidence.of_a_company else _PRIVATE


CHECK = Check(
    id="company_gateway",
    added=Text(
        "Le filtre d'une entreprise garde des mails que la boîte ne montre jamais.",
        "A company's filter keeps mails that the mailbox never shows.",
    ),
    place=Place.WEBMAIL,
    question=Text(
        "Est-ce une adresse de travail ? Recevez-vous un relevé de quarantaine, ou un site de filtrage ?",
        "Is it an address at work? Do you get a quarantine digest, or is there a filter's site?",
    ),
    look_for=Text(
        "Relevé de quarantaine, demande de validation de l'expéditeur. {quirk}",
        "A quarantine digest, a request that the sender validate. {quirk}",
    ),
    answers=yes_no("company_gateway"),
    remedy=Text(
        "Libérez le mail de la quarantaine, ou voyez le service informatique ; mieux, une adresse privée.",
        "Release the mail from the quarantine, or ask your IT service; better, a private address.",
    ),
    at_home=Text(
        "Si c'est une adresse de travail, cherchez un relevé de quarantaine et libérez-y le mail, ou voyez "
        "le service informatique.",
        "If it is an address at work, look for a quarantine digest and release the mail there, or ask your "
        "IT service.",
    ),
    follow_up=FollowUp.CORRECT,
    when=Text("domaine d'entreprise, ou fournisseur inconnu", "a company's domain, or an unknown provider"),
    applies=_applies,
)
