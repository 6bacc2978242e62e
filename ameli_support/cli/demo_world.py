"""Starts the demo's world for the app, or joins the one that runs."""

from typing import TYPE_CHECKING

from ameli_support.casework.opening import open_desk
from ameli_support.cli.errors import CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.place import Place, demo_home, demo_settings
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Role
from ameli_support.settings import load_settings

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from ameli_support.sandbox.demo import DemoWorld, NoSandbox


def open_demo(role: str | None, people: int | None, fresh: bool) -> "tuple[Desk, DemoWorld]":
    """A desk in the demo and its world, to be closed after it; blocks for about a second."""
    try:
        from ameli_support.sandbox.demo import NoSandbox, start_or_attach
    except ImportError:
        raise not_installed() from None
    home, played = demo_home(), Role(role) if role else Role.AGENT
    try:
        world = start_or_attach(home, people, played, fresh=fresh)
    except NoSandbox as error:
        raise CommandError(no_sandbox_sentence(error), ExitCode.MACHINE) from error
    where = Place({"AMELI_HOME": str(home)}, home, played)
    known = demo_settings(load_settings(environment=where.environment), where, world)
    try:
        return open_desk(known, home, demo=True), world
    except BaseException:
        world.close()
        raise


def not_installed() -> CommandError:
    """The extra is missing; how to get it."""
    return CommandError(
        _('Le bac à sable n’est pas installé. Installez-le : pip install "ameli-support[sandbox]"'),
        ExitCode.MACHINE,
        kind="no_sandbox",
    )


def no_sandbox_sentence(error: "NoSandbox") -> str:
    """Why it did not start, and what to do."""
    if error.other_schema:
        return _("Ce monde vient d’une autre version. Repartez d’un monde neuf : ameli-support demo --fresh")
    return _("Le bac à sable n’a pas démarré ({error}).").format(error=error)
