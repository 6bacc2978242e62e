"""procedure.toml as values: the document's numbers and sentences, checked when loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.procedure_file import (
    Numbers as Numbers,
)
from ameli_support.onboarding.procedure_file import (
    ProcedureError as ProcedureError,
)
from ameli_support.onboarding.procedure_file import (
    read_file,
)
from ameli_support.onboarding.wording import Cell, fill, plain


class Moment(StrEnum):
    """What is possible while the agent speaks; the script depends on it."""

    POSSIBLE = "possible"
    DONE = "done"
    SERVICE_CUT = "service_cut"


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the insured person sees, in French, with placeholders."""

    title: str
    sentences: tuple[str, ...]
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """The confirmation mail; `until`, `page` and `notice_sentences` are our additions, in French."""

    subject: str
    sender_name: str
    body: str
    button: str
    until: str
    page: str
    warning: str
    automatic: str
    notice_subject: str
    notice_sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom the person can turn to."""

    call_centre: str
    call_centre_abroad: str
    mailbox: str
    fund: str
    fund_name: str
    site: str


@dataclass(frozen=True)
class Procedure:
    """One version of the procedure; pure values, safe to share between threads."""

    version: str
    numbers: Numbers
    cells: Mapping[str, Cell]

    @cached_property
    def contacts(self) -> Contacts:
        """The telephone number, the mailbox and the fund."""
        return Contacts(**{name: self._one(f"contacts.{name}") for name in Contacts.__annotations__})

    @cached_property
    def mail(self) -> Mail:
        """The confirmation mail and the notice to a replaced address."""
        lists = {"notice_sentences"}
        return Mail(
            **{n: self._one(f"mail.{n}") for n in Mail.__annotations__ if n not in lists},
            notice_sentences=self.cells["mail.notice_sentences"].fr,
        )

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Every page by its name: the values of `DeadPage`, and the others of `[pages]`."""
        names = dict.fromkeys(key.split(".")[1] for key in self.cells if key.startswith("pages."))
        nothing = Cell(())
        return MappingProxyType(
            {
                name: Page(
                    self._one(f"pages.{name}.title"),
                    self.cells.get(f"pages.{name}.sentences", nothing).fr,
                    self.cells.get(f"pages.{name}.buttons", nothing).fr,
                )
                for name in names
            }
        )

    @cached_property
    def values(self) -> Mapping[str, object]:
        """What every sentence may name without being given it: numbers and contacts."""
        numbers = {name: getattr(self.numbers, name) for name in Numbers.__annotations__}
        contacts = {name: getattr(self.contacts, name) for name in Contacts.__annotations__}
        return MappingProxyType({**numbers, **contacts})

    def lines(self, key: str, language: str = "fr", **values: object) -> tuple[str, ...]:
        """The lines of one entry, filled; raises ProcedureError for an unknown key or a missing value."""
        try:
            given = {**self.values, **values}
            return tuple(fill(line, given) for line in self.cells[key].lines(language))
        except KeyError as missing:
            raise ProcedureError(None, key, f"{missing} is missing") from None

    def text(self, key: str, language: str = "fr", **values: object) -> str:
        """One entry as one text, filled, without marks of stress."""
        return plain(" ".join(self.lines(key, language, **values)))

    def says(
        self, place: str, level: Level, moment: Moment, language: str = "fr", **values: object
    ) -> tuple[str, ...]:
        """What the agent says, a sentence each, stressed words between `**`.

        `place` is a `journey.Place`, a step 1 to 5 or a phase other than `not_sent`.
        """
        return self.lines(self.says_key(place, level, moment), language, **values)

    def says_key(self, place: str, level: Level, moment: Moment) -> str:
        """The entry that answers for this cell: the most particular one of the four that can."""
        for level_name in (f"level_{int(level)}", "any"):
            for moment_name in (moment.value, "any"):
                key = f"says.{place}.{level_name}.{moment_name}"
                if key in self.cells:
                    return key
        raise ProcedureError(None, f"says.{place}.level_{int(level)}.{moment}", "missing cell")

    def _one(self, key: str) -> str:
        return " ".join(self.cells[key].fr)


def load(folder: Path | None = None) -> Procedure:
    """The package's procedure.toml with the wordings of `<folder>/procedure.toml` over it.

    Raises ProcedureError, which names file and key: unknown or missing entry, a number, duration, level or
    cap that a content folder tries to change, or a placeholder that nothing fills.
    """
    version, numbers, cells = read_file(folder / "procedure.toml" if folder else None)
    return Procedure(version, numbers, MappingProxyType(cells))


@cache
def procedure() -> Procedure:
    """The package's own procedure, loaded once, when first asked for."""
    return load()
