"""A mail kept from the screen: the dialog over whatever lies over the call, then what its link became."""

from typing import TYPE_CHECKING

from ameli_support.i18n import _
from screens.notice import Tone

if TYPE_CHECKING:
    from ameli_support.casework.keeping import MailKept
    from screens.call_acts import CallActs


def keep_a_mail(call: "CallActs") -> None:
    """Opens the dialog; where a link that worked has ended, the new one is proposed at once."""
    from screens.dialogs.keep_mail import KeepMail

    def kept(mail: "MailKept | None") -> None:
        if mail is None:
            return
        call.app.say(
            Tone.OK, _("Mail joint au dossier {number}.").format(number=call.state.case), _state(mail)
        )
        call.summarised = -1
        ended = any(link.superseded for link in mail.links)
        call.look_then((lambda: call.begin(call.next_send())) if ended else None)

    call.app.push_screen(KeepMail(call.state), kept)


def _state(mail: "MailKept") -> str:
    """What the service said of its link, in a few words."""
    if not mail.links:
        return ""
    ours = [link for link in mail.links if link.ours and link.state is not None]
    if not ours:
        return _("Son lien n’est pas celui de ce dossier.")
    if any(link.superseded for link in ours):
        return _("Son lien a pris fin : il en faut un neuf.")
    return _("Son lien n’était plus actif.")
