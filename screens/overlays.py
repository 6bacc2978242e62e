"""What lies over every screen: palette, help, lock."""

from typing import TYPE_CHECKING

from screens.actions import BY_ID, Scope
from screens.frame import Framed

if TYPE_CHECKING:
    from screens.app import AmeliSupport


def open_palette(app: "AmeliSupport") -> None:
    """The registry's actions by name; the chosen one runs on the screen that was in front."""
    from screens.dialogs.palette import Palette

    behind = app.screen
    if not isinstance(behind, Framed):
        return

    def chosen(name: str | None) -> None:
        if name is not None:
            action = BY_ID[name]
            app.call_later(app.run_action, action.handler, app if action.scope is Scope.APP else behind)

    app.push_screen(Palette(behind), chosen)


def open_help(app: "AmeliSupport") -> None:
    """Help for what has the focus."""
    from screens.dialogs.help import Help
    from screens.dialogs.lock import Lock

    if not isinstance(app.screen, (Help, Lock)):
        app.push_screen(Help(app.screen))


def open_addresses(app: "AmeliSupport") -> None:
    """The demo's pages and people to play; asked for once the demo is there."""
    demo = app.launch.demo
    if demo is not None and demo.addresses is not None and app.backend.desk is not None:
        from screens.dialogs.addresses import Addresses

        app.push_screen(Addresses(demo.addresses))


def lock(app: "AmeliSupport") -> None:
    """Hides everything until the PIN; look-up, check, address and PIN fields are emptied (ux.md)."""
    from screens.dialogs.lock import Lock

    if app.launch.check_pin is None or isinstance(app.screen, Lock):
        return
    for screen in app.screen_stack:
        if hasattr(screen, "forget"):
            screen.forget()

    def unlocked(_right: None) -> None:
        app.call_later(app.behind.unlocked)

    app.push_screen(Lock(app.launch.check_pin, app.agent), unlocked)
