"""The third check of the document: another e-mail, at the same provider or another; the program concludes.

At level 2 it is a correction with the reason `test_other_address` (rules §9, 3); below, a mail to oneself,
which proves only that the mailbox works.
"""

from ameli_support.onboarding.identity import Level
from checks.check import ALWAYS, Answer, Check, FollowUp, Place, Text, cannot_tell

_PASSAGE = (
    "la non réception du mail se confirme en utilisant une autre e-mail créé chez le même fournisseur "
    "ou chez un fournisseur différent;"
)
_REMEDY = Text(
    "Votre fournisseur ne laisse pas passer ce mail : gardons l'autre adresse, ou voyez avec lui.",
    "Your provider does not let this mail through: let us keep the other address, or ask the provider.",
)
_AT_HOME = Text(
    "Envoyez-vous un mail à vous-même, à cette adresse : s'il n'arrive pas, c'est la boîte qui ne marche "
    "pas.",
    "Send a mail to yourself, to this very address: if it does not arrive, it is the mailbox that does not "
    "work.",
)

_TO_ONESELF = Check(
    id="other_address",
    passage=_PASSAGE,
    place=Place.WEBMAIL,
    question=Text(
        "Pouvez-vous vous envoyer un mail à vous-même, à cette adresse ? Arrive-t-il ?",
        "Could you send a mail to yourself, to this very address? Does it arrive?",
    ),
    look_for=Text(
        "Cela prouve seulement que la boîte marche ; l'essai avec une autre adresse demande le niveau 2.",
        "This proves only that the mailbox works; the trial with another address asks for level 2.",
    ),
    answers=(
        Answer(
            "arrives",
            Text("Il arrive", "It arrives"),
            rules_out=("mailbox_full", "sleeping_mailbox"),
        ),
        Answer("does_not_arrive", Text("Il n'arrive pas", "It does not arrive")),
        cannot_tell(),
    ),
    remedy=_REMEDY,
    at_home=_AT_HOME,
    follow_up=FollowUp.CORRECT,
    when=ALWAYS,
)

CHECK = Check(
    id="other_address",
    passage=_PASSAGE,
    place=Place.AGENT,
    question=Text(
        "Avez-vous une autre adresse mail ? J'y envoie le lien : dites-moi où il arrive.",
        "Do you have another e-mail address? I send the link there: tell me where it arrives.",
    ),
    look_for=Text(
        "Corriger l'adresse avec le motif « Essai avec une autre adresse », puis attendre le mail ensemble.",
        "Correct the address with the reason “Trial with another address”, then wait for the mail together.",
    ),
    answers=(
        Answer(
            "same_provider",
            Text("Arrivé, chez le même fournisseur", "Arrived, at the same provider"),
            proves=("provider_block_list",),
            rules_out=("other_address", "sender_refused"),
        ),
        Answer(
            "only_elsewhere",
            Text("Arrivé, seulement chez un autre fournisseur", "Arrived, only at another provider"),
            proves=("other_address",),
            rules_out=("sender_refused",),
        ),
        Answer(
            "nowhere",
            Text("Arrivé nulle part", "Arrived nowhere"),
            proves=("sender_refused",),
            rules_out=("other_address",),
        ),
        cannot_tell(),
    ),
    remedy=_REMEDY,
    at_home=_AT_HOME,
    follow_up=FollowUp.CORRECT,
    when=Text("niveau 2 ; au-dessous, un mail à soi-même", "level 2; below it, a mail to oneself"),
    level=Level.REINFORCED,
    below=_TO_ONESELF,
)
