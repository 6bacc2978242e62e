"""In which world a command acts: the machine's own, or the demo that runs beside it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ameli_support.cli import out
from ameli_support.cli.errors import BadInput, CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role
from ameli_support.settings import MailSettings, Settings, SettingsError, folders, load_settings

if TYPE_CHECKING:
    from ameli_support.sandbox.demo import DemoWorld


@dataclass(slots=True)
class World:
    """Which world the command line named, as `__main__` read it from argv."""

    demo: bool = False
    role: str | None = None


world = World()


@dataclass(frozen=True, slots=True)
class Place:
    """`environment` is what settings are read with; `home` is the demo's folder, None outside it."""

    environment: Mapping[str, str]
    home: Path | None = None
    role: Role | None = None


def demo_home() -> Path:
    """The folder in which the demo keeps its world, its settings and its cases."""
    return folders().data / "demo"


def place() -> Place:
    """The demo with `--demo`, or when it runs and no service is set; else the machine's own world."""
    home = demo_home()
    if world.demo:
        return _demo(home)
    if world.role is not None:
        raise BadInput(_("--role n’existe que dans la démonstration : ajoutez --demo."))
    if _no_service_set() and is_running(home):
        return _demo(home)
    return Place(os.environ)


def _demo(home: Path) -> Place:
    if not is_running(home):
        raise CommandError(
            _(
                "Aucune démonstration en cours. Lancez-la dans un autre terminal : ameli-support demo ; "
                "si l’application est ouverte, seul son service s’est arrêté : ameli-support sandbox serve"
            ),
            ExitCode.UNREACHABLE,
            kind="no_demo",
        )
    return Place({"AMELI_HOME": str(home)}, home, role())


def read_settings(where: Place | None = None) -> Settings:
    """The settings of `where`, or of the world in which the commands act; a wrong one ends the command."""
    try:
        return load_settings(environment=(where or place()).environment)
    except SettingsError as error:
        raise CommandError(
            error.sentence,
            ExitCode.MACHINE,
            kind="settings",
            file=error.file,
            key=error.key,
            nearest=error.nearest,
        ) from error


def demo_settings(known: Settings, where: Place, joined: "DemoWorld | None" = None) -> Settings:
    """`known` with the demo's service and the agents file of the role that is played."""
    if where.home is None:
        return known
    from ameli_support.sandbox.demo import NoSandbox, start_or_attach

    try:
        joined = joined or start_or_attach(where.home, role=where.role or Role.AGENT)
    except NoSandbox as error:
        raise CommandError(_("La démonstration ne répond pas."), ExitCode.UNREACHABLE) from error
    return replace(
        known,
        service=replace(known.service, url=joined.base_url),
        machine=replace(known.machine, agents_file=joined.agents_file),
        mail=demo_mail(known.mail),
    )


def demo_mail(known: MailSettings) -> MailSettings:
    """The mail settings with the address from which the demo's mails come."""
    from ameli_support.sandbox.sender import SENDER

    return replace(known, sender=SENDER)


def role() -> Role:
    """The role that `--role` names; the agent without one."""
    from ameli_support.cli.ask import choice

    return choice(world.role, Role, "--role") if world.role else Role.AGENT


def is_running(home: Path) -> bool:
    """Whether a demo answers from this folder; without the sandbox installed there is none."""
    if not home.exists():
        return False
    try:
        from ameli_support.sandbox import lock
    except ImportError:
        return False
    return lock.read(home) is not None


def announce(where: Place) -> None:
    """Says on standard error that what follows is invented."""
    if where.home is not None:
        out.aside(_("Démonstration : personnes et mails inventés."))


def _no_service_set() -> bool:
    try:
        return load_settings().service.url is None
    except SettingsError:
        return False  # the command that reads the settings tells what is wrong
