"""What the exit code of a command says to the program that ran it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """One meaning a number; with several inputs the first that is not 0 is given."""

    DONE = 0
    REFUSED = 1
    BAD_INPUT = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    UNKNOWN_OUTCOME = 5
    NOT_PERMITTED = 6
    MACHINE = 7
    INTERRUPTED = 130


def meanings() -> tuple[tuple[ExitCode, str], ...]:
    """Each code with its sentence, for the help page and the documentation."""
    from ameli_support.i18n import _

    return (
        (ExitCode.DONE, _("fait")),
        (ExitCode.REFUSED, _("refusé par une règle, ou contrôle non atteint")),
        (ExitCode.BAD_INPUT, _("saisie ou commande à corriger")),
        (ExitCode.NOT_FOUND, _("introuvable, ou plusieurs réponses")),
        (ExitCode.UNREACHABLE, _("service injoignable")),
        (ExitCode.UNKNOWN_OUTCOME, _("issue inconnue : la réponse du service s’est perdue")),
        (ExitCode.NOT_PERMITTED, _("droit insuffisant")),
        (ExitCode.MACHINE, _("réglages ou poste à corriger")),
        (ExitCode.INTERRUPTED, _("interrompu")),
    )
