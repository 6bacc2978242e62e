"""The mail never left: still queued, put off or cancelled, by the service's own sends."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="not_handed_over",
    added=Text(
        "Tant que le mail n'est pas parti, chercher chez la personne ne sert à rien.",
        "While the mail has not left, searching at the person's is of no use.",
    ),
    place=Place.AGENT,
    question=Text(
        "Je regarde si le mail est bien parti de chez nous.", "I am checking whether the mail has left us."
    ),
    look_for=Text(
        "L'état du dernier envoi : en file, remis à plus tard, annulé.",
        "The state of the last send: queued, put off, cancelled.",
    ),
    answers=yes_no("not_handed_over", "Pas parti", "Has not left", "Parti", "Has left"),
    remedy=Text(
        "Le mail n'est pas encore parti : il part de lui-même, inutile de le redemander.",
        "The mail has not left yet: it leaves by itself, there is no need to ask again.",
    ),
    follow_up=FollowUp.WAIT,
    when=ALWAYS,
)
