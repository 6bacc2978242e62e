"""The links of made-up people: generations, mails with their fate, page openings, address claims."""

from datetime import timedelta
from typing import Any

from ameli_support.accounts.contract import SendKind
from ameli_support.clock import to_us
from ameli_support.mail.smtp_answers import enhanced_code, strip
from ameli_support.onboarding.link import Superseded
from ameli_support.outbox import GIVE_UP_AFTER, MailState
from ameli_support.sandbox import schema
from ameli_support.sandbox.lives import Fate, Life, Person
from ameli_support.sandbox.mailworld import mailboxes
from ameli_support.sandbox.pen import AGENT, SELF, SENDER, SUPERVISOR, Pen, us_of
from ameli_support.sandbox.world import World

_ACCEPTED = "250 2.0.0 Ok"
_DELIVERY = timedelta(seconds=2)
_ACTIONS = {
    SendKind.FIRST: "submit_address",
    SendKind.RESEND: "resend",
    SendKind.REISSUE: "reissue",
    SendKind.CORRECTION: "correct",
}


class Links:
    """Writes what follows an address that was submitted."""

    def __init__(self, pen: Pen, world: World) -> None:
        self._pen = pen
        self._link = timedelta(days=world.procedure.numbers.link_days)
        self._key_id = world.ring.newest
        self._domain = world.message_domain
        self._people = mailboxes.load()

    def write(self, enrolment: str, person: Person, life: Life) -> None:
        """Every link of an enrolment, its mails, its openings, and who holds the address."""
        assert person.address is not None
        if person.mailbox and person.address:
            self._people = mailboxes.load({person.address: person.mailbox})
        for number, issue in enumerate(life.issues, start=1):
            after = life.issues[number] if number < len(life.issues) else None
            address = issue.address or person.address
            generation = self._pen.id()
            changed = after is not None and after.kind is SendKind.CORRECTION
            used = life.confirmed is not None and after is None
            self._pen.add(
                schema.generation,
                id=generation,
                enrolment=enrolment,
                number=number,
                address=address,
                key_id=self._key_id,
                issued_at=self._pen.us(issue.before),
                expires_at=self._pen.us(issue.before) + us_of(self._link),
                superseded_at=self._pen.us(after.before) if after else None,
                superseded=(Superseded.ADDRESS_CHANGED if changed else Superseded.NEWER).value
                if after
                else None,
                revoked_at=None if life.suspended is None else self._pen.us(life.suspended),
                used_at=self._pen.us(life.confirmed) if used and life.confirmed is not None else None,
            )
            if after is None and life.openings:
                seen = life.confirmed if life.confirmed is not None else issue.before / 2
                self._pen.add(
                    schema.page_opening,
                    generation=generation,
                    first_at=self._pen.us((issue.before + seen) / 2),
                    last_at=self._pen.us(seen),
                    count=life.openings,
                )
            self._mail(enrolment, generation, issue.kind, issue.before, address, issue.fate)
            for before in issue.again:
                self._mail(enrolment, generation, SendKind.RESEND, before, address, issue.fate)
            by_agent = issue.kind in (SendKind.REISSUE, SendKind.CORRECTION)
            self._pen.audit(
                enrolment, issue.before, AGENT if by_agent else SELF, _ACTIONS[issue.kind], number
            )
        if life.holds_address:
            last = self._pen.us(life.issues[-1].before) + us_of(self._link)
            forever = life.confirmed is not None or life.suspended is not None
            self._pen.add(
                schema.address_claim,
                address=person.address,
                enrolment=enrolment,
                until=schema.FOREVER if forever else last,
            )
        for moment, actor, action in (
            (life.confirmed, SELF, "confirm"),
            (life.disputed, AGENT, "dispute"),
            (life.suspended, AGENT, "suspend"),
            (life.ended_before, SUPERVISOR, "cancel"),
        ):
            if moment is not None:
                self._pen.audit(enrolment, moment, actor, action, len(life.issues))

    def _mail(
        self, enrolment: str, generation: str, kind: SendKind, before: timedelta, address: str, fate: Fate
    ) -> None:
        send, mail = self._pen.id(), self._pen.id()
        said = _ACCEPTED if fate is Fate.HANDED_OVER else self._people.answer(address, self._pen.at)
        by_agent = kind in (SendKind.REISSUE, SendKind.CORRECTION)
        self._pen.add(
            schema.send,
            id=send,
            enrolment=enrolment,
            generation=generation,
            kind=kind.value,
            address=address,
            mail=mail,
            agent=SENDER if by_agent else None,
            at=self._pen.us(before),
        )
        tried = self._pen.us(before - _DELIVERY)
        answered = tried + us_of(timedelta(minutes=3)) if fate is Fate.BOUNCED else tried
        state = MailState(fate.value)
        accepted = fate in (Fate.HANDED_OVER, Fate.BOUNCED)
        self._pen.add(
            schema.mail,
            id=mail,
            owner_ref=send,
            message_id=f"<{mail}@{self._domain}>",
            recipient=address,
            state=state.value,
            queued_at=self._pen.us(before),
            state_at=answered,
            not_before=to_us(self._pen.at + timedelta(minutes=10)) if state is MailState.DEFERRED else None,
            expires_at=self._pen.us(before) + us_of(GIVE_UP_AFTER),
            attempts=1,
            handed_over_at=tried if accepted else None,
            **_columns(said),
        )
        self._pen.add(
            schema.metadata.tables["mail_attempt"],
            mail=mail,
            number=1,
            at=tried,
            state=(MailState.HANDED_OVER if accepted else state).value,
            duration_us=180_000,
            **_columns(_ACCEPTED if accepted else said),
        )


def _columns(said: str | None) -> dict[str, Any]:
    """An SMTP answer as the outbox stores it."""
    code, text = int((said or _ACCEPTED)[:3]), (said or _ACCEPTED)[4:]
    return {"smtp_code": code, "smtp_enhanced": enhanced_code(code, text), "smtp_text": strip(text)}
