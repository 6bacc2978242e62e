"""Opens the screens: what they are given, without loading what they do not need for their first paint."""

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ameli_support.casework.pins import new_pin
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role
from ameli_support.settings import (
    MachineSettings,
    ScreenSettings,
    SettingsError,
    folders,
    load_screen,
    load_settings,
)

TOUR = "tour-made"
SAMPLE = "inactive_day_11"

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.sandbox.demo import DemoWorld


def open_app(
    demo: bool, role: str | None, *, people: int | None = None, fresh: bool = False, journey: bool = False
) -> int:
    """Opens the screens; the connection is made later, in their worker. `people`, `fresh`: a new demo's;
    `journey`: its world is there first, and the addresses of its pages are told."""
    from screens.app import Launch, run

    try:
        screen = load_screen()
    except SettingsError as error:
        sys.stderr.write(error.sentence + "\n")
        screen = ScreenSettings()
    if demo:
        return _open_demo(screen, role, people, fresh, journey)
    if role is not None:
        return _misused(_("--role n’existe que dans la démonstration : ajoutez --demo."))
    return run(
        Launch(
            connect=_connect,
            theme=screen.theme,
            keymap=screen.keymap,
            check_pin=_pin_checker(),
            lock_minutes=_lock_minutes(),
        )
    )


def _open_demo(
    screen: ScreenSettings, role: str | None, people: int | None, fresh: bool, journey: bool
) -> int:
    """Starts or joins the sandbox in the app's worker; it ends with the app that started it."""
    from screens.app import DemoLaunch, Launch, run

    if role is not None and role not in list(Role):
        return _misused(_("Rôle inconnu. Rôles possibles : {roles}.").format(roles=", ".join(Role)))
    pin = new_pin()
    sys.stdout.write(_("Démonstration : code PIN {pin}").format(pin=pin) + "\n")
    sys.stdout.flush()
    started: list[DemoWorld] = []

    def connect() -> "Desk":
        from ameli_support.cli.demo_world import open_demo

        desk, world = open_demo(role, people, fresh)
        started.append(world)
        return desk

    def told() -> str:
        from ameli_support.cli.demo_addresses import lines

        return "\n".join(lines(started[0].public_url))

    try:
        opened = connect() if journey else None
        if journey:
            sys.stdout.write(told() + "\n\n")
            sys.stdout.flush()
        return run(
            Launch(
                connect=connect if opened is None else lambda: opened,
                theme=screen.theme,
                keymap=screen.keymap,
                demo=DemoLaunch(
                    pin,
                    folders().data / TOUR,
                    _sample,
                    told,
                    told=journey,
                ),
                lock_minutes=_lock_minutes(),
                check_pin=lambda typed: typed == pin,
            )
        )
    finally:
        for world in started:
            world.close()


def _sample() -> str:
    """What one of the invented people says, as it is typed in one go: enough for level 1."""
    from ameli_support.sandbox.cast import CAST

    who = CAST[SAMPLE]
    return f"{who.nir} {who.person.birth_name.lower()} {who.birth_date:%d%m%Y} {who.postcode}"


def _connect() -> "Desk":
    from ameli_support.cli import connect
    from ameli_support.cli.place import place

    return connect.open_desk(place())


def _pin_checker() -> Callable[[str], bool] | None:
    """Whether a PIN is the agent's; None while the administrator has set none: nothing could unlock."""
    from ameli_support.casework.permissions import AgentsFileError
    from ameli_support.cli import connect
    from ameli_support.cli.errors import CommandError
    from ameli_support.cli.place import place

    try:
        where = place()
        agent, book = connect.who(where).me.agent, connect.pin_book(where)
        return partial(book.verify, agent) if book.is_set(agent) else None
    except (CommandError, AgentsFileError):
        return None  # the connection tells what is wrong


def _lock_minutes() -> int:
    try:
        return load_settings().machine.lock_minutes
    except SettingsError:
        return MachineSettings().lock_minutes


def _misused(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return ExitCode.BAD_INPUT
