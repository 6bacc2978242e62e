"""A POP program or another device took the mail (facts/mail.md §1.4, §7.1, 10)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="other_device",
    added=Text(
        "Un programme en POP ne prend que la boîte de réception, et retire les mails du serveur.",
        "A POP program fetches only the inbox, and takes the mails off the server.",
    ),
    place=Place.PROGRAM,
    question=Text(
        "Relevez-vous cette boîte sur un autre appareil ? Le mail est-il sur l'un d'eux ?",
        "Do you read this mailbox on another device? Is the mail on one of them?",
    ),
    look_for=Text(
        "Téléphone, tablette, ancien ordinateur, programme en POP.",
        "Phone, tablet, old computer, a POP program.",
    ),
    answers=yes_no("other_device"),
    remedy=Text(
        "Ouvrez le mail sur cet appareil et cliquez : le lien marche de partout.",
        "Open the mail on that device and click: the link works from anywhere.",
    ),
    at_home=Text(
        "Regardez sur tous les appareils qui relèvent cette boîte : téléphone, tablette, ancien ordinateur. "
        "Le lien marche de partout.",
        "Look on every device that reads this mailbox: phone, tablet, old computer. The link works from "
        "anywhere.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
