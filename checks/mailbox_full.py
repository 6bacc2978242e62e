"""The mailbox is full and takes nothing any more (facts/mail.md §7.1, 7)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="mailbox_full",
    added=Text(
        "Une boîte pleine refuse tout : un refus sur dix en vient.",
        "A full mailbox refuses everything: one refusal in ten comes from it.",
    ),
    place=Place.WEBMAIL,
    question=Text(
        "Votre messagerie dit-elle que la boîte est pleine ? Recevez-vous d'autres mails aujourd'hui ?",
        "Does your mailbox say that it is full? Do you get other mails today?",
    ),
    look_for=Text(
        "Une jauge à 100 %, aucun mail depuis plusieurs jours.", "A gauge at 100 %, no mail for several days."
    ),
    answers=yes_no("mailbox_full", "Pleine", "Full", "Des mails arrivent", "Mails arrive"),
    remedy=Text(
        "Supprimez de vieux mails et videz la corbeille ; ensuite je vous renvoie le lien.",
        "Delete old mails and empty the bin; then I send you the link again.",
    ),
    at_home=Text(
        "Si la boîte est pleine, supprimez de vieux mails et videz la corbeille.",
        "If the mailbox is full, delete old mails and empty the bin.",
    ),
    follow_up=FollowUp.RESEND,
    when=ALWAYS,
    changes_first=True,
)
