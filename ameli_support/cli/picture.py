"""`status` in linear text: the four answers of the call screen, in its order and with its words."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ameli_support.accounts.contract import RecordView, VerdictView
from ameli_support.casework.script import script
from ameli_support.casework.views import CallState, Look, Service
from ameli_support.i18n import _, language, ngettext
from ameli_support.onboarding import explain
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.journey import STEPS
from ameli_support.onboarding.link import Phase
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.steps import Route, Step
from ameli_support.onboarding.wording import clock_time, plain, short_date

_ACTS_OF_THE_CALL = (Act.RESEND, Act.REISSUE, Act.CORRECT, Act.SUSPEND)
_DAY = timedelta(days=1)


def status(
    procedure: Procedure, state: CallState, look: Look, now: datetime, *, purposeful: bool = False
) -> list[str]:
    """Who, where it is stuck, what they see, what to say, what is possible, and the mails."""
    view = look.view
    lines = [_caller(procedure, state)]
    if look.service is Service.DOWN:
        since = clock_time(look.since) if look.since else "…"
        lines.append(_("■ Service des comptes injoignable depuis {hour}.").format(hour=since))
    if view is not None and view.procedure_version != procedure.version:
        lines.append("▲ " + _text(procedure, "reminders.other_version"))
    if state.unknown_acts:
        lines.append(_("▲ Un acte attend sa réponse : ne le refaites pas, il sera vérifié."))
    if view is not None:
        lines += [*_person(view), _band(procedure, view, look, now), *_journey(procedure, view)]
    found = script(procedure, state, look, language(), purposeful=purposeful)
    seen = found.sees(procedure, language())
    if seen is not None:
        lines += ["", _("Sur son écran :"), *(f"  {plain(line)}" for line in seen.lines)]
        lines += [f"  [{button}]" for button in seen.buttons]
    said = found.says(procedure, language())
    lines += ["", _("À dire :"), *(f"  {plain(sentence)}" for sentence in said)]
    if view is not None and (view.person is not None or view.closed_because is None):
        lines += ["", _("Vous pouvez :"), *_possible(procedure, view, look, now)]
        lines += _mails(procedure, view, now)
    return lines


def _text(procedure: Procedure, key: str, **values: object) -> str:
    return procedure.text(key, language(), **values)


def _caller(procedure: Procedure, state: CallState) -> str:
    parts = [
        _("Dossier n° {case}").format(case=state.case),
        _text(procedure, f"levels.level_{int(state.level)}"),
    ]
    if state.speaker is not None:
        parts.append(_text(procedure, f"speakers.{state.speaker}"))
    if state.direction is not None:
        parts.append(_text(procedure, f"directions.{state.direction}"))
    if state.draft:
        parts.append(_("note en cours de saisie"))
    return " · ".join(parts)


def _person(view: RecordView) -> Iterator[str]:
    person = view.person
    if person is not None:
        born = _("né(e) le {date}").format(date=f"{person.birth_date:%d/%m/%Y}") if person.birth_date else ""
        parts = (person.title, person.name, born, person.nir_masked, view.address_masked or "")
        yield " · ".join(part for part in (" ".join(parts[:2]), *parts[2:]) if part)


# ── where it is stuck ───────────────────────────────────────────────────────


def _band(procedure: Procedure, view: RecordView, look: Look, now: datetime) -> str:
    if view.locked_until is not None:
        return "■ " + explain.refusal(
            procedure, Act.RESEND, language(), at=now, reason=Reason.CHECKS_LOCKED, until=view.locked_until
        )
    if view.closed_because is not None:
        act = Act.RESEND
        reason = explain.refusal(
            procedure, act, language(), at=now, reason=view.closed_because, until=view.locked_until
        )
        return _text(procedure, "bands.told_nothing.left", reason=reason)
    left, right, at = "none", "none", None
    if view.phase is not None:
        left = right = view.phase.value
        at = _instant(view)
    values = _band_values(procedure, view, now)
    if at is not None:
        values |= {"date": short_date(at), "time": clock_time(at)}
    # once every link was cut there is no « since » to tell
    cut = view.phase is Phase.INACTIVE and view.link is None
    head = _text(procedure, f"bands.{left}.{'short' if cut else 'left'}", **values)
    if view.phase is Phase.ACTIVE and view.confirmation_disputed_at is not None:
        head = "▲ " + _("Compte activé, confirmation contestée")
    if look.service is Service.DOWN and look.known_at is not None:
        return f"{head} | " + _text(procedure, "bands.stale.right", time=clock_time(look.known_at))
    if view.phase is not None and at is None:
        return head
    if view.phase is Phase.NOT_SENT and at is not None:
        return f"{head} | " + explain.stopped_since(procedure, language(), since=at, at=now)
    return f"{head} | " + _text(procedure, f"bands.{right}.right", **values)


def _instant(view: RecordView) -> datetime | None:
    """The instant at the right end of the band."""
    if view.phase is Phase.LIVE and view.link is not None:
        return view.link.expires_at
    return {
        Phase.NOT_SENT: view.step_since,
        Phase.INACTIVE: view.window_closes_at,
        Phase.CLOSED: view.window_closes_at,
        Phase.ACTIVE: view.confirmed_at,
        Phase.SUSPENDED: view.suspended_at,
        Phase.ENDED: view.step_since,
    }.get(view.phase or Phase.LIVE)


def _band_values(procedure: Procedure, view: RecordView, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {"ended": "", "since": "", "step": "", "step_number": ""}
    if view.ended is not None:
        values["ended"] = _text(procedure, f"ended.{view.ended}")
    if view.step is not None:
        values["step"] = _step(procedure, view.step, view.route)
        if view.step is Step.IDENTITY and view.provisional_code is not None:
            values["step"] = f"{values['step']}, " + _text(
                procedure, f"provisional_code.{view.provisional_code}"
            )
        values["step_number"] = STEPS.index(view.step) + 1
    if view.phase is Phase.INACTIVE and view.link is not None:
        days = (now - view.link.expires_at) // _DAY
        values["since"] = (
            ngettext("{number} jour", "{number} jours", days).format(number=days)
            if days
            else _("moins d’un jour")
        )
    return values


def _step(procedure: Procedure, step: Step, route: Route | None) -> str:
    form = step is Step.IDENTITY and route is Route.FORM
    return _text(procedure, "steps.identity_form" if form else f"steps.{step}")


def _journey(procedure: Procedure, view: RecordView) -> Iterator[str]:
    if view.step is None:
        return
    here = STEPS.index(view.step)
    finished = view.phase is Phase.ACTIVE
    signs = (
        "√" if finished or index < here else "►" if index == here else "·" for index in range(len(STEPS))
    )
    steps = (_step(procedure, step, view.route) for step in STEPS)
    pairs = zip(signs, steps, strict=True)
    yield _("Parcours : {steps}").format(steps=", ".join(f"{sign} {step}" for sign, step in pairs))


# ── what is possible, and the mails ─────────────────────────────────────────


def _possible(procedure: Procedure, view: RecordView, look: Look, now: datetime) -> Iterator[str]:
    for act, verdict in view.allowed.items():
        if act in _ACTS_OF_THE_CALL or verdict.allowed:
            yield "  " + _offer(procedure, view, act, verdict, look, now)
    yield "  " + _("Noter, conclure : possible sans le service")


def _offer(
    procedure: Procedure, view: RecordView, act: Act, verdict: VerdictView, look: Look, now: datetime
) -> str:
    label = _text(procedure, f"acts.{act}.label") + _(" : ")
    if look.service is Service.DOWN:
        return label + _text(procedure, "hints.service_cut")
    if verdict.allowed:
        return label + explain.hint(procedure, act, language(), at=now, effect=verdict.effect)
    assert verdict.reason is not None  # a refusal always has one
    return label + explain.refusal(
        procedure,
        act,
        language(),
        at=now,
        reason=verdict.reason,
        until=verdict.until,
        window_closes_at=view.window_closes_at,
    )


def _mails(procedure: Procedure, view: RecordView, now: datetime) -> list[str]:
    from screens.sending import mail_rows
    from screens.words import Words

    rows = mail_rows(view, now, Words(procedure))
    if not rows:
        return []
    return [
        "",
        _("Mails :"),
        *("  " + " · ".join(filter(None, (row.when, row.what, row.who))) for row in rows),
    ]
