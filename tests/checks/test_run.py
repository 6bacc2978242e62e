"""A run with a caller: answers, changes, skips, remedies in vain, and what was never asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail.providers import load as providers
from ameli_support.onboarding.identity import Level
from checks.check import FollowUp
from checks.checklist import load as checklist
from checks.evidence import Evidence
from checks.priors import load as priors
from checks.run import Mode, Run, Why

ORANGE = Evidence(level=Level.SIMPLE, family=providers().families["orange"])


def a_run(seen: Evidence = ORANGE, mode: Mode = Mode.CHEAPEST) -> Run:
    return Run(checklist(), priors(), seen, mode)


def test_the_documents_order_is_the_documents() -> None:
    run = a_run(mode=Mode.DOCUMENT)
    for check in list(checklist().checks)[:8]:
        assert run.current == check
        run = run.answer(check, "cannot_tell")


def test_a_proof_ends_the_run_with_remedy_and_follow_up() -> None:
    run = a_run().answer("provider_block_list", "yes")
    assert run.current is None
    assert run.conclusion is not None
    assert run.conclusion.cause == "provider_block_list"
    assert run.conclusion.follow_up is FollowUp.RESEND
    assert run.must_change_first


def test_an_answer_is_changed_and_later_ones_are_not_lost() -> None:
    run = a_run().answer("junk_folder", "no").answer("old_mail", "no")
    changed = run.answer("junk_folder", "yes")
    assert changed.conclusion is not None
    assert changed.conclusion.cause == "junk_folder"
    assert dict(changed.answers)["old_mail"] == "no"
    assert changed.answer("junk_folder", "no").current == run.current


def test_a_remedy_in_vain_goes_on_asking() -> None:
    run = a_run().answer("junk_folder", "yes").did_not_help("junk_folder")
    assert run.conclusion is None
    assert run.current not in (None, "junk_folder")
    again = run.answer("old_mail", "yes")
    assert again.conclusion is not None
    assert again.conclusion.cause == "old_mail"


def test_a_skip_keeps_its_reason_and_can_be_asked_after_all() -> None:
    run = a_run().skip("other_address", "pas d’autre adresse")
    assert "other_address" not in run.order
    (told,) = [one for one in run.not_asked if one.check == "other_address"]
    assert (told.why, told.text, told.documented) == (Why.SKIPPED, "pas d’autre adresse", True)
    assert "other_address" not in {one.check for one in run.answer("other_address", "arrives").not_asked}


def test_what_does_not_apply_is_listed_with_its_reason_and_can_still_be_asked() -> None:
    gmail = Evidence(level=Level.SIMPLE, family=providers().families["google"])
    run = a_run(gmail)
    assert "outlook_without_provider_client" not in run.order
    (told,) = [one for one in run.not_asked if one.check == "outlook_without_provider_client"]
    assert told.why is Why.NOT_APPLICABLE
    assert told.text
    found = run.answer("outlook_without_provider_client", "yes").conclusion
    assert found is not None
    assert found.cause == "outlook_without_provider_client"


def test_evidence_answers_before_anybody_is_asked() -> None:
    seen = Evidence(level=Level.SIMPLE, answers={"already_active": "yes"}, signals={"active": "yes"})
    run = a_run(seen)
    assert run.conclusion is not None
    assert run.conclusion.cause == "already_active"
    assert run.current is None
    told = {one.check: one.why for one in run.not_asked}
    assert told["already_active"] is Why.ANSWERED_BY_EVIDENCE
    assert told["junk_folder"] is Why.NOT_REACHED


def test_nothing_found_is_escalated_only_when_every_check_was_asked_or_says_why_not() -> None:
    run = a_run()
    while (check := run.current) is not None:
        key = "no" if check != "other_address" else "arrives"
        run = run.answer(check, "yes" if check == "address_exact" else key)
    assert run.conclusion is not None
    assert (run.conclusion.cause, run.conclusion.follow_up) == ("unknown", FollowUp.ESCALATE)
    assert {one.check for one in run.not_asked if one.documented} == set()


def test_the_third_check_at_level_2_leads_to_our_side_when_the_mail_arrives_nowhere() -> None:
    seen = Evidence(level=Level.REINFORCED, family=providers().families["orange"])
    found = a_run(seen).answer("other_address", "nowhere").conclusion
    assert found is not None
    assert (found.cause, found.follow_up) == ("sender_refused", FollowUp.ESCALATE)
    with pytest.raises(KeyError):
        a_run(ORANGE).answer("other_address", "nowhere")


def test_a_strange_check_or_answer_is_refused() -> None:
    for check, key in (("gremlins", "yes"), ("junk_folder", "perhaps")):
        with pytest.raises(KeyError):
            a_run().answer(check, key)


@given(st.lists(st.tuples(st.sampled_from(sorted(checklist().checks)), st.integers(0, 3)), max_size=12))
def test_whatever_is_answered_no_documented_check_is_lost(steps: list[tuple[str, int]]) -> None:
    run = a_run()
    for check, which in steps:
        answers = run.check(check).answers
        run = run.answer(check, answers[which].key) if which < len(answers) else run.skip(check, "x")
        shown = {one.check for one in run.not_asked} | set(dict(run.answers))
        assert shown == set(checklist().checks)
        assert sum(belief.probability for belief in run.beliefs) == pytest.approx(1)
        assert (run.current is None) == (run.conclusion is not None)
