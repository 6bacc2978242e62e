"""The call: four answers in four fixed places, kept live, and the acts (ux-design §1)."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Container

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Level, Role
from ameli_support.onboarding.link import Phase
from screens.actions import Scope, bindings
from screens.backend import Failed
from screens.call_acts import CallActs
from screens.looking_back import contact_rows
from screens.notice import Tone
from screens.telling import Scene, picture
from screens.when import hour
from screens.widgets.band import Band
from screens.widgets.blocks import OnScreen, ToSay
from screens.widgets.caption import Caption
from screens.widgets.column import Column
from screens.widgets.delay import Delay
from screens.widgets.foot import Foot
from screens.widgets.person import Person
from screens.widgets.rail import Rail

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ameli_support.casework.desk import Desk
    from ameli_support.casework.views import CallState, Earlier, Look

SECOND = 1.0
SLOW_EVERY = 5
SUMMARY_LINES = 6  # the foot shows three: an act that was asked for gives way to its outcome
# the blank rows of a low terminal, in the order in which they are given up
BLANKS = ("-no-top", "-no-journey", "-no-delay", "-no-say", "-no-seen")


@dataclass(frozen=True, slots=True)
class Glance:
    """What one look brings: the record, one's contact, the case's last sentences."""

    look: "Look"
    state: "CallState"
    summary: tuple[str, ...]
    earlier: "Earlier | None" = None
    held: bool | None = None


class Call(CallActs):
    """One contact with one person, or without a record."""

    CSS_PATH = "call.tcss"
    SCOPE = Scope.CALL
    BINDINGS: ClassVar = bindings(Scope.CALL)

    def __init__(self, state: "CallState") -> None:
        super().__init__(state)
        self.summary: tuple[str, ...] = ()
        self._ticks = 0
        self._looking = False
        self.failure = ""
        self._looked_back_at: Level | None = None
        self._explored = False

    def compose_body(self) -> "ComposeResult":
        """Person, band, three columns, foot."""
        yield Person()
        yield Band()
        with Container(id="body"):
            with Container(id="journey", classes="block"):
                yield Caption(_("Parcours"))
                yield Rail()
            with Container(id="main"):
                with Container(id="delay", classes="block"):
                    yield Caption(_("Délai"))
                    yield Delay()
                with Container(id="seen", classes="block"):
                    yield Caption(_("Sur son écran"), _("Son écran"))
                    yield OnScreen()
                with Container(id="say", classes="block"):
                    yield Caption(_("À dire"))
                    yield ToSay()
            with Container(id="can", classes="block"):
                yield Caption(_("Vous pouvez"))
                yield Column()
        yield Foot()

    def on_mount(self) -> None:
        """The first look at once, then every second."""
        self.screen_layout_refresh_signal.subscribe(self, self._fit)
        self.redraw()
        self.retry()
        if self.state.draft:
            self.app.say(Tone.WARN, _("Un texte commencé est gardé."), _("N le retrouve."))
        self.set_interval(SECOND, self._each_second)

    # ── keeping it live ─────────────────────────────────────────────────────

    def _each_second(self) -> None:
        self._ticks += 1
        self.redraw()
        slow = self.last_look is not None and self.last_look.service != "ok"
        if not self._looking and (not slow or self._ticks % SLOW_EVERY == 0):
            self.look_again()

    def retry(self) -> None:
        """F5: looks now."""
        self.look_again()

    @work(group="look", exit_on_error=False)
    async def look_again(self) -> None:
        """One look at record, contact and case; what changed is drawn and told."""
        self._looking = True
        try:
            glance = await self.app.backend.ask(self._glance)
        except Failed as failure:
            self.failure = failure.sentence
            self.app.say(Tone.BAD, failure.sentence)
            self.redraw()
            return
        finally:
            self._looking = False
        if self.failure:
            self.failure = ""
            self.app.say(Tone.PLAIN, "")
        before, self.last_look = self.last_look, glance.look
        others, known = self.state.others, self.summary
        self.state, self.summary = glance.state, glance.summary
        if glance.held is not None and (self.writes is None or not self.writes.busy):
            self.change_first = glance.held
        self._tell_others(others, known)
        if glance.earlier is not self.earlier:
            self.earlier = glance.earlier
            self._tell_repeat()
        if glance.state.level and not self._explored:
            self._explored = True
            self.explore()
        self.app.seen(glance.look)
        self._tell_changes(before, glance.look)
        self.redraw()

    @work(group="explore", exit_on_error=False)
    async def explore(self) -> None:
        """What the checklist will want to know is looked for as soon as level 1 is reached."""
        case = self.state.case
        with suppress(Failed):
            await self.app.backend.ask(lambda desk: desk.explore(case))

    def _glance(self, desk: "Desk") -> Glance:
        """In a worker thread; the summary is read again only when the case changed."""
        look, state = desk.look(self.state.case), desk.call_state(self.state.case)
        summary, held = self.summary, None
        if state.version != self.summarised:
            summary = tuple(desk.summary(self.state.case))
            self.summarised = state.version
            if self.writes is None or not self.writes.busy:
                held = desk.held_back(self.state.case) is not None
        earlier = self.earlier
        if state.record_found and self._looked_back_at is not state.level:
            earlier, self._looked_back_at = desk.earlier(self.state.case), state.level
        return Glance(look, state, summary, earlier, held)

    def _tell_repeat(self) -> None:
        """A person who calls again, once, when the strip has nothing newer to tell."""
        if self.earlier is None or not self.earlier.contacts or self.app.notice is not None:
            return
        last = contact_rows(self.earlier, self.app.now(), self.words)[0]
        head = _("Rappelle : contact n° {number}.").format(number=len(self.earlier.contacts) + 1)
        tail = _("Dernier {when} : {what}. H : tout.").format(when=last.when, what=last.what)
        self.app.say(Tone.WARN, head, tail)

    def _tell_others(self, before: tuple[str, ...], known: tuple[str, ...]) -> None:
        """Another agent who comes into the case, and what they do there, is told without a key."""
        for agent in set(self.state.others) - set(before):
            self.app.say(Tone.WARN, _("L’agent {number} est aussi dans ce dossier.").format(number=agent))
        if not known:
            return
        for sentence in self.summary[len(known) :]:
            __, actor, what = sentence.split(" · ", 2)
            if actor.isdigit() and actor != self.desk.me.agent:
                self.app.say(Tone.WARN, _("L’agent {number} :").format(number=actor), what)

    def _tell_changes(self, before: "Look | None", after: "Look") -> None:
        """What the person did is told in the strip, without a key."""
        if after.view is not None:
            self._tell_fate(after.view)
        if before is None or before.view is None or after.view is None:
            return
        if before.view.phase is not after.view.phase and after.view.phase is Phase.ACTIVE:
            at = after.view.confirmed_at or after.view.as_of
            self.app.say(
                Tone.OK,
                _("Adresse confirmée par l’assuré à {hour}.").format(hour=hour(at)),
                _("Compte activé."),
            )

    def redraw(self) -> None:
        """Draws the present picture; widgets that show the same draw nothing."""
        shown = picture(self.scene())
        if shown == self.shown:
            return
        self.shown = shown
        self.query_one(Person).show(shown.person)
        self.query_one(Band).show(shown.band)
        self.query_one(Rail).show(shown.rail)
        self.query_one(Delay).show(shown.delay)
        self.query_one(OnScreen).show(shown.seen)
        self.query_one(ToSay).show(shown.say)
        self.query_one(Column).show(shown.offers)
        self.query_one(Foot).show(shown.mails, shown.events)

    def _fit(self, _laid_out: object = None) -> None:
        """Gives up blank rows when keys or script would otherwise leave a low terminal (ux-design §2)."""
        body = self.query_one("#body")
        if self.wide:
            if not body.has_class("-tight"):
                body.set_class(self.query_one("#main").virtual_region.bottom > body.size.height, "-tight")
            return
        spare = self.size.height - sum(one.outer_size.height for one in self.children if one is not body)
        spare -= sum(block.outer_size.height for block in body.query(".block"))
        for at, name in enumerate(BLANKS):
            body.set_class(at < len(BLANKS) - spare, name)

    def on_resize(self) -> None:
        """Another size is measured again."""
        self.query_one("#body").remove_class("-tight")

    def scene(self) -> Scene:
        """What the picture is made from, now."""
        return Scene(
            state=self.state,
            look=self.last_look,
            words=self.words,
            now=self.app.now(),
            trouble=self.failure,
            earlier=self.earlier,
            summary=self.summary[-SUMMARY_LINES:],
            supervisor=self.desk.me.role is Role.SUPERVISOR,
            away=self.app.told.away,
            change_first=self.change_first,
        )
