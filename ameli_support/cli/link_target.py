"""`link-target`: where a rewritten link leads, without opening it."""

from typing import Annotated

import typer

from ameli_support.cli import ask, out
from ameli_support.cli.app import add
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import json_option
from ameli_support.i18n import _


def register(app: typer.Typer) -> None:
    """Adds the command."""

    def link_target(
        links: Annotated[
            list[str] | None,
            typer.Argument(metavar="[URL… | -]", help=_("liens à lire ; « - » : un par ligne")),
        ] = None,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.mail.links import shown_link
        from ameli_support.mail.rewriters import read_link

        links = links or [ask.line(_("Lien : "))]
        if "-" in links and links != ["-"]:
            raise BadInput(_("« - » s’emploie seul."))
        for text in ask.raw_lines() if links == ["-"] else links:
            link = shown_link(read_link(text))
            if json:
                out.one({"input": link.href, "rewriter": link.rewriter, "target": link.target})
            elif link.rewriter is None:
                out.lines([_("{link} · lien non réécrit, ou réécriture inconnue").format(link=link.href)])
            else:
                target = link.target or _("destination illisible")
                out.lines([f"{link.rewriter} → {target}"])
        return ExitCode.DONE

    add(
        app,
        "link-target",
        link_target,
        _(
            "Dit qui a réécrit un lien et où il mène, sans l’ouvrir.\n"
            "Un jeton de confirmation n’est pas montré."
        ),
    )
