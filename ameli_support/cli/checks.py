"""`checks …`: the missing-mail checklist, read, or run with a caller (rules §9)."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ameli_support.cli import ask, leaflet, out, priors
from ameli_support.cli.app import add, group
from ameli_support.cli.calls import desk
from ameli_support.cli.errors import BadInput
from ameli_support.cli.exit_codes import ExitCode
from ameli_support.cli.options import case_option, coded, json_option
from ameli_support.i18n import _

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from checks.run import Run

_SKIP, _HELPED = ".skip", ".helped"


def register(app: typer.Typer) -> None:
    """Adds the group."""
    checks = group("checks", _("Le mail introuvable : la liste des vérifications."))
    checks.callback()(lambda: None)
    _register_list(checks)
    _register_run(checks)
    leaflet.register(checks)
    priors.register(checks)
    app.add_typer(checks)


def _register_list(checks: typer.Typer) -> None:
    def list_(json: Annotated[bool, json_option()] = False) -> int:
        from ameli_support.cli import checks_words as words
        from ameli_support.cli import connect
        from ameli_support.cli.place import place
        from ameli_support.onboarding.procedure import procedure
        from checks.checklist import load

        held = load(connect.settings_of(place()).machine.content_folder)
        if held.refused is not None:
            out.aside(held.refused.sentence)
        for check in held.checks.values():
            if json:
                out.one({**words.check_object(check), "checklist": held.version})
            else:
                out.lines(words.check_lines(check, procedure()))
        return ExitCode.DONE if held.refused is None else ExitCode.MACHINE

    add(checks, "list", list_, _("Liste les vérifications : d’abord celles du document, dans son ordre."))


def _register_run(checks: typer.Typer) -> None:
    from checks.run import Mode

    def run(
        case: Annotated[str, case_option()],
        answers: Annotated[
            str,
            typer.Option(
                "--answers",
                metavar=_("FICHIER"),
                help=_(
                    "réponses, une par ligne : vérification=réponse, vérification.skip=motif, "
                    "cause.helped=yes|no ; « - » : sur l’entrée"
                ),
            ),
        ] = "",
        order: Annotated[str, coded("--order", Mode, _("ordre des questions ; sinon le moins coûteux"))] = "",
        json: Annotated[bool, json_option()] = False,
    ) -> int:
        from ameli_support.cli import checks_words as words

        number = ask.case_number(case)
        mode = ask.choice(order, Mode, "--order") if order else None
        given = None if not answers and ask.at_terminal() else _read(answers or "-")
        with desk() as opened:
            _known(given or {}, opened)
            found = opened.diagnose(number, mode)
            if not json:
                out.lines(words.evidence_lines(found))
            found = _asked(opened, number, found, given, quiet=json)
            if json:
                out.one(words.run_object(number, found, opened.procedure))
            else:
                out.lines(words.end_lines(found, opened.procedure))
        return ExitCode.DONE

    add(
        checks,
        "run",
        run,
        _(
            "Mène les vérifications avec l’appelant ; chaque réponse va au dossier.\n"
            "Sans réponse à la question suivante, le diagnostic reste ouvert et se reprend."
        ),
    )


def _read(name: str) -> dict[str, str]:
    """The answers by key; the last one of a key holds."""
    try:
        lines = list(ask.each_line()) if name == "-" else Path(name).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(_("Le fichier des réponses ne se lit pas.")) from None
    given = {}
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, sign, value = line.partition("=")
        if not sign or not value.strip():
            raise BadInput(_("Ligne non comprise. Attendu : vérification=réponse."))
        given[key.strip()] = value.strip()
    return given


def _known(given: Mapping[str, str], opened: "Desk") -> None:
    """Refuses a file that names what does not exist, before anything is recorded."""
    held = opened.checklist().checks
    for key, value in given.items():
        name = key.removesuffix(_SKIP).removesuffix(_HELPED)
        check = held.get(name)
        if check is None:
            raise BadInput(_("« {name} » n’est pas une vérification.").format(name=out.printable(name)))
        variants = (check, check.below) if check.below is not None else (check,)
        keys = {answer.key for variant in variants for answer in variant.answers}
        if key.endswith(_HELPED):
            keys = {"yes", "no"}
        if not key.endswith(_SKIP) and value not in keys:
            raise BadInput(
                _("{name} : réponse inconnue. Réponses possibles : {values}.").format(
                    name=name, values=", ".join(sorted(keys))
                )
            )


def _asked(opened: "Desk", number: int, run: "Run", given: Mapping[str, str] | None, *, quiet: bool) -> "Run":
    """Goes on until the run is concluded, or nothing answers the next question."""
    while True:
        if run.conclusion is not None:
            helped = _helped(opened, run, given)
            if helped:
                return opened.conclude_checks(number)
            run = opened.remedy_in_vain(number)
            continue
        check = run.current
        assert check is not None
        answer = given.get(check) if given is not None else _from_terminal(opened, run, check)
        reason = given.get(check + _SKIP) if given is not None else None
        if given is None and answer == "stop":
            opened.pause_checks(number, ask.one("reason", _("Motif de la pause : ")))
            return run
        if given is None and answer == "skip":
            reason, answer = ask.one("reason", _("Motif pour passer : ")), None
        if answer is not None:
            if given is not None and answer not in {one.key for one in run.check(check).answers}:
                raise BadInput(
                    _("{name} : réponse inconnue. Réponses possibles : {values}.").format(
                        name=check, values=", ".join(one.key for one in run.check(check).answers)
                    )
                )
            run = opened.answer_check(number, check, answer)
        elif reason is not None:
            run = opened.skip_check(number, check, reason)
        else:
            return run


def _helped(opened: "Desk", run: "Run", given: Mapping[str, str] | None) -> bool:
    """Whether the remedy helped, or there is none to try; without an answer the cause stands."""
    from ameli_support.cli import checks_words as words

    assert run.conclusion is not None
    cause = run.conclusion.cause
    if cause not in run.checklist.checks:
        return True
    if given is not None:
        return given.get(cause + _HELPED) != "no"
    out.lines(words.remedy_lines(run, opened.procedure))
    return ask.yes_or_no("helped", _("Est-ce la cause, le remède convient-il ? (oui/non) : "))


def _from_terminal(opened: "Desk", run: "Run", check: str) -> str:
    """One answer by its number; « passer » leaves the question out, « pause » stops here."""
    from ameli_support.cli import checks_words as words

    out.lines(words.question_lines(run, check, opened.procedure))
    keys = [answer.key for answer in run.check(check).answers]
    choices = {str(place): key for place, key in enumerate(keys, 1)}
    choices |= {"p": "skip", "passer": "skip", "skip": "skip", "pause": "stop", "stop": "stop"}
    while True:
        typed = ask.one("answer", _("Réponse (numéro, passer, pause) : ")).lower()
        if typed in choices:
            return choices[typed]
        if typed in keys:
            return typed
        out.aside(_("Réponse non comprise."))
