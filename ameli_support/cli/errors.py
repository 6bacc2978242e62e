"""Errors of the command line: a sentence for the person, a code for the program."""

from ameli_support.cli.exit_codes import ExitCode


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
