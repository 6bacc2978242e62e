"""What may still leave when its turn comes, and what it says; the whole way on real SMTP (rules §3, §4)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ameli_support import sql
from ameli_support.accounts.contract import CorrectReason
from ameli_support.clock import FixedClock, to_us
from ameli_support.onboarding.identity import Level, Role
from ameli_support.onboarding.person import PersonStatus
from ameli_support.outbox import MailState, QueuedMail
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.table import queued_mail
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import schema
from ameli_support.sandbox.courier import Courier, NoSuchSend
from ameli_support.sandbox.maildirs import list_mails
from ameli_support.sandbox.mailworld import MailWorld
from ameli_support.sandbox.world import open_world
from tests.sandbox.conftest import MONDAY
from tests.sandbox.service import Service, unique

BASE = "https://compte.exemple.fr/confirmer/"
SENDER = "ne-pas-repondre@exemple.fr"


def courier(service: Service) -> Courier:
    return Courier(service.world, lambda token: BASE + token, SENDER)


def mails(service: Service, record: str) -> list[QueuedMail]:
    """The person's mails, in the order in which they were asked for."""
    s, m = schema.send, schema.mail
    query = (
        select(m)
        .join(s, s.c.mail == m.c.id)
        .where(s.c.enrolment == service.enrolment(record).id)
        .order_by(s.c.at, s.c.kind)
    )
    with sql.read(service.world.engine) as conn:
        return [queued_mail(row) for row in conn.execute(query).mappings()]


def wanted(service: Service, record: str) -> list[bool]:
    return [courier(service).wanted(mail) for mail in mails(service, record)]


def test_the_mail_carries_the_link_of_its_generation_under_the_settings_address(service: Service) -> None:
    record = service.waiting(delivered=False)
    (mail,) = mails(service, record)
    message = courier(service).render(mail)
    body = message.get_body(("plain",))
    assert body is not None
    assert BASE + service.token(record) in body.get_content()
    assert message["To"] == service.address(record)
    assert message["Message-ID"] == mail.message_id
    assert message["Date"].datetime == service.now().replace(microsecond=0)


def test_a_link_is_wanted_to_its_last_microsecond(service: Service) -> None:
    record = service.waiting(delivered=False)
    (generation,) = service.generations(record)
    assert wanted(service, record) == [True]
    end = to_us(service.now())
    g = schema.generation
    service.change(g, g.c.id == generation.id, expires_at=end + 1)
    assert wanted(service, record) == [True]
    service.change(g, g.c.id == generation.id, expires_at=end)
    assert wanted(service, record) == [False]


def test_a_superseded_link_is_cancelled_and_the_newer_one_leaves(service: Service) -> None:
    record = service.waiting(delivered=False)
    service.forward(days=6)
    service.agent().call_resend(record)
    assert wanted(service, record) == [False, True]


def test_nothing_leaves_once_confirmed(service: Service) -> None:
    record = service.waiting(delivered=False)
    service.confirm(record)
    assert wanted(service, record) == [False]


def test_nothing_leaves_while_suspended_or_after_a_cancellation(service: Service) -> None:
    record = service.waiting(delivered=False)
    service.agent().suspend(record)
    assert wanted(service, record) == [False]
    supervisor = service.agent(Role.SUPERVISOR, purpose="vérification")
    supervisor.supervise(record, "cancel")
    assert wanted(service, record) == [False]


def test_nothing_leaves_for_the_deceased(service: Service) -> None:
    record = service.waiting(delivered=False)
    p = schema.insured_person
    service.change(p, p.c.id == record, status=PersonStatus.DECEASED.value)
    assert wanted(service, record) == [False]


def test_a_correction_mails_the_new_address_and_tells_the_old_one_nothing_personal(
    service: Service,
) -> None:
    record = service.waiting()
    old, new = service.address(record), f"{unique('n')}@free.fr"
    service.forward(minutes=5)
    agent = service.agent().reach(record, Level.REINFORCED)
    agent.correct(record, new, CorrectReason.MAILBOX_LOST)
    first, *later = mails(service, record)
    by_recipient = {mail.recipient: mail for mail in later}
    assert set(by_recipient) == {old, new}
    assert not courier(service).wanted(first)
    assert all(courier(service).wanted(mail) for mail in later)
    notice = courier(service).render(by_recipient[old]).as_string()
    assert new not in notice
    assert BASE not in notice
    assert "DUBOIS" not in notice.upper()
    whole = courier(service).render(by_recipient[new]).as_string()
    assert service.token(record) in whole.replace("=\r\n", "").replace("=\n", "")


def test_render_alone_reads_what_wanted_read_before(service: Service) -> None:
    one, other = service.waiting(delivered=False), service.waiting(delivered=False)
    post = courier(service)
    assert post.wanted(mails(service, one)[0])
    assert post.render(mails(service, other)[0])["To"] == service.address(other)


def test_a_mail_without_a_send_is_an_error_of_its_own(service: Service) -> None:
    (mail,) = mails(service, service.waiting(delivered=False))
    with pytest.raises(NoSuchSend):
        courier(service).wanted(replace(mail, id="0" * 32))


# ── the whole way ───────────────────────────────────────────────────────────


@pytest.fixture
def own(engine_url: str, tmp_path: Path) -> Iterator[Service]:
    """A service on a world of this test alone, because a worker takes whatever is due."""
    clock = FixedClock(MONDAY)
    world = open_world(engine_url, tmp_path / "keys", system=clock, pool_size=16)
    yield Service(world, clock)
    world.close()


def worker(service: Service, port: int) -> Outbox:
    post = courier(service)
    return Outbox(
        service.world.engine,
        schema.mail,
        wanted=post.wanted,
        render=post.render,
        transport=SmtpTransport(SmtpSettings("127.0.0.1", port, tls="none", timeout=5)),
        clocks=Clocks(service.world.business, service.world.system),
    )


async def test_the_link_arrives_and_is_stored_nowhere_else(own: Service, tmp_path: Path) -> None:
    record = own.waiting("angela@orange.fr", delivered=False)
    assert own.sends(record)[0].state == MailState.QUEUED
    async with MailWorld(tmp_path / "mail") as post:
        await worker(own, post.port).run_once()
    assert own.sends(record)[0].state == MailState.HANDED_OVER
    (mail,) = list_mails(tmp_path / "mail", "angela@orange.fr")
    token = own.token(record)
    assert mail.links == (BASE + token,)
    assert own.confirm(record) == "confirmed"
    with sql.read(own.world.engine) as conn:
        for table in schema.metadata.sorted_tables:
            assert token not in str(conn.execute(select(table)).all())


async def test_a_mail_replaced_while_smtp_is_down_is_cancelled_and_only_the_newest_arrives(
    own: Service, tmp_path: Path
) -> None:
    record = own.waiting("karim@gmail.com", delivered=False)
    own.forward(days=6)
    own.agent().call_resend(record)
    async with MailWorld(tmp_path / "mail") as post:
        await worker(own, post.port).run_once()
    assert [send.state for send in own.sends(record)] == ["cancelled", "handed_over"]
    (mail,) = list_mails(tmp_path / "mail", "karim@gmail.com")
    assert mail.links == (BASE + own.token(record, 2),)


async def test_a_refusal_at_a_mistyped_provider_is_final(own: Service, tmp_path: Path) -> None:
    record = own.waiting("elodie@gamil.com", delivered=False)
    async with MailWorld(tmp_path / "mail") as post:
        await worker(own, post.port).run_once()
        own.forward(hours=1)
        assert await worker(own, post.port).run_once() == 0
    assert own.sends(record)[0].state == MailState.REFUSED


def test_the_end_told_is_the_end_stored(own: Service) -> None:
    record = own.waiting(delivered=False)
    g = schema.generation
    (generation,) = own.generations(record)
    own.change(g, g.c.id == generation.id, expires_at=to_us(MONDAY + timedelta(days=3)))
    body = courier(own).render(mails(own, record)[0]).get_body(("plain",))
    assert body is not None
    assert "jeudi\u00a05\u00a0mars\u00a02026" in body.get_content()
