"""A mail about another mail that was refused, delayed, delivered or complained of.

Delivery reports (RFC 3464) and complaints (RFC 5965) first; without one, what the text quotes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ameli_support.mail import answers
from ameli_support.mail.answers import Verdict, fold
from ameli_support.mail.families import Family, Reason, family_of
from ameli_support.mail.notices import alternatives, pattern
from ameli_support.mail.parsing import Headers, Mail, Part, headers_in
from ameli_support.mail.tokens import shown

MAX_GROUPS = 50


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of a mail: `status` is the enhanced code, `smtp_reply` the server's words, cleaned."""

    reason: Reason
    family: Family
    status: str | None
    smtp_reply: str | None
    recipient: str | None
    permanent: bool | None


def read_bounce(mail: Mail) -> Bounce | None:
    """The bounce that `mail` is, or None."""
    for part in mail.of_type("message/feedback-report"):
        if bounce := _complaint(part):
            return bounce
    reports = mail.of_type("message/delivery-status", "message/global-delivery-status")
    for part in reports:
        if bounce := _reported(mail, part):
            return bounce
    for part in mail.of_type("message/disposition-notification", "message/global-disposition-notification"):
        if bounce := _read_receipt(part):
            return bounce
    return _told(mail) if reports or from_a_mail_server(mail) else None


# ── reports ─────────────────────────────────────────────────────────────────


def _complaint(part: Part) -> Bounce | None:
    fields = headers_in(part.content)
    kind = fields.get("feedback-type").lower()
    if not kind or kind in ("not-spam", "auth-failure"):
        return None
    recipient = fields.get("original-rcpt-to") or fields.get("removal-recipient")
    return Bounce(Reason.COMPLAINT, Family.COMPLAINT, None, None, _address(recipient), None)


def _read_receipt(part: Part) -> Bounce | None:
    fields = headers_in(part.content)
    if not re.search(r"(?i)\b(?:displayed|processed|dispatched|deleted)\b", fields.get("disposition")):
        return None
    recipient = _address(fields.get("final-recipient") or fields.get("original-recipient"))
    return Bounce(Reason.DELIVERED, Family.DELIVERED, None, None, recipient, None)


_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def _reported(mail: Mail, part: Part) -> Bounce | None:
    """The gravest recipient of a delivery report."""
    found: list[tuple[int, Headers]] = []
    for text in re.split(rb"\n[ \t]*\n", part.content.strip(b"\n"))[:MAX_GROUPS]:
        group = headers_in(text)
        action = (group.get("action").lower().split() or [""])[0].strip(";,.()")
        if action in _ACTIONS or (not action and group.get("status") and group.get("final-recipient")):
            found.append((_ACTIONS.index(action) if action else 0, group))
    if not found:
        return None
    rank, group = min(found, key=lambda one: one[0])
    recipient = _address(group.get("original-recipient")) or _address(group.get("final-recipient"))
    recipient = _address(group.get("final-recipient")) or recipient
    status = found_status[1] if (found_status := _STATUS.search(group.get("status"))) else None
    reply = re.sub(r"(?i)^[a-z0-9-]{1,30} ?; ?", "", group.get("diagnostic-code").strip())
    if _ACTIONS[rank] in ("delivered", "relayed", "expanded"):
        return Bounce(Reason.DELIVERED, Family.DELIVERED, status, shown(reply) or None, recipient, None)
    verdict = _of_report(mail, reply, status)
    if _ACTIONS[rank] == "delayed":
        verdict = _delayed(verdict)
    return Bounce(verdict.reason, verdict.family, status, shown(reply) or None, recipient, verdict.permanent)


def _of_report(mail: Mail, reply: str, status: str | None) -> Verdict:
    """From the reply, else from what the text quotes, else from the status alone."""
    codes = answers.codes_in(reply)
    usable = None if codes.enhanced or (status and codes.kind and int(status[0]) != codes.kind) else status
    verdict = answers.read(reply, enhanced=usable)
    if reply and verdict.family not in (Family.UNKNOWN, Family.DELIVERED):
        return verdict
    for line in _quoted(_notice(mail)):
        quoted = answers.read(line)
        if quoted.family not in (Family.UNKNOWN, Family.DELIVERED):
            return quoted
    words = answers.read_words(_notice(mail)[: answers.MAX_READ])
    if words.family not in (Family.UNKNOWN, Family.AUTO_REPLY, Family.COMPLAINT) and _agrees(words, status):
        return words
    return answers.read("", enhanced=status)


def _agrees(words: Verdict, status: str | None) -> bool:
    """Prose may not make a temporary failure a dead address, nor contradict a telling status."""
    if status is None or status[2:] in ("0.0", "3.0", "7.1", "5.0"):
        return not (status or "5").startswith("4") or words.permanent is False
    return answers.read("", enhanced=status).family in (words.family, Family.UNKNOWN)


def _delayed(verdict: Verdict) -> Verdict:
    if verdict.family in (Family.ADDRESS_WRONG, Family.UNKNOWN, Family.DELIVERED):
        return Verdict(Reason.TEMPORARY, Family.TEMPORARY_OR_TECHNICAL, False)
    return Verdict(verdict.reason, verdict.family, False)


# ── without a report ────────────────────────────────────────────────────────


def from_a_mail_server(mail: Mail) -> bool:
    """Whether a server, not a person, wrote a notice about a delivery."""
    headers = mail.headers
    report = mail.parameters.get("report-type", "").lower()
    if headers.get("x-failed-recipients") or report == "delivery-status":
        return True
    sender = fold(headers.decoded("from")[:500])
    about = pattern("subject").search(fold(headers.decoded("subject")[:500])) is not None
    tells = pattern("notice").search(fold(mail.text)) is not None
    if pattern("daemon").search(sender):
        return about or tells
    unanswerable = headers.get("return-path").strip() == "<>" or not sender
    return unanswerable and about and tells


def _told(mail: Mail) -> Bounce:
    notice = _notice(mail)
    verdict = Verdict(Reason.UNKNOWN, Family.UNKNOWN, None)
    reply: str | None = None
    for line in _quoted(notice):
        read = answers.read(line)
        reply = reply or line
        if read.family not in (Family.UNKNOWN, Family.DELIVERED, Family.AUTO_REPLY):
            verdict, reply = read, line
            break
    if verdict.family is Family.UNKNOWN:
        read = answers.read_words(_without_courtesy(notice)[: answers.MAX_READ])
        if read.family not in (Family.AUTO_REPLY, Family.COMPLAINT):
            verdict = read
    status = answers.codes_in(reply or "").enhanced or (
        found[1] if (found := re.search(r"#([245]\.\d\.\d{1,3})\b", notice[:8000])) else None
    )
    return Bounce(
        verdict.reason,
        verdict.family,
        status,
        shown(reply) if reply else None,
        _recipient(mail, notice),
        verdict.permanent,
    )


_COPY = re.compile(rf"(?im)^[ \t>*-]*(?:{alternatives('copy')})$")
_NOT_COPY = re.compile(alternatives("not_copy"), re.IGNORECASE)


def _notice(mail: Mail) -> str:
    """What the server wrote itself: its text without the copy of the mail that came back."""
    texts = [part.text for part in mail.parts if part.content_type in ("text/plain", "text/html")]
    text = (texts[0] if texts else "")[:65_536].strip()
    if not text:
        text = mail.text[:65_536]
    for found in _COPY.finditer(text):
        if not _NOT_COPY.search(found[0]) and text[: found.start()].strip():
            return text[: found.start()]
    return text


_REPLY_LINE = re.compile(
    rf"(?i)^(?:.{{0,200}}?(?:{alternatives('quoted')})[^\n:]{{0,120}}: ?)?"
    r"[\s(<\[*'\"]{0,8}(?:smtp ?; ?)?([245]\d\d[ -].{2,400})$"
)
_REPLY_IN_LINE = re.compile(r"(?i)(?:said|reason|to me)[^:\n]{0,40}: ?\(?([245]\d\d\b.*)")


def _quoted(notice: str) -> Iterator[str]:
    """The SMTP answers that a notice quotes, each with the lines that go on with it."""
    lines = [line.strip()[:1000] for line in notice.splitlines()[:400]]
    for index, line in enumerate(lines):
        if not any(c.isdigit() for c in line):
            continue
        found = _REPLY_LINE.match(line) or _REPLY_IN_LINE.search(line)
        if found is None:
            continue
        answer = found[1]
        for more in lines[index + 1 : index + 8]:
            if not more or re.match(r"<[^>]+@|-{3,}|giving up", more, re.IGNORECASE):
                break
            answer += " " + more
        yield re.sub(r"\s\d{3}[- ](?=\S)", " ", answer[:2000])


def _without_courtesy(notice: str) -> str:
    courtesy = pattern("courtesy")
    return "\n".join(line for line in notice.splitlines() if not courtesy.search(fold(line)))


# ── addresses ───────────────────────────────────────────────────────────────

_ADDRESS = re.compile(r"[^\s<>\"'(),;:@\[\]]{1,64}@[^\s<>\"'(),;:@\[\]]{1,253}")


def _address(text: str) -> str | None:
    """The address of an `rfc822; a@b` field."""
    found = _ADDRESS.search(text[:1000])
    return shown(found[0].strip(".").lower(), 320) if found else None


def _recipient(mail: Mail, notice: str) -> str | None:
    if failed := _address(mail.headers.get("x-failed-recipients")):
        return failed
    ours = {address.lower() for address in _ADDRESS.findall(mail.headers.get("to")[:2000])}
    ours |= {address.lower() for address in _ADDRESS.findall(mail.headers.get("from")[:2000])}
    for text in (notice[:8000], mail.text[:8000]):
        for address in _ADDRESS.findall(text):
            address = address.strip(".").lower()
            if address not in ours and not re.match(r"(?:postmaster|mailer-daemon|abuse|support)@", address):
                return shown(address, 320)
    return None


def absent() -> Bounce:
    """What an automatic reply says of the mail that it answers."""
    return Bounce(Reason.ABSENT, family_of(Reason.ABSENT), None, None, None, None)
