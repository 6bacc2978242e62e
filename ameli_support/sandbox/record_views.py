"""The parts of a record's view on the wire: masked, and nothing that opens anything (rules §8)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from ameli_support.accounts.contract import (
    ConsentView,
    GenerationView,
    LinkView,
    SendKind,
    SendState,
    SendView,
    SmtpAnswer,
    VerdictView,
)
from ameli_support.clock import from_us, to_us
from ameli_support.onboarding.acts import Act, Reason, Verdict
from ameli_support.onboarding.contact import domain_of, mask_address, mask_phone
from ameli_support.onboarding.journey import Step
from ameli_support.onboarding.link import Phase, current_generation, live_generation, phase
from ameli_support.onboarding.procedure import Procedure
from ameli_support.outbox import MailState
from ameli_support.sandbox import claims, provisional
from ameli_support.sandbox.enrolments import STEPS_DONE, Dossier, instant
from ameli_support.sandbox.problems import seconds_left
from ameli_support.sandbox.signing_up import TRIES


def of_enrolment(conn: Connection, procedure: Procedure, dossier: Dossier, at: datetime) -> dict[str, Any]:
    """The fields of `RecordView` that come from the enrolment."""
    row, enrolment = dossier.row, dossier.enrolment
    assert row is not None
    assert enrolment is not None
    where = phase(enrolment, at)
    current = current_generation(enrolment)
    live = live_generation(enrolment, at)
    return {
        "phase": where,
        "step": enrolment.step,
        "route": enrolment.route,
        "ended": enrolment.ended,
        "version": row.version,
        "started_at": from_us(row.started_at),
        "step_since": from_us(row.step_since),
        "steps_done_at": _steps_done(conn, row.id),
        "address_masked": row.address and mask_address(row.address),
        "address_domain": row.address and domain_of(row.address),
        "address_elsewhere": where in (Phase.INACTIVE, Phase.CLOSED)
        and claims.held_by_another(conn, row.address, row.id, at=at),
        "mobile_masked": row.mobile and mask_phone(row.mobile),
        "landline_masked": row.landline and mask_phone(row.landline),
        "consents": ConsentView(
            email=row.consent_email,
            mobile_phone=row.consent_mobile_phone,
            mobile_sms=row.consent_mobile_sms,
            landline_phone=row.consent_landline_phone,
        ),
        "provisional_code": provisional.state(row, at),
        "addresses_refused": _addresses_refused(conn, row, where, at),
        "link": current
        and LinkView(generation=current.number, issued_at=current.issued_at, expires_at=current.expires_at),
        "generations": tuple(_generation_view(g, live.number if live else None) for g in dossier.generations),
        "window_opened_at": enrolment.window_opened_at,
        "window_closes_at": enrolment.window_closes_at,
        "confirmed_at": enrolment.confirmed_at,
        "suspended_at": enrolment.suspended_at,
        "confirmation_disputed_at": instant(row.disputed_at),
        "code_reset_blocked_until": reset_blocked_until(row, where, procedure, at),
        "sends": _send_views(dossier),
    }


def _addresses_refused(conn: Connection, row: Row[Any], where: Phase | None, at: datetime) -> int:
    """How many addresses the person gave in vain at step 5 within the last hour."""
    if where is not Phase.NOT_SENT or row.step != Step.CONTACT:
        return 0
    since = to_us(at - timedelta(hours=1))
    return int(conn.execute(TRIES, {"enrolment": row.id, "since": since}).scalar_one())


def _steps_done(conn: Connection, enrolment: str) -> dict[Step, datetime]:
    """When each step was done, in the document's order."""
    rows = conn.execute(STEPS_DONE, {"enrolment": enrolment})
    done = {row.step: row.at for row in rows}
    return {step: from_us(done[step]) for step in Step if step in done}


def _generation_view(row: Row[Any], live: int | None) -> GenerationView:
    if row.used_at is not None:
        state = "used"
    elif row.revoked_at is not None:
        state = "revoked"
    elif row.superseded_at is not None:
        state = "superseded"
    else:
        state = "live" if row.number == live else "expired"
    return GenerationView(
        number=row.number,
        issued_at=from_us(row.issued_at),
        expires_at=from_us(row.expires_at),
        state=state,
        superseded_at=instant(row.superseded_at),
        revoked_at=instant(row.revoked_at),
        openings=row.openings or 0,
        first_opened_at=instant(row.first_at),
        last_opened_at=instant(row.last_at),
    )


def _send_views(dossier: Dossier) -> tuple[SendView, ...]:
    by_id = {row.id: row for row in dossier.generations}
    return tuple(_send_view(send, by_id.get(send.generation)) for send in dossier.sends)


def _send_view(send: Row[Any], generation: Row[Any] | None) -> SendView:
    answered = send.smtp_code is not None or send.smtp_text is not None
    return SendView(
        kind=SendKind(send.kind),
        generation=generation and generation.number,
        address_masked=mask_address(send.address),
        domain=domain_of(send.address),
        state=SendState(send.state),
        queued_at=from_us(send.queued_at),
        state_at=from_us(send.state_at),
        attempts=send.attempts,
        next_try_at=instant(send.not_before) if send.state == MailState.DEFERRED else None,
        smtp=SmtpAnswer(
            code=send.smtp_code,
            enhanced=send.smtp_enhanced,
            text=send.smtp_text or "",
            at=from_us(send.state_at),
        )
        if answered
        else None,
        replaced_at=instant(generation.superseded_at) if generation else None,
        confirmed_at=instant(generation.used_at) if generation else None,
    )


def reset_blocked_until(
    row: Row[Any], where: Phase | None, procedure: Procedure, at: datetime
) -> datetime | None:
    """Until when no code can be reset after an activation at a corrected address (rules §5)."""
    if where is not Phase.ACTIVE or row.corrected_at is None:
        return None
    until = from_us(row.confirmed_at) + timedelta(hours=procedure.numbers.reset_block_hours)
    return until if at < until else None


def of_verdicts(possible: Mapping[Act, Verdict], at: datetime) -> dict[Act, VerdictView]:
    """What is allowed, as of `at`."""
    return {
        act: VerdictView(
            allowed=verdict.allowed,
            reason=verdict.reason,
            until=verdict.until,
            effect=verdict.effect,
            asks=verdict.asks,
            seconds_left=seconds_left(verdict.until, at)
            if verdict.reason is Reason.COOLDOWN and verdict.until
            else None,
        )
        for act, verdict in possible.items()
    }
