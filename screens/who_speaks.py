"""The first half of a caller check: who speaks, in which direction, and the way back (rules §8)."""

from typing import TYPE_CHECKING

from textual import on, work

from ameli_support.clock import monotonic
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Speaker
from screens.backend import Failed
from screens.frame import Framed
from screens.notice import Tone
from screens.picture import PersonLine
from screens.widgets.choices import Choices
from screens.words import Words

if TYPE_CHECKING:
    from textual.timer import Timer

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState

BURST_SECONDS = 0.3  # digits that follow each other faster are a number, not answers


class WhoSpeaks(Framed["CallState | None"]):
    """What is known before anything is compared; `Check` adds the fields and the comparison."""

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
        self.asks_who = state.level is Level.NOTHING
        self.asks_representation = False
        self.busy = False
        self._ahead = ""
        self._digit_at = -BURST_SECONDS  # on the monotonic clock
        self._opened = self._second = 0  # the first two digits of a burst
        self._held: Timer | None = None
        self._number = ""  # begun where a single digit was expected

    # ── where the check stands ──────────────────────────────────────────────

    @property
    def words(self) -> Words:
        """The procedure's words."""
        desk = self.app.backend.desk
        assert desk is not None
        return Words(desk.procedure)

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
    def stage(self) -> str:
        """`who`, `facts`, or `over` when the record is locked."""
        if self.state.locked_until is not None:
            return "over"
        return "who" if self.asks_who or self.asks_representation else "facts"

    # ── what the comparison adds ────────────────────────────────────────────

    def show_stage(self) -> None:
        """Draws the present stage."""
        raise NotImplementedError

    def show_band(self) -> None:
        """Draws where the check stands."""
        raise NotImplementedError

    def trouble(self, sentence: str) -> None:
        """What is wrong, in a sentence."""
        raise NotImplementedError

    def spoken(self) -> None:
        """It is known who speaks."""
        raise NotImplementedError

    # ── who speaks ──────────────────────────────────────────────────────────

    def action_direction(self) -> None:
        """← →: incoming call, outgoing call or mail, while it is still asked who speaks."""
        if self.stage == "who":
            kinds = list(Direction)
            self.direction = kinds[(kinds.index(self.direction) + 1) % len(kinds)]
            self.show_band()

    def action_digit(self, digit: int) -> None:
        """A digit answers the question of who speaks; one after the other in a burst is a number begun."""
        if self.stage != "who" or self.busy:
            return
        now = monotonic()
        burst, self._digit_at = now - self._digit_at < BURST_SECONDS, now
        if burst and self._held is not None:
            self._number = f"{self._opened}{self._second}{digit}"
            self._release()
            self.asks_representation = False
            self.show_stage()
            self.trouble(_("Un chiffre dit d’abord qui parle ; le numéro commencé est gardé."))
        elif burst and self.asks_representation:
            self._second = digit
            self._held = self.set_timer(BURST_SECONDS, self._not_a_number)
        elif burst and self._number:
            self._number += str(digit)
        else:
            self._opened = digit
            self._choose(digit)

    def _not_a_number(self) -> None:
        """No third digit came: the one that waited says in which capacity."""
        self._release()
        if self.asks_representation and not self.busy:
            self._choose(self._second)

    def _release(self) -> None:
        if self._held is not None:
            self._held.stop()
            self._held = None

    def _take_number(self) -> None:
        """The number begun before anybody was chosen is typed ahead, if its field is still to be filled."""
        if self._number and Fact.NIR not in self.given:
            self._ahead = self._number + self._ahead
        self._number = ""

    def _choose(self, digit: int) -> None:
        choices = self.query_one(Choices)
        if digit == 0 and not self.asks_representation:
            self.level_0()
        elif not choices.choose(digit) or choices.value is None:
            return
        elif self.asks_representation:
            self.speak(Speaker.REPRESENTATIVE, Representation(choices.value))
        elif choices.value == Speaker.REPRESENTATIVE:
            self.asks_representation = True
            self.show_stage()
        else:
            self.speak(Speaker(choices.value))

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        self.action_digit(event.digit)

    @work(group="check", exclusive=True, exit_on_error=False)
    async def speak(self, speaker: Speaker, representation: Representation | None = None) -> None:
        """Records who speaks; whoever can reach no level goes to general advice at once."""
        case, direction = self.state.case, self.direction

        def recorded(desk: "Desk") -> "tuple[CallState, Level]":
            state, highest = desk.speak(case, direction, speaker, representation), desk.highest_level(case)
            return (desk.level_0(case) if highest is Level.NOTHING else state), highest

        self.busy = True
        try:
            self.state, highest = await self.app.backend.ask(recorded)
        except Failed as failure:
            self.trouble(failure.sentence)
            return
        finally:
            self.busy = False
        self.asks_who = self.asks_representation = False
        if highest is Level.NOTHING:
            self.dismiss(self.state)
            return
        self.spoken()

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

    # ── the way back ────────────────────────────────────────────────────────

    def action_leave(self) -> None:
        """Échap: back; a call whose speaker is known goes on at level 0."""
        self._release()
        if self.asks_representation:
            self.asks_representation = False
            self.show_stage()
        elif self.in_call or self.stage == "over" or self.state.level_0_chosen:
            self.dismiss(self.state)
        elif self.stage == "who":
            self._leave_call()
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
