"""procedure.toml as values: the document's numbers and sentences, checked when loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from types import MappingProxyType

from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.journey import Place
from ameli_support.onboarding.pages import faults
from ameli_support.onboarding.procedure_file import Numbers as Numbers
from ameli_support.onboarding.procedure_file import ProcedureError as ProcedureError
from ameli_support.onboarding.procedure_file import read_file
from ameli_support.onboarding.procedure_keys import Moment as Moment
from ameli_support.onboarding.procedure_keys import required_keys, says_keys
from ameli_support.onboarding.wording import LANGUAGES, Cell, fill, plain


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the insured person sees, in French, with placeholders."""

    title: str
    sentences: tuple[str, ...]
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """The confirmation mail, the notice and « Code oublié ? »; what the document does not word is ours."""

    subject: str
    sender_name: str
    body: str
    button: str
    until: str
    page: str
    copy: str
    warning: str
    automatic: str
    notice_subject: str
    notice_sentences: tuple[str, ...]
    reset_subject: str
    reset_button: str
    reset_sentences: tuple[str, ...]


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
        lists = ("notice_sentences", "reset_sentences")
        return Mail(
            **{n: self._one(f"mail.{n}") for n in Mail.__annotations__ if n not in lists},
            notice_sentences=self.cells["mail.notice_sentences"].fr,
            reset_sentences=self.cells["mail.reset_sentences"].fr,
        )

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Every page by its name: the values of `DeadPage`, and the others of `[pages]`."""
        nothing = Cell(())
        return {
            name: Page(
                self._one(f"pages.{name}.title"),
                self.cells.get(f"pages.{name}.sentences", nothing).fr,
                self.cells.get(f"pages.{name}.buttons", nothing).fr,
            )
            for name in self.names("pages")
        }

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, object]]:
        """By language, what every sentence may name without being given it: numbers and contacts."""
        numbers = {name: getattr(self.numbers, name) for name in Numbers.__annotations__}
        contacts = {name: getattr(self.contacts, name) for name in Contacts.__annotations__}
        spoken = {name: self.cells[f"spoken.{name}"] for name in self.names("spoken")}
        return {
            language: {
                **numbers,
                **contacts,
                **{name: cell.lines(language)[0] for name, cell in spoken.items()},
            }
            for language in LANGUAGES
        }

    def names(self, section: str) -> tuple[str, ...]:
        """The names in one section, in the file's order: `names("outcomes")`."""
        prefix = f"{section}."
        keys = (key.removeprefix(prefix) for key in self.cells if key.startswith(prefix))
        return tuple(dict.fromkeys(key.split(".")[0] for key in keys))

    def lines(self, key: str, language: str = "fr", **values: object) -> tuple[str, ...]:
        """The lines of one entry, filled; raises ProcedureError for an unknown key or a missing value."""
        try:
            given = {**self.values[language], **values}
            return tuple(fill(line, given) for line in self.cells[key].lines(language))
        except KeyError as missing:
            raise ProcedureError(None, key, f"{missing} is missing") from None

    def text(self, key: str, language: str = "fr", **values: object) -> str:
        """One entry as one text, filled, without marks of stress."""
        return plain(" ".join(self.lines(key, language, **values)))

    def says(
        self,
        place: str,
        level: Level,
        moment: Moment,
        language: str = "fr",
        *,
        supervisor: bool = False,
        **values: object,
    ) -> tuple[str, ...]:
        """What the agent says, a sentence each, stressed words between `**`.

        `place` is a `journey.Place`, a step 1 to 5 or a phase other than `not_sent`. `supervisor`: the
        one who speaks is, and does not pass on to « un responsable ».
        """
        return self.lines(self.says_key(place, level, moment, supervisor), language, **values)

    def says_key(self, place: str, level: Level, moment: Moment, supervisor: bool = False) -> str:
        """The entry that answers for this cell: the most particular one of those that can."""
        keys = says_keys(place, level, moment, supervisor)
        found = next((key for key in keys if key in self.cells), None)
        if found is None:
            raise ProcedureError(None, keys[0], "missing")
        return found

    def _one(self, key: str) -> str:
        return " ".join(self.cells[key].fr)


def load(folder: Path | None = None) -> Procedure:
    """The package's procedure.toml with the wordings of `<folder>/procedure.toml` over it.

    Raises ProcedureError, which names file and key: unknown or missing entry, a number, duration, level or
    cap that a content folder tries to change, or a placeholder that nothing fills.
    """
    version, numbers, cells = read_file(folder / "procedure.toml" if folder else None)
    for key in required_keys():
        if key not in cells:
            raise ProcedureError(None, key, "missing")
    for key, fault in faults(cells):
        raise ProcedureError(None, key, fault)
    for place, level, moment in product(Place, Level, Moment):
        if not any(key in cells for key in says_keys(place, level, moment)):
            raise ProcedureError(None, says_keys(place, level, moment)[0], "missing")
    return Procedure(version, numbers, MappingProxyType(cells))


@cache
def procedure() -> Procedure:
    """The package's own procedure, loaded once, when first asked for."""
    return load()
