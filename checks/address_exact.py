"""The first check of the document: is the address in the account exact; the service compares."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="address_exact",
    passage="l'adresse mail renseignée dans le compte ameli est exacte;",
    place=Place.AGENT,
    question=Text(
        "Pouvez-vous me dire l'adresse mail que vous avez donnée, lettre par lettre ?",
        "Could you tell me the e-mail address that you gave, letter by letter?",
    ),
    look_for=Text(
        "Saisir l'adresse dite : le service la compare à celle du compte, sans la montrer.",
        "Type the address as said: the service compares it with the account's, without showing it.",
    ),
    answers=yes_no("address_exact", "Exacte", "Exact", "Inexacte", "Not exact", reversed=True),
    remedy=Text(
        "L'adresse du compte n'est pas la vôtre : je la corrige, et un nouveau lien vous est envoyé.",
        "The address in the account is not yours: I correct it, and a new link is sent to you.",
    ),
    follow_up=FollowUp.CORRECT,
    when=ALWAYS,
)
