"""The person's own re-send after a login (rules §3): the second of the two places that offer one."""

from dataclasses import dataclass

from sqlalchemy import update

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType
from ameli_support.onboarding.acts import Effect, Reason
from ameli_support.onboarding.link import resend_effect
from ameli_support.sandbox import allowances, audit, issuing, schema
from ameli_support.sandbox.enrolments import ENROLMENT, WAITING, Dossier, read_dossier, read_person
from ameli_support.sandbox.problems import Refused, seconds_left
from ameli_support.sandbox.world import World

_enrolment = schema.enrolment


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether a mail was queued; else why not, and the seconds to wait where waiting helps."""

    queued: bool
    reason: Reason | None = None
    wait: int = 0


@sql.retrying
def resend(world: World, person: str) -> Asked:
    """Mail the same link again, or a new one to the same address, as an agent's re-send would.

    Nothing is sent while a mail of the link still waits. Refused: `address-taken` when somebody
    else confirmed the address meanwhile.
    """
    with sql.write(world.engine) as conn:
        row = read_person(conn, person)
        if row is None:
            raise Refused(ProblemType.NOT_FOUND)
        dossier = read_dossier(conn, row)
        if dossier.row is None or dossier.enrolment is None:
            return Asked(False, Reason.NO_ENROLMENT)
        if not sql.is_sqlite(conn):  # one at a time: what was counted stays true until the mail is queued
            conn.execute(ENROLMENT.with_for_update(), {"enrolment": dossier.row.id})
            dossier = read_dossier(conn, row)
        assert dossier.enrolment is not None
        at = world.now()
        effect = resend_effect(dossier.enrolment, at, world.procedure)
        if effect is None:
            return Asked(False, Reason.PHASE_CLOSED)
        if effect is Effect.SAME_LINK and _waits(dossier):
            return Asked(False, Reason.ALREADY_QUEUED)
        counted = allowances.of_enrolment(dossier.sends, at)
        if refusal := allowances.person_refusal(counted, at, world.procedure):
            return Asked(False, refusal[0], seconds_left(refusal[1], at))
        mine = _enrolment.c.id == dossier.row.id
        conn.execute(update(_enrolment).where(mine).values(version=_enrolment.c.version + 1))
        issued = issuing.resend(conn, world, dossier, effect, at, None)
        audit.write(
            conn,
            at=at,
            actor="person",
            action="resend",
            outcome="done",
            enrolment=dossier.row.id,
            generation=issued.generation,
        )
        return Asked(True)


def _waits(dossier: Dossier) -> bool:
    """Whether a mail of the current link has not left yet."""
    current = max(dossier.generations, key=lambda generation: generation.number, default=None)
    return current is not None and any(
        send.generation == current.id and send.state in WAITING for send in dossier.sends
    )
