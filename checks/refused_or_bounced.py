"""The address was refused, at once or by a bounce: the service's own sends (facts/mail.md §7.1, 3)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="refused_or_bounced",
    added=Text(
        "Le serveur de la personne a déjà répondu : sa réponse vaut mieux qu'une question.",
        "The person's server has already answered: its answer is worth more than a question.",
    ),
    place=Place.AGENT,
    question=Text(
        "Je regarde si votre messagerie a refusé notre mail.",
        "I am checking whether your mailbox refused our mail.",
    ),
    look_for=Text(
        "La réponse du serveur au dernier envoi, ou un retour.",
        "The server's answer to the last send, or a bounce.",
    ),
    answers=yes_no("refused_or_bounced", "Refusé", "Refused", "Pas refusé", "Not refused"),
    remedy=Text(
        "Votre messagerie a refusé le mail pour cette adresse : vérifions-la, ou donnez-m'en une autre.",
        "Your mail server refused the mail for this address: let us check it, or give me another.",
    ),
    follow_up=FollowUp.CORRECT,
    when=ALWAYS,
)
