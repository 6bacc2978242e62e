"""An old validation mail is clicked, after several updates: look for the newest (rules §9, 7)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="old_mail",
    passage="l'on ne clique pas sur le lien présent dans un ancien mail de validation (suite à plusieurs "
    "mises à jour par exemple). Dans ce cas, il convient de rechercher le mail de validation le plus récent;",
    place=Place.WEBMAIL,
    question=Text(
        "Avez-vous plusieurs mails de confirmation ? Y en a-t-il un plus récent que celui où vous cliquez ?",
        "Do you have several confirmation mails? Is there a newer one than the one you click in?",
    ),
    look_for=Text(
        "La date et l'heure du mail, comparées à celles du dernier envoi : seul le plus récent est valable.",
        "The mail's date and time, against those of the last send: only the newest is valid.",
    ),
    answers=yes_no("old_mail"),
    remedy=Text(
        "Seul le dernier mail compte : ouvrez le plus récent et cliquez dans celui-là.",
        "Only the last mail counts: open the newest one and click in that one.",
    ),
    at_home=Text(
        "Si vous avez plusieurs de ces mails, cliquez dans le plus récent : les autres ne marchent plus.",
        "If you have several of these mails, click in the newest: the others no longer work.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
