"""The life of a queued mail on both databases, against a real SMTP server (rules §3 and §4)."""

import asyncio
import functools
import random
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from ameli_support import outbox, sql
from ameli_support.clock import to_us
from ameli_support.outbox import rows
from ameli_support.outbox.smtp import SmtpSettings, SmtpTransport
from ameli_support.outbox.table import QueuedMail
from ameli_support.outbox.worker import Clocks, Outbox
from tests.mail.servers import Sink, sink
from tests.outbox_world import World, letter, mail, until
from tests.parts import PostgreSQL, free_port


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One database of each kind for all these tests; each finds it empty."""
    if request.param == "sqlite":
        yield str(tmp_path_factory.mktemp("outbox") / "mail.db")
        return
    server: PostgreSQL = request.getfixturevalue("postgres_server")
    with server.fresh_database(f"o{uuid.uuid4().hex[:16]}") as url:
        yield url


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    found = sql.open_engine(database, pool_size=16)
    yield found
    found.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


async def test_a_queued_mail_is_handed_over_with_its_message_id(world: World) -> None:
    (number,) = world.add("a.dubois@exemple.fr")
    async with sink() as server:
        assert await world.worker(server.port).run_once() == 1
    row = world.row(number)
    assert row["state"] == "handed_over"
    assert row["handed_over_at"] == row["state_at"] == to_us(world.business.now())
    assert (row["smtp_code"], row["smtp_enhanced"]) == (250, "2.0.0")
    assert row["lease"] is None
    assert row["not_before"] is None
    [(recipient, message)] = server.received
    assert recipient == "a.dubois@exemple.fr"
    assert message["Message-ID"] == f"<{number}@exemple.fr>"
    assert [a["state"] for a in world.attempts(number)] == ["handed_over"]


async def test_nothing_is_sent_before_its_time(world: World) -> None:
    world.add("a@exemple.fr", not_before=world.business.now() + timedelta(minutes=2))
    async with sink() as server:
        worker = world.worker(server.port)
        world.later(seconds=119)
        assert await worker.run_once() == 0
        world.later(seconds=1)
        assert await worker.run_once() == 1


async def test_a_4xx_waits_and_is_tried_again_with_the_same_message_id(world: World) -> None:
    (number,) = world.add("lent@exemple.fr")
    greylist = iter(["451 4.7.1 Greylisted, try again later"])
    async with sink(Sink(rcpt=lambda address: next(greylist, None))) as server:
        worker = world.worker(server.port)
        await worker.run_once()
        row = world.row(number)
        assert (row["state"], row["smtp_code"], row["smtp_enhanced"]) == ("deferred", 451, "4.7.1")
        assert row["handed_over_at"] is None
        assert await worker.run_once() == 0
        world.later(seconds=75)
        await worker.run_once()
        assert world.row(number)["state"] == "handed_over"
        assert server.message_ids == [f"<{number}@exemple.fr>"]
    assert [a["state"] for a in world.attempts(number)] == ["deferred", "handed_over"]


async def test_waits_double_from_one_minute_to_four_hours(world: World) -> None:
    (number,) = world.add("plein@exemple.fr")
    async with sink(Sink(rcpt=lambda address: "452 4.2.2 mailbox full")) as server:
        worker = world.worker(server.port)
        minutes = []
        for _ in range(11):
            await worker.run_once()
            row = world.row(number)
            minutes.append((row["not_before"] - row["state_at"]) / 60e6)
            world.later(minutes=minutes[-1])
    expected = [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
    assert all(low <= wait <= 1.25 * low for low, wait in zip(expected, minutes, strict=True))
    assert len(world.attempts(number)) == 11


async def test_a_5xx_is_final_at_once(world: World) -> None:
    (number,) = world.add("inconnu@exemple.fr")
    async with sink(Sink(rcpt=lambda address: f"550 5.1.1 <{address}>: user unknown")) as server:
        worker = world.worker(server.port)
        await worker.run_once()
        world.later(days=4)
        assert await worker.run_once() == 0
    row = world.row(number)
    assert (row["state"], row["smtp_code"]) == ("refused", 550)
    assert "exemple.fr" not in row["smtp_text"]


async def test_a_refusal_leaves_the_connection_to_the_next_mail(world: World) -> None:
    world.add(*(f"p{i}@exemple.fr" for i in range(6)))
    odd = Sink(rcpt=lambda address: "550 5.1.1 no" if int(address[1]) % 2 else None)
    async with sink(odd) as server:
        await world.worker(server.port, lanes=1).run_once()
    assert sorted(server.recipients) == ["p0@exemple.fr", "p2@exemple.fr", "p4@exemple.fr"]
    assert server.sessions == 1
    assert world.states() == {"handed_over": 3, "refused": 3}


async def test_a_mail_nobody_wants_any_more_is_cancelled_when_its_turn_comes(world: World) -> None:
    dead, live = world.add("mort@exemple.fr", "vif@exemple.fr")
    async with sink() as server:
        await world.worker(server.port, wanted=lambda queued: queued.id == live).run_once()
    assert server.recipients == ["vif@exemple.fr"]
    assert (world.row(dead)["state"], world.row(dead)["trouble"]) == ("cancelled", "unwanted")


async def test_what_expired_while_queued_is_cancelled_to_the_microsecond(world: World) -> None:
    end = world.business.now() + timedelta(days=7)
    (number,) = world.add("a@exemple.fr", expires_at=end)
    (last,) = world.add("b@exemple.fr", expires_at=end + timedelta(microseconds=1))
    world.later(days=7)
    async with sink() as server:
        await world.worker(server.port).run_once()
    assert server.recipients == ["b@exemple.fr"]
    assert (world.row(number)["state"], world.row(number)["trouble"]) == ("cancelled", "expired")
    assert world.row(last)["state"] == "handed_over"


async def test_a_deferred_mail_comes_up_at_its_end_to_be_cancelled(world: World) -> None:
    end = world.business.now() + timedelta(seconds=30)
    (number,) = world.add("a@exemple.fr", expires_at=end)
    async with sink(Sink(rcpt=lambda address: "451 later")) as server:
        worker = world.worker(server.port)
        await worker.run_once()
        assert world.row(number)["not_before"] == to_us(end)
        world.later(seconds=30)
        await worker.run_once()
    assert world.row(number)["state"] == "cancelled"


async def test_without_an_end_a_mail_is_given_up_after_five_days(world: World) -> None:
    (number,) = world.add("a@exemple.fr")
    worker = world.worker(free_port())
    for _ in range(5 * 24 // 4 + 1):
        await worker.run_once()
        world.later(hours=4)
    assert world.row(number)["state"] == "cancelled"


async def test_one_bad_row_never_stops_later_rows(world: World) -> None:
    poison, unreadable, unaskable, good = world.add(
        "a@exemple.fr\r\nRCPT TO:<b@exemple.fr>", "u@exemple.fr", "w@exemple.fr", "g@exemple.fr"
    )

    def render(queued: QueuedMail) -> EmailMessage:
        if queued.id == unreadable:
            raise KeyError("generation")
        return letter(queued)

    def wanted(queued: QueuedMail) -> bool:
        if queued.id == unaskable:
            raise RuntimeError("no such send")
        return True

    async with sink() as server:
        await world.worker(server.port, render=render, wanted=wanted, lanes=1).run_once()
    assert server.recipients == ["g@exemple.fr"]
    assert (world.row(poison)["state"], world.row(poison)["trouble"]) == ("refused", "bad_recipient")
    for number in (unreadable, unaskable):
        assert (world.row(number)["state"], world.row(number)["trouble"]) == ("deferred", "unrendered")
    assert world.row(good)["state"] == "handed_over"


async def test_two_workers_send_each_of_200_mails_once(world: World, database: str) -> None:
    world.add(*(f"p{i}@exemple.fr" for i in range(200)))
    other = sql.open_engine(database)
    async with sink() as server:
        treated = await asyncio.gather(
            world.worker(server.port, lanes=3, batch=7).run_once(),
            world.worker(server.port, lanes=3, batch=7, engine=other).run_once(),
        )
    other.dispose()
    assert len(server.received) == 200
    assert len(set(server.message_ids)) == 200
    assert world.states() == {"handed_over": 200}
    assert sum(treated) == 200
    assert min(treated) > 0


async def test_an_hour_without_smtp_loses_nothing_and_says_nothing_false(world: World) -> None:
    numbers = world.add(*(f"p{i}@exemple.fr" for i in range(40)))
    port = free_port()
    worker = world.worker(port, batch=16)
    for _ in range(60):
        await worker.run_once()
        assert set(world.states()) <= {"queued", "deferred"}
        world.later(minutes=1)
    async with sink(port=port) as server:
        for _ in range(20):
            await worker.run_once()
            world.later(minutes=1)
    assert world.states() == {"handed_over": 40}
    assert sorted(server.message_ids) == sorted(f"<{number}@exemple.fr>" for number in numbers)
    for number in numbers:
        *before, last = world.attempts(number)
        assert last["state"] == "handed_over"
        assert {a["trouble"] for a in before} <= {"unreachable"}
        assert len(before) < 12


async def test_a_lease_is_three_whole_time_outs_and_a_late_write_changes_nothing(world: World) -> None:
    (number,) = world.add("a@exemple.fr")

    def take() -> list[QueuedMail]:
        return rows.claim(
            world.engine,
            mail,
            lease="1" * 32,
            now=to_us(world.business.now()),
            system_now=to_us(world.system.now()),
            length=timedelta(seconds=180),
            limit=10,
        )

    assert [m.id for m in take()] == [number]
    assert take() == []
    world.later(days=1)  # the business clock moves no lease
    assert take() == []
    world.system.forward(timedelta(seconds=180))
    async with sink() as server:
        await world.worker(server.port).run_once()
    late = rows.Result(
        mail=number,
        number=1,
        at=0,
        state=outbox.MailState.REFUSED,
        not_before=None,
        smtp_code=550,
        smtp_enhanced=None,
        smtp_text="too late",
        trouble=None,
        duration_us=0,
    )
    rows.record(world.engine, mail, "1" * 32, [late])
    assert world.row(number)["state"] == "handed_over"
    assert world.row(number)["smtp_code"] == 250


async def test_the_worker_leases_for_at_least_three_time_outs(world: World) -> None:
    (number,) = world.add("a@exemple.fr")
    leases = []

    def wanted(queued: QueuedMail) -> bool:
        leases.append(world.row(number)["lease_until"])
        return True

    async with sink() as server:
        await world.worker(server.port, wanted=wanted, timeout=20).run_once()
    assert leases == [to_us(world.system.now() + timedelta(seconds=60))]


async def test_rows_that_a_slow_batch_cannot_start_in_time_are_given_back(world: World) -> None:
    numbers = world.add(*(f"p{i}@exemple.fr" for i in range(3)))

    def slow(queued: QueuedMail) -> bool:
        # longer than one time-out: no further hand-over may begin under this lease
        threading.Event().wait(0.3)
        return True

    async with sink() as server:
        worker = world.worker(server.port, wanted=slow, timeout=0.25, lanes=1)
        assert await worker.run_once() == 3
    assert world.states() == {"handed_over": 3}
    assert [world.row(number)["attempts"] for number in numbers] == [1, 1, 1]


async def test_neither_body_nor_link_is_stored(world: World) -> None:
    secret = "Z3VlbG9uLXNlY3JldC1kdS1saWVuLXF1aS1uZS1kb2l0LXBhcy1ldHJlLWxh"

    def render(queued: QueuedMail) -> EmailMessage:
        message = letter(queued)
        message.set_content(f"Bonjour, https://exemple.fr/confirmer/{secret}")
        return message

    tell = f"550 5.7.1 https://exemple.fr/confirmer/{secret} looks like phishing, token {secret}"
    world.add("a@exemple.fr")
    async with sink(Sink(data=lambda address: tell)) as server:
        await world.worker(server.port, render=render).run_once()
    with sql.read(world.engine) as conn:
        stored = [
            str(row)
            for table in ("mail", "mail_attempt")
            for row in conn.execute(text(f"SELECT * FROM {table}")).all()
        ]
    assert len(stored) == 2
    assert not any(secret in row or "Bonjour" in row for row in stored)


async def test_run_forever_delivers_when_woken_and_ends_when_stopped(world: World) -> None:
    stop = asyncio.Event()
    async with sink() as server, asyncio.timeout(20):
        worker = world.worker(server.port)
        running = asyncio.create_task(worker.run_forever(stop))
        for count in (1, 2, 3):
            world.add(f"p{count}@exemple.fr")
            worker.wake()
            await until(functools.partial(world.stand, handed_over=count))
        stop.set()
        await running
    assert server.sessions <= 2  # the lanes keep their connections


async def test_run_forever_outlives_a_database_that_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_claim, real_record = rows.claim, rows.record
    failures = {"claim": 1, "record": 2}

    def failing(name: str, real: object) -> object:
        def call(*arguments: object, **options: object) -> object:
            if failures[name]:
                failures[name] -= 1
                raise OperationalError("SELECT", {}, Exception("gone"))
            return real(*arguments, **options)  # type: ignore[operator]

        return call

    monkeypatch.setattr(rows, "claim", failing("claim", real_claim))
    monkeypatch.setattr(rows, "record", failing("record", real_record))
    monkeypatch.setattr("ameli_support.outbox.worker.DOWN_PAUSES", (0.01,))
    monkeypatch.setattr("ameli_support.outbox.batch.RETRY_SECONDS", 0.01)
    (number,) = world.add("a@exemple.fr")
    stop = asyncio.Event()
    async with sink() as server, asyncio.timeout(20):
        running = asyncio.create_task(world.worker(server.port).run_forever(stop))
        await until(lambda: world.row(number)["state"] == "handed_over")
        stop.set()
        await running
    assert failures == {"claim": 0, "record": 0}
    assert len(server.received) == 1


async def test_a_row_beyond_the_calendar_stops_no_other(world: World) -> None:
    broken, late, other = world.add("a@exemple.fr", "b@exemple.fr", "c@exemple.fr")
    with sql.write(world.engine) as conn:
        for number, values in ((broken, {"expires_at": 2**62}), (late, {"expires_at": -(2**62)})):
            conn.execute(mail.update().where(mail.c.id == number).values(**values, queued_at=2**62))
    async with sink() as server:
        await world.worker(server.port).run_once()
    states = [world.row(number)["state"] for number in (broken, late, other)]
    assert states == ["handed_over", "cancelled", "handed_over"]


async def test_a_bounce_is_recorded_once_and_only_on_what_was_handed_over(world: World) -> None:
    (number,) = world.add("rebond@exemple.fr")

    def bounce() -> bool:
        with sql.write(world.engine) as conn:
            return outbox.record_bounce(
                conn,
                mail,
                message_id=f"<{number}@exemple.fr>",
                at=world.business.now(),
                code=550,
                enhanced="5.1.1",
                answer="user unknown",
            )

    assert not bounce()
    async with sink() as server:
        await world.worker(server.port).run_once()
    assert bounce()
    assert not bounce()
    row = world.row(number)
    assert (row["state"], row["smtp_code"]) == ("bounced", 550)
    assert row["handed_over_at"] is not None


def test_picking_due_rows_scans_nothing(world: World) -> None:
    ids = world.add(*(f"p{i}@exemple.fr" for i in range(3000)))
    with sql.write(world.engine) as conn:
        conn.execute(
            mail.update().where(mail.c.id.in_(ids[:-5])).values(state="handed_over", not_before=None)
        )
    with sql.write(world.engine) as conn:
        conn.execute(text("ANALYZE"))
    sqlite = sql.is_sqlite(world.engine)
    question = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    query = (
        f"{question} SELECT id FROM mail WHERE not_before <= 4000000000000000 AND (lease_until IS NULL"
        " OR lease_until <= 5) ORDER BY not_before LIMIT 32"
    )
    with sql.read(world.engine) as conn:
        plan = " ".join(str(row) for row in conn.execute(text(query)).all())
    assert "mail_due" in plan, plan
    assert "Seq Scan" not in plan


async def test_waits_are_jittered(world: World) -> None:
    numbers = world.add(*(f"p{i}@exemple.fr" for i in range(20)))
    settings = SmtpSettings("127.0.0.1", free_port(), tls="none", timeout=5)
    worker = Outbox(
        world.engine,
        mail,
        wanted=lambda queued: True,
        render=letter,
        transport=SmtpTransport(settings),
        clocks=Clocks(world.business, world.system),
        chance=random.Random(1),
    )
    await worker.run_once()
    waits = {world.row(number)["not_before"] for number in numbers}
    assert len(waits) == 20
    assert all(60e6 <= wait - to_us(world.business.now()) <= 75e6 for wait in waits)
