"""The sandbox as a process, on real sockets: starting, joining, ending, its controls and its post."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from ameli_support import sql
from ameli_support.casework.permissions import load_identity
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import demo, lock, remote, schema
from ameli_support.sandbox.maildirs import list_mails
from ameli_support.sandbox.people import CAST
from ameli_support.sandbox.site import links
from ameli_support.sandbox.tokens import open_ring
from ameli_support.sandbox.world import open_world
from tests.sandbox.site import Page

DEADLINE = 30.0
PAGES = procedure().pages


def until(done: Callable[[], bool], seconds: float = DEADLINE) -> None:
    """Wait for a condition; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a zombie whose parent is gone is reaped soon; it holds nothing any more
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo.DemoWorld]:
    """One running sandbox for the tests that disturb nobody."""
    with demo.start_or_attach(tmp_path_factory.mktemp("demo")) as started:
        yield started


def token_of(home: Path, key: str) -> str:
    """The newest link of one of the cast."""
    engine = sql.open_engine(home / "sandbox.db", pool_size=1)
    ring = open_ring(home / "keys" / "confirm-keys.json")
    g, e, p = schema.generation, schema.enrolment, schema.insured_person
    statement = (
        select(g.c.id, g.c.address, g.c.key_id)
        .join(e, e.c.id == g.c.enrolment)
        .join(p, p.c.id == e.c.person)
        .where(p.c.nir == CAST[key].person.nir)
        .order_by(g.c.number.desc())
    )
    with sql.read(engine) as connection:
        row = connection.execute(statement).first()
    engine.dispose()
    assert row is not None
    return ring.token(row.id, row.address, row.key_id)


def read(answer: httpx.Response) -> Page:
    return Page(answer.status_code, dict(answer.headers), answer.text)


# ── starting, joining, ending ───────────────────────────────────────────────


def test_it_answers_with_its_people_and_knows_its_agent(world: demo.DemoWorld) -> None:
    assert world.started_here
    state = remote.status(world.lock)
    assert (state["people"], state["offset_seconds"]) == (60, 0)
    identity = load_identity(world.agents_file, demo=True)
    assert (identity.me.agent, identity.me.role, identity.me.funds) == ("0427", Role.AGENT, ("381",))
    search = {"call": "call-00000001", "nir": CAST["live_day_3"].person.nir}
    headers = {"Authorization": f"Bearer {identity.token()}"}
    found = httpx.post(f"{world.base_url}/v1/searches", json=search, headers=headers)
    assert (found.status_code, found.json()["matches"]) == (200, 1)


def test_what_it_writes_is_readable_by_its_owner_alone(world: demo.DemoWorld) -> None:
    secrets = [lock.LOCK, lock.GUARD, demo.LOG, world.agents_file.name, world.token_file.name]
    for name in (*secrets, "keys/confirm-keys.json", "keys/bearer.key"):
        assert (world.home / name).stat().st_mode & 0o077 == 0, name
    assert world.lock.control_key not in repr(world)


def test_a_second_demo_joins_the_first_in_another_role_and_leaves_it_running(world: demo.DemoWorld) -> None:
    with demo.start_or_attach(world.home, role="supervisor", fresh=True) as second:
        assert not second.started_here
        assert second.lock == world.lock
        assert load_identity(second.agents_file, demo=True).me.role is Role.SUPERVISOR
        assert load_identity(world.agents_file, demo=True).me.role is Role.AGENT
    assert remote.status(world.lock)["people"] == 60


def test_two_that_start_at_once_share_one_sandbox(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: demo.start_or_attach(tmp_path), range(2)))
    try:
        assert both[0].base_url == both[1].base_url
        assert sum(one.started_here for one in both) == 1
    finally:
        for one in both:
            one.close()


def test_it_ends_with_its_demo_and_its_links_go_on_working_in_the_next(tmp_path: Path) -> None:
    with demo.start_or_attach(tmp_path) as first:
        pid = first.lock.pid
        assert lock.read(tmp_path) == first.lock
        remote.forward(first.lock, timedelta(days=8))
    assert not is_alive(pid)
    assert lock.read(tmp_path) is None
    assert not (tmp_path / lock.LOCK).exists()
    first.close()

    with demo.start_or_attach(tmp_path, people=500) as second:
        assert second.base_url == first.base_url
        state = remote.status(second.lock)
        assert (state["people"], state["offset_seconds"]) == (60, 8 * 86_400)
        remote.shutdown(second.lock)
        until(lambda: lock.read(tmp_path) is None)

    with demo.start_or_attach(tmp_path, people=70, fresh=True) as third:
        state = remote.status(third.lock)
        assert (state["people"], state["offset_seconds"]) == (70, 0)


PARENT = """
import sys, time
from pathlib import Path
from ameli_support.sandbox import demo
world = demo.start_or_attach(Path(sys.argv[1]))
print(world.lock.pid, flush=True)
time.sleep(600)
"""


def test_killing_the_parent_leaves_nothing_behind(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    found = lock.read(tmp_path)
    assert found is not None
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: not is_alive(child), 8)
    assert lock.read(tmp_path) is None
    place = urlsplit(found.base_url)
    with socket.socket() as probe:
        assert probe.connect_ex((place.hostname, place.port)) != 0


def test_a_lock_file_left_behind_by_a_killed_sandbox_counts_for_nothing(tmp_path: Path) -> None:
    with demo.start_or_attach(tmp_path) as first:
        os.kill(first.lock.pid, signal.SIGKILL)
        until(lambda: not lock.is_held(tmp_path))
        assert (tmp_path / lock.LOCK).exists()
        assert lock.read(tmp_path) is None
        with demo.start_or_attach(tmp_path) as second:
            assert second.started_here
            assert remote.status(second.lock)["people"] == 60


@pytest.mark.parametrize("content", ["", "{", "[]", '{"base_url": 1}', "\x00"])
def test_a_spoilt_lock_file_is_no_lock(tmp_path: Path, content: str) -> None:
    (tmp_path / lock.LOCK).write_text(content)
    with lock.Guard(tmp_path):
        assert lock.read(tmp_path) is None


def test_a_world_of_another_version_is_refused_and_mended_by_a_fresh_one(tmp_path: Path) -> None:
    made = open_world(tmp_path / "sandbox.db", tmp_path / "keys")
    with sql.write(made.engine) as connection:
        connection.execute(update(schema.world).values(schema_number=schema.SCHEMA_NUMBER + 1))
    made.close()
    with pytest.raises(demo.NoSandbox) as refused:
        demo.start_or_attach(tmp_path)
    assert refused.value.other_schema
    with demo.start_or_attach(tmp_path, fresh=True) as mended:
        assert remote.status(mended.lock)["people"] == 60


# ── controls ────────────────────────────────────────────────────────────────


def test_without_the_key_the_controls_look_absent(world: demo.DemoWorld) -> None:
    for method, path in (("GET", "status"), ("POST", "clock"), ("POST", "token"), ("POST", "shutdown")):
        for headers in ({}, {remote.CONTROL_HEADER: "wrong"}, {remote.CONTROL_HEADER: ""}):
            answer = httpx.request(method, f"{world.base_url}/control/{path}", headers=headers)
            assert (answer.status_code, answer.content) == (404, b"")
    with pytest.raises(remote.ControlFailed) as refused:
        remote.status(replace(world.lock, control_key="wrong"))
    assert refused.value.status == 404


def test_nonsense_for_the_controls_is_refused(world: demo.DemoWorld) -> None:
    headers = {remote.CONTROL_HEADER: world.lock.control_key}
    bodies = [b"", b"{", b"[]", b'{"seconds": 0}', b'{"seconds": -1}', b'{"seconds": 1e99}', b"\xff",
              b'{"seconds": 1, "more": 1}', b'{"seconds": "\\ud800"}']  # fmt: skip
    for body in bodies:
        answer = httpx.post(f"{world.base_url}/control/clock", content=body, headers=headers)
        assert answer.status_code == 400, body
    large = httpx.post(f"{world.base_url}/control/clock", content=b" " * 5000, headers=headers)
    assert large.status_code == 413
    assert remote.status(world.lock)["offset_seconds"] == 0


def test_a_sandbox_that_does_not_answer_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = lock.Lock(f"http://127.0.0.1:{taken.getsockname()[1]}", "127.0.0.1", 1, "", "key", 1)
        with pytest.raises(remote.ControlFailed) as failed:
            remote.status(nobody)
    assert failed.value.status is None


# ── on the wire ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /confirmer/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /confirmer/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /confirmer/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        bytes(range(256)) * 4,
    ],
)
def test_rubbish_on_the_socket_harms_nobody(world: demo.DemoWorld, rubbish: bytes) -> None:
    place = urlsplit(world.base_url)
    assert place.port is not None
    with socket.create_connection(("127.0.0.1", place.port), timeout=5) as connection:
        connection.sendall(rubbish)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b" 500 " not in answer.partition(b"\r\n")[0]
    assert httpx.get(f"{world.base_url}/v1/status").status_code == 200


def test_a_client_that_leaves_in_the_middle_harms_nobody(world: demo.DemoWorld) -> None:
    place = urlsplit(world.base_url)
    for _ in range(5):
        connection = HTTPConnection("127.0.0.1", place.port or 0, timeout=5)
        connection.putrequest("POST", links.CONFIRM_PATH + "A" * 64)
        connection.putheader("Content-Length", "1000")
        connection.endheaders()
        connection.send(b"csrf=")
        connection.close()
    assert httpx.get(f"{world.base_url}/v1/status").status_code == 200


def test_head_on_the_wire_has_the_headers_of_get(world: demo.DemoWorld) -> None:
    url = f"{world.base_url}{links.CONFIRM_PATH}{token_of(world.home, 'forty_hours_left')}"
    got, head = httpx.get(url), httpx.head(url)
    volatile = {"date"}
    assert {k: v for k, v in got.headers.items() if k not in volatile} == {
        k: v for k, v in head.headers.items() if k not in volatile
    }
    assert (head.status_code, head.content) == (200, b"")
    assert "server" not in got.headers


def test_other_methods_are_refused(world: demo.DemoWorld) -> None:
    url = f"{world.base_url}{links.CONFIRM_PATH}{'A' * 64}"
    for method in ("PUT", "DELETE", "PATCH"):
        assert httpx.request(method, url).status_code in (404, 405)


# ── from a dead link to an active account, by real mail ─────────────────────


def test_a_new_mail_asked_for_on_the_dead_page_arrives_and_its_link_confirms(world: demo.DemoWorld) -> None:
    person = CAST["inactive_day_11"].person
    assert person.address is not None
    dead = token_of(world.home, "inactive_day_11")
    with httpx.Client(base_url=world.public_url) as browser:
        page = read(browser.get(links.CONFIRM_PATH + dead))
        assert page.title == PAGES["inactive"].title
        assert page.form is not None
        asked = read(browser.post(page.form["action"], data={"csrf": page.form["csrf"]}))
        assert asked.title == PAGES["resent"].title

        until(lambda: len(list_mails(world.maildir, str(person.address))) == 2)
        old, mail = list_mails(world.maildir, person.address)
        assert old.links[0].endswith(links.CONFIRM_PATH + dead)
        assert mail.subject == procedure().mail.subject
        (link,) = [url for url in mail.links if links.CONFIRM_PATH in url]
        assert link.startswith(world.public_url)

        assert read(browser.get(links.CONFIRM_PATH + dead)).title == PAGES["newer_sent"].title
        fresh = read(browser.get(link))
        assert fresh.form is not None
        done = read(browser.post(fresh.form["action"], data={"csrf": fresh.form["csrf"]}))
        assert done.title == PAGES["confirmed"].title
        assert read(browser.get(links.CONFIRM_PATH + dead)).title == PAGES["already_active"].title
    log = (world.home / demo.LOG).read_text()
    for secret in (dead, link.rpartition("/")[2], person.nir, person.address):
        assert secret not in log


def test_a_mail_that_comes_back_is_noted(world: demo.DemoWorld) -> None:
    """The mailbox of one of the cast goes on bouncing when the person asks again."""
    person = CAST["bounced"].person
    engine = sql.open_engine(world.home / "sandbox.db", pool_size=1)
    s, m, e, p = schema.send, schema.mail, schema.enrolment, schema.insured_person
    states = (
        select(m.c.state)
        .join(s, s.c.mail == m.c.id)
        .join(e, e.c.id == s.c.enrolment)
        .join(p, p.c.id == e.c.person)
        .where(p.c.nir == person.nir)
    )

    def found() -> list[str]:
        with sql.read(engine) as connection:
            return list(connection.execute(states).scalars())

    assert found() == ["bounced"]
    with sql.write(engine) as connection:
        wanted = select(m.c.id).where(m.c.recipient == person.address)
        connection.execute(
            update(m)
            .where(m.c.id.in_(wanted))
            .values(state="queued", not_before=0, expires_at=m.c.expires_at + 10**12)
        )
    until(lambda: found() == ["bounced"])
    engine.dispose()


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(demo.NoSandbox, match="file"):
        demo.start_or_attach(tmp_path / "file" / "demo")
    (tmp_path / "demo" / demo.LOG).mkdir(parents=True)
    with pytest.raises(demo.NoSandbox, match="demo"):
        demo.start_or_attach(tmp_path / "demo")


def test_strangers_who_send_junk_or_leave_early_write_nothing_into_the_log(tmp_path: Path) -> None:
    with demo.start_or_attach(tmp_path / "demo", people=0) as world:
        place = urlsplit(world.base_url)
        for junk in (
            b"\x16\x03\x01 nonsense\r\n\r\n",
            b"POST /confirmer/abc HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ncsrf=",
            b"POST /v1/searches HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        ):
            for _again in range(3):
                with socket.create_connection((place.hostname or "", place.port or 0)) as client:
                    client.sendall(junk)
        assert httpx.get(f"{world.base_url}/v1/status").status_code == 200
    assert (world.home / demo.LOG).read_text() == ""
