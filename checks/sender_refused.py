"""The provider refuses us, the sender: the caller can do nothing, it is escalated (facts/mail.md §1.3)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="sender_refused",
    added=Text(
        "Un refus de l'expéditeur ne se règle pas chez la personne : seul le service technique y peut.",
        "A refusal of the sender is not settled at the person's: only the technical team can act.",
    ),
    place=Place.AGENT,
    question=Text(
        "Je regarde si votre fournisseur refuse nos mails.", "I am checking whether your provider refuses us."
    ),
    look_for=Text(
        "La réponse du serveur parle de l'expéditeur, de sa réputation ou du contenu.",
        "The server's answer speaks of the sender, its reputation or the content.",
    ),
    answers=yes_no("sender_refused", "Nous sommes refusés", "We are refused", "Non", "No"),
    remedy=Text(
        "Le blocage vient de notre côté, vous n'y pouvez rien : je le signale au service technique.",
        "The block is on our side, there is nothing you can do: I report it to the technical team.",
    ),
    follow_up=FollowUp.ESCALATE,
    when=ALWAYS,
)
