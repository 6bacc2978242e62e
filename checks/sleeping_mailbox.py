"""A mailbox asleep, or of a provider that the person has left (facts/mail.md §1.4)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="sleeping_mailbox",
    added=Text(
        "Une boîte délaissée, ou d'un ancien fournisseur, ne reçoit plus rien.",
        "A mailbox left aside, or of a former provider, receives nothing any more.",
    ),
    place=Place.WEBMAIL,
    question=Text(
        "Depuis quand n'avez-vous pas ouvert cette boîte ? Êtes-vous encore abonné chez ce fournisseur ?",
        "When did you last open this mailbox? Are you still a customer of this provider?",
    ),
    look_for=Text(
        "Plus de quatre mois sans connexion, abonnement terminé. {quirk}",
        "More than four months without a login, a subscription that ended. {quirk}",
    ),
    answers=yes_no(
        "sleeping_mailbox",
        "En sommeil, ou fournisseur quitté",
        "Asleep, or provider left",
        "Ouverte souvent",
        "Opened often",
    ),
    remedy=Text(
        "Connectez-vous à la boîte pour la réveiller, puis je renvoie ; sinon, donnez-moi une autre adresse.",
        "Log in to the mailbox to wake it up, then I send again; else give me another address.",
    ),
    at_home=Text(
        "Si vous n'aviez pas ouvert cette boîte depuis des mois, restez-y connecté : elle se réveille. "
        "{quirk}",
        "If you had not opened this mailbox for months, log in and stay in it: it wakes up. {quirk}",
    ),
    follow_up=FollowUp.CORRECT,
    when=ALWAYS,
    changes_first=True,
)
