"""Login lock, provisional codes, re-sends and resets as use cases, on both databases, also many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from argon2 import extract_parameters
from sqlalchemy import select

from ameli_support import sql
from ameli_support.accounts.contract import ProblemType, ProvisionalCode
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.contact import PhoneKind
from ameli_support.onboarding.identity import Fact
from ameli_support.onboarding.journey import Route, Step
from ameli_support.outbox import MailState
from ameli_support.sandbox import (
    canonical,
    hashing,
    logging_in,
    provisional,
    recognising,
    resending,
    resetting,
    schema,
    signing_up,
)
from ameli_support.sandbox.problems import Refused
from tests.sandbox.service import Service, refused, unique
from tests.sandbox.test_concurrency import at_once

BORN = date(1962, 8, 24)


def nir_of(service: Service, record: str) -> str:
    person = schema.insured_person
    return str(service.one(select(person.c.nir).where(person.c.id == record)).nir)


def with_code(service: Service, **person: object) -> tuple[str, str]:
    """Somebody at the form's code: the record and the enrolment."""
    record = service.person(**person)
    enrolment = signing_up.start(service.world, record, Route.FORM)
    provisional.send(service.world, enrolment)
    return record, enrolment


def code_of(service: Service, record: str) -> str:
    told = provisional.reveal(service.world, nir_of(service, record))
    assert told is not None
    return told[0]


# ── the lock ────────────────────────────────────────────────────────────────


def test_many_tries_at_once_are_counted_like_one_after_another(service: Service) -> None:
    number = f"99{unique('n')}"
    taken = at_once(*[partial(logging_in.take_try, service.world, number) for _ in range(12)])
    assert sum(until is None for until in taken) == service.world.procedure.numbers.login_tries
    lock = timedelta(minutes=service.world.procedure.numbers.login_lock_minutes)
    assert {until for until in taken if until is not None} == {service.now() + lock}


def test_a_right_code_forgets_the_wrong_ones_and_a_lock_ends_by_itself(service: Service) -> None:
    world, number = service.world, f"99{unique('n')}"
    tries = world.procedure.numbers.login_tries
    for _ in range(tries - 1):
        assert logging_in.take_try(world, number) is None
        assert logging_in.wrong(world, number) is None
    assert logging_in.take_try(world, number) is None
    logging_in.right(world, number)
    for left in reversed(range(tries)):
        assert logging_in.take_try(world, number) is None
        until = logging_in.wrong(world, number)
        assert (until is None) == (left > 0)
    assert until is not None
    assert logging_in.take_try(world, number) == until
    assert logging_in.wrong(world, number) == until
    service.clock.forward(until - service.now())
    assert logging_in.take_try(world, number) is None
    assert logging_in.wrong(world, number) is None


def test_old_tries_are_forgotten_and_their_rows_go_with_the_next_try(service: Service) -> None:
    world, number = service.world, f"99{unique('n')}"
    for _ in range(world.procedure.numbers.login_tries - 1):
        logging_in.take_try(world, number)
    service.forward(minutes=world.procedure.numbers.login_lock_minutes)
    assert logging_in.take_try(world, number) is None
    assert logging_in.wrong(world, number) is None
    for _ in range(5):
        logging_in.take_try(world, f"99{unique('n')}")
    service.forward(minutes=2 * world.procedure.numbers.login_lock_minutes)
    logging_in.take_try(world, number)
    assert service.count(schema.login_guard) == 1


def test_the_table_of_tries_names_nobody(service: Service) -> None:
    record = service.waiting()
    logging_in.take_try(service.world, nir_of(service, record))
    with sql.read(service.world.engine) as conn:
        rows = list(conn.execute(select(schema.login_guard)))
    assert rows
    assert nir_of(service, record) not in str(rows)


def test_nobody_the_ended_and_the_deceased_cannot_log_in(service: Service) -> None:
    deceased = service.active()
    service.change(schema.insured_person, schema.insured_person.c.id == deceased, status="deceased")
    record, enrolment = with_code(service)
    assert logging_in.candidate(service.world, nir_of(service, record)) is not None
    recognising.identify(service.world, enrolment, Route.FORM)
    signing_up.refuse_terms(service.world, enrolment)
    for number in (nir_of(service, deceased), nir_of(service, record), "2620899999998"):
        assert logging_in.candidate(service.world, number) is None


# ── who it is ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", [None, *(Fact.NAME, Fact.BIRTH_DATE, Fact.POSTCODE, Fact.NIR)])
def test_all_four_fields_make_a_match(service: Service, wrong: Fact | None) -> None:
    record = service.person()
    said = {Fact.NIR: nir_of(service, record), Fact.NAME: "dubois", Fact.BIRTH_DATE: "24/08/1962",
            Fact.POSTCODE: "38 000"}  # fmt: skip
    other = {Fact.NAME: "durand", Fact.BIRTH_DATE: "x", Fact.POSTCODE: "", Fact.NIR: "1"}
    if wrong is not None:
        said[wrong] = other[wrong]
    assert recognising.match(service.world, said) == (record if wrong is None else None)


def test_identity_by_franceconnect_makes_the_forms_code_void(service: Service) -> None:
    record, enrolment = with_code(service)
    at_once(*[partial(recognising.identify, service.world, enrolment, Route.FRANCECONNECT) for _ in range(4)])
    row = service.enrolment(record)
    assert (row.step, row.route) == (Step.TERMS, Route.FRANCECONNECT)
    assert row.provisional_code == ProvisionalCode.VOID
    steps = service.count(schema.step_done, schema.step_done.c.enrolment == enrolment)
    assert steps == 2


# ── provisional codes ───────────────────────────────────────────────────────


def test_a_code_has_four_digits_is_derived_and_stands_nowhere(service: Service) -> None:
    record, enrolment = with_code(service)
    code = code_of(service, record)
    assert provisional.is_one(code)
    assert code == code_of(service, record)
    assert provisional.fits(service.world, enrolment, code)
    row = service.enrolment(record)
    assert code not in [str(value) for value in row]
    assert service.audited(record, "provisional_code", "sent") == 1


def test_wrong_codes_at_once_make_it_void_and_no_more(service: Service) -> None:
    record, enrolment = with_code(service)
    wrong = f"{(int(code_of(service, record)) + 1) % 10_000:04d}"
    fits = at_once(*[partial(provisional.fits, service.world, enrolment, wrong) for _ in range(10)])
    assert not any(fits)
    row = service.enrolment(record)
    tries = service.world.procedure.numbers.provisional_code_tries
    assert (row.provisional_code, row.provisional_wrong) == (ProvisionalCode.VOID, tries)
    assert provisional.reveal(service.world, nir_of(service, record)) is None


def test_another_code_replaces_a_void_one_and_is_another(service: Service) -> None:
    record, enrolment = with_code(service)
    first = code_of(service, record)
    seen = {first}
    for _ in range(service.world.procedure.numbers.provisional_codes_per_day - 1):
        service.change(schema.enrolment, schema.enrolment.c.id == enrolment, provisional_code="void")
        provisional.send(service.world, enrolment)
        seen.add(code_of(service, record))
    assert len(seen) > 1
    service.change(schema.enrolment, schema.enrolment.c.id == enrolment, provisional_code="void")
    refusal = refused(lambda: provisional.send(service.world, enrolment))
    assert refusal.kind is ProblemType.RATE_LIMITED
    service.forward(days=1)
    provisional.send(service.world, enrolment)


def test_a_code_whose_key_left_the_ring_opens_nothing(service: Service) -> None:
    record, enrolment = with_code(service)
    code = code_of(service, record)
    service.change(schema.enrolment, schema.enrolment.c.id == enrolment, provisional_key="gone")
    assert not provisional.fits(service.world, enrolment, code)
    assert provisional.reveal(service.world, nir_of(service, record)) is None


# ── re-sends and resets ─────────────────────────────────────────────────────


def test_of_many_re_sends_at_once_one_leaves(service: Service) -> None:
    record = service.waiting()
    service.forward(days=8)
    asked = at_once(*[partial(resending.resend, service.world, record) for _ in range(6)])
    assert sum(one.queued for one in asked) == 1
    reasons = {one.reason for one in asked if not one.queued}
    assert reasons <= {Reason.ALREADY_QUEUED, Reason.COOLDOWN}
    assert len(service.sends(record)) == 2


def test_a_re_send_waits_for_what_is_queued_and_ends_with_the_day(service: Service) -> None:
    record = service.waiting(delivered=False)
    assert resending.resend(service.world, record).reason is Reason.ALREADY_QUEUED
    service.mails(record, MailState.HANDED_OVER)
    for _ in range(service.world.procedure.numbers.sends_per_day):
        assert resending.resend(service.world, record).queued
        service.mails(record, MailState.HANDED_OVER)
        service.forward(seconds=service.world.procedure.numbers.cooldown_seconds)
    asked = resending.resend(service.world, record)
    assert asked.reason is Reason.DAY_CAP
    assert asked.wait > 0


def test_nothing_is_sent_again_where_nothing_can_be(service: Service) -> None:
    closed, active, begun = service.waiting(), service.active(), service.person()
    service.forward(days=22)
    for record in (closed, active):
        assert resending.resend(service.world, record).reason is Reason.PHASE_CLOSED
    assert resending.resend(service.world, begun).reason is Reason.NO_ENROLMENT
    assert refused(lambda: resending.resend(service.world, "nobody")).kind is ProblemType.NOT_FOUND


def test_an_address_that_somebody_else_confirmed_is_not_mailed(service: Service) -> None:
    address = f"{unique('s')}@orange.fr"
    record = service.waiting(address)
    service.forward(days=8)
    service.active(address)
    with pytest.raises(Refused) as refusal:
        resending.resend(service.world, record)
    assert refusal.value.kind is ProblemType.ADDRESS_TAKEN


def test_of_many_who_forgot_at_once_one_mail_leaves_and_one_new_code_stays(service: Service) -> None:
    record = service.active()
    number = nir_of(service, record)
    at_once(*[partial(resetting.ask, service.world, number, BORN) for _ in range(5)])
    enrolment = service.enrolment(record).id
    (row,) = rows(service, enrolment)
    token = resetting.token_of(service.world, row.id, row.address, row.key_id)
    done = at_once(*[partial(resetting.reset, service.world, token, f"hash {n}") for n in range(5)])
    assert sum(done) == 1
    assert resetting.code_hash_of(service.world, enrolment) == f"hash {done.index(True)}"
    assert resetting.find(service.world, token) is None


def test_only_the_newest_link_of_a_forgotten_code_works(service: Service) -> None:
    record = service.active()
    number, enrolment = nir_of(service, record), service.enrolment(record).id
    resetting.ask(service.world, number, BORN)
    service.forward(minutes=3)
    resetting.ask(service.world, number, BORN)
    newest, first = rows(service, enrolment)
    tokens = [resetting.token_of(service.world, r.id, r.address, r.key_id) for r in (newest, first)]
    assert [resetting.find(service.world, token) is not None for token in tokens] == [True, False]
    for altered in (tokens[0][:-1] + "A", "x", "", service.token(record)):
        assert resetting.find(service.world, altered) is None
    service.change(schema.enrolment, schema.enrolment.c.id == enrolment, suspended_at=1)
    assert resetting.find(service.world, tokens[0]) is None


def test_no_more_mails_for_a_forgotten_code_leave_than_on_a_day_of_re_sends(service: Service) -> None:
    record = service.active()
    numbers = service.world.procedure.numbers
    for _ in range(numbers.sends_per_day + 2):
        resetting.ask(service.world, nir_of(service, record), BORN)
        service.forward(seconds=numbers.cooldown_seconds)
    assert len(rows(service, service.enrolment(record).id)) == numbers.sends_per_day


def rows(service: Service, enrolment: str) -> list[Any]:
    reset = schema.code_reset
    with sql.read(service.world.engine) as conn:
        found = select(reset).where(reset.c.enrolment == enrolment).order_by(reset.c.issued_at.desc())
        return list(conn.execute(found))


# ── hashing, phones ─────────────────────────────────────────────────────────


def test_at_most_two_codes_are_hashed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(hashing.AT_ONCE)

    def slow(_code: str) -> str:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        both.wait(5)
        with lock:
            at_work -= 1
        return "hash"

    monkeypatch.setattr(hashing, "_hash", slow)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(hashing.hash_code, ["x"] * 8)) == ["hash"] * 8
    assert most == hashing.AT_ONCE


def test_codes_are_kept_as_argon2id_of_real_cost_and_nobodys_costs_as_much() -> None:
    from argon2 import PasswordHasher, Type

    kept = PasswordHasher().hash("MotdePasse1")
    parameters = extract_parameters(kept)
    assert (parameters.type, parameters.memory_cost >= 64 * 1024, parameters.time_cost >= 3) == (
        Type.ID, True, True)  # fmt: skip
    assert hashing.verify_code(kept, "MotdePasse1")
    assert not hashing.verify_code(kept, "MotdePasse2")
    assert not hashing.verify_code(None, "nobody’s code")
    assert not hashing.verify_code("no hash", "MotdePasse1")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        *((mobile, PhoneKind.MOBILE) for mobile in ("06 12 34 56 78", "06 39 98 12 34", "0692 12 34 56")),
        *((mobile, PhoneKind.MOBILE) for mobile in ("0639 12 34 56", "+32 470 12 34 56")),
        *((fixed, PhoneKind.FIXED) for fixed in ("04 76 57 01 12", "0262 12 34 56")),
        *(("09 72 12 34 56", PhoneKind.VOIP), ("0800 12 34 56", PhoneKind.OTHER)),
    ],
)
def test_the_numbering_plan_tells_mobiles_fixed_numbers_and_09(typed: str, kind: PhoneKind) -> None:
    number = canonical.phone(typed)
    assert number is not None
    assert canonical.kind(number) is kind
