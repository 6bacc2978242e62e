"""Parcels that are still under way, as files: a restart of the sandbox loses none of them."""

import json
import os
import uuid
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from ameli_support.clock import from_us, to_us
from ameli_support.sandbox.mailworld.parcel import End, Parcel

# no Maildir of an address begins with a dot
FOLDER = ".later"


class Later:
    """What waits under one root; one process at a time takes from it."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def keep(self, parcel: Parcel) -> None:
        """Put a parcel aside until it arrives."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{to_us(parcel.arrives_at):020d}.{uuid.uuid4().hex}"
        written = self._folder / f".{name}"
        written.write_text(json.dumps(_plain(parcel)), encoding="utf-8")
        written.rename(self._folder / name)

    def take(self, now: datetime) -> list[Parcel]:
        """Those that have arrived by `now`, in their order; they wait no longer."""
        try:
            names = sorted(os.listdir(self._folder))
        except FileNotFoundError:
            return []
        due = []
        for name in names:
            when = name.partition(".")[0]
            if not when.isdigit() or int(when) > to_us(now):
                continue
            with suppress(OSError, ValueError, KeyError):
                due.append(_parcel(json.loads((self._folder / name).read_text(encoding="utf-8"))))
            with suppress(OSError):
                (self._folder / name).unlink()
        return due


def _plain(parcel: Parcel) -> dict[str, object]:
    return {
        "address": parcel.address,
        "sender": parcel.sender,
        "content": b64encode(parcel.content).decode("ascii"),
        "accepted_at": to_us(parcel.accepted_at),
        "folder": parcel.folder,
        "wait": parcel.wait // timedelta(microseconds=1),
        "end": parcel.end.value,
        "answer": parcel.answer,
        "opened_by": parcel.opened_by,
    }


def _parcel(held: dict[str, object]) -> Parcel:
    opened_by = held["opened_by"]
    assert isinstance(opened_by, list)
    return Parcel(
        address=str(held["address"]),
        sender=str(held["sender"]),
        content=b64decode(str(held["content"])),
        accepted_at=from_us(int(str(held["accepted_at"]))),
        folder=str(held["folder"]),
        wait=timedelta(microseconds=int(str(held["wait"]))),
        end=End(str(held["end"])),
        answer=str(held["answer"]),
        opened_by=tuple(str(method) for method in opened_by),
    )
