"""The mailbox of returned mails: a report marks its send as bounced, and nothing of it is kept (rules §4)."""

import email
import email.policy
import os
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ameli_support import sql
from ameli_support.clock import FixedClock, to_us
from ameli_support.outbox import MailState
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import schema
from ameli_support.sandbox.courier import Courier
from ameli_support.sandbox.maildirs import deliver, folder_of
from ameli_support.sandbox.mailworld import MailWorld, mailboxes
from ameli_support.sandbox.mailworld.parcel import Parcel
from ameli_support.sandbox.mailworld.reports import report
from ameli_support.sandbox.returns import PATIENCE_SECONDS, Returns
from ameli_support.sandbox.world import open_world
from tests.sandbox.conftest import MONDAY
from tests.sandbox.service import Service
from tests.sandbox.test_mailboxes import anything_in

BOX = "retours@exemple.fr"
FULL = "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR204_417 [417]"


@pytest.fixture
def own(engine_url: str, tmp_path: Path) -> Iterator[Service]:
    """A service on a world of this test alone."""
    clock = FixedClock(MONDAY)
    world = open_world(engine_url, tmp_path / "keys", system=clock, pool_size=8)
    yield Service(world, clock)
    world.close()


@pytest.fixture
def returns(service: Service, tmp_path: Path) -> Returns:
    return Returns(service.world, tmp_path, BOX)


def message_id(service: Service, record: str) -> str:
    s, m = schema.send, schema.mail
    query = select(m.c.message_id).join(s, s.c.mail == m.c.id)
    with sql.read(service.world.engine) as conn:
        return str(conn.execute(query.where(s.c.enrolment == service.enrolment(record).id)).scalar_one())


def came_back(service: Service, record: str, answer: str = FULL, **other: str) -> bytes:
    """The report on a person's one mail."""
    mail = EmailMessage()
    mail["Message-ID"] = other.get("message_id") or message_id(service, record)
    mail.set_content("https://exemple.fr/confirmer/abc")
    address = other.get("recipient") or service.address(record)
    parcel = Parcel(address, BOX, mail.as_bytes(), service.now(), answer=answer)
    return report(parcel, "smtp-in.orange.fr", service.now())


def answer_of(service: Service, record: str) -> Any:
    """What the person's one mail was answered in the end."""
    m = schema.mail.c
    query = select(m.smtp_code, m.smtp_enhanced, m.smtp_text, m.state_at)
    with sql.read(service.world.engine) as conn:
        return conn.execute(query.where(m.message_id == message_id(service, record))).one()


def state(service: Service, record: str) -> str:
    return str(service.sends(record)[0].state)


async def test_the_whole_way_sent_accepted_returned_later_and_noted(own: Service, tmp_path: Path) -> None:
    record = own.waiting("renee@orange.fr", delivered=False)
    root = tmp_path / "mail"
    courier = Courier(own.world, lambda token: f"https://exemple.fr/confirmer/{token}", "nepas@exemple.fr")
    people = mailboxes.load({"renee@orange.fr": "returned_late"})
    async with MailWorld(root, people=people, clock=own.world.business) as post:
        smtp = SmtpSettings("127.0.0.1", post.port, tls="none", timeout=5, envelope_sender=BOX)
        worker = Outbox(
            own.world.engine,
            schema.mail,
            wanted=courier.wanted,
            render=courier.render,
            transport=SmtpTransport(smtp),
            clocks=Clocks(own.world.business, own.world.system),
        )
        await worker.run_once()
    returns = Returns(own.world, root, BOX)
    assert returns.read() == 0
    assert state(own, record) == MailState.HANDED_OVER
    own.forward(days=1)
    assert post.carry_due() == 1
    assert returns.read() == 1
    assert state(own, record) == MailState.BOUNCED
    said = answer_of(own, record)
    assert (said.smtp_code, said.smtp_enhanced) == (552, "5.1.1")
    assert said.smtp_text.startswith("5.1.1 Boite du destinataire pleine.")
    assert said.state_at == to_us(MONDAY + timedelta(hours=3))
    assert not anything_in(root)


def test_a_report_on_a_mail_that_was_not_yet_noted_waits_its_turn(
    service: Service, returns: Returns, tmp_path: Path
) -> None:
    record = service.waiting(delivered=False)
    deliver(tmp_path, BOX, "", came_back(service, record))
    assert returns.read() == 0
    m = schema.mail
    service.change(m, m.c.message_id == message_id(service, record), state="handed_over", not_before=None)
    assert returns.read() == 1
    assert state(service, record) == MailState.BOUNCED
    assert not anything_in(folder_of(tmp_path, BOX))


def test_it_does_not_wait_for_ever(service: Service, returns: Returns, tmp_path: Path) -> None:
    record = service.waiting(delivered=False)
    deliver(tmp_path, BOX, "", came_back(service, record))
    for file in folder_of(tmp_path, BOX).glob("new/*"):
        old = file.stat().st_mtime - PATIENCE_SECONDS - 1
        os.utime(file, (old, old))
    assert returns.read() == 0
    assert not anything_in(folder_of(tmp_path, BOX))


def delayed(service: Service, record: str) -> bytes:
    return came_back(service, record, "451 4.7.1 later").replace(b"Action: failed", b"Action: delayed")


def absent(service: Service, record: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Absence du bureau"
    message["Auto-Submitted"] = "auto-replied"
    message["In-Reply-To"] = message_id(service, record)
    message.set_content("Je suis en congé jusqu’au 3.")
    return message.as_bytes()


@pytest.mark.parametrize(
    "report_of",
    [
        lambda service, record: came_back(service, record, message_id="<somebody@else>"),
        lambda service, record: came_back(service, record, recipient="somebody@orange.fr"),
        delayed,
        absent,
        lambda _service, _record: b"",
        lambda _service, _record: b"\xff\x00 no mail at all \r\n\r\n",
    ],
    ids=["unknown mail", "another recipient", "delayed", "out of office", "empty", "bytes"],
)  # fmt: skip
def test_what_is_no_failure_of_this_mail_changes_nothing_and_is_deleted(
    service: Service, returns: Returns, tmp_path: Path, report_of: object
) -> None:
    record = service.waiting()
    assert callable(report_of)
    deliver(tmp_path, BOX, "", report_of(service, record))
    assert returns.read() == 0
    assert state(service, record) == MailState.HANDED_OVER
    assert not anything_in(folder_of(tmp_path, BOX))


def test_a_second_report_on_one_mail_changes_nothing(
    service: Service, returns: Returns, tmp_path: Path
) -> None:
    record = service.waiting()
    deliver(tmp_path, BOX, "", came_back(service, record))
    deliver(tmp_path, BOX, "", came_back(service, record, "550 5.1.1 User unknown"))
    assert returns.read() == 1
    assert answer_of(service, record).smtp_code == 552
    assert not anything_in(folder_of(tmp_path, BOX))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"Message-ID: <", b"Message-ID: <\x00"),
        (b"Status: 5.1.1", b"Status: 5.123456789.123456789"),
        (b"Diagnostic-Code: smtp; 552", b"Diagnostic-Code: smtp; \x00552" + b"9" * 900),
        (b"Final-Recipient: rfc822; ", b"Final-Recipient: rfc822; \xed\xa0\x80"),
    ],
    ids=["nul in the id", "long status", "long answer", "no text"],
)
def test_a_hostile_report_hinders_no_other(
    service: Service, returns: Returns, tmp_path: Path, written: bytes, instead: bytes
) -> None:
    hostile, record = service.waiting(), service.waiting()
    raw = came_back(service, hostile)
    assert written in raw
    deliver(tmp_path, BOX, "", raw.replace(written, instead))
    deliver(tmp_path, BOX, "", came_back(service, record))
    assert returns.read() >= 1
    assert state(service, record) == MailState.BOUNCED
    assert not anything_in(folder_of(tmp_path, BOX))


def test_a_server_that_sends_the_whole_mail_back_is_understood_too(
    service: Service, returns: Returns, tmp_path: Path
) -> None:
    record = service.waiting()
    whole = came_back(service, record).replace(b"text/rfc822-headers", b"message/rfc822")
    deliver(tmp_path, BOX, "", whole)
    assert returns.read() == 1
    assert state(service, record) == MailState.BOUNCED


def test_no_address_of_the_answer_is_kept(service: Service, returns: Returns, tmp_path: Path) -> None:
    record = service.waiting()
    address = service.address(record)
    deliver(tmp_path, BOX, "", came_back(service, record, f"550 5.1.1 <{address}>: user unknown"))
    assert returns.read() == 1
    assert answer_of(service, record).smtp_text == "5.1.1 <[adresse]>: user unknown"


def test_reports_can_be_written_in_any_policy(service: Service) -> None:
    """A report is plain ASCII with CRLF, whatever the mail was."""
    raw = came_back(service, service.waiting())
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert email.message_from_bytes(raw, policy=email.policy.default)["Auto-Submitted"] == "auto-replied"
