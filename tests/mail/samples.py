"""The made-up answers, links and mails of tests/data/mails, and what our own mail is known by in them."""

import tomllib
from pathlib import Path
from typing import Any

from ameli_support.mail.reading import Ours
from ameli_support.onboarding.procedure import procedure

DATA = Path(__file__).parents[1] / "data" / "mails"
HOST = "assure.ameli.fr"
TOKEN = "Zk3pQx7TqLJ5mVb2hY8wRd4cNs6fGt1aUe9iOo0-_KlPzXyWvBnMqAsDfGhJkL12"


def ours() -> Ours:
    """Our confirmation mail, with the sender that the samples come from."""
    mail = procedure().mail
    return Ours(mail.subject, mail.sender_name, frozenset({HOST}), "noreply@ameli.exemple.fr")


def rows(name: str, columns: int) -> list[list[str]]:
    """The rows of a file of samples, its comments left out."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.split("\t", columns - 1) for line in lines if line and not line.startswith("#")]


def answers() -> list[list[str]]:
    """Family and answer, of all sets."""
    return [row for path in sorted(DATA.glob("answers*.tsv")) for row in rows(path.name, 2)]


def mails() -> dict[str, dict[str, Any]]:
    """What each mail must give, by its name."""
    return tomllib.loads((DATA / "expected.toml").read_text("utf-8"))


def mail(name: str) -> bytes:
    """The raw bytes of one mail."""
    return (DATA / f"{name}.eml").read_bytes()
