"""The sandbox's people: synthetic, varied, and stored as the service itself would have stored them."""

import time
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select

from ameli_support import sql
from ameli_support.accounts.contract import (
    CheckAnswer,
    CheckRequest,
    SearchAnswer,
    SearchRequest,
    SendState,
    Who,
)
from ameli_support.clock import FixedClock, SystemClock, from_us, to_us
from ameli_support.mail.smtp_answers import strip
from ameli_support.onboarding.acts import Act, Reason
from ameli_support.onboarding.identity import (
    LEVEL_1_FACTS,
    Direction,
    Fact,
    Level,
    Role,
    Speaker,
)
from ameli_support.onboarding.journey import Route, Step
from ameli_support.onboarding.link import Phase, holds_address, live_generation, phase
from ameli_support.onboarding.person import NirVerdict, PersonStatus, is_minor, read_nir
from ameli_support.onboarding.procedure import procedure
from ameli_support.sandbox import canonical, people, schema
from ameli_support.sandbox.checks import check
from ameli_support.sandbox.crowd import made_up
from ameli_support.sandbox.enrolments import Dossier, read_dossier
from ameli_support.sandbox.lives import ISERE, Person
from ameli_support.sandbox.mailworld import mailboxes
from ameli_support.sandbox.people import CAST
from ameli_support.sandbox.post import cast_mailboxes
from ameli_support.sandbox.problems import Refused
from ameli_support.sandbox.records import see
from ameli_support.sandbox.searching import search
from ameli_support.sandbox.tokens import KeyRing
from ameli_support.sandbox.world import BusinessClock, World

AT = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)


def fill(engine: Engine, number: int, seed: int = people.SEED) -> int:
    return people.fill(a_world(engine), number, at=AT, seed=seed)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return sql.open_engine(tmp_path / "world.db")


def a_world(engine: Engine) -> World:
    """The world of an engine that is open already, with keys of its own."""
    with sql.write(engine) as connection:
        schema.metadata.create_all(connection)
    return World(
        engine=engine,
        procedure=procedure(),
        ring=KeyRing(Path("nowhere"), {"k1": b"\x01" * 32}),
        bearer_key=b"\x02" * 32,
        system=SystemClock(),
        business=BusinessClock(SystemClock()),
        keys=Path("nowhere"),
    )


def everybody(engine: Engine) -> list[Dossier]:
    with sql.read(engine) as connection:
        return [read_dossier(connection, row) for row in connection.execute(select(schema.insured_person))]


def of_nir(engine: Engine, nir: str) -> Dossier:
    with sql.read(engine) as connection:
        row = connection.execute(
            select(schema.insured_person).where(schema.insured_person.c.nir == nir)
        ).one()
        return read_dossier(connection, row)


def test_sixty_people_are_there_in_under_two_seconds(any_engine: Engine) -> None:
    begun = time.perf_counter()
    assert fill(any_engine, people.DEFAULT) == people.DEFAULT
    assert time.perf_counter() - begun < 2
    assert len(everybody(any_engine)) == people.DEFAULT


EXPECTED: dict[str, Phase | None] = {
    "live_day_3": Phase.LIVE,
    "inactive_day_11": Phase.INACTIVE,
    "closed_day_25": Phase.CLOSED,
    "forty_hours_left": Phase.LIVE,
    "active": Phase.ACTIVE,
    "active_disputed": Phase.ACTIVE,
    "at_sign_up": Phase.NOT_SENT,
    "at_identity": Phase.NOT_SENT,
    "at_terms": Phase.NOT_SENT,
    "at_personal_code": Phase.NOT_SENT,
    "at_contact": Phase.NOT_SENT,
    "suspended": Phase.SUSPENDED,
    "terms_refused": Phase.ENDED,
    "cancelled": Phase.ENDED,
    "wrong_address": Phase.LIVE,
    "bounced": Phase.LIVE,
    "deferred": Phase.LIVE,
    "address_holder": Phase.ACTIVE,
    "address_taken": Phase.INACTIVE,
    "same_name_1": Phase.INACTIVE,
    "same_name_2": Phase.LIVE,
    "deceased": Phase.LIVE,
    "minor": Phase.NOT_SENT,
    "protected": Phase.INACTIVE,
    "restricted": Phase.INACTIVE,
    "other_scheme": None,
    "other_fund": Phase.CLOSED,
    "provisional_nir": None,
    "locked": Phase.INACTIVE,
    "no_enrolment": None,
    "never_began": None,
    "thin_file": Phase.CLOSED,
    "two_links": Phase.LIVE,
    "corrected": Phase.LIVE,
    "live_past_the_window": Phase.LIVE,
    "overseas": Phase.LIVE,
    "mail_late": Phase.LIVE,
    "mail_in_junk": Phase.LIVE,
    "mail_in_tab": Phase.LIVE,
    "red_list": Phase.LIVE,
    "link_rewritten": Phase.LIVE,
    "behind_a_gateway": Phase.LIVE,
    "opened_by_antivirus": Phase.LIVE,
    "mailbox_full": Phase.LIVE,
    "mailbox_inactive": Phase.LIVE,
    "sender_refused": Phase.LIVE,
    "content_refused": Phase.LIVE,
    "greylisted": Phase.LIVE,
    "returned_late": Phase.LIVE,
    "parked_domain": Phase.LIVE,
}


def test_the_cast_stands_where_its_keys_say(any_engine: Engine) -> None:
    fill(any_engine, 0)
    found = {key: phase(of_nir(any_engine, m.person.nir).enrolment, AT) for key, m in CAST.items()}
    assert found == EXPECTED


def test_mrs_dubois_is_the_documents_own_example(engine: Engine) -> None:
    fill(engine, 0)
    dossier = of_nir(engine, CAST["live_day_3"].person.nir)
    assert dossier.person.used_name == "DUBOIS"
    assert dossier.person.birth_date == "1962-08-24"
    assert dossier.enrolment is not None
    live = live_generation(dossier.enrolment, AT)
    assert live is not None
    assert (AT - live.issued_at).days == 3


def test_forty_hours_are_left_where_the_cast_says_so(engine: Engine) -> None:
    fill(engine, 0)
    enrolment = of_nir(engine, CAST["forty_hours_left"].person.nir).enrolment
    assert enrolment is not None
    live = live_generation(enrolment, AT)
    assert live is not None
    assert live.expires_at - AT == timedelta(hours=40)


def test_the_family_address_is_claimed_by_the_active_account_alone(engine: Engine) -> None:
    fill(engine, 0)
    holder, other = CAST["address_holder"].person, CAST["address_taken"].person
    assert holder.address == other.address
    with sql.read(engine) as connection:
        claim = connection.execute(
            select(schema.address_claim).where(schema.address_claim.c.address == holder.address)
        ).one()
    row = of_nir(engine, holder.nir).row
    assert row is not None
    assert (claim.enrolment, claim.until) == (row.id, schema.FOREVER)


def test_two_people_share_name_and_birth_date_and_differ_by_postcode(engine: Engine) -> None:
    fill(engine, 0)
    one, two = CAST["same_name_1"].person, CAST["same_name_2"].person
    name = schema.person_name.c
    with sql.read(engine) as connection:
        found = connection.execute(
            select(name.person).where(name.name == "LEFEBVRE", name.birth_date == "1978-05-03")
        ).all()
    assert len(found) == 2
    assert one.postcode != two.postcode


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = sql.open_engine(tmp_path_factory.mktemp("crowd") / "world.db")
    fill(engine, 700)
    return engine


def test_every_number_is_synthetic_and_valid_or_provisional(crowd: Engine) -> None:
    for dossier in everybody(crowd):
        assert people.is_synthetic(dossier.person.nir)
        assert read_nir(dossier.person.nir).verdict in (NirVerdict.VALID, NirVerdict.PROVISIONAL)


def test_a_provisional_number_has_no_enrolment(crowd: Engine) -> None:
    provisional = [d for d in everybody(crowd) if read_nir(d.person.nir).verdict is NirVerdict.PROVISIONAL]
    assert len(provisional) > 3
    assert all(d.enrolment is None for d in provisional)


def test_every_step_phase_route_status_scheme_and_fate_occurs(crowd: Engine) -> None:
    dossiers = everybody(crowd)
    assert {phase(d.enrolment, AT) for d in dossiers} == {None, *Phase}
    assert {d.enrolment.step for d in dossiers if d.enrolment} == set(Step)
    assert {d.enrolment.route for d in dossiers if d.enrolment} == set(Route)
    assert {d.person.status for d in dossiers} == {status.value for status in PersonStatus}
    assert {"general", "msa"} < {d.person.scheme for d in dossiers}
    assert {ISERE, "691"} < {d.person.fund for d in dossiers}
    states = {send.state for d in dossiers for send in d.sends}
    assert states == {s.value for s in SendState} - {SendState.QUEUED.value, SendState.CANCELLED.value}


def test_all_the_big_providers_and_some_typos_occur(crowd: Engine) -> None:
    domains = Counter(g.address.partition("@")[2] for d in everybody(crowd) for g in d.generations)
    assert {"gmail.com", "orange.fr", "hotmail.fr", "wanadoo.fr", "free.fr", "yahoo.fr", "laposte.net",
            "sfr.fr", "outlook.fr", "outlook.com", "icloud.com"} < set(domains)  # fmt: skip
    assert domains["gamil.com"] > 0


def test_some_level_2_facts_are_on_file_and_some_are_not(crowd: Engine) -> None:
    columns = (
        "bank_last4",
        "card_serial",
        "declared_doctor",
        "last_payment_month",
        "address_line",
        "phone_before",
    )
    for column in columns:
        known = [getattr(d.person, column) is not None for d in everybody(crowd)]
        assert 0 < sum(known) < len(known)


def test_minors_are_minors_and_nobody_else_is(crowd: Engine) -> None:
    for dossier in everybody(crowd):
        born = datetime.fromisoformat(dossier.person.birth_date).date()
        expected = dossier.person.status == PersonStatus.MINOR
        assert is_minor(born, AT.date(), procedure()) is expected, dossier.person.nir


def test_addresses_and_phones_are_stored_in_their_canonical_form(crowd: Engine) -> None:
    for dossier in everybody(crowd):
        if dossier.row is None:
            continue
        if dossier.row.address:
            assert canonical.address(dossier.row.address) == dossier.row.address
        for phone in (dossier.row.mobile, dossier.row.landline, dossier.person.phone_before):
            assert phone is None or canonical.phone(phone) == phone


def test_an_address_is_claimed_exactly_while_the_rules_say_that_it_is_held(crowd: Engine) -> None:
    with sql.read(crowd) as connection:
        claims = {row.enrolment: row for row in connection.execute(select(schema.address_claim))}
    for dossier in everybody(crowd):
        if dossier.enrolment is None or dossier.row is None:
            continue
        claim = claims.get(dossier.row.id)
        held = claim is not None and claim.until > to_us(AT)
        assert held is holds_address(dossier.enrolment, AT), dossier.person.nir
        live = live_generation(dossier.enrolment, AT)
        if live is not None:
            assert claim is not None
            assert (claim.address, claim.until) == (live.address, to_us(live.expires_at))


def test_links_windows_and_steps_agree_with_the_procedure(crowd: Engine) -> None:
    numbers = procedure().numbers
    with sql.read(crowd) as connection:
        steps = connection.execute(select(schema.step_done)).all()
    done: dict[str, dict[str, int]] = {}
    for step in steps:
        done.setdefault(step.enrolment, {})[step.step] = step.at
    order = [step.value for step in Step]
    for dossier in everybody(crowd):
        if dossier.enrolment is None or dossier.row is None:
            continue
        enrolment, row = dossier.enrolment, dossier.row
        current = [g for g in enrolment.generations if g.superseded_at is None and g.revoked_at is None]
        assert len(current) <= 1
        for generation in enrolment.generations:
            assert generation.expires_at - generation.issued_at == timedelta(days=numbers.link_days)
            assert generation.issued_at <= AT
        if enrolment.window_opened_at is not None:
            assert enrolment.window_closes_at is not None
            length = enrolment.window_closes_at - enrolment.window_opened_at
            assert length == timedelta(days=numbers.window_days)
        mine = done.get(row.id, {})
        assert list(mine) == order[: order.index(row.step)]
        assert sorted(mine.values()) == list(mine.values())
        assert all(row.started_at < at <= to_us(AT) for at in mine.values())
        assert from_us(row.step_since) <= AT


def test_every_send_has_its_mail_and_every_attempt_its_answer(crowd: Engine) -> None:
    send, mail, attempt = schema.send, schema.mail, schema.metadata.tables["mail_attempt"]
    with sql.read(crowd) as connection:
        sends = connection.scalar(select(func.count()).select_from(send))
        joined = connection.execute(
            select(send.c.address, send.c.at, mail)
            .join(mail, mail.c.id == send.c.mail)
            .join(attempt, attempt.c.mail == mail.c.id)
        ).all()
    assert len(joined) == sends
    for row in joined:
        assert (row.address, row.at) == (row.recipient, row.queued_at)
        assert (row.not_before is not None) is (row.state == SendState.DEFERRED)
        assert (row.handed_over_at is not None) is (row.state in (SendState.HANDED_OVER, SendState.BOUNCED))


def test_no_foreign_key_hangs_in_the_air(crowd: Engine) -> None:
    with sql.read(crowd) as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_the_shared_code_is_the_documents_own_example() -> None:
    assert PasswordHasher().verify(people.CODE_HASH, "MotdePasse1")


def test_the_same_seed_makes_the_same_people_whatever_their_number(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("seeds")
    few, many, others = (sql.open_engine(folder / name) for name in ("few", "many", "others"))
    fill(few, 60)
    fill(many, 200)
    fill(others, 60, seed=7)
    key = schema.insured_person.c

    def people_of(engine: Engine) -> set[tuple[str, str]]:
        with sql.read(engine) as connection:
            return {(row.id, row.nir) for row in connection.execute(select(key.id, key.nir))}

    assert people_of(few) < people_of(many)
    assert people_of(few) != people_of(others)


def test_numbers_stay_unique_when_there_are_very_many() -> None:
    seen = Counter(person.nir for person in islice(made_up(AT, 1), 40_000))
    assert max(seen.values()) == 1


def test_a_filled_sandbox_is_not_filled_again(engine: Engine) -> None:
    fill(engine, 0)
    with pytest.raises(ValueError, match="already"):
        fill(engine, 60)


def test_more_than_a_million_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="at most"):
        fill(engine, people.MOST + 1)


def test_progress_is_told_after_each_batch(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_BATCH", 25)
    heard: list[int] = []
    people.fill(a_world(engine), 60, at=AT, progress=heard.append)
    assert heard == [25, 50, 60]


def test_names_carry_accents_particles_and_ligatures() -> None:
    names = " ".join(_names(person) for person in islice(made_up(AT, 1), 500))
    for sign in ("É", "Œ", "Ï", "D’", "DE LA", "VAN DEN", "-", "Ñ"):
        assert sign in names


def _names(person: Person) -> str:
    return f"{person.birth_name} {person.used_name or ''} {person.first_names}"


def test_the_mail_world_refuses_every_typo_that_people_make() -> None:
    typos = tomllib.loads((files(people.__package__) / "names.toml").read_text("utf-8"))["typos"]
    for domain in (wrong for several in typos.values() for wrong in several):
        assert mailboxes.load().of(f"somebody@{domain}").name == "no_domain", domain


def test_what_was_refused_deferred_or_came_back_would_be_again(crowd: Engine) -> None:
    """A re-send to such an address meets the same answer in the mail world."""
    world = cast_mailboxes()
    for dossier in everybody(crowd):
        for send in dossier.sends:
            answer = world.answer(send.address, AT)
            stays = send.state == SendState.HANDED_OVER
            assert (answer is None) is stays, send.address
            if answer:
                assert (str(send.smtp_code), send.smtp_text) == (answer[:3], strip(answer[4:]))


# ── the service reads them ──────────────────────────────────────────────────

AGENT = Who(agent="0427", role=Role.AGENT, funds=(ISERE,))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = a_world(sql.open_engine(tmp_path_factory.mktemp("filled") / "world.db"))
    world.business = BusinessClock(FixedClock(AT))
    world.system = FixedClock(AT)
    people.fill(world, 0)
    return world


def found(world: World, key: str, **facts: Any) -> SearchAnswer:
    return search(world, AGENT, SearchRequest(call=f"call-{key}", **facts))


def checked(world: World, key: str, level: Level, facts: dict[Fact, str]) -> CheckAnswer:
    record = found(world, key, nir=CAST[key].nir).record
    assert record is not None
    return check(
        world,
        AGENT,
        CheckRequest(
            call=f"call-{key}",
            record=record,
            direction=Direction.INCOMING,
            speaker=Speaker.SELF,
            level=level,
            facts=facts,
        ),
    )


def test_each_of_the_cast_is_found_by_number_and_by_name_birth_date_and_postcode(filled: World) -> None:
    for key, member in CAST.items():
        by_number = found(filled, key, nir=member.nir)
        assert by_number.matches == 1, key
        by_name = found(filled, key, name=member.name, birth_date=member.birth_date, postcode=member.postcode)
        assert by_name.record == by_number.record, key


def test_two_of_the_cast_match_until_the_postcode_is_said(filled: World) -> None:
    one = CAST["same_name_1"]
    assert found(filled, one.key, name=one.name, birth_date=one.birth_date).matches == 2


REFUSED = {
    "deceased": Reason.PERSON_DECEASED,
    "minor": Reason.PERSON_MINOR,
    "restricted": Reason.PERSON_RESTRICTED,
    "other_scheme": Reason.OTHER_SCHEME,
    "other_fund": Reason.OTHER_FUND,
    "overseas": Reason.OTHER_FUND,
    "locked": Reason.CHECKS_LOCKED,
}


@pytest.mark.parametrize("key", REFUSED)
def test_one_whose_record_is_closed_is_refused_for_the_reason_that_its_key_says(
    filled: World, key: str
) -> None:
    facts = CAST[key].facts
    with pytest.raises(Refused) as refused:
        for level, said in (
            (Level.SIMPLE, {fact: facts[fact] for fact in LEVEL_1_FACTS}),
            (Level.REINFORCED, facts),
        ):
            checked(filled, key, level, said)
    assert refused.value.problem.reason is REFUSED[key]


def test_each_other_of_the_cast_passes_the_level_that_its_file_allows(filled: World) -> None:
    for key in CAST.keys() - REFUSED.keys():
        facts = CAST[key].facts
        level = Level.REINFORCED if len(facts) > len(LEVEL_1_FACTS) + 1 else Level.SIMPLE
        if level is Level.SIMPLE:
            facts = {fact: facts[fact] for fact in LEVEL_1_FACTS}
        answer = checked(filled, key, level, facts)
        assert answer.level is level, key
        record = found(filled, key, nir=CAST[key].nir).record
        assert record is not None
        view = see(filled, AGENT, record, check=answer.check, purpose=None).view
        assert view.phase == EXPECTED[key]
        assert len(view.allowed) == len(Act)


def test_level_2_is_out_of_reach_of_a_thin_file(filled: World) -> None:
    answer = checked(filled, "thin_file", Level.REINFORCED, CAST["thin_file"].facts)
    assert answer.level is not Level.REINFORCED


def test_impots_gouv_is_unavailable_for_now_as_the_document_says(filled: World) -> None:
    provider = schema.identity_provider.c
    with sql.read(filled.engine) as connection:
        away = connection.execute(select(provider.name).where(provider.available.is_(False))).scalars().all()
    assert away == ["impots"]
