"""The app: first paint without any network or database library; everything else loads in its worker."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.events import Event, Key, MouseDown, Paste

from ameli_support.i18n import _
from screens import advice, bulletin, connecting, cures, hangup, overlays, supervising
from screens.actions import Scope, bindings
from screens.backend import Backend, Failed
from screens.behind import Queue
from screens.crash import Discreet
from screens.home import Home
from screens.idle import Due, Idle
from screens.launch import DemoLaunch as DemoLaunch
from screens.launch import Launch as Launch
from screens.notice import Tone
from screens.pasting import harmless
from screens.shown import Shown
from screens.themes import DEFAULT, THEMES
from screens.tour import Tour
from screens.when import hour

if TYPE_CHECKING:
    from textual.screen import Screen

MINUTE = 60.0


class AmeliSupport(Shown, Discreet):
    """One agent's screens over one desk."""

    TITLE = "ameli assistance"
    CSS_PATH: ClassVar = ["app.tcss", "home.tcss"]
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-compact"), (118, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-v24"), (28, "-v28"), (32, "-v32"), (36, "-v36")]  # noqa: RUF012
    BINDINGS: ClassVar = bindings(Scope.APP)

    def __init__(self, launch: Launch) -> None:
        cures.cure()
        super().__init__()
        self.animation_level = "none"
        self.launch = launch
        self.backend = Backend(launch.connect)
        self.behind = Queue(self)
        self.idle = Idle(launch.lock_minutes)
        demo = launch.demo
        self.tour = Tour(demo.tour, demo.sample) if demo is not None and demo.tour is not None else None
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = launch.theme if launch.theme in THEMES else DEFAULT
        self.set_keymap(launch.keymap)

    def get_default_screen(self) -> "Screen[None]":
        """Home, painted before anything is loaded, and in its layout from the first cell on."""
        home = Home()
        for length, breakpoints in (
            (self.size.width, self.HORIZONTAL_BREAKPOINTS),
            (self.size.height, self.VERTICAL_BREAKPOINTS),
        ):
            home.add_class([name for least, name in breakpoints if length >= least][-1])
        return home

    def on_mount(self) -> None:
        """Starts the clock, and the connection once the first picture is out."""
        self.tick()
        self.set_interval(1.0, self.tick)
        self.set_interval(MINUTE, self.recover)
        self.set_interval(bulletin.EVERY_SECONDS, self.listen)
        self.call_after_refresh(self.connect)

    # ── what every screen shows ─────────────────────────────────────────────

    def now(self) -> datetime:
        """Business time once the desk is open (the demo moves it), the machine's before."""
        desk = self.backend.desk
        return desk.business_clock.now() if desk is not None else datetime.now(UTC)

    def tick(self) -> None:
        """Moves the clock's text (drawn when the minute changes) and watches for an idle desk."""
        self.clock_text = hour(self.now())
        if self.tour is not None and self.backend.desk is not None:
            self.tour_text = self.tour.follow(type(self.screen).__name__)
        if self.launch.check_pin is None:
            return
        match self.idle.due(in_call=len(self.screen_stack) > 1):
            case Due.WARNING:
                self.say(Tone.WARN, _("L’écran se verrouille dans 30 s."), _("Une touche suffit."))
            case Due.LOCK:
                self.action_lock()

    async def on_event(self, event: Event) -> None:
        """Keys and clicks count against the lock."""
        if isinstance(event, (Key, Paste, MouseDown)) and self.idle.touched():
            self.say(Tone.PLAIN, "")
        if isinstance(event, Paste) and harmless(event, self.focused):
            self.say(Tone.WARN, _("Le texte collé était trop long : il a été coupé."))
        await super().on_event(event)

    # ── the desk ────────────────────────────────────────────────────────────

    @work(exclusive=True, group="connect", exit_on_error=False)
    async def connect(self) -> None:
        """Opens the desk; may be tried again."""
        await connecting.open_desk(self)

    @work(exclusive=True, group="recover", exit_on_error=False)
    async def recover(self) -> None:
        """At start and every minute: settles what was left open."""
        await connecting.settle(self)

    @work(exclusive=True, group="listen", exit_on_error=False)
    async def listen(self) -> None:
        """What every agent should know: incident banner, providers that are away."""
        if self.backend.desk is not None:
            await bulletin.ask(self)

    # ── actions of the app ──────────────────────────────────────────────────

    def action_retry(self) -> None:
        """F5: the screen in front asks again; without a desk, the connection is tried again."""
        if self.backend.desk is None:
            self.say(Tone.PLAIN, _("Connexion au service des comptes…"))
            self.connect()
        elif hasattr(self.screen, "retry"):
            self.screen.retry()

    def action_call_mode(self) -> None:
        """F2: the only mode so far; the caret goes back to where the screen wants it."""
        if hasattr(self.screen, "take_focus"):
            self.screen.take_focus()

    def action_next_theme(self) -> None:
        """The next of the five themes, for this run."""
        names = list(THEMES)
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        self.say(Tone.OK, _("Thème : {name}.").format(name=self.theme))

    def action_help_quit(self) -> None:
        """Ctrl+C copies; who meant to quit is told how."""
        self.say(Tone.PLAIN, _("Ctrl+Q quitte l’application ; Ctrl+C copie."))

    async def action_leave_app(self) -> None:
        """Closes; an open call stays to be resumed."""
        self.exit(0)

    def action_command_palette(self) -> None:
        """Ctrl+P: the registry's actions by name."""
        overlays.open_palette(self)

    def action_explain(self) -> None:
        """F1: help for what has the focus."""
        overlays.open_help(self)

    def action_set_banner(self) -> None:
        """A supervisor shows an incident on every screen."""
        supervising.set_banner(self)

    def action_clear_banner(self) -> None:
        """A supervisor takes it away."""
        supervising.clear_banner(self)

    def action_providers(self) -> None:
        """A supervisor changes a provider over."""
        supervising.providers(self)

    def action_refusal_code(self) -> None:
        """A code of FranceConnect that the caller reads out."""
        advice.open_code(self)

    def action_addresses(self) -> None:
        """Where the demo's other side is played."""
        overlays.open_addresses(self)

    def action_lock(self) -> None:
        """Hides everything until the PIN."""
        overlays.lock(self)

    async def on_unmount(self) -> None:
        """Ends leases and connections."""
        try:
            await self.backend.close()
        except Failed as failure:
            self.log.error(failure.sentence)


def run(launch: Launch) -> int:
    """Opens the screens and returns the exit code: 0, or 1 after a crash."""
    hangup.watch()
    app = AmeliSupport(launch)
    code = app.run()
    return code if code is not None else (app.return_code or 0)
