"""`bounce-text`: what the bare answers of mail servers mean, one a line."""

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

    def bounce_text(
        source: Annotated[
            str, typer.Argument(metavar="[-]", help=_("« - » : une réponse de serveur par ligne"))
        ] = "-",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.mail import answers
        from ameli_support.mail.reading import family_sentence
        from ameli_support.mail.tokens import without_tokens

        if source != "-":
            raise BadInput(_("Les réponses se lisent sur l’entrée : « - »."))
        for text in ask.raw_lines():
            verdict = answers.read(text)
            if json:
                out.one(
                    {
                        "input": without_tokens(text),
                        "reason": verdict.reason,
                        "family": verdict.family,
                        "permanent": verdict.permanent,
                    }
                )
            else:
                out.lines([f"{verdict.family.value} · {family_sentence(verdict.family)}"])
        return ExitCode.DONE

    add(
        app,
        "bounce-text",
        bounce_text,
        _("Range les réponses de serveurs de mail par famille : à qui d’agir, et si attendre peut aider."),
    )
