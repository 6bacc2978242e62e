"""How many mails were asked for (rules §3): counted from the send rows, never kept in a counter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ameli_support import sql
from ameli_support.accounts.contract import SendKind
from ameli_support.clock import from_us, paris_day, to_us
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Role
from ameli_support.onboarding.procedure import Procedure
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema

COUNTED = (SendKind.RESEND.value, SendKind.REISSUE.value, SendKind.CORRECTION.value)
NEVER_LEFT = (MailState.REFUSED.value, MailState.CANCELLED.value)
HOUR = timedelta(hours=1)

_send, _mail, _agent = schema.send, schema.mail, schema.agent_row
_BY_AGENT = (
    (_send.c.agent == bindparam("agent"))
    & (_send.c.at > bindparam("since"))
    & _send.c.kind.in_(COUNTED)
    & _mail.c.state.not_in(NEVER_LEFT)
)
_COUNT = select(func.count()).select_from(_send.join(_mail, _mail.c.id == _send.c.mail)).where(_BY_AGENT)
_FREES = (
    select(_send.c.at)
    .join(_mail, _mail.c.id == _send.c.mail)
    .where(_BY_AGENT)
    .order_by(_send.c.at)
    .offset(bindparam("beyond"))
    .limit(1)
)


def _turn(insert: Any) -> Any:
    return (
        insert(_agent)
        .values(agent=bindparam("agent"), version=1)
        .on_conflict_do_update(index_elements=[_agent.c.agent], set_={"version": _agent.c.version + 1})
    )


_TURN_SQLITE = _turn(sqlite.insert)
_TURN_POSTGRESQL = _turn(postgresql.insert)


@dataclass(frozen=True, slots=True)
class OfEnrolment:
    """The sends that count for one enrolment on the Paris day of an instant."""

    last_send_at: datetime | None
    sends_today: int
    day_ends_at: datetime


@dataclass(frozen=True, slots=True)
class OfAgent:
    """The sends of one agent in the last 60 minutes; `frees_at` once the cap is reached."""

    sends_this_hour: int
    frees_at: datetime | None = None


def of_enrolment(sends: Iterable[Row[Any]], at: datetime) -> OfEnrolment:
    """Count from the rows of `enrolments.SENDS`, newest first.

    The first mail and notices do not count; a refused or cancelled one counts for no cap,
    yet keeps its cool-down.
    """
    begins, ends = paris_day(at)
    counted = [send for send in sends if send.kind in COUNTED]
    today = sum(send.at >= to_us(begins) and send.state not in NEVER_LEFT for send in counted)
    return OfEnrolment(from_us(counted[0].at) if counted else None, today, ends)


def of_agent(conn: Connection, agent: str, role: Role, at: datetime, procedure: Procedure) -> OfAgent:
    """Count an agent's or handler's sends; exact inside a transaction that called `take_turn`."""
    values = {"agent": agent, "since": to_us(at - HOUR)}
    count: int = conn.execute(_COUNT, values).scalar_one()
    cap = hourly_cap(role, procedure)
    if count < cap:
        return OfAgent(count)
    oldest: int = conn.execute(_FREES, values | {"beyond": count - cap}).scalar_one()
    return OfAgent(count, from_us(oldest) + HOUR)


def hourly_cap(role: Role, procedure: Procedure) -> int:
    """Mails an hour for this role."""
    numbers = procedure.numbers
    return numbers.handler_sends_per_hour if role is Role.HANDLER else numbers.agent_sends_per_hour


def take_turn(conn: Connection, agent: str) -> None:
    """Wait behind this agent's other acts, so that parallel requests count each other's sends."""
    conn.execute(_TURN_SQLITE if sql.is_sqlite(conn) else _TURN_POSTGRESQL, {"agent": agent})


def person_refusal(
    counted: OfEnrolment, at: datetime, procedure: Procedure
) -> tuple[Reason, datetime] | None:
    """Why the person's own re-send has to wait, and until when; None when it need not."""
    cooldown = timedelta(seconds=procedure.numbers.cooldown_seconds)
    if counted.last_send_at is not None and at < counted.last_send_at + cooldown:
        return Reason.COOLDOWN, counted.last_send_at + cooldown
    if counted.sends_today >= procedure.numbers.sends_per_day:
        return Reason.DAY_CAP, counted.day_ends_at
    return None
