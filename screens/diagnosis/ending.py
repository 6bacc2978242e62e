"""The end of a run on its screen: the cause and its remedy, what was not asked, what comes after."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ameli_support.i18n import _, ngettext
from checks.check import Check, FollowUp
from checks.priors import UNKNOWN
from checks.run import NotAsked, Run
from screens.diagnosis.picture import Deed, Reply, Stage
from screens.diagnosis.standing import Standing
from screens.diagnosis.words import cause_label, follow_up, question_label, sentences
from screens.notice import Tone
from screens.picture import Band
from screens.safe import clean

if TYPE_CHECKING:
    from screens.words import Words


def concluding(standing: Standing, run: Run) -> dict[str, object]:
    """The cause and its remedy, or that none was found; then what comes after."""
    found = run.conclusion
    if found is None or found.cause == UNKNOWN:
        return _not_found(standing, run)
    check, words = run.check(found.cause), standing.words
    label = cause_label(found.cause, words, run.checklist.checks)
    head = _("Cause trouvée : {cause}").format(cause=label)
    right = _("remède à faire ensemble")
    tone, sign, stage, replies = Tone.WARN, "►", Stage.FOUND, _remedies(standing, run, check)
    if standing.ended:
        head = _("Diagnostic conclu : {cause}").format(cause=label)
        tone, sign, stage, replies = Tone.OK, "√", Stage.ENDED, _after(standing)
        right = _("au dossier, liste {version}").format(version=run.checklist.version)
    heading, seek = _next(standing, run, found.follow_up)
    return {
        "stage": stage,
        "band": Band(tone, sign, head, head, right if standing.wide else ""),
        "here": -1,
        "say": sentences(standing.said(check.remedy, check)),
        "heading": heading,
        "seek": seek,
        "replies": replies,
        "why": _proof(run, found.cause),
    }


def _next(standing: Standing, run: Run, what: FollowUp) -> tuple[str, tuple[str, ...]]:
    """What the agent does after the remedy; without a record there is nothing to do."""
    if not standing.record:
        return "", ()
    if run.must_change_first and not standing.ended:
        return _("D’abord"), (_("Rien n’est renvoyé à cette adresse avant que ce soit fait."),)
    return _("Ensuite"), (follow_up(what).capitalize() + ".",)


def _remedies(standing: Standing, run: Run, check: Check) -> tuple[Reply, ...]:
    go_on = Reply(Deed.GO_ON, _("Sans effet : chercher encore"))
    if not standing.record:
        return (Reply(Deed.DONE, _("Remède dit à l’appelant"), recommended=True), go_on)
    if check.changes_first:
        return (
            Reply(Deed.DONE, _("C’est changé : renvoyer le mail")),
            Reply(Deed.INSTEAD, _("Pas possible : une autre adresse")),
            go_on,
        )
    if check.follow_up is FollowUp.NONE:
        return (Reply(Deed.DONE, _("C’est fait : conclure"), recommended=True), go_on)
    return (
        Reply(Deed.DONE, _("Oui : {what}").format(what=follow_up(check.follow_up)), recommended=True),
        go_on,
    )


def _after(standing: Standing) -> tuple[Reply, ...]:
    changed = (Reply(Deed.CHANGED, _("C’est changé : renvoyer le mail")),) if standing.held else ()
    return (
        *changed,
        Reply(Deed.WRAP_UP, _("Conclure l’appel"), recommended=not standing.held),
        Reply(Deed.LEAVE, _("Revenir à l’appel")),
        Reply(Deed.AGAIN, _("Recommencer un diagnostic")),
    )


def _proof(run: Run, cause: str) -> tuple[str, ...]:
    """What the conclusion rests on."""
    for check, given in run.given.items():
        if cause in given.proves and check in dict(run.answers):
            return (_("Pourquoi : réponse de l’appelant, « {answer} ».").format(answer=given.label.text()),)
    return (_("Pourquoi : constaté par le programme."),)


def _not_found(standing: Standing, run: Run) -> dict[str, object]:
    """Before giving up: everything that was not asked, and why; any of it can still be asked."""
    words = standing.words
    left = [one for one in run.not_asked if one.documented] + [
        one for one in run.not_asked if not one.documented
    ]
    documented = sum(one.documented for one in left)
    head = _("Cause introuvable")
    count = ngettext(
        "{number} question du document pas posée",
        "{number} questions du document pas posées",
        documented,
    ).format(number=documented)
    stage, sign, tone, replies = Stage.NOT_FOUND, "■", Tone.BAD, _giving_up(standing, bool(left))
    if standing.ended:
        head = _("Diagnostic conclu : cause introuvable")
        stage, sign, tone, replies = Stage.ENDED, "√", Tone.OK, _after(standing)
        count = _("au dossier, liste {version}").format(version=run.checklist.version)
    say = _("Je n’ai pas trouvé pourquoi ce mail n’arrive pas. Je transmets au service technique.")
    if not standing.record:
        say = _("Je n’ai pas trouvé pourquoi ce mail n’arrive pas. Rappelez-nous avec votre dossier.")
    return {
        "stage": stage,
        "band": Band(tone, sign, head, head, count if standing.wide else ""),
        "here": -1,
        "say": sentences(say),
        "heading": _("Pas demandé"),
        "place": _("← en choisit une") if left and not standing.ended else "",
        "seek": tuple(_by_reason(left, run, words)),
        "replies": replies,
        "why": (),
    }


def _by_reason(left: Iterable[NotAsked], run: Run, words: "Words") -> Iterable[str]:
    """« Pas devant sa messagerie : Adresse exacte, Recherche »: a line a reason, every question named."""
    groups: dict[str, list[str]] = {}
    for one in left:
        groups.setdefault(clean(one.text), []).append(question_label(one.check, words, run.checklist.checks))
    for why, names in groups.items():
        head = why[:1].upper() + why[1:]
        yield _("{why} : {questions}").format(why=head, questions=", ".join(names))


def _giving_up(standing: Standing, left: bool) -> tuple[Reply, ...]:
    does = _("Transmettre et conclure") if standing.record else _("Terminer le diagnostic")
    ask = (Reply(Deed.ASK_LEFT, _("Poser encore une question")),) if left else ()
    return (Reply(Deed.DONE, does, recommended=not left), *ask)
