"""Rules §9 at the desk: no second send before the setting, the trial that the program concludes, causes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ameli_support.accounts.contract import CorrectReason
from ameli_support.casework.case import Outcome
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import ActRefused, DeskError
from ameli_support.casework.permissions import Me
from ameli_support.onboarding.identity import Level, Role
from ameli_support.onboarding.procedure import procedure
from ameli_support.outbox import MailState
from ameli_support.sandbox.confirming import Outcome as Confirmed
from checks.trial import Trial
from tests.casework.office import Office
from tests.checks.test_checklist import GOOD
from tests.checks.test_commands import case as case
from tests.checks.test_commands import demo as demo
from tests.checks.test_commands import person as person
from tests.cli.conftest import Result
from tests.sandbox.service import FUND, unique
from tests.service import AGENTS

RED_LIST = "provider_block_list"


@pytest.fixture
def desk(office: Office) -> Desk:
    opened = office.desk()
    opened._diagnosing.offline = True
    return opened


def found(office: Office, desk: Desk, cause: str = RED_LIST) -> int:
    """A call in which the run has found a cause."""
    record = office.people.waiting()
    office.people.mails(record, MailState.HANDED_OVER)
    office.people.forward(hours=2)
    case = office.said(desk, record)
    desk.diagnose(case)
    desk.answer_check(case, cause, "yes")
    return case


# ── §9, 5: no second send before the setting is changed ─────────────────────


def test_no_second_send_while_the_red_list_is_not_changed(office: Office, desk: Desk) -> None:
    case = found(office, desk)
    with pytest.raises(ActRefused, match="Réglages, filtres"):
        desk.resend(case)
    desk.conclude_checks(case, changed=False)
    with pytest.raises(ActRefused, match="sinon une autre"):
        desk.resend(case)
    desk.setting_changed(case)
    assert desk.resend(case).answer.generation == 1
    with pytest.raises(DeskError):
        desk.setting_changed(case)


def test_it_is_sent_once_the_setting_was_changed_with_the_caller(office: Office, desk: Desk) -> None:
    case = found(office, desk)
    desk.conclude_checks(case)
    assert desk.resend(case).answer.generation == 1


def test_it_may_be_said_before_the_conclusion(office: Office, desk: Desk) -> None:
    case = found(office, desk)
    desk.setting_changed(case)
    assert desk.resend(case).answer.generation == 1
    assert any("réglage changé" in line for line in desk.summary(case))


@pytest.mark.parametrize("end", ["in_vain", "abandon", "other"])
def test_another_cause_a_remedy_in_vain_or_an_abandoned_run_hinder_nothing(
    office: Office, desk: Desk, end: str
) -> None:
    case = found(office, desk, "junk_folder" if end == "other" else RED_LIST)
    if end == "in_vain":
        desk.remedy_in_vain(case)
    if end == "abandon":
        desk.abandon_checks(case, "autre demande")
    assert desk.resend(case).answer.generation == 1


def test_a_new_run_lifts_nothing_until_it_finds_the_setting_in_order(office: Office, desk: Desk) -> None:
    case = found(office, desk)
    desk.conclude_checks(case, changed=False)
    desk.diagnose(case)
    assert desk.held_back(case) == RED_LIST
    desk.answer_check(case, "junk_folder", "yes")
    desk.conclude_checks(case)
    with pytest.raises(ActRefused, match="Réglages, filtres"):
        desk.resend(case)
    desk.diagnose(case)
    desk.abandon_checks(case, "autre demande")
    assert desk.held_back(case) == RED_LIST
    again = office.desk()
    again._diagnosing.offline = True
    assert again.held_back(case) == RED_LIST, "whoever opens the case anew, after a crash, knows it"
    desk.diagnose(case)
    desk.answer_check(case, RED_LIST, "cannot_tell")
    assert desk.held_back(case) == RED_LIST
    desk.answer_check(case, RED_LIST, "no")
    assert desk.held_back(case) is None
    assert desk.resend(case).answer.generation == 1


def test_below_level_1_nothing_of_an_earlier_hold_is_told(office: Office, desk: Desk) -> None:
    case = found(office, desk)
    desk.conclude_checks(case, changed=False)
    desk.leave(case)
    desk.resume(case)
    assert desk.held_back(case) is None


@pytest.mark.parametrize("concluded", [True, False])
def test_else_another_address(office: Office, desk: Desk, concluded: bool) -> None:
    record = office.people.waiting()
    office.people.mails(record, MailState.HANDED_OVER)
    case = office.identified(desk, record, Level.REINFORCED)
    desk.diagnose(case)
    desk.answer_check(case, RED_LIST, "yes")
    if concluded:
        desk.conclude_checks(case, changed=False)
    address = f"{unique('autre')}@laposte.net"
    desk.correct(case, address, CorrectReason.MAILBOX_LOST, self_created=True)
    office.people.mails(record, MailState.HANDED_OVER)
    office.people.forward(minutes=3)
    desk.say_address(case, address)
    assert desk.resend(case).answer.generation == 2


# ── §9, 3: the trial with another address ───────────────────────────────────


def tried(office: Office, desk: Desk, domain: str) -> tuple[str, int]:
    """A trial with an address at a provider; the old one is at Orange."""
    record = office.people.waiting(f"{unique('avant')}@orange.fr")
    office.people.mails(record, MailState.HANDED_OVER)
    office.people.forward(minutes=5)
    case = office.identified(desk, record, Level.REINFORCED)
    desk.diagnose(case)
    desk.correct(case, f"{unique('essai')}@{domain}", CorrectReason.TEST_OTHER_ADDRESS, self_created=True)
    office.people.mails(record, MailState.HANDED_OVER)
    return record, case


@pytest.mark.parametrize(
    ("check", "key"), [("address_exact", "yes"), ("address_exact", "no"), ("other_address", "nowhere")]
)
def test_nobody_ticks_what_is_compared_or_tried(office: Office, desk: Desk, check: str, key: str) -> None:
    case = office.identified(desk, office.people.waiting(), Level.REINFORCED)
    desk.diagnose(case)
    with pytest.raises(DeskError):
        desk.answer_check(case, check, key)
    assert desk.answer_check(case, check, "cannot_tell").conclusion is None
    without = desk.find_no_record()
    desk.level_0(without)
    desk.diagnose(without)
    if check == "address_exact":
        desk.answer_check(without, check, key)


def test_the_program_knows_which_trial_is_under_way(office: Office, desk: Desk) -> None:
    _record, case = tried(office, desk, "wanadoo.fr")
    assert desk.trial(case) == Trial("wanadoo.fr", same_provider=True)
    _record, case = tried(office, desk, "laposte.net")
    assert desk.trial(case) == Trial("laposte.net", same_provider=False)


@pytest.mark.parametrize(
    ("domain", "answer", "cause"),
    [("wanadoo.fr", "same_provider", RED_LIST), ("laposte.net", "only_elsewhere", "other_address")],
)
def test_a_trial_whose_link_was_pressed_concludes_by_itself(
    office: Office, desk: Desk, domain: str, answer: str, cause: str
) -> None:
    record, case = tried(office, desk, domain)
    assert office.people.confirm(record) is Confirmed.CONFIRMED
    run = desk.diagnose(case)
    assert run.evidence.answers["other_address"] == answer
    assert run.conclusion is not None
    assert run.conclusion.cause == cause


def test_by_command_the_agent_tells_what_arrived_and_never_the_conclusion(office: Office, desk: Desk) -> None:
    from ameli_support.cli import checks_asking as asking
    from ameli_support.cli.errors import BadInput

    _record, case = tried(office, desk, "laposte.net")
    with pytest.raises(BadInput):
        asking._key(desk.diagnose(case), "other_address", "nowhere", desk.trial(case))
    run = asking.asked(desk, case, desk.diagnose(case), {"other_address": asking.NOT_ARRIVED})
    assert run.conclusion is not None
    assert run.conclusion.cause == "sender_refused"
    _record, case = tried(office, desk, "wanadoo.fr")
    run = asking.asked(desk, case, desk.diagnose(case), {"other_address": asking.NOT_ARRIVED})
    assert run.conclusion is None
    assert dict(run.answers)["other_address"] == "cannot_tell"


# ── the same address elsewhere ──────────────────────────────────────────────


def test_the_service_tells_that_the_address_is_held_by_another_and_never_whose(
    office: Office, desk: Desk
) -> None:
    address = f"{unique('couple')}@orange.fr"
    record = office.people.waiting(address)
    office.people.forward(days=8)
    spouse = office.people.waiting(address)
    case = office.identified(desk, record)
    run = desk.diagnose(case)
    assert "address_elsewhere" in {finding.code for finding in run.evidence.findings}
    (believed,) = [belief for belief in run.beliefs if belief.cause == "address_exact"]
    assert "prise par une autre demande" in believed.why
    view = desk.look(case).view
    assert view is not None
    assert view.address_elsewhere
    assert spouse not in view.model_dump_json()
    office.people.agent().suspend(spouse)
    assert desk.look(case).view.address_elsewhere  # type: ignore[union-attr]
    supervisor = office.people.agent(Role.SUPERVISOR, purpose="vérification")
    supervisor.supervise(spouse, "cancel")
    assert not desk.look(case).view.address_elsewhere  # type: ignore[union-attr]


def test_one_who_holds_the_address_alone_is_told_so(office: Office, desk: Desk) -> None:
    case = office.identified(desk, office.people.waiting())
    assert not desk.look(case).view.address_elsewhere  # type: ignore[union-attr]


# ── §10: the ids of added checks are causes ─────────────────────────────────


def test_an_added_check_is_a_cause_of_the_case(office: Office, tmp_path: Path) -> None:
    (tmp_path / "checks.toml").write_text(GOOD, encoding="utf-8")
    me = Me(AGENTS[Role.AGENT], Role.AGENT, (FUND,))
    client = office.service.client(Role.AGENT, me.agent)
    desk = Desk(client, office.store(), me, procedure(), office.clock, office.clock, tmp_path)
    office.desks.append(desk)
    desk._diagnosing.offline = True
    case = office.identified(desk, office.people.waiting())
    desk.diagnose(case)
    desk.answer_check(case, "children_tablet", "yes")
    desk.conclude_checks(case)
    assert desk.proposed_outcome(case).cause == "children_tablet"
    desk.close(case, Outcome.ADVICE, "children_tablet")
    assert desk.cases()[0].cause == "children_tablet"
    other = office.desk()
    with pytest.raises(DeskError):
        other.close(office.identified(other, office.people.waiting()), Outcome.ADVICE, "children_tablet")


# ── by command ──────────────────────────────────────────────────────────────


def test_a_re_send_by_command_waits_for_the_change(demo: Callable[..., Result], case: str) -> None:
    done = demo(
        "checks", "run", "--case", case, "--json", given=f"{RED_LIST}=yes\njunk_folder=no\n" + SKIPPED
    )
    assert done.json["conclusion"]["change_first"] is True
    assert "Aucun" not in demo("checks", "changed", "--case", case).err
    refused = demo("checks", "changed", "--case", case)
    assert refused.code != 0


SKIPPED = "".join(
    f"{check}.skip=pas le temps\n"
    for check in (
        "address_exact", "other_address", "outlook_without_provider_client", "link_blocked", "old_mail",
        "search_keywords", "too_early", "mailbox_full", "sleeping_mailbox", "other_folders", "other_device",
        "link_in_junk", "company_gateway",
    )
)  # fmt: skip
