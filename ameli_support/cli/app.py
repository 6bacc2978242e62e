"""Builds the command line from one file a command group, runs it, and turns every error into a sentence."""

import sys

import typer

from ameli_support.cli import out
from ameli_support.cli.errors import CommandError, machine_error
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.parser import Command, Group, usage_sentence
from ameli_support.cli.place import world
from ameli_support.i18n import _


def group(name: str, text: str) -> typer.Typer:
    """An empty group of commands in our own language."""
    return typer.Typer(
        name=name,
        help=text,
        cls=Group,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def build() -> typer.Typer:
    """Every command; texts are translated now, so the language is chosen before."""
    from ameli_support.cli import (
        acts,
        address,
        agree,
        bounce_text,
        bulletins,
        cases,
        checks,
        db,
        demo,
        doctor,
        find,
        link_target,
        mail,
        nir,
        pin,
        refusal,
        sandbox,
        settings,
        status,
        supervise,
        unmask,
        verify,
        wrap_up,
    )

    app = group(
        "ameli-support",
        _("Aide à l’ouverture du compte ameli. Sans commande : ouvre l’application dans le terminal."),
    )
    app.callback()(lambda: None)
    call = (find, verify, agree, status, acts, unmask, wrap_up, cases, checks, supervise, bulletins)
    for module in (
        *call,
        nir,
        address,
        mail,
        link_target,
        bounce_text,
        refusal,
        settings,
        doctor,
        db,
        pin,
        demo,
        sandbox,
    ):
        module.register(app)
    return app


def add(app: typer.Typer, name: str, function: object, text: str) -> None:
    """Adds one command with its help."""
    app.command(name, cls=Command, help=text)(function)  # type: ignore[type-var]


def run(argv: list[str], *, demo: bool = False, role: str | None = None) -> int:
    """Runs one command in this process and returns its exit code; never raises."""
    world.demo, world.role = demo, role
    command = typer.main.get_command(build())
    try:
        code = command.main(args=argv, prog_name="ameli-support", standalone_mode=False)
    except CommandError as error:
        return _tell(error, argv)
    except typer.TyperException as error:
        out.aside(usage_sentence(error))
        return ExitCode.BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        out.aside(_("Interrompu : rien d’autre n’a été fait."))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.DONE
    except Exception as error:  # a defect of ours: its traceback would only frighten
        if sys.flags.dev_mode:
            raise
        return _tell(machine_error(error), argv)
    return code if isinstance(code, int) else ExitCode.DONE


def _tell(error: CommandError, argv: list[str]) -> int:
    if "--json" in argv:
        out.one({"error": error.sentence, "exit_code": int(error.code), **error.details})
    else:
        out.aside(error.sentence)
    return error.code
