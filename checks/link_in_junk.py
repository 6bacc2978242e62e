"""The mail is in junk, where links are dead: move it to the inbox first (facts/mail.md §1.4, §7.1, 12)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="link_in_junk",
    added=Text(
        "Dans les indésirables, des messageries désactivent les liens.",
        "In the junk folder, some mailboxes disable links.",
    ),
    place=Place.WEBMAIL,
    question=Text(
        "Le mail que vous ouvrez est-il encore dans {junk_folders}, avec un bouton qui ne réagit pas ?",
        "Is the mail that you open still in {junk_folders}, with a button that does not react?",
    ),
    look_for=Text(
        "Le nom du dossier en haut de la fenêtre ; un bandeau « liens désactivés ». {quirk}",
        "The folder's name at the top of the window; a band “links disabled”. {quirk}",
    ),
    answers=yes_no("link_in_junk"),
    remedy=Text(
        "Signalez-le comme légitime : il revient dans la boîte de réception, et le bouton marche.",
        "Mark it as legitimate: it comes back to the inbox, and the button works.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
