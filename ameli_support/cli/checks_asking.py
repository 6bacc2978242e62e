"""The checklist's questions by command: on the terminal, or answered from a file; the desk records each."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ameli_support.cli import ask, out
from ameli_support.cli.errors import BadInput
from ameli_support.i18n import _
from ameli_support.onboarding.identity import Level

if TYPE_CHECKING:
    from ameli_support.casework.desk import Desk
    from checks.run import Run
    from checks.trial import Trial

_SKIP, _HELPED, _CHANGED = ".skip", ".helped", ".changed"
# what the caller tells of the trial with another address; the program concludes (rules §9, 3)
_TRIAL, ARRIVED, NOT_ARRIVED = "other_address", "arrived", "not_arrived"
# and of the first check the address itself, which the service compares
_EXACT, SAID = "address_exact", "said_address"


def known(given: Mapping[str, str], opened: "Desk") -> None:
    """Refuses a file that names what does not exist, before anything is recorded."""
    held = opened.checklist().checks
    for key, value in given.items():
        if key == SAID:
            continue
        name = key.removesuffix(_SKIP).removesuffix(_HELPED).removesuffix(_CHANGED)
        check = held.get(name)
        if check is None:
            raise BadInput(_("« {name} » n’est pas une vérification.").format(name=out.printable(name)))
        variants = (check, check.below) if check.below is not None else (check,)
        keys = {answer.key for variant in variants for answer in variant.answers}
        if key == _TRIAL:
            keys |= {ARRIVED, NOT_ARRIVED}
        if key.endswith((_HELPED, _CHANGED)):
            keys = {"yes", "no"}
        if not key.endswith(_SKIP) and value not in keys:
            raise BadInput(
                _("{name} : réponse inconnue. Réponses possibles : {values}.").format(
                    name=name, values=", ".join(sorted(keys))
                )
            )


def asked(opened: "Desk", number: int, run: "Run", given: Mapping[str, str] | None) -> "Run":
    """Goes on until the run is concluded, or nothing answers the next question."""
    trial = opened.trial(number)
    told = (given or {}).get(_TRIAL)
    if trial is not None and told in (ARRIVED, NOT_ARRIVED) and run.conclusion is None:
        run = opened.answer_check(number, _TRIAL, _concluded(trial, told))
    while True:
        if run.conclusion is not None:
            if _helped(opened, run, given):
                return opened.conclude_checks(number, changed=_changed(run, given))
            run = opened.remedy_in_vain(number)
            continue
        check = run.current
        assert check is not None
        if check == _EXACT and run.evidence.level >= Level.SIMPLE and check + _SKIP not in (given or {}):
            said = _said(opened, run, given)
            if said is not None:
                opened.say_address(number, said)
                run = opened.diagnose(number)
                continue
        trying = trial if check == _TRIAL else None
        answer = given.get(check) if given is not None else _from_terminal(opened, run, check, trying)
        reason = given.get(check + _SKIP) if given is not None else None
        if given is None and answer == "stop":
            opened.pause_checks(number, ask.one("reason", _("Motif de la pause : ")))
            return run
        if given is None and answer == "skip":
            reason, answer = ask.one("reason", _("Motif pour passer : ")), None
        if answer is not None:
            run = opened.answer_check(number, check, _key(run, check, answer, trying))
        elif reason is not None:
            run = opened.skip_check(number, check, reason)
        else:
            return run


def _said(opened: "Desk", run: "Run", given: Mapping[str, str] | None) -> str | None:
    """The address that the caller says, which the service compares; None without one."""
    from ameli_support.cli import checks_words as words

    if given is not None:
        return given.get(SAID)
    out.lines(words.question_lines(run, _EXACT, opened.procedure)[:3])
    return ask.line(_("Adresse que dit l’appelant, vide pour une autre réponse : ")) or None


def _key(run: "Run", check: str, answer: str, trial: "Trial | None") -> str:
    """The key of an answer; of a trial with another address, what its outcome proves."""
    keys = [one.key for one in run.check(check).answers]
    if trial is not None:
        keys = [ARRIVED, NOT_ARRIVED, "cannot_tell"]
    if answer not in keys:
        raise BadInput(
            _("{name} : réponse inconnue. Réponses possibles : {values}.").format(
                name=check, values=", ".join(keys)
            )
        )
    return answer if trial is None or answer == "cannot_tell" else _concluded(trial, answer)


def _concluded(trial: "Trial", told: str) -> str:
    from checks.trial import answer

    return answer(trial, told == ARRIVED)


def _changed(run: "Run", given: Mapping[str, str] | None) -> bool:
    """Whether the setting that comes before any second send was changed; not without a word of it."""
    if not run.must_change_first:
        return True
    assert run.conclusion is not None
    if given is not None:
        return given.get(run.conclusion.cause + _CHANGED) == "yes"
    return ask.yes_or_no("changed", _("Est-ce changé, avec l’appelant ? (oui/non) : "))


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


def _from_terminal(opened: "Desk", run: "Run", check: str, trial: "Trial | None") -> str:
    """One answer by its number; « passer » leaves the question out, « pause » stops here."""
    from ameli_support.cli import checks_words as words

    out.lines(words.question_lines(run, check, opened.procedure, trial))
    keys = [answer.key for answer in run.check(check).answers]
    if trial is not None:
        keys = [ARRIVED, NOT_ARRIVED, "cannot_tell"]
    choices = {str(place): key for place, key in enumerate(keys, 1)}
    choices |= {"p": "skip", "passer": "skip", "skip": "skip", "pause": "stop", "stop": "stop"}
    while True:
        typed = ask.one("answer", _("Réponse (numéro, passer, pause) : ")).lower()
        if typed in choices:
            return choices[typed]
        if typed in keys:
            return typed
        out.aside(_("Réponse non comprise."))
