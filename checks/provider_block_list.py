"""Deleted by the mailbox's settings: Orange's red list and its like (rules §9, 5)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="provider_block_list",
    passage="automatiquement supprimé par les paramètres de messagerie de l'assuré. Par exemple, chez Orange "
    "il existe une liste rouge qui entraîne parfois la suppression automatique des mails de l'assurance "
    'maladie contenant le mot "confirmation" (« confirm ») par l\'opérateur;',
    place=Place.WEBMAIL,
    question=Text(
        "Dans vos réglages : {blocked_path}. Voyez-vous « ameli », « Assurance Maladie » ou « confirm » ?",
        "In your settings: {blocked_path}. Do you see “ameli”, “Assurance Maladie” or “confirm”?",
    ),
    look_for=Text(
        "Listes de blocage, puis règles et transferts : {rules_path}. {quirk}",
        "Block lists, then rules and forwarding: {rules_path}. {quirk}",
    ),
    answers=yes_no("provider_block_list"),
    remedy=Text(
        "Retirez-le de la liste et enregistrez. Ensuite seulement, je renvoie ; sinon, une autre adresse.",
        "Take it off the list and save. Only then do I send the mail again; else, another address.",
    ),
    at_home=Text(
        "Dans vos réglages, ouvrez : {blocked_path}. Si « ameli », « Assurance Maladie » ou « confirm » y "
        "figure, retirez-le et enregistrez. Regardez aussi : {rules_path}.",
        "In your settings, open: {blocked_path}. If “ameli”, “Assurance Maladie” or “confirm” is there, "
        "take it off and save. Look too at: {rules_path}.",
    ),
    follow_up=FollowUp.RESEND,
    when=ALWAYS,
    changes_first=True,
)
