"""What the commands of a call share: the desk for as long as one command runs, its errors as exit codes."""

from collections.abc import Iterator
from contextlib import contextmanager

from ameli_support.accounts.contract import ProblemType
from ameli_support.casework import errors
from ameli_support.casework.desk import Desk
from ameli_support.cli import connect
from ameli_support.cli.errors import CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.i18n import _
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Role

_CODES: tuple[tuple[type[errors.DeskError], str, ExitCode], ...] = (
    (errors.NotAllowed, "not_allowed", ExitCode.NOT_PERMITTED),
    (errors.NoSuchCase, "no_such_case", ExitCode.NOT_FOUND),
    (errors.PurposeMissing, "purpose_missing", ExitCode.BAD_INPUT),
    (errors.SpeakerFirst, "speaker_first", ExitCode.REFUSED),
    (errors.NotInCall, "not_in_call", ExitCode.REFUSED),
    (errors.ServiceCut, "service_cut", ExitCode.UNREACHABLE),
    (errors.ActUnknown, "act_unknown", ExitCode.UNKNOWN_OUTCOME),
    (errors.GateClosed, "gate_closed", ExitCode.REFUSED),
    (errors.Conflict, "conflict", ExitCode.REFUSED),
    (errors.ActRefused, "refused", ExitCode.REFUSED),
)


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk of the agent who runs the command, in the world that the command line chose."""
    opened = connect.desk()
    try:
        yield opened
    except errors.DeskError as error:
        raise as_command_error(error) from error
    finally:
        opened.close_desk()


def as_command_error(error: errors.DeskError) -> CommandError:
    """The same sentence with an exit code and, for programs, stable names of what went wrong."""
    kind, code = next(
        ((kind, code) for known, kind, code in _CODES if isinstance(error, known)),
        ("error", ExitCode.REFUSED),
    )
    details: dict[str, object] = {"kind": kind}
    if isinstance(error, errors.ActRefused):
        problem = error.problem
        reason = error.reason or (problem.reason if problem else None)
        details["reason"] = reason
        if problem is not None:
            details["problem"] = problem.kind
            details["retry_after"] = problem.retry_after
            if problem.kind is ProblemType.NOT_FOUND:
                code = ExitCode.NOT_FOUND
        if reason is Reason.FORBIDDEN_ROLE or (problem and problem.kind is ProblemType.FORBIDDEN_ROLE):
            code = ExitCode.NOT_PERMITTED
    if isinstance(error, errors.GateClosed):
        details["missing"] = error.missing
    if isinstance(error, errors.ActUnknown):
        details["key"] = error.key
    if isinstance(error, errors.ServiceCut):
        details["since"] = error.since
    sentence = error.sentence
    if isinstance(error, errors.NotInCall):
        sentence += " " + _("« ameli-support find » avec son numéro le rouvre.")
    return CommandError(sentence, code, **details)


def is_supervisor(opened: Desk) -> bool:
    """Whether records are opened by a typed purpose instead of a caller check."""
    return opened.me.role is Role.SUPERVISOR
