"""Steps 1 to 6 as functions (rules §1): in order, one open enrolment, contact data as it counts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ameli_support.accounts.contract import ProblemType
from ameli_support.clock import paris
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.contact import Consents
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Ended, Phase
from ameli_support.onboarding.personal_code import CodeRule
from ameli_support.outbox import MailState
from ameli_support.sandbox import schema, signing_up
from ameli_support.sandbox.confirming import Outcome
from ameli_support.sandbox.signing_up import CodeRefused, NotAtThisStep
from tests.sandbox.service import Service, refused, unique


def test_the_whole_way_from_sign_up_to_active(service: Service) -> None:
    world, record = service.world, service.person()
    enrolment = signing_up.start(world, record, Route.FORM)
    assert signing_up.start(world, record, Route.FRANCECONNECT) == enrolment
    for step, reached in (
        (Step.SIGN_UP, Step.IDENTITY),
        (Step.IDENTITY, Step.TERMS),
        (Step.TERMS, Step.PERSONAL_CODE),
    ):
        service.forward(minutes=1)
        assert signing_up.pass_step(world, enrolment, step) is reached
    with pytest.raises(CodeRefused) as broken:
        signing_up.pass_step(world, enrolment, Step.PERSONAL_CODE, code="24081962")
    assert broken.value.broken == (CodeRule.LETTERS, CodeRule.PERSONAL_DATA)
    signing_up.pass_step(world, enrolment, Step.PERSONAL_CODE, code="MotdePasse1")
    assert service.enrolment(record).code_hash.startswith("$argon2id$")
    number = unique("").zfill(4)[-4:]
    issued = signing_up.submit_address(
        world,
        enrolment,
        f" {unique('Angela')}@Orange.FR ",
        mobile=f"06 12 34 {number[:2]} {number[2:]}",
        consents=Consents(email=True, mobile_sms=True, landline_phone=True),
    )
    assert issued.generation == 1
    row = service.enrolment(record)
    assert row.address == row.address.lower()
    assert row.mobile == f"+33612 34{number}".replace(" ", "")
    # a consent to be telephoned counts only with its number
    consents = (row.consent_email, row.consent_mobile_phone, row.consent_mobile_sms)
    assert consents == (True, False, True)
    assert row.consent_landline_phone is False
    (send,) = service.sends(record)
    assert (send.kind, send.state) == ("first", "queued")
    agent = service.agent().reach(record, Level.SIMPLE)
    view = agent.view(record)
    assert (view.phase, view.step) == (Phase.LIVE, Step.CONFIRMATION)
    assert list(view.steps_done_at) == sorted(view.steps_done_at, key=list(Step).index)
    service.mails(record, MailState.HANDED_OVER)
    assert service.confirm(record) is Outcome.CONFIRMED
    assert agent.view(record).step is Step.ACTIVE


def test_no_step_is_skipped_or_passed_twice(service: Service) -> None:
    world = service.world
    enrolment = signing_up.start(world, service.person(), Route.FORM)
    with pytest.raises(NotAtThisStep):
        signing_up.pass_step(world, enrolment, Step.TERMS)
    with pytest.raises(NotAtThisStep):
        signing_up.submit_address(world, enrolment, "a@orange.fr")
    signing_up.pass_step(world, enrolment, Step.SIGN_UP)
    with pytest.raises(NotAtThisStep):
        signing_up.pass_step(world, enrolment, Step.SIGN_UP)
    with pytest.raises(NotAtThisStep):
        signing_up.pass_step(world, "nothing", Step.SIGN_UP)


def test_refused_terms_end_the_enrolment_and_one_may_sign_up_again(service: Service) -> None:
    world, record = service.world, service.person()
    enrolment = signing_up.start(world, record, Route.FORM)
    for step in (Step.SIGN_UP, Step.IDENTITY):
        signing_up.pass_step(world, enrolment, step)
    signing_up.refuse_terms(world, enrolment)
    assert service.enrolment(record).ended == Ended.TERMS_REFUSED
    view = service.agent().reach(record, Level.SIMPLE).view(record)
    assert (view.phase, view.ended) == (Phase.ENDED, Ended.TERMS_REFUSED)
    service.forward(seconds=1)
    assert signing_up.start(world, record, Route.FORM) != enrolment


@pytest.mark.parametrize(
    "values", [{"birth_date": "2012-04-17"}, {"status": "deceased"}, {"nir": "8020399999028"}]
)
def test_who_cannot_sign_up(service: Service, values: dict[str, str]) -> None:
    values = dict(values)
    if "nir" in values:
        values["nir"] = f"80203999{unique('').zfill(5)[-5:]}"
    record = service.person(**values)
    refusal = refused(lambda: signing_up.start(service.world, record, Route.FORM))
    assert refusal.kind is ProblemType.PERSON_STATUS


def test_who_was_filed_as_a_minor_signs_up_from_the_18th_birthday_on_in_paris(service: Service) -> None:
    tomorrow = paris(service.now()).date() + timedelta(days=1)
    born = tomorrow.replace(year=tomorrow.year - service.world.procedure.numbers.minor_age).isoformat()
    filed = [service.person(status=status, birth_date=born) for status in ("minor", "ordinary", "protected")]
    for record in filed:
        refusal = refused(lambda record=record: signing_up.start(service.world, record, Route.FORM))  # type: ignore[misc]
        assert refusal.kind is ProblemType.PERSON_STATUS
        agent = service.agent().reach(record, Level.SIMPLE)
        assert agent.view(record).closed_because is Reason.PERSON_MINOR
    service.forward(days=1)
    for record, status in zip(filed, ("ordinary", "ordinary", "protected"), strict=True):
        assert signing_up.start(service.world, record, Route.FORM)
        assert service.agent().reach(record, Level.SIMPLE).view(record).person_status == status


def test_a_taken_address_is_told_five_times_an_hour(service: Service) -> None:
    taken = service.address(service.active())
    record = service.person()
    enrolment = service.at_contact(record)

    def submit() -> object:
        return signing_up.submit_address(service.world, enrolment, taken)

    for _ in range(service.world.procedure.numbers.address_tries_per_hour):
        assert refused(submit).kind is ProblemType.ADDRESS_TAKEN
    assert refused(submit).kind is ProblemType.RATE_LIMITED
    service.forward(hours=1)
    assert refused(submit).kind is ProblemType.ADDRESS_TAKEN
    signing_up.submit_address(service.world, enrolment, f"{unique('free')}@orange.fr")


def test_an_address_in_idna_form_is_the_same_address(service: Service) -> None:
    name = unique("someone")
    record = service.waiting(f"{name}@bücher.fr")
    assert service.address(record) == f"{name}@xn--bcher-kva.fr"
    agent = service.agent().reach(record, Level.SIMPLE)
    assert agent.say(record, f"{name}@BÜCHER.fr").matches


def test_sign_up_is_audited_without_personal_data(service: Service) -> None:
    record = service.waiting()
    audit = schema.audit
    row = service.one(select(audit).where(audit.c.enrolment == service.enrolment(record).id))
    assert (row.actor, row.action, row.outcome) == ("person", "submit_address", "done")
    assert service.address(record) not in repr(tuple(row))
