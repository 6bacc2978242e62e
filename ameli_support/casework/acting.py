"""Acts on the account service: intent event → HTTP → outcome event; a crash loses and doubles nothing.

An answer that was lost is shown as unknown and settled later: the service then tells what became
of the key, or makes sure that nothing will.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, update

from ameli_support.accounts import contract as c
from ameli_support.accounts.errors import Kind, OutcomeUnknown, ServiceDown, ServiceProblem
from ameli_support.casework.bench import Bench, change_contact
from ameli_support.casework.errors import ActRefused, DeskError
from ameli_support.casework.looking import Looking
from ameli_support.casework.orders import KEPT_LINK, Order
from ameli_support.casework.sentences import of_service
from ameli_support.casework.views import Done, Look, Service, Settlement
from ameli_support.clock import to_us
from ameli_support.i18n import _
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import Level, Role
from ameli_support.store.cases import AnyRow
from ameli_support.store.journal import Journal
from ameli_support.store.leases import ownerless_intents
from ameli_support.store.schema import intent


@dataclass(slots=True)
class Acting:
    """The acting part of a desk."""

    bench: Bench
    looking: Looking

    def act(self, number: int, order: Order) -> Done:
        """Carries an order out. Raises `ActRefused`, `ActUnknown`, `ServiceCut`, `Conflict`."""
        bench = self.bench
        bench.allow(order.action, number)
        row = bench.contact(number)
        record = self._record(number, row, order)
        self._settle_first(number)
        view = self.looking.fresh(number) if order.needs_version or bench.level(row) else None
        if view is None and order.needs_version:
            raise self._unreadable(number)
        version = view.version if view is not None else None
        body, key = order.body(version), f"act-{uuid4().hex}"
        bench.lease_now()
        bench.in_flight.add(key)
        try:
            self._intend(number, row, order, key, view)
            return Done(order.act, key, self._carry_out(number, row, record, order, key, body))
        finally:
            bench.in_flight.discard(key)

    def _carry_out(
        self, number: int, row: AnyRow, record: str, order: Order, key: str, body: c.Wire
    ) -> c.ActAnswer:
        """HTTP, then the outcome; an exception on the way leaves an intent that is settled later."""
        bench = self.bench
        purpose = bench.purpose(row) if bench.me.role is Role.SUPERVISOR else None
        try:
            answer = bench.accounts.act(order.act, record, body, key, row.check, purpose)
        except OutcomeUnknown as lost:
            self._unknown(number, row, order.act, key, lost)
            raise of_service(lost) from None
        except ServiceDown as down:
            self._conclude(number, key, order.act, {"result": "not_sent", "kind": down.kind.value})
            raise of_service(down) from None
        except ServiceProblem as problem:
            bench.seen.pop(number, None)
            self._conclude(number, key, order.act, _refusal(problem))
            raise of_service(problem) from None
        self._conclude(number, key, order.act, _result(answer), row.call)
        return answer

    def settle(self, number: int) -> tuple[Settlement, ...]:
        """See `Desk.settle`."""
        return tuple(self.settle_one(one) for one in self.ownerless(number))

    def ownerless(self, number: int | None = None) -> list[AnyRow]:
        """The open intents of a case, or of all, that this program may settle."""
        bench = self.bench
        now = to_us(bench.system.now())
        return bench.store.read(lambda c: ownerless_intents(c, now, bench.lease.id, bench.in_flight, number))

    def settle_one(self, one: AnyRow) -> Settlement:
        """Asks what became of one intent and writes its outcome; the caller knows that its owner is gone."""
        try:
            owner = one.actor if one.actor != self.bench.me.agent else None
            settled = self.bench.accounts.settle(one.key, owner)
        except (ServiceDown, ServiceProblem) as error:
            raise of_service(error) from None
        took_place = settled.settled is c.Settled.DONE
        payload = {"result": "done" if took_place else "void", "settled": True}
        if settled.answer is not None:
            payload |= _result(settled.answer)
        self._conclude(one.case, one.key, one.act, payload, one.call)
        return Settlement(one.case, one.act, one.key, took_place, settled.answer)

    def _settle_first(self, number: int) -> None:
        """While an act of one's own is unknown no other begins: it might be the same one again."""
        bench = self.bench
        mine = [one for one in bench.store.open_intents(number) if one.actor == bench.me.agent]
        if not mine:
            return
        try:
            settled = self.settle(number)
        except DeskError:
            settled = ()
        known = {one.key for one in settled}
        for one in mine:
            if one.key not in known:
                raise of_service(OutcomeUnknown(one.key, Kind.CUT))
        if any(one.took_place for one in settled):
            raise ActRefused(_("L’acte demandé juste avant a bien eu lieu : relisez le dossier."))

    # ── before ──────────────────────────────────────────────────────────────

    def _record(self, number: int, row: AnyRow, order: Order) -> str:
        """The record, once everything that the desk itself must have asked was asked."""
        bench = self.bench
        record = bench.case(number).record
        if record is None:
            raise ActRefused(_("Appel sans dossier : aucun acte possible."), reason=Reason.NO_ENROLMENT)
        if bench.me.role is not Role.SUPERVISOR and bench.level(row) < order.level:
            first = Reason.LEVEL_1_FIRST if order.level is Level.SIMPLE else Reason.LEVEL_2_FIRST
            sentence = _("Le contrôle de niveau {level} vient d’abord.").format(level=int(order.level))
            raise ActRefused(sentence, reason=first)
        if order.act == Act.RESEND and not row.said_address:
            raise ActRefused(
                _("L’appelant dit d’abord l’adresse du compte : sans elle, aucun renvoi."),
                reason=Reason.ADDRESS_NOT_CONFIRMED,
            )
        return str(record)

    def _unreadable(self, number: int) -> DeskError:
        look = self.looking.look(number)
        if look.refused is not None:
            return ActRefused(look.refused)
        if look.since is not None:
            return of_service(ServiceDown(_kind(look), look.since))
        return ActRefused(_("Le contrôle de l’appelant vient d’abord."), reason=Reason.LEVEL_1_FIRST)

    def _intend(self, number: int, row: AnyRow, order: Order, key: str, view: c.RecordView | None) -> None:
        bench = self.bench
        verdict = view.allowed.get(Act(order.act)) if view and order.act in set(Act) else None

        def write(journal: Journal) -> int:
            payload: dict[str, Any] = {
                "call": row.call,
                "key": key,
                "act": order.act,
                "check": row.check,
                "level": int(bench.level(row)),
                "expected_version": view.version if view else None,
                "verdict": verdict.model_dump(mode="json") if verdict else None,
                "procedure": view.procedure_version if view else bench.procedure.version,
                **order.codes,
                **order.events,
            }
            for what, text in order.texts.items():
                payload[f"{what}_text" if what in payload else what] = journal.keep(number, what, text)
            expected = bench.expected(journal, number)
            done = journal.append(number, expected, bench.me.agent, "act.intent", payload, key)
            journal.connection.execute(
                insert(intent).values(
                    key=key,
                    case=number,
                    call=row.call,
                    actor=bench.me.agent,
                    session=bench.lease.id,
                    act=order.act,
                    at=done.at,
                )
            )
            bench.lease.renew(journal)
            return done.version

        bench.known[number] = bench.write(number, write)

    # ── after ───────────────────────────────────────────────────────────────

    def _unknown(self, number: int, row: AnyRow, act: str, key: str, lost: OutcomeUnknown) -> None:
        bench = self.bench

        def write(journal: Journal) -> None:
            payload = {"call": row.call, "key": key, "act": act, "kind": lost.kind.value}
            done = journal.append(number, None, bench.me.agent, "act.unknown", payload, key=f"{key}:unknown")
            journal.connection.execute(
                update(intent).where(intent.c.key == key).values(unknown_since=done.at)
            )

        bench.seen.pop(number, None)
        bench.write(number, write)

    def _conclude(
        self, number: int, key: str, act: str, result: Mapping[str, Any], call: str | None = None
    ) -> None:
        """Writes the outcome once, whoever comes first with it."""
        bench = self.bench

        def write(journal: Journal) -> None:
            payload = {"key": key, "act": act, "call": call, **result}
            done = journal.append(number, None, bench.me.agent, "act.outcome", payload, key=f"{key}:outcome")
            journal.connection.execute(
                update(intent).where(intent.c.key == key).values(done=result["result"])
            )
            if result["result"] == "done" and call is not None and not done.duplicate and act != KEPT_LINK:
                change_contact(journal, call, last_act=act)

        bench.write(number, write)
        if result["result"] == "done":
            bench.seen.pop(number, None)


def _kind(look: Look) -> Kind:
    return Kind.TIMEOUT if look.service is Service.SLOW else Kind.REFUSED


def _refusal(problem: ServiceProblem) -> dict[str, Any]:
    said = problem.problem
    return {
        "result": "refused",
        "problem": said.kind.value if said.kind else said.type[:80],
        "reason": said.reason.value if said.reason else None,
        "retry_after": said.retry_after,
    }


def _result(answer: c.ActAnswer) -> dict[str, Any]:
    """Codes and instants of an act that took place."""
    return {
        "result": "done",
        "version": answer.version,
        "phase": answer.phase.value if answer.phase else None,
        "effect": answer.effect.value if answer.effect else None,
        "generation": answer.generation,
        "expires_at": to_us(answer.expires_at) if answer.expires_at else None,
        "window_closes_at": to_us(answer.window_closes_at) if answer.window_closes_at else None,
        "mail_queued_at": to_us(answer.mail_queued_at) if answer.mail_queued_at else None,
        "procedure": answer.procedure_version,
        **({"kept_link": answer.kept_link.model_dump(mode="json")} if answer.kept_link else {}),
    }
