"""Errors of the command line: a sentence for the person, a code for the program."""

from ameli_support.cli.exit_codes import ExitCode
from ameli_support.i18n import _


class CommandError(Exception):
    """Ends a command; `sentence` goes to standard error, `code` to the caller.

    `details` are added to the JSON object of `--json` (stable names, no personal data).
    """

    def __init__(self, sentence: str, code: ExitCode, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.details = details


class BadInput(CommandError):
    """Something typed cannot be read; the sentence says what is expected."""

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence, ExitCode.BAD_INPUT, **details)


def machine_error(error: Exception) -> CommandError:
    """An error of files, keys or databases as a sentence; those of a driver by their name alone."""
    if isinstance(error, CommandError):
        return error
    sentence = getattr(error, "sentence", None)
    if sentence is None:
        sentence = _("Le poste ne peut pas travailler ({error}). Lancez « ameli-support doctor ».").format(
            error=type(error).__name__
        )
    return CommandError(sentence, ExitCode.MACHINE, kind="machine")
