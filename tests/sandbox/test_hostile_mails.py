"""Mails that no honest program writes: each is carried like any other, and stops none."""

from datetime import timedelta
from pathlib import Path

import pytest

from ameli_support.clock import FixedClock
from ameli_support.sandbox.maildirs import list_mails
from ameli_support.sandbox.mailworld import MailWorld, mailboxes
from ameli_support.sandbox.mailworld.parcel import Parcel
from tests.sandbox.conftest import MONDAY

SITE = "http://127.0.0.1:9"
HOSTILE = {
    "message id": b"Message-ID: <[]>\r\n\r\nx",
    "letters in a link": f"Content-Type: text/plain; charset=utf-8\r\n\r\n{SITE}/é".encode(),
    "no link": f"Subject: x\r\n\r\n{SITE}0000/x http://[::1/x".encode(),
    "no charset": b"Content-Type: text/plain; charset=klingon\r\n\r\nhttp://a.example/x",
    "charset that cannot": b"Content-Type: text/plain; charset=idna\r\n\r\nhttp://\xe9.example/",
    "bytes in the head": b"Subject: \xff\xfe\xe9\r\nFrom: \xe9\r\n\r\nhttp://a.example/x",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_is_carried_like_any_other(tmp_path: Path, raw: bytes) -> None:
    clock = FixedClock(MONDAY)
    kinds = {name: f"p.{name}@example.org" for name in mailboxes.load().kinds}
    own = mailboxes.load({address: name for name, address in kinds.items()})
    world = MailWorld(tmp_path, people=own, clock=clock, site=SITE)
    for address in kinds.values():
        world.accept(Parcel(address, f"back.{address}", raw, clock.now()))
        world.accept(Parcel(address, f"back.{address}", b"Subject: next\r\n\r\nx", clock.now()))
    clock.forward(timedelta(days=30))
    world.carry_due()
    for name in ("prompt", "antivirus", "safelinks", "late"):
        assert len(list_mails(tmp_path, kinds[name])) == 2, name
    assert list_mails(tmp_path, kinds["prompt"])[0].raw.endswith(raw)
    assert len(list_mails(tmp_path, f"back.{kinds['returned_late']}")) == 2


def test_a_late_mail_that_cannot_be_filed_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FixedClock(MONDAY)
    people = ("un@example.org", "deux@example.org")
    world = MailWorld(tmp_path, people=mailboxes.load(dict.fromkeys(people, "late")), clock=clock)
    for address in people:
        world.accept(Parcel(address, "", b"Subject: x\r\n\r\nx", clock.now()))
    (tmp_path / "un@example.org").write_text("no folder")
    clock.forward(timedelta(days=1))
    assert world.carry_due() == 2
    assert len(list_mails(tmp_path, "deux@example.org")) == 1
    assert "un@example" not in caplog.text
