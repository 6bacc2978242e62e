"""The mail or its link is blocked by an antivirus, the mail program or the provider (rules §9, 6)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="link_blocked",
    passage='"bloqué" ou le lien de validation présent dans le mail est bloqué par un antivirus, le logiciel '
    "de messagerie, le fournisseur de l'adresse mail.",
    place=Place.WEBMAIL,
    question=Text(
        "Avez-vous le mail, mais rien ne s'ouvre, ou une alerte apparaît, quand vous cliquez ?",
        "Do you have the mail, but nothing opens, or a warning appears, when you click?",
    ),
    look_for=Text(
        "Alerte d'antivirus, bouton grisé, page bloquée, lien coupé en deux lignes.",
        "An antivirus warning, a grey button, a blocked page, a link broken over two lines.",
    ),
    answers=yes_no("link_blocked"),
    remedy=Text(
        "Essayez avec un autre navigateur ou appareil, sans couper l'antivirus ; recopiez le lien en entier.",
        "Try another browser or device, without switching the antivirus off; copy the whole link.",
    ),
    at_home=Text(
        "Si rien ne s'ouvre quand vous cliquez, essayez un autre navigateur ou appareil, sans couper "
        "l'antivirus, ou recopiez le lien en entier.",
        "If nothing opens when you click, try another browser or device, without switching the antivirus "
        "off, or copy the whole link.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
