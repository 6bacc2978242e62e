"""Other tabs and folders of the inbox: promotions, archive, bin, all mail (facts/mail.md §7.1, 9)."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="other_folders",
    added=Text(
        "Les messageries rangent d'elles-mêmes des mails hors de la vue principale.",
        "Mailboxes sort mails out of the main view by themselves.",
    ),
    place=Place.WEBMAIL,
    question=Text(
        "Regardez dans les autres onglets et dossiers : {tabs}. Y voyez-vous le mail ?",
        "Look in the other tabs and folders: {tabs}. Do you see the mail there?",
    ),
    look_for=Text("Onglets, archives, corbeille, tous les messages.", "Tabs, archive, bin, all messages."),
    answers=yes_no("other_folders"),
    remedy=Text(
        "Ouvrez-le, remettez-le dans la boîte de réception et appuyez sur « {button} ».",
        "Open it, move it to the inbox and press “{button}”.",
    ),
    at_home=Text(
        "Regardez partout dans la boîte : {tabs}.",
        "Look everywhere in the mailbox: {tabs}.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
