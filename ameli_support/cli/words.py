"""The sentences that commands print; the procedure's own come from procedure.toml, as on the screens."""

from datetime import datetime

from ameli_support.accounts.contract import ActAnswer
from ameli_support.casework.case import Outcome, State
from ameli_support.casework.views import (
    CaseHistory,
    CaseRow,
    Checked,
    Done,
    Found,
    Look,
    NoteRow,
    ResumeRow,
)
from ameli_support.cli.out import when
from ameli_support.i18n import _, language, ngettext
from ameli_support.onboarding import explain
from ameli_support.onboarding.acts import Act
from ameli_support.onboarding.identity import Direction, Fact, Level, Speaker
from ameli_support.onboarding.person import NirReading, NirVerdict
from ameli_support.onboarding.procedure import Procedure, procedure
from ameli_support.onboarding.wording import clock_time

# ── looking up ──────────────────────────────────────────────────────────────


def nir_sentence(reading: NirReading) -> str:
    """What a typed number is, without repeating it."""
    if reading.verdict is NirVerdict.VALID:
        return _("Numéro valable.")
    return procedure().text(f"nir.{reading.reason}", language())


def call_opened(case: int) -> str:
    """The number that every other command of the call takes."""
    return _("Appel ouvert : dossier n° {case}.").format(case=case)


def several(matches: int) -> str:
    """How many match; nobody is listed."""
    return _("{matches} dossiers correspondent. Ajoutez un élément, par exemple le code postal.").format(
        matches=matches
    )


def found(answer: Found, *, checks: bool = True) -> list[str]:
    """What a look-up gave, and the command that comes next: a check, unless the record opens without one."""
    lines = []
    if answer.provisional:
        lines.append(procedure().text("nir.provisional", language()))
    if answer.other_number:
        lines.append(procedure().text("nir.other", language()))
    if answer.case is not None:
        lines += [
            _("Un dossier correspond. {opened}").format(opened=call_opened(answer.case)),
            _("Suite : ameli-support {command} --case {case}").format(
                command="verify" if checks else "status", case=answer.case
            ),
        ]
    elif answer.matches > 1:
        lines.append(several(answer.matches))
    else:
        lines.append(_("Aucun dossier ne correspond. Sans dossier : ameli-support find --no-record"))
    return lines


# ── the caller ──────────────────────────────────────────────────────────────


def fact(name: Fact) -> str:
    """What the caller is asked for, and how it is typed."""
    shape = {
        Fact.BIRTH_DATE: _(" (JJ/MM/AAAA)"),
        Fact.LAST_PAYMENT_MONTH: _(" (MM/AAAA)"),
    }.get(name, "")
    return procedure().text(f"facts.{name}", language()) + shape


def level_out_of_reach(speaker: Speaker, direction: Direction) -> str:
    """Why this contact cannot reach the level sought."""
    if speaker is Speaker.THIRD_PARTY:
        return _("Un tiers reste au niveau 0, quoi qu’il sache : conseils généraux seulement.")
    if direction is Direction.OUTGOING:
        return _("Sur un appel sortant, rien n’est demandé : le niveau 0 est le plus haut.")
    if direction is Direction.MAIL:
        return _(
            "Par mail, le niveau 1 est le plus haut ; le niveau 2 s’atteint en appelant le {number}."
        ).format(number=procedure().contacts.call_centre)
    return _("Ce contact ne peut pas atteindre ce niveau.")


def checked(answer: Checked, wanted: Level, case: int) -> list[str]:
    """What a comparison may show: never which answer was wrong."""
    lines = []
    if answer.not_on_file:
        names = ", ".join(fact(name).lower() for name in answer.not_on_file)
        lines.append(_("Absent du fichier de la caisse : {facts}.").format(facts=names))
    if answer.level >= wanted:
        lines.append(_("√ Niveau {level} atteint.").format(level=int(answer.level)))
        lines.append(_("Suite : ameli-support status --case {case}").format(case=case))
    elif answer.locked_until is not None:
        lines.append(
            _("■ Dossier verrouillé jusqu’au {when}. Dites seulement : « {sentence} »").format(
                when=when(answer.locked_until),
                sentence=procedure().text("reminders.cannot_continue", language()),
            )
        )
    elif answer.failed:
        lines.append(_("× Contrôle échoué. Un nouveau contrôle est possible."))
    else:
        left = ngettext("Il reste {number} essai.", "Il reste {number} essais.", answer.comparisons_left)
        lines.append(
            "▲ "
            + procedure().text("reminders.not_reached", language())
            + " "
            + left.format(number=answer.comparisons_left)
        )
    return lines


def address_not_confirmed(tries_left: int) -> str:
    """The said address is not the one on file: no re-send, only a correction."""
    said = procedure().text("reasons.address_not_confirmed.sentence", language())
    if not tries_left:
        return said
    left = ngettext("Il reste {number} essai.", "Il reste {number} essais.", tries_left)
    return f"{said} " + left.format(number=tries_left)


# ── acts ────────────────────────────────────────────────────────────────────


def consequence(known: Procedure, act: Act, look: Look, now: datetime) -> str:
    """The question before an act, and what it will do, with real values."""
    asked = known.text(f"acts.{act}.question", language())
    verdict = look.view.allowed.get(act) if look.view else None
    if verdict is None or verdict.effect is None:
        return asked
    link = look.view.link if look.view else None
    masked = look.view.address_masked if look.view else None
    return f"{asked} " + explain.consequence(
        known,
        verdict.effect,
        language(),
        at=now,
        address=_("la nouvelle adresse") if act is Act.CORRECT else masked or "…",
        link_expires_at=link.expires_at if link else None,
    )


def done(known: Procedure, answer: Done, case: int) -> list[str]:
    """What an act did; a mail that is queued is never « envoyé »."""
    body: ActAnswer = answer.answer
    lines = ["√ " + known.text(f"acts.{answer.act}.done", language(), time=clock_time(body.as_of))]
    if body.expires_at is not None and body.mail_queued_at is not None:
        lines.append(_("Lien valable jusqu’au {when} (heure de Paris).").format(when=when(body.expires_at)))
    lines.append(_("Suite : ameli-support close --case {case}").format(case=case))
    return lines


# ── cases ───────────────────────────────────────────────────────────────────


def state(value: State) -> str:
    """A case's state."""
    return {
        State.NEW: _("nouveau"),
        State.IN_PROGRESS: _("en cours"),
        State.WAITING_PERSON: _("attend la personne"),
        State.WAITING_THIRD_PARTY: _("attend un tiers"),
        State.SCHEDULED: _("rappel prévu"),
        State.RESOLVED: _("résolu"),
        State.CLOSED: _("clos"),
    }[value]


def outcome(value: Outcome) -> str:
    """How a contact ended."""
    return procedure().text(f"outcomes.{value}", language())


def given(case: int, to: str) -> str:
    """A case has another owner."""
    return _("Dossier n° {case} confié à {agent}.").format(case=case, agent=to)


def closed(case: int, reached: State, ended: Outcome | None) -> list[str]:
    """A contact was concluded."""
    said = outcome(ended) if ended else ""
    return [
        _("Appel conclu, dossier n° {case} : {state}.").format(case=case, state=state(reached)),
        _("Issue : {outcome}.").format(outcome=said),
    ]


def case_row(row: CaseRow) -> str:
    """One case in a line."""
    parts = [
        _("n° {case}").format(case=row.number),
        state(row.state),
        _("agent {agent}").format(agent=row.owner),
        _("dernier contact {when}").format(when=when(row.last_contact_at)),
    ]
    if row.outcome is not None:
        parts.append(outcome(row.outcome))
    if row.callback_at is not None:
        parts.append(_("rappel {when}").format(when=when(row.callback_at)))
    return " · ".join(parts)


def resume_row(row: ResumeRow) -> str:
    """One line of « À reprendre »."""
    late = _(" · en retard") if row.overdue else ""
    return _("n° {case}").format(case=row.case) + f" · {when(row.at)} · {row.label}{late}"


def history(known: CaseHistory) -> list[str]:
    """One case: its row, what happened in sentences, its notes; `--json` has the events."""
    lines = [case_row(known.row), "", _("Résumé :"), *(f"  {text}" for text in known.summary)]
    if known.notes_hidden:
        lines += ["", _("Notes : montrées une fois le niveau 1 atteint dans votre appel.")]
    elif known.notes:
        lines += ["", _("Notes :"), *(f"  {_note(row)}" for row in known.notes)]
    return lines


def _note(row: NoteRow) -> str:
    text = row.text if row.text is not None else _("(effacée)")
    return f"{when(row.at)} · {row.actor} · {text}"
