"""A mail that the caller or a colleague kept, as evidence in a case (rules §3).

Read here, kept sealed under a key of its own; what is derived shows `[jeton]`. Its link's token goes to the
service once, in the body of a POST, where a live link ends: the agent is told before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from ameli_support.accounts.contract import KeptLinkView
from ameli_support.casework.acting import Acting
from ameli_support.casework.bench import Bench, event_row
from ameli_support.casework.errors import ActRefused, DeskError
from ameli_support.casework.orders import kept_link
from ameli_support.casework.permissions import Action
from ameli_support.casework.texts import LONGEST_NOTE, storable
from ameli_support.casework.texts import reason as worded
from ameli_support.clock import from_us
from ameli_support.i18n import _
from ameli_support.mail.links import tokens_in
from ameli_support.mail.parsing import MAX_BYTES, Mail, parse
from ameli_support.mail.reading import Ours, Reading, read
from ameli_support.mail.tokens import without_tokens
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Level
from ameli_support.store import kept_mails
from ameli_support.store.cases import AnyRow
from ameli_support.store.errors import KeyTrouble
from ameli_support.store.journal import Journal
from ameli_support.store.sealing import Sealer

MOST_LINKS = 12  # of ours in one mail: a whole thread of them
MOST_ENCLOSED = 12
DEEPEST = 3  # forwarded as attachment, by somebody to whom it was forwarded so


@dataclass(frozen=True, slots=True)
class MailRead:
    """What a mail tells before it is kept; `ends_a_link`: keeping it ends every link of ours in it."""

    reading: Reading
    ends_a_link: bool


@dataclass(frozen=True, slots=True)
class MailKept:
    """A mail that is now in the case, by the name of its message; what the service said of its links."""

    message: str
    reading: Reading
    links: tuple[KeptLinkView, ...]


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A kept mail in a list; `erased`: its bytes are gone."""

    message: str
    agent: str
    at: datetime
    size: int
    erased: bool


@dataclass(slots=True)
class Keeping:
    """The part of a desk that keeps mails. `ours`: what our confirmation mail is known by."""

    bench: Bench
    acting: Acting
    ours: Ours

    def preview(self, raw: bytes) -> MailRead:
        """See `Desk.read_mail`."""
        mail = parse(_bounded(raw))
        return MailRead(read(mail, self.ours), bool(self._tokens(mail)))

    def attach(self, number: int, raw: bytes, *, told: bool) -> MailKept:
        """See `Desk.attach_mail`."""
        bench = self.bench
        bench.allow(Action.KEEP_MAIL, number)
        row = bench.contact(number)
        mail = parse(_bounded(raw))
        reading, tokens = read(mail, self.ours), self._tokens(mail)
        if tokens:
            if not told:
                raise DeskError(_("Ce mail porte un lien de confirmation : le garder met fin à ce lien."))
            if bench.case(number).record is None or bench.level(row) < Level.SIMPLE:
                sentence = _(
                    "Ce mail porte un lien : le contrôle de niveau 1 vient d’abord, dans le dossier."
                )
                raise ActRefused(sentence, reason=Reason.LEVEL_1_FIRST)
        try:
            sealer = kept_mails.sealer(bench.store, create=True)
        except KeyTrouble as trouble:
            raise DeskError(trouble.sentence) from None
        digest = sealer.digest(raw)
        message = self._again(number, digest) or self._keep(number, row, raw, mail, reading, sealer, digest)
        answers = (self.acting.act(number, kept_link(token, message)).answer for token in tokens)
        views = tuple(answer.kept_link for answer in answers if answer.kept_link is not None)
        return MailKept(message, reading, views)

    def _again(self, number: int, digest: str) -> str | None:
        """The name of the same mail, if the case keeps it: after a cut only the link is told again."""
        for event in map(event_row, self.bench.store.events(number)):
            if event.kind == "mail.kept" and event.payload.get("digest") == digest:
                return str(event.payload["message"])
        return None

    def _keep(
        self, number: int, row: AnyRow, raw: bytes, mail: Mail, reading: Reading, sealer: Sealer, digest: str
    ) -> str:
        bench, message = self.bench, uuid4().hex

        def write(journal: Journal) -> None:
            kept_mails.add(journal, sealer, message, number, bench.me.agent, raw)
            text = journal.keep(number, "mail", storable(_derived(mail, reading)[:LONGEST_NOTE]))
            told = {"call": row.call, "message": message, "digest": digest, "text": text}
            journal.append(number, None, bench.me.agent, "mail.kept", {**told, **_facts(reading)})

        bench.write(number, write)
        return message

    def kept(self, number: int) -> tuple[KeptRow, ...]:
        """See `Desk.kept_mails`."""
        self.bench.allow(Action.READ_CASE, number)
        return tuple(
            KeptRow(row.id, row.agent, from_us(row.at), row.size, row.erased_at is not None)
            for row in kept_mails.of_case(self.bench.store, number)
        )

    def export(self, number: int, message: str, reason: str) -> bytes:
        """See `Desk.export_mail`."""
        bench = self.bench
        bench.allow(Action.EXPORT_MAIL, number)
        why, record = worded(reason), bench.case(number).record
        if message not in {one.message for one in self.kept(number)}:
            raise DeskError(_("Ce dossier ne garde aucun mail de ce nom."))

        def write(journal: Journal) -> None:
            payload = {"message": message, "reason": journal.keep(number, "reason", why)}
            journal.append(number, None, bench.me.agent, "mail.exported", payload)

        bench.write(number, write)
        bench.store.log_access(
            actor=bench.me.agent,
            role=bench.me.role.value,
            what="mail_export",
            case=number,
            record=record,
            purpose=why,
        )
        try:
            raw = kept_mails.open_mail(bench.store, number, message)
        except KeyTrouble as trouble:
            raise DeskError(trouble.sentence) from None
        if raw is None:
            raise DeskError(_("Ce mail a été effacé."))
        return raw

    def _tokens(self, mail: Mail) -> list[str]:
        """The tokens of our links in a mail and in the mails that it encloses."""
        mails = islice(_with_enclosed(mail), MOST_ENCLOSED)
        found = dict.fromkeys(token for one in mails for token in tokens_in(one, self.ours.hosts))
        return list(found)[:MOST_LINKS]


def _with_enclosed(mail: Mail, depth: int = 0) -> Iterator[Mail]:
    """A mail, and those that it encloses, theirs too."""
    yield mail
    if depth < DEEPEST:
        for part in mail.of_type("message/rfc822"):
            yield from _with_enclosed(part.mail, depth + 1)


def _bounded(raw: bytes) -> bytes:
    if not raw.strip():
        raise DeskError(_("Ce mail est vide."))
    if len(raw) > MAX_BYTES:
        raise DeskError(_("Ce mail est trop grand : {most} Mo au plus.").format(most=MAX_BYTES // 1024**2))
    return raw


def _facts(reading: Reading) -> dict[str, Any]:
    """Codes for the event: nothing that somebody wrote."""
    return {
        "mail": reading.kind.value,
        "genuine": reading.genuine,
        "findings": [finding.code for finding in reading.findings],
        "verdicts": sorted({note.verdict.value for note in reading.antispam}),
        "rewriters": sorted({link.rewriter for link in reading.links if link.rewriter}),
        "bounce": reading.bounce.family.value if reading.bounce else None,
    }


def _derived(mail: Mail, reading: Reading) -> str:
    """The mail as a colleague may read it: without its links' tokens, and without whom it was sent to."""
    fields = (("From", "from"), ("Date", "date"), ("Subject", "subject"))
    head = [f"{label}: {mail.headers.decoded(name)}" for label, name in fields if mail.headers.get(name)]
    findings = [f"· {finding.text}" for finding in reading.findings]
    return without_tokens("\n".join([*head, *findings, "", mail.text]))
