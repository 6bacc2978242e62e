"""The second check of the document: is the mail in spam or junk."""

from checks.check import ALWAYS, Check, FollowUp, Place, Text, yes_no

CHECK = Check(
    id="junk_folder",
    passage="le mail de validation est présent dans les courriels indésirables/spams;",
    place=Place.WEBMAIL,
    question=Text(
        "Pouvez-vous ouvrir le dossier {junk_folders} ? Y voyez-vous un mail de « {sender} » ?",
        "Could you open the folder {junk_folders}? Do you see a mail from “{sender}” there?",
    ),
    look_for=Text(
        "Objet « {subject} », expéditeur « {sender} ». Ouvrir la messagerie par le navigateur : {webmail}.",
        "Subject “{subject}”, sender “{sender}”. Open the mailbox in a browser: {webmail}.",
    ),
    answers=yes_no("junk_folder"),
    remedy=Text(
        "Signalez-le comme légitime, remettez-le dans la boîte de réception, puis ouvrez-le là et cliquez.",
        "Mark it as legitimate, move it to the inbox, then open it there and click.",
    ),
    at_home=Text(
        "Ouvrez le dossier {junk_folders}. Si le mail y est, signalez-le comme légitime, puis ouvrez-le dans "
        "la boîte de réception : dans les indésirables, le bouton peut être désactivé.",
        "Open the folder {junk_folders}. If the mail is there, mark it as legitimate, then open it in the "
        "inbox: in the junk folder, the button may be disabled.",
    ),
    follow_up=FollowUp.NONE,
    when=ALWAYS,
)
