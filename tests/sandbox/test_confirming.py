"""The link: pages change nothing, one confirmation ever, dead pages in their order (rules §3 “Must hold”)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from ameli_support import sql
from ameli_support.clock import to_us
from ameli_support.onboarding.acts import Reason
from ameli_support.onboarding.identity import Level, Role
from ameli_support.onboarding.link import DeadPage, Phase
from ameli_support.onboarding.person import PersonStatus
from ameli_support.outbox import MailState
from ameli_support.sandbox import confirming, schema
from ameli_support.sandbox.confirming import Outcome, confirm, open_page, person_resend
from tests.sandbox.service import Service, refused, unique

CHANGED_BY_NO_PAGE = (schema.enrolment, schema.generation, schema.address_claim, schema.send, schema.audit)


def everything(service: Service) -> list[list[tuple[object, ...]]]:
    with sql.read(service.world.engine) as conn:
        return [sorted(map(tuple, conn.execute(select(table))), key=repr) for table in CHANGED_BY_NO_PAGE]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_page_changes_nothing_and_a_get_is_counted(service: Service, method: str) -> None:
    record = service.waiting()
    token, before = service.token(record), everything(service)
    for _ in range(3):
        assert open_page(service.world, token, method).page is DeadPage.CONFIRM
    assert everything(service) == before
    generation = service.agent().reach(record, Level.SIMPLE).view(record).generations[0]
    assert generation.openings == (3 if method == "GET" else 0)
    assert (generation.first_opened_at is not None) is (method == "GET")


def test_a_second_confirmation_says_already_active_and_writes_no_second_success(service: Service) -> None:
    record = service.waiting()
    token = service.token(record)
    assert confirm(service.world, token).outcome is Outcome.CONFIRMED
    version, at = service.enrolment(record).version, service.enrolment(record).confirmed_at
    service.forward(minutes=5)
    again = confirm(service.world, token)
    assert (again.outcome, again.view.page) == (Outcome.DEAD, DeadPage.ALREADY_ACTIVE)
    assert (service.enrolment(record).version, service.enrolment(record).confirmed_at) == (version, at)
    assert service.audited(record, "confirm") == 1
    assert person_resend(service.world, token).view.page is DeadPage.ALREADY_ACTIVE


def test_confirming_claims_the_address_for_good(service: Service) -> None:
    record = service.active()
    service.forward(days=400)
    other = service.waiting()
    agent = service.agent().reach(other, Level.REINFORCED)
    assert refused(lambda: agent.correct(other, service.address(record))).kind.value == "address-taken"


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: ("A" if token[0] != "A" else "B") + token[1:],
        lambda token: "",
        lambda token: token + "A",
        lambda token: token[:-2] + "é!",
        lambda token: "A" * 64,
        lambda token: token[:63] + "\x00",
        lambda token: "\ud800" * 64,
    ],
)
def test_an_unknown_or_altered_token_shows_the_generic_page_and_is_counted(
    service: Service, change: Callable[[str], str]
) -> None:
    service.forward(minutes=1)
    token = change(service.token(service.waiting()))
    assert open_page(service.world, token).page is DeadPage.GENERIC
    assert confirm(service.world, token) == confirming.Confirmation(
        Outcome.DEAD, confirming.PageView(DeadPage.GENERIC, service.now())
    )
    assert not person_resend(service.world, token).queued
    minute = to_us(service.now()) // 60_000_000
    unknown = schema.unknown_token
    assert service.one(select(unknown.c.count).where(unknown.c.minute == minute)).count == 3


def test_strangers_add_one_row_a_minute_at_most(service: Service) -> None:
    before = service.count(schema.unknown_token)
    service.forward(minutes=1)
    for _ in range(20):
        open_page(service.world, "A" * 64)
    assert service.count(schema.unknown_token) == before + 1


def test_dead_pages_in_the_order_of_the_rules(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.REINFORCED)
    service.forward(days=6)  # less than 48 hours left: a new link
    agent.call_resend(record)
    assert page(service, record, 1) is DeadPage.NEWER_QUEUED
    service.mails(record, MailState.HANDED_OVER)
    assert page(service, record, 1) is DeadPage.NEWER_SENT
    service.forward(days=8)
    assert {page(service, record, n) for n in (1, 2)} == {DeadPage.INACTIVE}
    service.forward(days=8)
    assert {page(service, record, n) for n in (1, 2)} == {DeadPage.CLOSED}
    agent.reach(record, Level.REINFORCED).correct(record, f"{unique('n')}@free.fr")
    assert [page(service, record, n) for n in (1, 2, 3)] == [
        DeadPage.GENERIC,
        DeadPage.GENERIC,
        DeadPage.CONFIRM,
    ]
    service.confirm(record)
    assert {page(service, record, n) for n in (1, 2, 3)} == {DeadPage.ALREADY_ACTIVE}
    agent.suspend(record)
    assert {page(service, record, n) for n in (1, 2, 3)} == {DeadPage.GENERIC}
    supervisor = service.agent(Role.SUPERVISOR, purpose="vérification")
    supervisor.supervise(record, "cancel")
    assert {page(service, record, n) for n in (1, 2, 3)} == {DeadPage.GENERIC}


def page(service: Service, record: str, number: int) -> DeadPage:
    return open_page(service.world, service.token(record, number)).page


def test_the_person_asks_for_a_new_mail_on_the_dead_links_page(service: Service) -> None:
    record = service.waiting()
    token = service.token(record)
    assert not person_resend(service.world, token).queued
    service.forward(days=8)
    shown = open_page(service.world, token)
    assert (shown.page, shown.address_masked, shown.resend_wait) == (
        DeadPage.INACTIVE,
        "p•••@orange.fr",
        0,
    )
    done = person_resend(service.world, token)
    assert done.queued
    assert service.sends(record)[-1].agent is None
    # pressed twice: the newer mail is on its way
    again = person_resend(service.world, token)
    assert (again.queued, again.view.page) == (False, DeadPage.NEWER_QUEUED)
    assert len(service.sends(record)) == 2
    assert service.confirm(record) is Outcome.CONFIRMED


def test_the_persons_own_resend_keeps_the_cool_down_and_the_day(service: Service) -> None:
    record = service.waiting()
    token = service.token(record)
    service.forward(days=8)
    assert person_resend(service.world, token).queued
    service.mails(record, MailState.REFUSED)
    # as if the link just mailed had ended at once
    generation = service.generations(record)[-1]
    service.change(
        schema.generation, schema.generation.c.id == generation.id, expires_at=to_us(service.now())
    )
    service.forward(seconds=20)
    waiting = person_resend(service.world, token)
    assert (waiting.queued, waiting.reason, waiting.wait) == (False, Reason.COOLDOWN, 100)
    assert open_page(service.world, token).resend_wait == 100


def test_a_persons_resend_to_an_address_that_went_to_another_says_so(service: Service) -> None:
    record = service.waiting()
    service.forward(days=8)
    service.active(service.address(record))
    done = person_resend(service.world, service.token(record))
    assert (done.queued, done.taken, done.view.page) == (False, True, DeadPage.GENERIC)


def test_the_page_of_a_closed_window_knows_the_persons_fund(service: Service) -> None:
    record = service.waiting(fund="691")
    service.forward(days=21)
    shown = open_page(service.world, service.token(record))
    assert (shown.page, shown.fund) == (DeadPage.CLOSED, "691")


def test_nothing_is_told_of_a_deceased_person_and_nothing_confirms(service: Service) -> None:
    record = service.waiting()
    service.change(
        schema.insured_person, schema.insured_person.c.id == record, status=PersonStatus.DECEASED.value
    )
    assert open_page(service.world, service.token(record)).page is DeadPage.GENERIC
    assert service.confirm(record) is Outcome.DEAD
    assert service.enrolment(record).confirmed_at is None


def test_a_generation_remembers_its_address(service: Service) -> None:
    """Even if an address were changed without superseding, the older link could not confirm it."""
    record = service.waiting()
    service.change(schema.enrolment, schema.enrolment.c.person == record, address=f"{unique('n')}@free.fr")
    assert service.confirm(record) is Outcome.DEAD


@pytest.mark.parametrize("column", ["suspended_at", "ended_at"])
def test_a_suspended_or_ended_enrolment_confirms_nothing(service: Service, column: str) -> None:
    record = service.waiting()
    at = to_us(service.now())
    service.change(schema.enrolment, schema.enrolment.c.person == record, **{column: at})
    assert service.confirm(record) is Outcome.DEAD


def test_the_conditional_update_decides_alone(service: Service) -> None:
    """Whatever was read before: each condition is part of the statement itself."""
    hinder: list[Callable[[str], None]] = [
        lambda r: service.change(schema.enrolment, schema.enrolment.c.person == r, suspended_at=1),
        lambda r: service.change(schema.enrolment, schema.enrolment.c.person == r, ended_at=1),
        lambda r: service.change(schema.enrolment, schema.enrolment.c.person == r, address="o@free.fr"),
        lambda r: service.change(schema.enrolment, schema.enrolment.c.person == r, confirmed_at=1),
        lambda r: change_link(service, r, superseded_at=1),
        lambda r: change_link(service, r, revoked_at=1),
        lambda r: change_link(service, r, used_at=1),
        lambda r: change_link(service, r, expires_at=to_us(service.now())),
    ]
    for change in hinder:
        record = service.waiting()
        change(record)
        with sql.write(service.world.engine) as conn:
            values = {"generation_id": service.generations(record)[0].id, "now": to_us(service.now())}
            assert conn.execute(confirming.USE, values).first() is None


def change_link(service: Service, record: str, **values: int) -> None:
    link = service.generations(record)[0].id
    service.change(schema.generation, schema.generation.c.id == link, **values)


def test_the_database_holds_at_most_one_current_generation(service: Service) -> None:
    record = service.waiting()
    row = service.generations(record)[0]
    second = dict(row._mapping) | {"id": unique("g"), "number": 2}
    with pytest.raises(IntegrityError), sql.write(service.world.engine) as conn:
        conn.execute(insert(schema.generation), second)


def test_the_database_holds_at_most_one_open_enrolment_a_person(service: Service) -> None:
    record = service.waiting()
    with pytest.raises(IntegrityError):
        service.at_contact(record)


def test_tokens_are_stored_nowhere(service: Service) -> None:
    record = service.waiting()
    token = service.token(record)
    agent = service.agent()
    agent.suspend(record, reason=f"le lien {token} lui a été volé")
    open_page(service.world, token)
    for table in schema.metadata.sorted_tables:
        with sql.read(service.world.engine) as conn:
            assert token not in repr(list(conn.execute(select(table))))
    audit = schema.audit
    reason = service.one(
        select(audit.c.reason).where(
            audit.c.enrolment == service.enrolment(record).id, audit.c.action == "suspend"
        )
    )
    assert "[jeton]" in reason.reason


def test_a_key_leaves_only_when_no_unexpired_link_names_it(service: Service) -> None:
    from ameli_support.sandbox.tokens import KeyInUse

    ring = service.world.ring
    record = service.waiting()
    token, old = service.token(record), ring.newest
    new = ring.rotate()
    later = service.waiting()
    assert service.generations(later)[0].key_id == new
    assert open_page(service.world, token).page is DeadPage.CONFIRM
    with sql.read(service.world.engine) as conn, pytest.raises(KeyInUse):
        ring.retire(conn, old, service.now())
    with sql.read(service.world.engine) as conn, pytest.raises(KeyInUse):
        ring.retire(conn, new, service.now())
    service.forward(days=7)
    with sql.read(service.world.engine) as conn:
        ring.retire(conn, old, service.now())
    assert open_page(service.world, token).page is DeadPage.GENERIC


def test_the_newest_mail_that_left_is_the_one_spoken_of(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    agent.say(record)
    service.forward(days=6)
    agent.reach(record, Level.SIMPLE).say(record)
    agent.resend(record)
    service.mails(record, MailState.HANDED_OVER)
    left = service.now()
    service.forward(days=1)
    agent.reach(record, Level.SIMPLE).say(record)
    agent.resend(record)  # the same link again, still queued
    shown = open_page(service.world, service.token(record, 1))
    assert (shown.page, shown.newer_at) == (DeadPage.NEWER_SENT, left)
    assert agent.view(record).phase is Phase.LIVE


def test_openings_change_the_etag_and_a_reread_does_not(service: Service) -> None:
    record = service.waiting()
    agent = service.agent().reach(record, Level.SIMPLE)
    before = agent.etag(record)
    service.forward(seconds=1)
    assert agent.etag(record) == before
    open_page(service.world, service.token(record))
    opened = agent.etag(record)
    assert opened != before
    service.mails(record, MailState.QUEUED)
    assert service.one(select(func.count()).select_from(schema.page_opening)).count
