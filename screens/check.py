"""The caller check: level 1, then level 2, once it is known who speaks (rules §8).

The caller says, the agent types, the service compares; nothing typed here is kept anywhere.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from ameli_support.i18n import _
from ameli_support.onboarding.identity import (
    Fact,
    Level,
    may_be_asked,
    may_be_compared,
)
from screens.actions import BY_ID, Scope, bindings, digit_bindings
from screens.backend import Failed
from screens.check_words import advice, asked, band_text, not_reached
from screens.frame import PULSE_SECONDS
from screens.notice import Tone
from screens.picture import PersonLine
from screens.safe import clean
from screens.who_speaks import WhoSpeaks
from screens.widgets.band import Band
from screens.widgets.blocks import ToSay
from screens.widgets.caption import Caption
from screens.widgets.check_side import Keys, Levels
from screens.widgets.choices import Choices
from screens.widgets.facts import Facts
from screens.widgets.field import Field, Typed
from screens.widgets.person import Person

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Checked

LEVEL_1 = (Fact.NIR, Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE)
ENOUGH_AT_LEVEL_2 = 2


class Check(WhoSpeaks):
    """One caller check, over home or over its call; ends with the contact's new state."""

    CSS_PATH: ClassVar = ["call.tcss", "check.tcss"]
    SCOPE = Scope.CHECK
    BINDINGS: ClassVar = [*bindings(Scope.CHECK), *digit_bindings(lambda digit: f"digit({digit})")]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that count at this level; by mail they are typed as sent, never asked for."""
        allowed = may_be_compared(self.level, self.direction)
        if self.level is Level.SIMPLE:
            return tuple(fact for fact in LEVEL_1 if fact in allowed)
        return tuple(fact for fact in allowed if fact not in LEVEL_1)

    # ── what stands where ───────────────────────────────────────────────────

    def compose_body(self) -> "ComposeResult":
        """The call's skeleton: levels, question and fields, keys."""
        yield Person()
        yield Band()
        with Container(id="body"):
            with Container(id="journey", classes="block"):
                yield Caption(_("Niveaux"))
                yield Levels()
            with Container(id="main"):
                with Container(id="say", classes="block"):
                    yield Caption(_("À dire"))
                    yield ToSay()
                yield Choices(id="who")
                yield Facts(self.words)
                yield Static("", id="trouble", markup=False)
                yield Static("", id="advice", markup=False)
            with Container(id="can", classes="block"):
                yield Caption(_("Vous pouvez"))
                yield Keys()

    def on_mount(self) -> None:
        """Begins with who speaks, or with the fields when that is known."""
        closed = _("dossier fermé avant le niveau 1")
        found = (_("un dossier correspond à la saisie"),)
        unknown = PersonLine(_("Appelant à identifier"), found, "", False, closed)
        known = self.person if self.person is not None and self.state.level else None
        self.query_one(Person).show(known or unknown)
        self.show_stage()
        self.set_interval(PULSE_SECONDS, self.each_pulse)

    def show_stage(self) -> None:
        """Draws the present stage, unless the screen is being taken down."""
        if not self.query(ToSay):
            return
        stage = self.stage
        choices, fields = self.query_one(Choices), self.query_one(Facts)
        choices.display, fields.display = stage == "who", stage == "facts"
        self.query_one(Levels).show(self.state.level, self.level)
        self.query_one(Keys).show(stage, self.in_call, self.words.lines("reminders.never_ask"))
        self.show_band()
        self.trouble("")
        self._advice(stage)
        if stage == "facts":
            fields.set_class(self.level is Level.REINFORCED, "-long")
            fields.ask(self.facts, self.given)
            self.take_focus()
            self._type_ahead()
            return
        self.set_focus(None)
        if stage == "who":
            self._ask_who(choices)
        else:
            self.query_one(ToSay).show((self.words.text("reminders.cannot_continue"),))

    def _ask_who(self, choices: Choices) -> None:
        if self.asks_representation:
            self.query_one(ToSay).show((_("À quel titre **représentez**-vous cette personne ?"),))
            choices.offer([(*each, "") for each in self.words.keyed("representations")])
            return
        self.query_one(ToSay).show((_("Appelez-vous **pour vous-même**, ou pour quelqu’un d’autre ?"),))
        rows = [(*each, "") for each in self.words.keyed("speakers")]
        choices.offer(rows, zero=(_("Sans contrôle"), self.words.text("levels.level_0")))

    def show_band(self) -> None:
        then = _(BY_ID[self.then].label) if self.then and self.wide else ""
        band = band_text(self.words, self.state, self.stage, self.level, self.direction, then)
        self.query_one(Band).show(band)

    def _advice(self, stage: str) -> None:
        text = advice(self.words, stage, self.level)
        self.query_one("#advice", Static).update(Content.styled(text, "$muted"))

    def trouble(self, sentence: str) -> None:
        """What is wrong, in a sentence under the fields; what was typed stays."""
        content = Content.assemble(("▲ ", "$warn"), (clean(sentence), "$ink")) if sentence else Content("")
        self.query_one("#trouble", Static).update(content)
        self.query_one("#trouble").set_class(bool(sentence), "-said")
        self.set_class(bool(sentence), "-troubled")
        self.query_one("#advice").set_class(bool(sentence), "-yields")

    def on_key(self, event: events.Key) -> None:
        """What is typed before the fields stand there is kept for the first of them."""
        if self.busy and self.focused is None and event.character and event.is_printable:
            self._ahead += event.character

    def _type_ahead(self) -> None:
        ahead, self._ahead = self._ahead, ""
        fields = self.query_one(Facts).open_fields
        if ahead and fields:  # where the caret goes next: a field asks for the focus, and has it later
            where = next((field for field in fields if not field.value), fields[0])
            where.input.insert_text_at_cursor(ahead)

    def spoken(self) -> None:
        """Goes on to the fields; what the look-up gave is compared at once when it is enough."""
        self._take_number()
        self.show_stage()
        if self.level is Level.SIMPLE and all(self.given.get(fact) for fact in LEVEL_1):
            self.compare({fact: self.given[fact] for fact in LEVEL_1})

    # ── the fields ──────────────────────────────────────────────────────────

    def take_focus(self) -> None:
        """The first empty field."""
        if self.stage == "facts":
            self.query_one(Facts).take_focus()

    def forget(self) -> None:
        """Nothing typed here survives a lock."""
        self.given, self._number = {}, ""
        fields = self.query_one(Facts)
        fields.open_again()
        fields.empty()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """What to say follows the focused field."""
        if event.widget is not self.focused:
            return  # the caret has gone on since
        if isinstance(event.widget, Typed) and isinstance(event.widget.parent, Field):
            fact = Fact(event.widget.parent.key)
            if fact in may_be_asked(self.level, self.direction):
                self.query_one(ToSay).show((asked(fact).question,))
            else:
                self.query_one(ToSay).show(self.words.lines("reminders.by_mail"))

    @on(Facts.Entered)
    def _entered(self, event: Facts.Entered) -> None:
        """Entrée: the next field while something is missing, then the comparison."""
        fields = self.query_one(Facts)
        if self.busy:
            return
        if self.level is Level.SIMPLE:
            fields.spread(event.field)
        typed = fields.typed
        wanted = len(fields.open_fields) if self.level is Level.SIMPLE else ENOUGH_AT_LEVEL_2
        if len(typed) < wanted:
            fields.next_empty(event.field)
            return
        wrong = fields.unreadable()
        if wrong is not None:
            where, sentence = wrong
            self.trouble(sentence)
            where.input.focus()
            return
        self.compare({**{fact: self.given[fact] for fact in self.facts if fact in self.given}, **typed})

    # ── the comparison ──────────────────────────────────────────────────────

    @work(group="check", exclusive=True, exit_on_error=False)
    async def compare(self, facts: dict[Fact, str]) -> None:
        """Has the service compare; shows the level, never which fact was wrong."""
        case, level = self.state.case, self.level

        def compared(desk: "Desk") -> "tuple[Checked, CallState]":
            return desk.verify(case, level, facts), desk.call_state(case)

        self.busy = True
        try:
            checked, self.state = await self.app.backend.ask(compared)
        except Failed as failure:
            await self._refused(failure)
            return
        finally:
            self.busy = False
        if checked.locked_until is not None:
            self.show_stage()
        elif checked.level < level:
            self._not_reached(checked)
        else:
            self.given = {}
            self.forget()
            if checked.level >= self.wanted:
                self.dismiss(self.state)
            else:
                self.show_stage()

    async def _refused(self, failure: Failed) -> None:
        """A record that is shut ends the check: locked, only one sentence is left; else the call says why."""
        case = self.state.case
        with suppress(Failed):
            self.state = await self.app.backend.ask(lambda desk: desk.call_state(case))
        if self.state.locked_until is not None:
            self.show_stage()
        elif self.state.level_0_chosen and self.state.level is Level.NOTHING and not self.in_call:
            self.app.say(Tone.WARN, failure.sentence)
            self.dismiss(self.state)
        else:
            self._open_again()
            self.trouble(failure.sentence)

    def _open_again(self) -> None:
        """Everything can be typed again, what the look-up gave included."""
        fields = self.query_one(Facts)
        fields.open_again()
        fields.take_focus()
        self.given = {}
        self.show_band()

    def _not_reached(self, checked: "Checked") -> None:
        self._open_again()
        fields = self.query_one(Facts)
        if checked.failed:
            fields.empty()
            fields.take_focus()
            again = _("Contrôle échoué. Un autre peut commencer ; Échap revient au conseil général.")
            self.trouble(again)
        else:
            fields.reread()
            self.trouble(not_reached(self.words, checked))
