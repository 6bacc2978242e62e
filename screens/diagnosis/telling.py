"""From a run of the checklist to the picture of its screen: pure, no widget, no desk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ameli_support.i18n import _
from ameli_support.onboarding.identity import Level
from checks.check import CANNOT, Check
from checks.run import Run
from checks.trial import Trial, answer
from screens.diagnosis.ending import concluding
from screens.diagnosis.picture import Deed, DiagnosisPicture, QuestionRow, Reply, Stage
from screens.diagnosis.standing import Standing
from screens.diagnosis.words import (
    cause_label,
    cause_rows,
    finding_rows,
    likeliest,
    place,
    question_label,
    sentences,
    short_answer,
)
from screens.notice import Tone
from screens.picture import Band
from screens.safe import clean

if TYPE_CHECKING:
    from screens.words import Words

SAID = "address_exact"
OTHER = "other_address"


def picture(standing: Standing) -> DiagnosisPicture:
    """The whole screen."""
    run = standing.run
    if run is None:
        head = _("Mail introuvable : lecture du dossier…")
        return DiagnosisPicture(Stage.LOADING, standing.person, Band(Tone.PLAIN, "", head, head, ""))
    rows = question_rows(run, standing.sequence, standing.words)
    middle = _asking(standing, run, rows) if standing.at is not None else concluding(standing, run)
    return DiagnosisPicture(
        person=standing.person,
        questions=rows,
        causes=cause_rows(run, standing.words),
        findings=finding_rows(run.evidence.findings, waiting=standing.waiting),
        **middle,  # type: ignore[arg-type]
    )


# ── the list ────────────────────────────────────────────────────────────────


def question_rows(run: Run, sequence: Sequence[str], words: "Words") -> tuple[QuestionRow, ...]:
    """Put so far, to come, then those that the program leaves out; every one can be asked."""
    answers = {check: key for check, key in run.answers if check in run.given}
    skipped = dict(run.skipped)
    put = [check for check in sequence if check in answers or check in skipped]
    put += [check for check in (*answers, *skipped) if check not in put]
    rows = []
    for number, check in enumerate((*put, *run.order), 1):
        label = question_label(check, words, run.checklist.checks)
        if check in answers:
            rows.append(QuestionRow(check, "√", number, label, short_answer(answers[check])))
        elif check in skipped:
            rows.append(QuestionRow(check, "○", number, label, _("omise")))
        else:
            rows.append(QuestionRow(check, "·", number, label))
    listed = {row.check for row in rows}
    for check in run.checklist.checks:
        if check not in listed:
            known = run.evidence.answers.get(check)
            seen = short_answer(known) if known else ""
            rows.append(
                QuestionRow(
                    check, "√" if known else "×", 0, question_label(check, words, run.checklist.checks), seen
                )
            )
    return tuple(rows)


# ── one question ────────────────────────────────────────────────────────────


def _asking(standing: Standing, run: Run, rows: Sequence[QuestionRow]) -> dict[str, object]:
    name = standing.at
    assert name is not None
    check = run.check(name)
    here = next(at for at, row in enumerate(rows) if row.check == name)
    number, total = rows[here].number, sum(row.number > 0 for row in rows)
    head = _("Mail introuvable : question {number} sur {total}").format(number=number, total=total)
    if not number:
        head = _("Mail introuvable : question laissée de côté")
    trial = standing.trial if name == OTHER and check.below is not None else None
    band = Band(Tone.PLAIN, "", head, head, likeliest(run, standing.words, wide=standing.wide))
    return {
        "stage": Stage.ASKING,
        "band": band,
        "here": here,
        "say": sentences(_trial_question(trial) if trial else standing.said(check.question, check)),
        "heading": _("Regarder"),
        "place": place(check),
        "seek": (_trial_place() if trial else standing.said(check.look_for, check),),
        "replies": _replies(standing, run, check, trial),
        "why": _why(run, check, standing.words),
    }


def _replies(standing: Standing, run: Run, check: Check, trial: Trial | None) -> tuple[Reply, ...]:
    given = dict(run.answers).get(check.id) or run.evidence.answers.get(check.id)
    own = tuple(Reply(Deed.ANSWER, one.label.text(), one.key, one.key == given) for one in check.answers)
    identified = standing.record and run.evidence.level >= Level.SIMPLE
    if check.id == SAID and identified:
        compare = Reply(Deed.SAY_ADDRESS, _("Saisir l’adresse dite : le service compare"))
        return (compare, *(one for one in own if one.key == CANNOT or one.chosen))
    if check.id != OTHER or not identified:
        return own
    if check.below is None:  # a mail to oneself, below level 2
        return (*own, Reply(Deed.TRY_OTHER, _("Essai avec une autre adresse (niveau 2 d’abord)")))
    if trial is not None:
        return _trial_replies(trial, given)
    none = Reply(Deed.ANSWER, _("Pas d’autre adresse"), CANNOT, given == CANNOT)
    try_it = Reply(Deed.TRY_OTHER, _("Essayer avec une autre adresse"))
    return (try_it, none, *(one for one in own if one.chosen and one.key != CANNOT))


def _trial_question(trial: Trial) -> str:
    return _("Le mail part à votre autre adresse, chez {domain}. Ouvrez cette boîte : y est-il ?").format(
        domain=clean(trial.domain)
    )


def _trial_place() -> str:
    return _("La boîte de réception de l’autre adresse, puis ses indésirables ; le programme conclut.")


def _trial_replies(trial: Trial, given: str | None) -> tuple[Reply, ...]:
    """« Arrivé ou non » is all that the caller says: what it proves, the program concludes."""
    arrived, nowhere = answer(trial, arrived=True), answer(trial, arrived=False)
    yes = Reply(Deed.ANSWER, _("Il arrive"), arrived, given == arrived)
    cannot = Reply(Deed.ANSWER, _("Ne sait pas"), CANNOT, given == CANNOT)
    if trial.same_provider:
        elsewhere = Reply(Deed.TRY_OTHER, _("Il n’arrive pas : essayer chez un autre fournisseur"))
        return (yes, elsewhere, Reply(Deed.ANSWER, _("Il n’arrive pas, et pas d’autre adresse"), CANNOT))
    return (yes, Reply(Deed.ANSWER, _("Il n’arrive pas non plus"), nowhere, given == nowhere), cannot)


def _why(run: Run, check: Check, words: "Words") -> tuple[str, ...]:
    """Where the question comes from, or why the program would not ask it."""
    reason = run.checklist[check.id].applies(run.evidence)
    skipped = dict(run.skipped).get(check.id)
    if skipped is not None:
        return (_("Passée : {reason}").format(reason=clean(skipped)),)
    if check.id in run.evidence.answers and check.id not in dict(run.answers):
        return (_("Constaté par le programme : la question peut quand même être posée."),)
    if reason is not None:
        return (_("Laissée de côté par le programme : {reason}.").format(reason=clean(reason.text())),)
    if check.added is not None:
        return (_("Pourquoi : {text}").format(text=clean(check.added.text())),)
    place_in = [one.id for one in run.checklist.checks.values() if one.documented].index(check.id) + 1
    told = _("Pourquoi : point {number} du document.").format(number=place_in)
    proving = next((one for one in check.answers if one.proves), None)
    if proving is None:
        return (told,)
    shows = _("« {answer} » montre la cause : {cause}.").format(
        answer=proving.label.text(), cause=cause_label(proving.proves[0], words, run.checklist.checks)
    )
    return (f"{told} {shows}",)
