"""What the commands of a call share: the desk for as long as the command runs, and its errors as exit codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ameli_support.casework.desk import Desk
from ameli_support.cli import ask
from ameli_support.cli.app import world
from ameli_support.cli.connect import connect
from ameli_support.i18n import _

JsonOption = Annotated[bool, typer.Option("--json", help="JSON")]
CaseOption = Annotated[str, typer.Option("--case", metavar="N")]


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk of the agent who runs the command, in the world that the command line chose."""
    connection = connect(demo=world.demo, role=world.role)
    try:
        yield connection.desk
    finally:
        connection.close()
