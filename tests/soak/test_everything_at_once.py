"""Minutes of everything at once on one world: sign-ups, openings, confirmations, re-sends, days going by.

`make soak`; SOAK_SECONDS (default 300) for each database.
"""

import asyncio
import email
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ameli_support import sql
from ameli_support.outbox.smtp import Fate, HandOver
from ameli_support.outbox.worker import Clocks, Outbox
from ameli_support.sandbox import confirming, schema
from ameli_support.sandbox.courier import Courier
from ameli_support.sandbox.world import World, open_world
from bench import ready

SECONDS = float(os.environ.get("SOAK_SECONDS", "300"))
PEOPLE, THREADS = 400, 6


class MoodyServer:
    """Takes most mails, puts some off, is away now and then; counts what it took by Message-ID."""

    timeout = 5.0

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def line(self) -> "MoodyServer":
        return self

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> HandOver:
        mood = random.random()
        if mood < 0.02:
            return HandOver(Fate.DOWN)
        if mood < 0.10:
            return HandOver(Fate.TEMPORARY, 451)
        self.taken[str(email.message_from_bytes(message)["Message-ID"])] += 1
        return HandOver(Fate.ACCEPTED, 250)

    async def close(self) -> None:
        pass


class Soak:
    """One world under everything."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.server = MoodyServer()
        self.tokens: dict[str, list[str]] = defaultdict(list)
        self.errors: list[BaseException] = []
        self.enrolments = ready.add_people(world, PEOPLE)
        self.deadline = time.monotonic() + SECONDS
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        acts: list[Callable[[], None]] = [self._visitors] * THREADS + [self._days, self._mails]
        threads = [threading.Thread(target=self._guarded, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS + 120)
        assert not any(thread.is_alive() for thread in threads)
        assert self.errors == []

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            self.errors.append(error)

    def _visitors(self) -> None:
        waiting = self.enrolments
        while time.monotonic() < self.deadline:
            if waiting and random.random() < 0.1:
                ready.issue(self.world, [waiting.pop()])
                self.done["sign-up"] += 1
            tokens = self.tokens["all"]
            if not tokens:
                continue
            token = random.choice(tokens)
            act = random.choices(("open", "resend", "confirm"), (6, 3, 1))[0]
            if act == "open":
                confirming.open_page(self.world, token)
            elif act == "resend":
                self.done["re-sent"] += confirming.person_resend(self.world, token).queued
            else:
                answer = confirming.confirm(self.world, token)
                self.done["confirmed"] += answer.outcome is confirming.Outcome.CONFIRMED

    def _days(self) -> None:
        while time.monotonic() < self.deadline:
            self.world.forward(timedelta(hours=random.randint(1, 30)))
            time.sleep(SECONDS / 60)

    def _mails(self) -> None:
        courier = Courier(self.world, link_of=self._link, sender="ne-pas-repondre@example.org")
        outbox = Outbox(
            self.world.engine,
            schema.mail,
            wanted=courier.wanted,
            render=courier.render,
            transport=self.server,
            clocks=Clocks(self.world.business, self.world.system),
        )

        async def work() -> None:
            while time.monotonic() < self.deadline:
                if await outbox.run_once() == 0:
                    await asyncio.sleep(0.05)

        asyncio.run(work())

    def _link(self, token: str) -> str:
        self.tokens["all"].append(token)
        return f"https://ameli.example/{token}"


@pytest.mark.soak
def test_everything_at_once_breaks_no_invariant(engine_url: str, tmp_path: Path) -> None:
    world = open_world(engine_url, tmp_path / "keys", pool_size=THREADS + 6)
    soak = Soak(world)
    soak.run()
    g, e, a = schema.generation.c, schema.enrolment.c, schema.audit.c
    current = (
        select(g.enrolment)
        .where(g.superseded_at.is_(None), g.revoked_at.is_(None))
        .group_by(g.enrolment)
        .having(func.count() > 1)
    )
    used_twice = (
        select(g.enrolment).where(g.used_at.is_not(None)).group_by(g.enrolment).having(func.count() > 1)
    )
    confirmations = select(func.count()).where(a.action == "confirm", a.outcome == "done")
    with sql.read(world.engine) as connection:
        assert connection.execute(current).all() == []
        assert connection.execute(used_twice).all() == []
        active = connection.execute(select(func.count()).where(e.confirmed_at.is_not(None))).scalar_one()
        assert connection.execute(confirmations).scalar_one() == active == soak.done["confirmed"] > 0
    assert soak.done["re-sent"] > 0
    assert set(soak.server.taken.values()) == {1}, "a mail was taken twice"
    assert all(file.stat().st_size < 200_000_000 for file in tmp_path.glob("*-wal"))
    world.close()
