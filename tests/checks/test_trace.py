"""Each sentence of rules §9, with the check that holds it and the tests that would fail without it."""

import importlib

import pytest

from checks.checklist import DOCUMENTED, load

# the sentence in short, its check, and where it is tested
TRACE = [
    ("1 the address in the account is exact: said, typed, compared", "address_exact",
     "test_checklist.test_1_the_address_is_said_by_the_caller_and_compared",
     "test_desk.test_what_the_service_said_of_the_address_is_evidence"),
    ("1 nor held by another, of whom nothing is told", "address_exact",
     "test_second_send.test_the_service_tells_that_the_address_is_held_by_another_and_never_whose"),
    ("2 in spam or junk, by the provider's own name", "junk_folder",
     "test_checklist.test_2_the_junk_folder_has_the_providers_own_name",
     "test_kept_mail.test_what_a_kept_mail_proves"),
    ("3 level 2: a correction with its reason; the program concludes", "other_address",
     "test_checklist.test_3_another_address_at_level_2_concludes_by_where_the_mail_arrives",
     "test_second_send.test_the_program_knows_which_trial_is_under_way",
     "test_second_send.test_by_command_the_agent_tells_what_arrived_and_never_the_conclusion"),
    ("3 at the same provider: the old mailbox's settings; only at another: the provider", "other_address",
     "test_second_send.test_a_trial_whose_link_was_pressed_concludes_by_itself"),
    ("3 nowhere: our side, escalated", "sender_refused",
     "test_checklist.test_3_another_address_at_level_2_concludes_by_where_the_mail_arrives",
     "test_refusals.test_a_refusal_of_the_provider_concludes_the_checklist"),
    ("3 below level 2 a mail to oneself, which proves only that the mailbox works", "other_address",
     "test_checklist.test_3_below_level_2_a_mail_to_oneself_proves_only_that_the_mailbox_works"),
    ("4 Outlook without the access provider's client; the provider tells", "outlook_without_provider_client",
     "test_checklist.test_4_outlook_works_without_the_access_providers_client_and_the_provider_tells"),
    ("5 deleted by settings: Orange sometimes, « confirm »", "provider_block_list",
     "test_checklist.test_5_oranges_red_list_is_set_before_a_second_send_else_another_address"),
    ("5 no second send before the setting is changed", "provider_block_list",
     "test_second_send.test_no_second_send_while_the_red_list_is_not_changed",
     "test_second_send.test_a_re_send_by_command_waits_for_the_change"),
    ("5 else another address", "provider_block_list", "test_second_send.test_else_another_address"),
    ("6 mail or link blocked by antivirus, program or provider", "link_blocked",
     "test_checklist.test_6_mail_or_link_may_be_blocked_by_antivirus_program_or_provider",
     "test_kept_mail.test_a_rewritten_link_makes_a_block_likelier_without_proving_it"),
    ("7 an old mail is clicked: the newest is looked for", "old_mail",
     "test_checklist.test_7_of_several_mails_the_newest_is_looked_for",
     "test_kept_mail.test_an_old_mail_proves_its_cause_while_a_newer_link_works"),
    ("8 inbox and threads by the subject, then by the sender", "search_keywords",
     "test_checklist.test_8_the_search_goes_by_subject_then_by_sender_in_threads_too",
     "test_leaflet.test_it_names_the_mail_the_search_words_the_path_and_the_end_of_the_link"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "check", "tests"), [(one[0], one[1], one[2:]) for one in TRACE])
def test_a_sentence_has_its_check_and_its_tests(sentence: str, check: str, tests: tuple[str, ...]) -> None:
    assert check in load().checks, sentence
    for name in tests:
        module, _dot, function = name.partition(".")
        assert callable(getattr(importlib.import_module(f"tests.checks.{module}"), function)), name


def test_no_check_of_the_document_is_without_a_sentence() -> None:
    assert {check.id for check in DOCUMENTED} <= {one[1] for one in TRACE}
    assert {one[0][0] for one in TRACE} == set("12345678")
