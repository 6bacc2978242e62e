"""The fields of the caller check: the caller says, the agent types; a full date moves on by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.person import NirVerdict, mask_nir, read_nir
from screens.check_words import asked
from screens.typing_in import only_digits, read_date, slashed
from screens.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from screens.words import Words

FULL_DATE = len("jj/mm/aaaa")
POSTCODE_DIGITS, BANK_DIGITS = 5, 4
SEVERAL = 2


class Facts(Container):
    """One field a fact; only those of the level in hand are shown."""

    class Entered(Message):
        """Entrée in a field."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(self, words: "Words") -> None:
        super().__init__(id="fields")
        self._words = words
        self._shown: tuple[Fact, ...] = ()
        self._moved_on_to: Input | None = None

    def compose(self) -> "ComposeResult":
        """All of them, hidden: nothing typed is lost to a late field."""
        for fact in Fact:
            field = Field(fact.value, self._words.text(f"facts.{fact}"), asked(fact).expected)
            field.display = False
            yield field

    def field(self, fact: Fact) -> Field:
        """The field of one fact."""
        return self.query_one(f"#row-{fact.value}", Field)

    def ask(self, facts: tuple[Fact, ...], given: Mapping[Fact, str]) -> None:
        """Shows the fields of `facts`; what the look-up already gave is not typed twice."""
        self._shown = facts
        for fact in Fact:
            field = self.field(fact)
            field.display = fact in facts
            value = given.get(fact)
            field.input.disabled = value is not None
            field.mark()
            if value is not None:
                field.input.value = as_typed(fact, value)
                field.mark("√", _("déjà donné"), "ok")

    def open_again(self) -> None:
        """After a mismatch everything can be typed again; a masked number has to be."""
        for fact in self._shown:
            field = self.field(fact)
            if field.input.disabled and fact is Fact.NIR:
                field.input.value = ""
            field.input.disabled = False
            field.mark()

    def empty(self) -> None:
        """Nothing typed here is kept."""
        for field in self.query(Field):
            field.input.value = ""

    def spread(self, field: Field) -> None:
        """Several facts in one field, as the box of home takes them, go to their own."""
        from ameli_support.casework.lookup import LookupProblem, read_lookup

        read = read_lookup(field.value)
        if isinstance(read, LookupProblem) or len(read.check_facts()) < SEVERAL:
            return
        field.input.value = ""
        for fact, value in read.check_facts().items():
            where = self.field(fact)
            if fact in self._shown and not where.input.disabled:
                where.input.value = value if fact is Fact.NIR else as_typed(fact, value)

    @property
    def open_fields(self) -> list[Field]:
        """Those that are to be typed, in their order."""
        return [field for field in map(self.field, self._shown) if not field.input.disabled]

    @property
    def typed(self) -> dict[Fact, str]:
        """What was typed so far."""
        return {Fact(field.key): field.value for field in self.open_fields if field.value}

    def take_focus(self) -> None:
        """The first empty field, else the first."""
        fields = self.open_fields
        if fields:
            next((field for field in fields if not field.value), fields[0]).input.focus()

    def reread(self) -> None:
        """After a mismatch: the first field that has to be typed, else the first that was."""
        fields = self.open_fields
        again = [field for field in fields if field.value]
        if Fact.NIR in self._shown and len(again) < len(fields):
            self.take_focus()
        elif again:
            again[0].input.focus()

    def next_empty(self, field: Field) -> Input | None:
        """Goes to the next empty field after `field`, around the end."""
        fields = self.open_fields
        start = fields.index(field) + 1 if field in fields else 0
        for each in (*fields[start:], *fields[:start]):
            if not each.value and each is not field:
                each.input.focus()
                return each.input
        return None

    def unreadable(self) -> tuple[Field, str] | None:
        """The first field that cannot be what it should be, and why; nothing is compared then."""
        for fact, value in self.typed.items():
            sentence = self._wrong(fact, value)
            if sentence:
                return self.field(fact), sentence
        return None

    def _wrong(self, fact: Fact, value: str) -> str:
        if fact is Fact.NIR:
            reading = read_nir(value)
            return (
                self._words.text(f"nir.{reading.reason}") if reading.verdict is not NirVerdict.VALID else ""
            )
        if fact is Fact.BIRTH_DATE and read_date(value) is None:
            return _("Cette date n’existe pas : attendu jj/mm/aaaa, par exemple 24/08/1962.")
        if fact is Fact.POSTCODE and len(only_digits(value)) != POSTCODE_DIGITS:
            return _("Un code postal a 5 chiffres.")
        if fact is Fact.BANK_LAST4 and len(only_digits(value)) != BANK_DIGITS:
            return _("Il faut les 4 derniers chiffres.")
        return ""

    def on_key(self, event: events.Key) -> None:
        """Tab after a full date: the caret has moved on already, and goes no further."""
        moved, self._moved_on_to = self._moved_on_to, None
        if event.key == "tab" and moved is not None and moved.has_focus and not moved.value:
            event.stop()
            event.prevent_default()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        field = event.input.parent
        if not isinstance(field, Field) or event.input.disabled:
            return
        fact = Fact(field.key)
        if fact in (Fact.POSTCODE, Fact.BANK_LAST4):
            figures = only_digits(event.value)
            if figures and figures != event.value:
                event.input.value = figures
        elif fact is Fact.BIRTH_DATE:
            written = slashed(event.value)
            if written != event.value:
                event.input.value = written
            elif len(written) == FULL_DATE and read_date(written) is not None:
                self._moved_on_to = self.next_empty(field)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        field = event.input.parent
        if isinstance(field, Field):
            self.post_message(self.Entered(field))


def as_typed(fact: Fact, value: str) -> str:
    """A fact of the look-up as people read it: the number masked, the date JJ/MM/AAAA."""
    if fact is Fact.NIR:
        return mask_nir(value)
    if fact is Fact.BIRTH_DATE and value[4:5] == "-":
        return "/".join(reversed(value.split("-")))
    return value
