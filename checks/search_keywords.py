"""The last check of the document: search inbox and threads by subject, then by sender (rules §9, 8)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="search_keywords",
    passage="le mail ne se trouve pas dans la boîte de réception et les fils de discussions des anciens "
    "messages en recherchant avec les mots clés : « Votre compte ameli - Confirmation de votre adresse "
    "mail » "
    '(libellé du mail reçu) et "Votre Assurance Maladie » (expéditeur du mail).',
    place=Place.WEBMAIL,
    question=Text(
        "Dans la case de recherche, tapez « {subject} », puis « {sender} ». Un mail apparaît-il ?",
        "In the search box, type “{subject}”, then “{sender}”. Does a mail appear?",
    ),
    look_for=Text(
        "Sans guillemets ; déplier les fils de discussion ; en dernier, chercher « ameli » seul. {quirk}",
        "Without quotation marks; unfold the threads; last, search for “ameli” alone. {quirk}",
    ),
    answers=yes_no("search_keywords"),
    remedy=Text(
        "Ouvrez le plus récent de ces mails et appuyez sur le bouton « {button} ».",
        "Open the newest of these mails and press the button “{button}”.",
    ),
    at_home=Text(
        "Dans la case de recherche, tapez « {subject} », puis « {sender} », puis « ameli », sans "
        "guillemets. Dépliez les fils de discussion. {quirk}",
        "In the search box, type “{subject}”, then “{sender}”, then “ameli”, without quotation marks. "
        "Unfold the threads. {quirk}",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
