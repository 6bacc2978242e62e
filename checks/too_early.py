"""Too early: a server that does not know us takes the mail at a second try only (greylisting)."""

from datetime import timedelta

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

# how long a first mail may be kept waiting, before a second is worth sending (facts/mail.md §7.1, 8)
WAIT = timedelta(minutes=15)

CHECK = Check(
    id="too_early",
    added=Text(
        "Un premier mail peut attendre un quart d'heure : un second envoi trop tôt n'aide pas.",
        "A first mail may wait a quarter of an hour: a second one too early does not help.",
    ),
    place=Place.AGENT,
    question=Text(
        "Avez-vous demandé le mail il y a moins de quinze minutes ?",
        "Did you ask for the mail less than fifteen minutes ago?",
    ),
    look_for=Text("L'heure du dernier envoi.", "The time of the last send."),
    answers=yes_no("too_early"),
    remedy=Text(
        "Le mail peut mettre un quart d'heure : attendons avant d'en envoyer un second.",
        "The mail may take a quarter of an hour: let us wait before sending a second one.",
    ),
    at_home=Text(
        "Attendez un quart d'heure après votre demande : le mail peut être encore en route.",
        "Wait a quarter of an hour after you asked: the mail may still be on its way.",
    ),
    follow_up=FollowUp.WAIT,
    when=ALWAYS,
)
