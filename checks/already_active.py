"""Already activated: a scanner or the person has clicked, and no mail is needed any more."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="already_active",
    added=Text(
        "Le compte peut être déjà activé sans que la personne l'ait vu : à regarder avant tout renvoi.",
        "The account may already be active without the person knowing: look before anything is sent.",
    ),
    place=Place.AGENT,
    question=Text(
        "Arrivez-vous à vous connecter à votre compte ameli ?", "Are you able to log in to your compte ameli?"
    ),
    look_for=Text("La phase du dossier : activé ou non.", "The record's phase: active or not."),
    answers=yes_no("already_active"),
    remedy=Text(
        "Votre compte est déjà activé : vous pouvez vous connecter, il n'y a plus rien à confirmer.",
        "Your account is already active: you can log in, nothing is left to confirm.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
