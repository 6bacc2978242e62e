"""The missing-mail checklist as lines to read and as objects for programs."""

from ameli_support.i18n import _, language
from ameli_support.onboarding.procedure import Procedure
from checks.check import Check, FollowUp, Place
from checks.evidence import Outcome
from checks.run import Run
from checks.trial import Trial
from checks.wording import said

MOST_CAUSES = 3


def cause_label(cause: str, procedure: Procedure) -> str:
    """A cause in the words of the procedure; its id for a check that a content folder added."""
    known = cause in procedure.names("causes")
    return procedure.text(f"causes.{cause}", language()) if known else cause


def _place(place: Place) -> str:
    return {
        Place.AGENT: _("écran de l’agent"),
        Place.WEBMAIL: _("messagerie de l’appelant, dans son navigateur"),
        Place.PROGRAM: _("programme de l’appelant"),
    }[place]


def _follow_up(what: FollowUp) -> str:
    return {
        FollowUp.NONE: _("rien d’autre à faire"),
        FollowUp.RESEND: _("renvoyer le lien"),
        FollowUp.CORRECT: _("corriger l’adresse"),
        FollowUp.WAIT: _("attendre"),
        FollowUp.ESCALATE: _("transmettre"),
    }[what]


# ── the list ────────────────────────────────────────────────────────────────


def check_lines(check: Check, procedure: Procedure) -> list[str]:
    """One check in the list, in the general wording."""
    head = f"{check.id} · {_place(check.place)} · {check.when.text()}"
    source = check.passage or (check.added.text() if check.added is not None else "")
    mark = _("Document : {passage}") if check.documented else _("Ajoutée : {passage}")
    question = said(check.question, check, None, procedure)
    return [head, "  " + mark.format(passage=source), "  " + question]


def check_object(check: Check) -> dict[str, object]:
    """One check for a program; `below` is the form that is asked below its level."""
    return {
        "id": check.id,
        "documented": check.documented,
        "passage": check.passage,
        "added": check.added.text() if check.added is not None else None,
        "place": check.place,
        "when": check.when.text(),
        "question": check.question.text(),
        "look_for": check.look_for.text(),
        "answers": [
            {
                "key": answer.key,
                "label": answer.label.text(),
                "proves": answer.proves,
                "rules_out": answer.rules_out,
            }
            for answer in check.answers
        ],
        "remedy": check.remedy.text(),
        "follow_up": check.follow_up,
        "level": check.level,
        "below": check_object(check.below) if check.below is not None else None,
    }


# ── a run ───────────────────────────────────────────────────────────────────


def evidence_lines(run: Run) -> list[str]:
    """What was found out before anybody is asked."""
    mark = {Outcome.FINDING: "!", Outcome.NOTHING: "√", Outcome.UNKNOWN: "?"}
    return [_("Déjà connu :")] + [f"  {mark[one.outcome]} {one.text}" for one in run.evidence.findings]


def question_lines(run: Run, check: str, procedure: Procedure, trial: Trial | None = None) -> list[str]:
    """The current question, what to look for, the answers, and the likeliest causes.

    `trial`: the mail went to another address, and where it arrives is asked.
    """
    one = run.check(check)
    if trial is not None:
        return [
            "",
            f"{cause_label(check, procedure)} · {trial.domain}",
            _("  Demander : Le mail est-il arrivé à l’autre adresse, chez {domain} ?").format(
                domain=trial.domain
            ),
            "  1. " + _("Arrivé"),
            "  2. " + _("Pas arrivé"),
            "  3. " + _("Ne sait pas"),
        ]
    lines = [
        "",
        f"{cause_label(check, procedure)} · {_place(one.place)}",
        _("  Demander : {text}").format(text=said(one.question, one, run.evidence.family, procedure)),
        _("  Regarder : {text}").format(text=said(one.look_for, one, run.evidence.family, procedure)),
    ]
    lines += [f"  {number}. {answer.label.text()}" for number, answer in enumerate(one.answers, 1)]
    causes = (
        f"{cause_label(belief.cause, procedure)} {belief.probability:.0%}"
        + (f" ({belief.why})" if belief.why else "")
        for belief in run.beliefs[:MOST_CAUSES]
    )
    return [*lines, _("  Probable : {causes}").format(causes=" ; ".join(causes))]


def remedy_lines(run: Run, procedure: Procedure) -> list[str]:
    """The cause found and what to say."""
    assert run.conclusion is not None
    check = run.check(run.conclusion.cause)
    lines = [
        "",
        _("► Cause : {cause}").format(cause=cause_label(check.id, procedure)),
        _("  Dire : {text}").format(text=said(check.remedy, check, run.evidence.family, procedure)),
        _("  Ensuite : {what}").format(what=_follow_up(run.conclusion.follow_up)),
    ]
    if run.must_change_first:
        lines.append(_("  Rien n’est renvoyé à cette adresse avant que ce soit fait."))
    return lines


def end_lines(run: Run, procedure: Procedure) -> list[str]:
    """How the run stands when the command ends: concluded, or the question that waits."""
    if run.conclusion is None:
        assert run.current is not None
        return [
            *question_lines(run, run.current, procedure),
            _("Diagnostic ouvert : reprenez-le quand vous voulez."),
        ]
    if run.conclusion.cause in run.checklist.checks:
        lines = remedy_lines(run, procedure)
    else:
        lines = ["", _("► Cause introuvable : {what}").format(what=_follow_up(run.conclusion.follow_up))]
    left = [one for one in run.not_asked if one.documented]
    if left:
        lines.append(_("Pas demandé, du document :"))
        lines += [f"  {cause_label(one.check, procedure)} : {one.text}" for one in left]
    return lines


def run_object(case: int, run: Run, procedure: Procedure) -> dict[str, object]:
    """The run for a program; nothing in it names the person."""
    found, current = run.conclusion, run.current
    family = run.evidence.family
    check = run.check(found.cause) if found is not None and found.cause in run.checklist.checks else None
    return {
        "case": case,
        "checklist": run.checklist.version,
        "order": run.mode,
        "provider": run.evidence.provider,
        "evidence": run.evidence.findings,
        "answers": dict(run.answers),
        "skipped": [name for name, _reason in run.skipped],
        "in_vain": run.in_vain,
        "causes": [
            {
                "cause": belief.cause,
                "label": cause_label(belief.cause, procedure),
                "probability": round(belief.probability, 4),
                "why": belief.why,
            }
            for belief in run.beliefs
        ],
        "next": None
        if current is None
        else {
            "check": current,
            "question": said(run.check(current).question, run.check(current), family, procedure),
            "look_for": said(run.check(current).look_for, run.check(current), family, procedure),
            "answers": [answer.key for answer in run.check(current).answers],
        },
        "left": run.order if found is None else (),
        "not_asked": run.not_asked if found is not None else (),
        "conclusion": None
        if found is None
        else {
            "cause": found.cause,
            "label": cause_label(found.cause, procedure),
            "remedy": said(check.remedy, check, family, procedure) if check is not None else None,
            "follow_up": found.follow_up,
            "change_first": run.must_change_first,
        },
    }
