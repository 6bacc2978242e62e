"""One person's record as of now, for the one who asks: what they may hear, what they may do, and its ETag."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection

from ameli_support import sql
from ameli_support.accounts.contract import (
    PersonView,
    ProblemType,
    RecordView,
    UnmaskAnswer,
    UnmaskRequest,
    Who,
)
from ameli_support.clock import from_us, to_us
from ameli_support.onboarding.acts import Act, Effect, Reason, Situation, Verdict, can, verdicts
from ameli_support.onboarding.identity import Level, Role, Speaker
from ameli_support.onboarding.link import live_generation
from ameli_support.onboarding.person import PersonStatus, mask_nir
from ameli_support.onboarding.procedure import Procedure
from ameli_support.sandbox import allowances, logging_in, schema
from ameli_support.sandbox.audit import spoken
from ameli_support.sandbox.callers import (
    GENERAL_SCHEME,
    Caller,
    closed_because,
    locked_until,
    may_be_locked,
    read_caller,
    refuse_if_closed,
    refuse_if_locked,
    status_of,
)
from ameli_support.sandbox.enrolments import (
    WAITING,
    Dossier,
    Found,
    dossier_of,
    find,
    read_dossier,
    read_person,
)
from ameli_support.sandbox.problems import Refused, refused_because
from ameli_support.sandbox.record_views import of_enrolment, of_verdicts
from ameli_support.sandbox.world import World

ADD_LOOK = schema.lookup_log.insert()


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as read, with its ETag; `call` is the one that the check belongs to.

    `known`: the asker has this very state already, so nothing of it need be told.
    """

    view: RecordView
    etag: str
    call: str | None = None
    known: bool = False


def look(
    world: World, who: Who, record: str, *, check: str | None, purpose: str | None, known: str | None = None
) -> Seen:
    """The record for this asker, logged with its purpose unless `known` still names its ETag."""
    seen = see(world, who, record, check=check, purpose=purpose)
    if known is not None and matches(known, seen.etag):
        return replace(seen, known=True)
    with sql.write(world.engine) as conn:
        log_look(conn, who, record, "record", seen.view.as_of, call=seen.call, purpose=purpose)
    return seen


def see(world: World, who: Who, record: str, *, check: str | None, purpose: str | None) -> Seen:
    """Read the record for this asker, unlogged: agents and handlers by their check, supervisors by a purpose.

    Without a check that has reached level 1 nothing of it is told. Refused: `not-found`,
    `forbidden-role` (administrator), `purpose-missing` (supervisor).
    """
    if who.role is Role.ADMINISTRATOR:
        raise refused_because(Reason.FORBIDDEN_ROLE)
    if who.role is Role.SUPERVISOR and not purpose and not check:
        raise Refused(ProblemType.PURPOSE_MISSING)
    with sql.read(world.engine) as conn:
        found = find(conn, record)
        if found is None:
            raise Refused(ProblemType.NOT_FOUND)
        at = world.now()
        caller = read_caller(conn, world, who, record, check, strict=False)
        lock = None
        if may_be_locked(found.last_failed_at, at, world.procedure):
            lock = locked_until(conn, record, at, world.procedure)
        closed = closed_because(found.person, who, at, world.procedure)
        purposeful = who.role is Role.SUPERVISOR and bool(purpose)
        told = purposeful or (lock is None and caller.level >= Level.SIMPLE)
        if told and closed is None:
            return _told(conn, world, caller, found, lock, at)
    return _untold(world, caller, found.person, closed if told else None, lock, at)


def unmask(world: World, who: Who, record: str, check: str | None, request: UnmaskRequest) -> UnmaskAnswer:
    """The whole address on file, to a level-2 check, logged with its purpose."""
    with sql.write(world.engine) as conn:
        person = read_person(conn, record)
        if person is None:
            raise Refused(ProblemType.NOT_FOUND)
        at = world.now()
        refuse_if_closed(person, who, at, world.procedure)
        refuse_if_locked(conn, record, at, world.procedure)
        caller = read_caller(conn, world, who, record, check, strict=True)
        if caller.level < Level.REINFORCED:
            raise refused_because(Reason.LEVEL_2_FIRST)
        enrolment = read_dossier(conn, person).enrolment
        if enrolment is None or enrolment.address is None:
            raise refused_because(Reason.NO_ENROLMENT if enrolment is None else Reason.PHASE_NOT_SENT)
        log_look(conn, who, record, "unmask", at, call=caller.call, purpose=request.purpose)
        return UnmaskAnswer(address=enrolment.address, as_of=at)


def situation(
    conn: Connection,
    procedure: Procedure,
    caller: Caller,
    dossier: Dossier,
    lock: datetime | None,
    at: datetime,
    *,
    self_created: bool | None = None,
) -> Situation:
    """Everything the rules need for their verdicts on this record, now, by this caller."""
    who, person = caller.who, dossier.person
    of_enrolment = allowances.of_enrolment(dossier.sends, at)
    of_agent = allowances.OfAgent(0)
    if who.role is not Role.SUPERVISOR or caller.check is not None:
        of_agent = allowances.of_agent(conn, who.agent, who.role, at, procedure)
    return Situation(
        role=who.role,
        enrolment=dossier.enrolment,
        person_status=status_of(person, at, procedure),
        level=caller.level,
        speaker=caller.speaker,
        direction=caller.direction,
        said_address=caller.said_address,
        said_address_tries_left=max(0, procedure.numbers.said_address_tries - caller.said_tries),
        self_created=False if caller.denied_creation else self_created,
        mail_queued_since=queued_since(dossier, at),
        last_send_at=of_enrolment.last_send_at,
        sends_today=of_enrolment.sends_today,
        day_ends_at=of_enrolment.day_ends_at,
        sends_this_hour=of_agent.sends_this_hour,
        hour_frees_at=of_agent.frees_at,
        locked_until=lock,
    )


def queued_since(dossier: Dossier, at: datetime) -> datetime | None:
    """Since when a mail of the live generation has been waiting to leave; None when none is."""
    live = live_generation(dossier.enrolment, at) if dossier.enrolment else None
    if live is None:
        return None
    ids = [row.id for row in dossier.generations if row.number == live.number]
    waiting = [s.queued_at for s in dossier.sends if s.generation in ids and s.state in WAITING]
    return from_us(min(waiting)) if waiting else None


def log_look(
    conn: Connection,
    who: Who,
    record: str,
    what: str,
    at: datetime,
    *,
    call: str | None,
    purpose: str | None,
) -> None:
    """One row of the look-up log."""
    conn.execute(
        ADD_LOOK,
        {
            "at": to_us(at),
            "agent": who.agent,
            "role": who.role.value,
            "call": call,
            "what": what,
            "purpose": purpose and spoken(purpose),
            "person": record,
            "matches": None,
        },
    )


def matches(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names this ETag (RFC 9110 §13.1.2, weak comparison)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


# ── what is told ────────────────────────────────────────────────────────────


def _told(
    conn: Connection, world: World, caller: Caller, found: Found, lock: datetime | None, at: datetime
) -> Seen:
    person, row = found.person, found.enrolment
    dossier = Dossier(person) if row is None else dossier_of(conn, person, row)
    possible = verdicts(situation(conn, world.procedure, caller, dossier, lock, at), at, world.procedure)
    fields = {} if row is None else of_enrolment(conn, world.procedure, dossier, at)
    fields["login_closed_until"] = logging_in.closed_until(conn, world, person.nir, at)
    view = RecordView(
        record=person.id,
        person=PersonView(
            title=person.title,
            name=f"{person.first_names.split(',')[0]} {person.used_name or person.birth_name}",
            birth_date=date.fromisoformat(person.birth_date),
            nir_masked=mask_nir(person.nir),
        ),
        person_status=status_of(person, at, world.procedure),
        scheme=person.scheme,
        fund=person.fund,
        allowed=of_verdicts(possible, at),
        **fields,
        **_of_the_asker(caller, lock, world.procedure, at),
    )
    mails = tuple((send.state, send.state_at, send.attempts) for send in dossier.sends)
    openings = tuple((row.openings, row.last_at) for row in dossier.generations)
    tag = _etag(view, possible, (row, mails, openings))
    return Seen(view, tag, caller.call)


def _untold(
    world: World,
    caller: Caller,
    person: Any,
    closed: Reason | None,
    lock: datetime | None,
    at: datetime,
) -> Seen:
    """While locked or on a closed record: why, and nothing else; before level 1 nothing at all (rules §8)."""
    closing = closed in (Reason.PERSON_DECEASED, Reason.PERSON_MINOR, Reason.PERSON_RESTRICTED)
    possible = {act: _untold_verdict(act, caller, closed, lock) for act in Act}
    view = RecordView(
        record=person.id,
        person=None,
        person_status=status_of(person, at, world.procedure) if closing else PersonStatus.ORDINARY,
        scheme=person.scheme if closed else GENERAL_SCHEME,
        fund=person.fund if closed else next(iter(caller.who.funds), ""),
        closed_because=closed,
        allowed=of_verdicts(possible, at),
        **_of_the_asker(caller, lock, world.procedure, at),
    )
    return Seen(view, _etag(view, possible, None), caller.call)


def _untold_verdict(act: Act, caller: Caller, closed: Reason | None, lock: datetime | None) -> Verdict:
    """A verdict that gives no phase away: status, lock, role and level only."""
    if closed is not None:
        return Verdict(act, allowed=False, reason=closed)
    if lock is not None and act is not Act.UNLOCK:
        return Verdict(act, allowed=False, reason=Reason.CHECKS_LOCKED, until=lock)
    reason = can(caller.who.role, act, Level.NOTHING, caller.direction)
    if reason in (Reason.LEVEL_1_FIRST, Reason.LEVEL_2_FIRST) and caller.speaker is Speaker.THIRD_PARTY:
        reason = Reason.THIRD_PARTY
    if reason is not None:
        return Verdict(act, allowed=False, reason=reason)
    return Verdict(act, allowed=True, effect=Effect.LINKS_REVOKED)


def _of_the_asker(
    caller: Caller, lock: datetime | None, procedure: Procedure, at: datetime
) -> dict[str, Any]:
    return {
        "level": Level.NOTHING if lock else caller.level,
        "speaker": caller.speaker,
        "check_expires_at": caller.expires_at,
        "locked_until": lock,
        "procedure_version": procedure.version,
        "as_of": at,
    }


def _etag(view: RecordView, possible: Mapping[Act, Verdict], stored: Any) -> str:
    """Changes with whatever the view shows, but for `as_of` and seconds left."""
    told = (
        view.phase,
        view.level,
        view.check_expires_at,
        view.locked_until,
        view.closed_because,
        view.person is None,
        view.code_reset_blocked_until,
        view.provisional_code,
        view.address_elsewhere,
        view.login_closed_until,
        view.addresses_refused,
        view.procedure_version,
        tuple(possible.values()),
        stored,
    )
    return f'"{blake2b(repr(told).encode(), digest_size=12).hexdigest()}"'
