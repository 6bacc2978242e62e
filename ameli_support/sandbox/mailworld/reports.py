"""The mail that tells a sender that theirs could not be delivered (RFC 3464, in the frame of RFC 6522).

It encloses the head of the mail that came back, never its body: a link stays where it was.
"""

import email
import email.policy
import re
import uuid
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import format_datetime

from ameli_support.sandbox.mailworld.parcel import Parcel

_KEPT = ("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted")
_PLAIN = email.policy.compat32.clone(linesep="\r\n")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def report(parcel: Parcel, host: str, at: datetime) -> bytes:
    """The report on a parcel that comes back from the server `host`."""
    said = re.sub(r"(\r?\n)+", " ", parcel.answer)
    enhanced = _ENHANCED.search(said[4:14])
    status = enhanced[0] if enhanced else f"{said[0]}.0.0"
    whole = EmailMessage(email.policy.SMTP)
    whole["Date"] = format_datetime(at)
    whole["From"] = f"Mail Delivery System <MAILER-DAEMON@{host}>"
    whole["To"] = parcel.sender
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole["Message-ID"] = f"<{uuid.uuid4().hex}@{host}>"
    whole["Auto-Submitted"] = "auto-replied"
    whole["MIME-Version"] = "1.0"
    whole["Content-Type"] = 'multipart/report; report-type="delivery-status"'
    words = EmailMessage(email.policy.SMTP)
    words.set_content(
        f"This is the mail system at host {host}.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n"
        f"<{parcel.address}>: host {host} said: {said}\n"
    )
    outcome = Message(_PLAIN)
    outcome["Content-Type"] = "message/delivery-status"
    server = {"Reporting-MTA": f"dns; {host}", "Arrival-Date": format_datetime(parcel.accepted_at)}
    recipient = {
        "Final-Recipient": f"rfc822; {parcel.address}",
        "Action": "failed",
        "Status": status,
        "Remote-MTA": f"dns; {host}",
        "Diagnostic-Code": f"smtp; {said}",
    }
    outcome.set_payload([_fields(server), _fields(recipient)])
    head = Message(_PLAIN)
    head["Content-Type"] = "text/rfc822-headers"
    head.set_payload(_head(parcel.content))
    whole.set_payload([words, outcome, head])
    return whole.as_bytes()


def _fields(fields: dict[str, str]) -> Message:
    group = Message(_PLAIN)
    for name, value in fields.items():
        group[name] = value
    return group


def _head(content: bytes) -> str:
    mail = email.message_from_bytes(content, policy=_PLAIN)
    lines = [f"{name}: {value}" for name in _KEPT if (value := mail[name]) is not None]
    # the head of a stranger's mail may hold bytes that are no text
    return ("\r\n".join(lines) + "\r\n").encode("ascii", "replace").decode("ascii")
