"""Outcomes of concluded cases change the priors per provider family, and a supervisor takes them back."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.casework.case import Outcome
from ameli_support.casework.desk import Desk
from ameli_support.casework.errors import DeskError, NotAllowed
from ameli_support.onboarding.identity import Role
from ameli_support.store import learned as rows
from ameli_support.store.cases import AnyRow, CaseStore
from checks import learning
from checks.beliefs import weights
from checks.checklist import load
from checks.evidence import Evidence
from checks.priors import load as priors
from tests.casework.office import Office
from tests.checks.test_commands import demo as demo
from tests.checks.test_commands import person as person
from tests.cli.conftest import Result

RULE = priors().learning
DAY = timedelta(days=1)
COUNTS = st.dictionaries(st.sampled_from([*load().checks, "unknown", "tablet"]), st.floats(0, 1e6))


def believed(family: str, counts: dict[str, float]) -> dict[str, float]:
    return {one.cause: one.now for one in learning.table(priors(), family, counts)}


# ── the update, pure ────────────────────────────────────────────────────────


def test_without_outcomes_the_priors_stand() -> None:
    assert learning.learned(priors(), {}) == priors()
    assert learning.learned(priors(), {"orange": {}}) == priors()
    assert all(one.prior == pytest.approx(one.now) for one in learning.table(priors(), "orange", {}))


def test_after_as_many_cases_as_the_prior_is_worth_both_weigh_the_same() -> None:
    before = believed("orange", {})["provider_block_list"]
    after = believed("orange", {"provider_block_list": RULE.prior_cases})["provider_block_list"]
    assert after == pytest.approx((before + 1) / 2)


def test_however_many_cases_the_prior_keeps_its_least_share() -> None:
    before, after = believed("orange", {}), believed("orange", {"junk_folder": 1e9})
    assert after["old_mail"] == pytest.approx(before["old_mail"] * RULE.prior_share)


def test_an_outcome_counts_half_after_the_half_life_and_nothing_goes_below_zero() -> None:
    assert learning.faded(8, RULE.half_life_days * DAY, RULE) == pytest.approx(4)
    assert learning.counted(8, RULE.half_life_days * DAY, RULE) == pytest.approx(5)
    assert learning.counted(0.4, timedelta(), RULE, cases=-1) == 0
    assert learning.faded(8, -DAY, RULE) == 8


@given(COUNTS, st.sampled_from([*priors().shares]))
def test_what_is_believed_sums_to_one_and_nothing_is_impossible(
    counts: dict[str, float], family: str
) -> None:
    held = believed(family, counts)
    assert sum(held.values()) == pytest.approx(1)
    assert min(held.values()) > 0


@given(COUNTS)
def test_the_run_believes_what_the_table_shows(counts: dict[str, float]) -> None:
    taught = learning.learned(priors(), {"other": counts})
    held = weights(load(), taught, Evidence(), {})
    shown = believed("other", counts)
    whole = sum(shown[cause] for cause in held)
    for cause, weight in held.items():
        assert weight == pytest.approx(shown[cause] / whole)


def test_another_family_learns_nothing() -> None:
    taught = learning.learned(priors(), {"orange": {"old_mail": 50.0}})
    assert taught.times("old_mail", "orange") > priors().times("old_mail", "orange")
    assert taught.times("old_mail", "google") == priors().times("old_mail", "google")


# ── at the desk ─────────────────────────────────────────────────────────────


@pytest.fixture
def desk(office: Office) -> Desk:
    opened = office.desk()
    opened._diagnosing.offline = True
    return opened


def concluded(office: Office, desk: Desk, record: str, check: str, cause: str | None = None) -> int:
    """A call whose run found a cause, and that was concluded with it, or with another."""
    case = office.identified(desk, record)
    desk.diagnose(case)
    desk.answer_check(case, check, "yes")
    desk.conclude_checks(case)
    desk.close(case, Outcome.ADVICE, cause or check)
    return case


def cases(desk: Desk, family: str, cause: str) -> float:
    (held,) = desk.learned(family)
    return next((one.cases for one in held.causes if one.cause == cause), 0.0)


def test_a_concluded_case_counts_once_and_the_next_run_believes_it(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    concluded(office, desk, record, "old_mail")
    (family,) = [one.family for one in desk.learned() if one.cases]
    assert cases(desk, family, "old_mail") == pytest.approx(1)
    believed = desk._learning.believed()
    assert believed.times("old_mail", family) > priors().times("old_mail", family)
    run = desk.diagnose(office.identified(desk, record))
    assert run.priors == believed


def test_a_later_conclusion_of_the_same_case_takes_the_earlier_back(office: Office, desk: Desk) -> None:
    record = office.people.waiting()
    case = concluded(office, desk, record, "old_mail")
    assert concluded(office, desk, record, "junk_folder") == case
    (family,) = [one.family for one in desk.learned() if one.cases]
    assert cases(desk, family, "old_mail") == pytest.approx(0, abs=1e-9)
    assert cases(desk, family, "junk_folder") == pytest.approx(1)


def test_what_no_run_found_or_is_no_cause_of_the_list_teaches_nothing(office: Office, desk: Desk) -> None:
    case = office.identified(desk, office.people.waiting())
    desk.close(case, Outcome.ADVICE, "old_mail")
    concluded(office, desk, office.people.waiting(), "old_mail", cause="none")
    assert not any(one.cases for one in desk.learned())


def test_a_run_reads_what_was_learned_once(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    held = rows.counts

    def noted(store: CaseStore) -> Sequence[AnyRow]:
        asked.append(1)
        return held(store)

    monkeypatch.setattr(rows, "counts", noted)
    case = office.identified(desk, office.people.waiting())
    desk.diagnose(case)
    for check in ("old_mail", "junk_folder", "search_keywords"):
        desk.answer_check(case, check, "no")
    assert len(asked) == 1


def test_a_supervisor_forgets_with_a_reason_and_it_is_logged(office: Office, desk: Desk) -> None:
    concluded(office, desk, office.people.waiting(), "old_mail")
    (family,) = [one.family for one in desk.learned() if one.cases]
    supervisor = office.desk(Role.SUPERVISOR)
    with pytest.raises(NotAllowed):
        desk.reset_priors(family, "pour voir")
    with pytest.raises(DeskError):
        supervisor.reset_priors(family, " ")
    with pytest.raises(DeskError):
        supervisor.reset_priors("gremlins", "pour voir")
    assert supervisor.reset_priors(family, "une panne a faussé les causes") == 1
    assert not any(one.cases for one in desk.learned())
    (kept,) = desk.prior_resets()
    assert (kept.family, kept.reason) == (family, "une panne a faussé les causes")
    assert kept.agent == supervisor.me.agent
    assert supervisor.reset_priors(None, "tout") == 0


# ── by command ──────────────────────────────────────────────────────────────


def test_the_command_shows_and_an_agent_cannot_reset(demo: Callable[..., Result]) -> None:
    shown = demo("checks", "priors", "--family", "apple")
    assert shown.code == 0, shown
    assert "apple · 0,0 cas comptés" in shown.out.replace("\u00a0", " ")
    assert "Réglages, filtres" in shown.out
    held = demo("checks", "priors", "--json").json_lines
    assert [one["family"] for one in held] == list(priors().shares)
    assert demo("checks", "priors", "--family", "gremlins").code != 0
    assert demo("checks", "priors", "--reset", given="x\n").code == 6
    done = demo("--role", "supervisor", "checks", "priors", "--reset", "--json", given="panne\n")
    assert done.json["forgotten"] >= 0
    assert "panne" in demo("checks", "priors", "--family", "orange").out
