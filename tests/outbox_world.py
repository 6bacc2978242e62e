"""An outbox on a fresh database, with clocks that tests move."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Engine, MetaData, select

from ameli_support import outbox, sql
from ameli_support.clock import FixedClock
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport, Transport
from ameli_support.outbox.table import QueuedMail, attempts_of
from ameli_support.outbox.worker import Clocks, Outbox

metadata = MetaData()
mail = outbox.define(metadata)
SENDER = "ne-pas-repondre@exemple.fr"


def letter(queued: QueuedMail) -> EmailMessage:
    """A small mail in two parts."""
    message = EmailMessage()
    message["From"] = f"Votre Assurance Maladie <{SENDER}>"
    message["To"] = queued.recipient
    message["Subject"] = "Votre compte ameli"
    message.set_content("Merci de confirmer votre é-mail.")
    return message


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Look again and again until `condition` holds; fails after so many seconds."""
    async with asyncio.timeout(seconds):
        while True:
            if await asyncio.to_thread(condition):
                return
            await asyncio.sleep(0.01)


class World:
    """The database, emptied, the clocks and what is needed to make workers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        metadata.create_all(engine)
        with sql.write(engine) as conn:
            conn.execute(attempts_of(mail).delete())
            conn.execute(mail.delete())
        self.business = FixedClock(datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
        self.system = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    def add(self, *recipients: str, **options: Any) -> list[str]:
        """Queue one mail a recipient; gives their ids."""
        ids = [uuid.uuid4().hex for _ in recipients]
        with sql.write(self.engine) as conn:
            for number, recipient in zip(ids, recipients, strict=True):
                outbox.enqueue(
                    conn,
                    mail,
                    id=number,
                    owner_ref=f"send-{number}",
                    message_id=f"<{number}@exemple.fr>",
                    recipient=recipient,
                    queued_at=self.business.now(),
                    **options,
                )
        return ids

    def worker(
        self,
        port: int = 0,
        *,
        transport: Transport | None = None,
        engine: Engine | None = None,
        wanted: Callable[[QueuedMail], bool] = lambda queued: True,
        render: Callable[[QueuedMail], EmailMessage] = letter,
        timeout: float = 5,
        lanes: int = 2,
        batch: int = 32,
    ) -> Outbox:
        """A worker on this world's clocks, by plain SMTP to `port` of the loopback."""
        settings = SmtpSettings("127.0.0.1", port, tls="none", timeout=timeout)
        return Outbox(
            engine or self.engine,
            mail,
            wanted=wanted,
            render=render,
            transport=transport or SmtpTransport(settings),
            clocks=Clocks(self.business, self.system),
            lanes=lanes,
            batch=batch,
        )

    def row(self, number: str) -> dict[str, Any]:
        """One mail as it stands."""
        with sql.read(self.engine) as conn:
            found = conn.execute(select(mail).where(mail.c.id == number)).mappings().one()
        return dict(found)

    def states(self) -> dict[str, int]:
        """How many mails stand where."""
        with sql.read(self.engine) as conn:
            found = conn.execute(select(mail.c.state)).scalars().all()
        return {state: found.count(state) for state in set(found)}

    def stand(self, **states: int) -> bool:
        """Whether exactly so many mails stand in each state."""
        return self.states() == states

    def attempts(self, number: str) -> list[dict[str, Any]]:
        """The attempts of one mail, first to last."""
        table = attempts_of(mail)
        with sql.read(self.engine) as conn:
            query = select(table).where(table.c.mail == number).order_by(table.c.number)
            return [dict(row) for row in conn.execute(query).mappings()]

    def later(self, **by: float) -> None:
        """Move the business clock on."""
        self.business.forward(timedelta(**by))
