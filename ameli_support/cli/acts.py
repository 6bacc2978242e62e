"""The acts of a call: re-send, reissue, correct, suspend, dispute. The service decides, never the command."""

from typing import Annotated

import typer

from ameli_support.accounts.contract import CorrectReason, RecordView, ReissueReason, VerdictView
from ameli_support.casework.desk import Desk
from ameli_support.casework.views import Done
from ameli_support.cli import ask, out, words
from ameli_support.cli.app import add
from ameli_support.cli.calls import desk
from ameli_support.cli.errors import CommandError
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, coded, json_option, yes_option
from ameli_support.i18n import _, language
from ameli_support.onboarding import explain
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Direction
from ameli_support.onboarding.procedure import procedure

SAID = "said_address"
CREATED = "self_created"


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    _register_sends(app)
    _register_level_2(app)
    _register_denials(app)


def told(opened: Desk, done: Done, case: int, json: bool) -> int:
    """Prints what an act did."""
    if json:
        out.one({"case": case, **out.as_json(done.answer)})
    else:
        out.lines(words.done(opened.procedure, done, case))
    return ExitCode.DONE


def before(opened: Desk, act: Act, case: int) -> str:
    """What is asked before an act."""
    return words.consequence(opened.procedure, act, opened.look(case), opened.business_clock.now())


def refused(opened: Desk, act: Act, view: RecordView, verdict: VerdictView) -> CommandError:
    """The service's own verdict as the end of a command."""
    assert verdict.reason is not None
    sentence = explain.refusal(
        opened.procedure,
        act,
        language(),
        at=opened.business_clock.now(),
        reason=verdict.reason,
        until=verdict.until,
        window_closes_at=view.window_closes_at,
    )
    by_role = verdict.reason is Reason.FORBIDDEN_ROLE
    code = ExitCode.NOT_PERMITTED if by_role else ExitCode.REFUSED
    return CommandError(
        sentence, code, kind="refused", reason=verdict.reason, retry_after=verdict.seconds_left
    )


def _register_sends(app: typer.Typer) -> None:
    def resend(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        with desk() as opened:
            _say_address(opened, number)
            return told(opened, opened.resend(number), number, json)

    add(
        app,
        "resend",
        resend,
        _(
            "Renvoie le mail de confirmation à la même adresse (niveau 1).\n"
            "Demande d’abord l’adresse que dit l’appelant, ou la lit sur l’entrée ; le service compare."
        ),
    )


def _say_address(opened: Desk, case: int) -> None:
    """Has the address compared, unless it was already right in this call or the act is forbidden anyway."""
    view, state = opened.look(case).view, opened.call_state(case)
    verdict = view.allowed.get(Act.RESEND) if view else None
    another_try = verdict and verdict.reason is Reason.ADDRESS_NOT_CONFIRMED and state.said_tries_left != 0
    if view and verdict and verdict.reason is not None and not another_try:
        raise refused(opened, Act.RESEND, view, verdict)
    if state.said_address:
        return
    by_mail = state.direction is Direction.MAIL
    question = _("Adresse d’où le mail a été écrit : ") if by_mail else _("Adresse que dit l’appelant : ")
    said = opened.say_address(case, ask.one(SAID, question))
    if not said.matches:
        raise CommandError(
            words.address_not_confirmed(said.tries_left),
            ExitCode.REFUSED,
            kind="refused",
            reason="address_not_confirmed",
            tries_left=said.tries_left,
        )


def _self_created() -> bool:
    return ask.yes_or_no(CREATED, _("« Avez-vous vous-même créé ce compte ? » (oui/non) : "))


def _did_not_create(case: int) -> CommandError:
    """Whoever did not open the account gets no link: suspend is the only act of this call (rules §3)."""
    with desk() as opened:
        opened.did_not_create(case)
    sentence = procedure().text(f"reasons.{Reason.DID_NOT_CREATE}.sentence", language())
    return CommandError(sentence, ExitCode.REFUSED, kind="refused", reason=Reason.DID_NOT_CREATE)


def _register_level_2(app: typer.Typer) -> None:
    def reissue(
        case: Annotated[str, case_option()],
        reason: Annotated[str, coded("--reason", ReissueReason, _("motif, demandé s’il manque"))] = "",
        yes: Annotated[bool, yes_option()] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        why = ask.code("--reason", reason, ReissueReason, _("Motif"))
        created = _self_created()
        if not created:
            raise _did_not_create(number)
        with desk() as opened:
            ask.sure(before(opened, Act.REISSUE, number), yes)
            return told(opened, opened.reissue(number, why, created), number, json)

    def correct(
        case: Annotated[str, case_option()],
        reason: Annotated[str, coded("--reason", CorrectReason, _("motif, demandé s’il manque"))] = "",
        yes: Annotated[bool, yes_option()] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        why = ask.code("--reason", reason, CorrectReason, _("Motif"))
        created = _self_created()
        if not created:
            raise _did_not_create(number)
        address = ask.one("address", _("Nouvelle adresse : "))
        with desk() as opened:
            ask.sure(before(opened, Act.CORRECT, number), yes)
            return told(opened, opened.correct(number, address, why, created), number, json)

    asks = _("Demande, ou lit sur l’entrée dans cet ordre : {answers}.")
    add(
        app,
        "reissue",
        reissue,
        _("Émet un lien neuf quand le délai est dépassé (niveau 2).\n")
        + asks.format(answers=f"{CREATED}=oui|non"),
    )
    add(
        app,
        "correct-address",
        correct,
        _("Corrige l’adresse mail et y envoie un lien neuf (niveau 2).\n")
        + asks.format(answers=f"{CREATED}=oui|non, address=…"),
    )


def _register_denials(app: typer.Typer) -> None:
    def suspend(
        case: Annotated[str, case_option()],
        yes: Annotated[bool, yes_option()] = False,
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        number = ask.case_number(case)
        why = ask.free_text("reason", _("Motif : "))
        with desk() as opened:
            ask.sure(before(opened, Act.SUSPEND, number), yes)
            return told(opened, opened.suspend(number, why), number, json)

    def dispute(case: Annotated[str, case_option()], json: Annotated[bool, json_option()] = False) -> int:
        number = ask.case_number(case)
        with desk() as opened:
            return told(opened, opened.dispute(number), number, json)

    add(
        app,
        "suspend",
        suspend,
        _(
            "Suspend la demande : « ce n’est pas moi » (à tout niveau).\n"
            "Demande le motif, ou le lit sur l’entrée."
        ),
    )
    add(
        app,
        "dispute",
        dispute,
        _("Signale au superviseur un compte activé sans que la personne ait cliqué."),
    )
