"""The caller check: who speaks, then level 1, then level 2 (rules §8).

The caller says, the agent types, the service compares; nothing typed here is kept anywhere.
"""

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from ameli_support.i18n import _, ngettext
from ameli_support.onboarding.identity import (
    Direction,
    Fact,
    Level,
    Representation,
    Speaker,
    may_be_asked,
)
from ameli_support.onboarding.person import NirVerdict, mask_nir, read_nir
from screens.actions import BY_ID, Scope, bindings, digit_bindings
from screens.backend import Failed
from screens.check_words import asked
from screens.frame import Framed
from screens.notice import Tone
from screens.picture import Band as BandText
from screens.picture import PersonLine
from screens.safe import clean
from screens.typing_in import only_digits, read_date, slashed
from screens.when import day_hour
from screens.widgets.band import Band
from screens.widgets.blocks import ToSay
from screens.widgets.caption import Caption
from screens.widgets.check_side import Keys, Levels
from screens.widgets.choices import Choices
from screens.widgets.field import Field, Typed
from screens.widgets.person import Person
from screens.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Checked

LEVEL_1 = (Fact.NIR, Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE)
ENOUGH_AT_LEVEL_2 = 2


class Check(Framed["CallState | None"]):
    """One caller check, over home or over the call it belongs to; dismisses with the contact's new state."""

    CSS_PATH: ClassVar = ["call.tcss", "check.tcss"]
    SCOPE = Scope.CHECK
    BINDINGS: ClassVar = [*bindings(Scope.CHECK), *digit_bindings(lambda digit: f"digit({digit})")]

    def __init__(
        self,
        state: "CallState",
        *,
        wanted: Level = Level.SIMPLE,
        facts: dict[Fact, str] | None = None,
        then: str = "",
        person: PersonLine | None = None,
    ) -> None:
        super().__init__()
        self.state = state
        self.wanted = wanted
        self.given = facts or {}
        self.then = then
        self.person = person
        self.direction = state.direction or Direction.INCOMING
        self.asks_representation = False
        self.busy = False

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
                yield Container(id="fields")
                yield Static("", id="trouble", markup=False)
                yield Static("", id="advice", markup=False)
            with Container(id="can", classes="block"):
                yield Caption(_("Vous pouvez"))
                yield Keys()

    def on_mount(self) -> None:
        """Begins with who speaks, or with the fields when that is known."""
        self.query_one(Person).show(
            self.person
            if self.person is not None and self.state.level
            else PersonLine(
                _("Appelant à identifier"),
                (_("un dossier correspond à la saisie"),),
                "",
                False,
                _("dossier fermé avant le niveau 1"),
            )
        )
        self._stage()

    @property
    def in_call(self) -> bool:
        """Whether the call screen is underneath."""
        from screens.call import Call

        return any(isinstance(screen, Call) for screen in self.app.screen_stack)

    @property
    def level(self) -> Level:
        """The level that the next comparison is for."""
        return Level.SIMPLE if self.state.level < Level.SIMPLE else Level.REINFORCED

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that may be asked for at this level."""
        allowed = may_be_asked(self.level, self.direction)
        if self.level is Level.SIMPLE:
            return tuple(fact for fact in LEVEL_1 if fact in allowed)
        return tuple(fact for fact in allowed if fact not in LEVEL_1)

    @property
    def stage(self) -> str:
        """`who`, `facts`, or `over` when the record is locked."""
        if self.state.locked_until is not None:
            return "over"
        return "who" if self.state.speaker is None or self.asks_representation else "facts"

    @work(group="stage", exclusive=True)
    async def _stage(self) -> None:
        """Draws the present stage."""
        stage = self.stage
        choices, fields = self.query_one(Choices), self.query_one("#fields", Container)
        choices.display = stage == "who"
        await fields.remove_children()
        fields.display = stage == "facts"
        self.query_one(Levels).show(self.state.level, self.level)
        self.query_one(Keys).show(stage, self.in_call, self.words.lines("reminders.never_ask"))
        self._band()
        self.trouble("")
        if stage == "who":
            self._ask_who(choices)
            self.set_focus(None)
        elif stage == "facts":
            fields.set_class(self.level is Level.REINFORCED, "-long")
            await fields.mount_all(self._field(fact) for fact in self.facts)
            for fact in self.facts:
                self._prefill(fact)
            self.take_focus()
        else:
            self._over()
        self._advice(stage)

    def _ask_who(self, choices: Choices) -> None:
        if self.asks_representation:
            self.query_one(ToSay).show((_("À quel titre **représentez**-vous cette personne ?"),))
            choices.offer([(*each, "") for each in self.words.keyed("representations")])
        else:
            self.query_one(ToSay).show(
                (_("Appelez-vous **pour vous-même**, ou pour quelqu’un d’autre ?"),)
            )
            rows = [(*each, "") for each in self.words.keyed("speakers")]
            choices.offer(rows, zero=(_("Sans contrôle"), self.words.text("levels.level_0")))

    def _field(self, fact: Fact) -> Field:
        return Field(fact.value, self.words.text(f"facts.{fact}"), asked(fact).expected)

    def _prefill(self, fact: Fact) -> None:
        """What the look-up already gave is not typed twice; the number stays masked."""
        value = self.given.get(fact)
        if value is None:
            return
        field = self.query_one(f"#row-{fact.value}", Field)
        field.input.value = mask_nir(value) if fact is Fact.NIR else _as_typed(fact, value)
        field.input.disabled = True
        field.mark("√", _("déjà donné"), "ok")

    def _band(self) -> None:
        band = self.query_one(Band)
        if self.state.locked_until is not None:
            head = _("Dossier verrouillé après {number} contrôles échoués").format(
                number=self.words.procedure.numbers.failed_checks_lock
            )
            until = _("jusqu’au {when}").format(when=day_hour(self.state.locked_until))
            band.show(BandText(Tone.BAD, "■", head, head, until))
            return
        if self.stage == "who":
            sense = self.words.text(f"directions.{self.direction}")
            head = _("Qui parle ?")
            band.show(BandText(Tone.PLAIN, "○", head, head, f"{sense}   ← →"))
            return
        left = self.state.comparisons_left
        if left is None:
            left = self.words.procedure.numbers.comparisons_per_check
        tries = ngettext("{number} essai pour ce contrôle", "{number} essais pour ce contrôle", left)
        head = _("Identité : niveau {level} à vérifier").format(level=int(self.level))
        right = tries.format(number=left)
        if self.then and self.wide:
            right = _("{action} : {tries}").format(action=_(BY_ID[self.then].label), tries=right)
        band.show(BandText(Tone.PLAIN, "○", head, head, right))

    def _advice(self, stage: str) -> None:
        if stage == "who":
            text = _("Cela s’enregistre avant toute comparaison.")
        elif stage == "over":
            text = _("Rien ne peut être dit ni fait sur ce dossier ; un superviseur peut le déverrouiller.")
        else:
            text = self.words.text("reminders.how").replace(". ", ".\n", 1)
            if self.level is Level.REINFORCED:
                text = self.words.text("reminders.two_answers") + "\n" + text.partition("\n")[2]
        self.query_one("#advice", Static).update(Content.styled(text, "$muted"))

    def trouble(self, sentence: str) -> None:
        """What is wrong, in a sentence under the fields; nothing clears it."""
        content = Content.assemble(("▲ ", "$warn"), (clean(sentence), "$ink")) if sentence else Content("")
        self.query_one("#trouble", Static).update(content)

    # ── who speaks ──────────────────────────────────────────────────────────

    def action_direction(self) -> None:
        """← → turns an incoming call into an outgoing one, while it is still asked who speaks."""
        if self.stage != "who":
            return
        incoming = self.direction is Direction.INCOMING
        self.direction = Direction.OUTGOING if incoming else Direction.INCOMING
        self._band()

    def action_digit(self, digit: int) -> None:
        """A digit answers the question of who speaks."""
        if self.stage != "who" or self.busy:
            return
        choices = self.query_one(Choices)
        if digit == 0 and not self.asks_representation:
            self.level_0()
        elif not choices.choose(digit) or choices.value is None:
            return
        elif self.asks_representation:
            self.speak(Speaker.REPRESENTATIVE, Representation(choices.value))
        else:
            speaker = Speaker(choices.value)
            if speaker is Speaker.REPRESENTATIVE:
                self.asks_representation = True
                self._stage()
            else:
                self.speak(speaker)

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        self.action_digit(event.digit)

    @work(group="check", exclusive=True, exit_on_error=False)
    async def speak(self, speaker: Speaker, representation: Representation | None = None) -> None:
        """Records who speaks; whoever can reach no level goes to general advice at once."""
        case, direction = self.state.case, self.direction

        def recorded(desk: "Desk") -> "tuple[CallState, Level]":
            return desk.speak(case, direction, speaker, representation), desk.highest_level(case)

        self.busy = True
        try:
            self.state, highest = await self.app.backend.ask(recorded)
            self.asks_representation = False
            if highest is Level.NOTHING:
                self.state = await self.app.backend.ask(lambda desk: desk.level_0(case))
                self.dismiss(self.state)
                return
        except Failed as failure:
            self.trouble(failure.sentence)
            return
        finally:
            self.busy = False
        if self.level is Level.SIMPLE and all(self.given.get(fact) for fact in LEVEL_1):
            self.compare({fact: self.given[fact] for fact in LEVEL_1})
        self._stage()

    @work(group="check", exclusive=True, exit_on_error=False)
    async def level_0(self) -> None:
        """General advice, nothing compared."""
        case = self.state.case
        try:
            self.state = await self.app.backend.ask(lambda desk: desk.level_0(case))
        except Failed as failure:
            self.trouble(failure.sentence)
            return
        self.dismiss(self.state)

    # ── the fields ──────────────────────────────────────────────────────────

    def _open_fields(self) -> list[Field]:
        return [field for field in self.query(Field) if not field.input.disabled]

    def take_focus(self) -> None:
        """The first empty field."""
        fields = self._open_fields()
        empty = [field for field in fields if not field.value]
        if fields:
            (empty or fields)[0].input.focus()

    def forget(self) -> None:
        """Nothing typed here survives a lock."""
        for field in self._open_fields():
            field.input.value = ""

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """What to say follows the focused field."""
        if isinstance(event.widget, Typed) and isinstance(event.widget.parent, Field):
            self.query_one(ToSay).show((asked(Fact(event.widget.parent.key)).question,))

    @on(Input.Changed)
    def _moved_on(self, event: Input.Changed) -> None:
        """A full date is written out and moves on by itself; nothing is compared without Entrée."""
        field = event.input.parent
        if not isinstance(field, Field) or event.input.disabled or field.key != Fact.BIRTH_DATE.value:
            return
        written = slashed(event.value)
        if written != event.value:
            event.input.value = written
        elif read_date(written) is not None and len(written) == len("jj/mm/aaaa"):
            self._next_empty(field)

    def _next_empty(self, field: Field) -> bool:
        """Goes to the next empty field after `field`; False when there is none."""
        fields = self._open_fields()
        after = fields[fields.index(field) + 1 :] + fields[: fields.index(field)]
        empty = [each for each in after if not each.value]
        if empty:
            empty[0].input.focus()
        return bool(empty)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Entrée: the next field while something is missing, then the comparison."""
        field = event.input.parent
        if self.busy or not isinstance(field, Field):
            return
        filled = [each for each in self._open_fields() if each.value]
        enough = (
            len(filled) == len(self._open_fields())
            if self.level is Level.SIMPLE
            else len(filled) >= ENOUGH_AT_LEVEL_2
        )
        if not enough:
            self._next_empty(field)
            return
        wrong = self._unreadable()
        if wrong is not None:
            where, sentence = wrong
            self.trouble(sentence)
            where.input.focus()
            return
        facts = {Fact(each.key): each.value for each in filled}
        self.compare({**{fact: self.given[fact] for fact in self.facts if fact in self.given}, **facts})

    def _unreadable(self) -> tuple[Field, str] | None:
        """The first field that cannot be what it should be; nothing is compared then."""
        for field in self._open_fields():
            value = field.value
            if not value:
                continue
            if field.key == Fact.NIR.value:
                reading = read_nir(only_digits(value) if not any(c.isalpha() for c in value[7:8]) else value)
                if reading.verdict is not NirVerdict.VALID and reading.reason:
                    return field, self.words.text(f"nir.{reading.reason}")
            if field.key == Fact.BIRTH_DATE.value and read_date(value) is None:
                return field, _("Cette date n’existe pas : attendu jj/mm/aaaa, par exemple 24/08/1962.")
            if field.key == Fact.POSTCODE.value and len(only_digits(value)) != 5:
                return field, _("Un code postal a 5 chiffres.")
            if field.key == Fact.BANK_LAST4.value and len(only_digits(value)) != 4:
                return field, _("Il faut les 4 derniers chiffres.")
        return None

    @property
    def words(self) -> Words:
        """The procedure's words."""
        desk = self.app.backend.desk
        assert desk is not None
        return Words(desk.procedure)

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
            self.trouble(failure.sentence)
            return
        finally:
            self.busy = False
        self._after(checked, level)

    def _after(self, checked: "Checked", level: Level) -> None:
        if checked.locked_until is not None:
            self._stage()
        elif checked.level >= level:
            self.given = {}
            if checked.level >= self.wanted:
                self.dismiss(self.state)
            else:
                self._stage()
        else:
            self._not_reached(checked)

    def _not_reached(self, checked: "Checked") -> None:
        for fact in self.facts:
            field = self.query_one(f"#row-{fact.value}", Field)
            field.input.disabled = False
            if fact in self.given and fact is not Fact.NIR:
                field.mark()
        self._band()
        if checked.failed:
            self.given = {}
            self.forget()
            self.trouble(
                _("Contrôle échoué. Vous pouvez en commencer un autre, ou revenir par Échap au conseil général.")
            )
        elif checked.mismatch:
            left = ngettext("il reste {number} essai", "il reste {number} essais", checked.comparisons_left)
            mismatch = self.words.text("reminders.mismatch").rstrip(".")
            left = left.format(number=checked.comparisons_left)
            self.trouble(_("{mismatch} : {left}.").format(mismatch=mismatch, left=left))
        else:
            absent = ", ".join(self.words.text(f"facts.{fact}") for fact in checked.not_on_file)
            self.trouble(_("Pas au dossier : {facts}. Prenez une autre réponse.").format(facts=absent))
        self.take_focus()

    def _over(self) -> None:
        self.query_one(ToSay).show((self.words.text("reminders.cannot_continue"),))
        self.set_focus(None)

    def action_leave(self) -> None:
        """Échap: back; before any level the call goes on at level 0 only when that was chosen."""
        if self.asks_representation:
            self.asks_representation = False
            self._stage()
        elif self.stage == "who":
            self._leave_call()
        elif self.state.level or self.state.level_0_chosen or self.stage == "over" or self.in_call:
            self.dismiss(self.state)
        else:
            self.level_0()

    @work(group="check", exclusive=True, exit_on_error=False)
    async def _leave_call(self) -> None:
        """Nobody spoke yet: the contact ends, home comes back."""
        case = self.state.case
        try:
            await self.app.backend.ask(lambda desk: desk.leave(case))
        except Failed as failure:
            self.app.say(Tone.BAD, failure.sentence)
        self.dismiss(None)


def _as_typed(fact: Fact, value: str) -> str:
    """A birth date of the look-up is ISO; people read JJ/MM/AAAA."""
    if fact is Fact.BIRTH_DATE and value[4:5] == "-":
        return "/".join(reversed(value.split("-")))
    return value
