"""The checklist says what the document says (rules §9), and a content folder cannot break it."""

import re
from pathlib import Path

import pytest

from ameli_support.i18n import Language
from ameli_support.mail.providers import load as providers
from ameli_support.onboarding.identity import Level
from ameli_support.onboarding.procedure import procedure
from checks.check import Check, FollowUp, Place, Text
from checks.checklist import ADDED, DOCUMENTED, load
from checks.evidence import Evidence
from checks.priors import load as priors
from checks.wording import PLACEHOLDERS, said
from tests.architecture.tree import ROOT

DOCUMENT = ROOT / "tests" / "data" / "document.txt"
SECTION = ("Si l'assuré n'a pas reçu le mail de validation", "(expéditeur du mail).")
ORDER = [
    "address_exact", "junk_folder", "other_address", "outlook_without_provider_client",
    "provider_block_list", "link_blocked", "old_mail", "search_keywords",
]  # fmt: skip
EVERY = pytest.mark.parametrize("check", load().checks.values(), ids=lambda check: check.id)


def squeezed(text: str) -> str:
    """Without what the document's layout adds: stars, bullets, line ends."""
    return " ".join(re.sub(r"\*\*|(?m:^- )", "", text).split())


def section() -> str:
    text = squeezed(DOCUMENT.read_text(encoding="utf-8"))
    start, end = (text.index(squeezed(mark)) for mark in SECTION)
    return text[start : end + len(SECTION[1])]


def test_the_checks_of_the_document_come_first_and_in_its_order() -> None:
    assert [check.id for check in DOCUMENTED] == ORDER
    assert list(load().checks)[: len(ORDER)] == ORDER
    passages = [section().index(squeezed(check.passage or "?")) for check in DOCUMENTED]
    assert passages == sorted(passages)


def test_every_sentence_of_the_document_is_in_a_check() -> None:
    rest = section()
    for check in DOCUMENTED:
        rest = rest.replace(squeezed(check.passage or "?"), "")
    for frame in (
        "Si l'assuré n'a pas reçu le mail de validation pour finaliser l'ouverture du compte Ameli, "
        "il convient de vérifier si:",
        "Quelques solutions possibles :",
        "Le mail non réceptionné peut-être :",
        "Des manipulations peuvent aider à retrouver le mail introuvable pour vérifier que :",
    ):
        assert frame in rest
        rest = rest.replace(frame, "")
    assert rest.strip() == ""


@EVERY
def test_a_check_is_a_file_a_cause_of_the_procedure_and_a_prior(check: Check) -> None:
    assert (ROOT / "checks" / f"{check.id}.py").exists()
    assert check.id in procedure().names("causes")
    assert priors().weights[check.id] > 0
    assert priors().ask[check.id] > 0
    assert check.place in priors().open


def test_no_prior_is_left_without_its_check() -> None:
    assert set(priors().causes) - {"unknown"} == set(load().checks)
    assert set(priors().open) == set(Place)


@EVERY
def test_a_check_comes_from_the_document_or_says_why_it_is_there(check: Check) -> None:
    assert (check.passage is None) == (check.added is not None)
    assert check.documented == (check in DOCUMENTED)
    assert check.documented or check in ADDED


@EVERY
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sentence_can_be_said_for_every_provider(check: Check, language: Language) -> None:
    for family in (None, *providers().families.values()):
        for variant in (check.at(Level.NOTHING), check):
            for text in (variant.question, variant.look_for, variant.remedy):
                sentence = said(text, check, family, procedure(), language)
                assert sentence
                assert "{" not in sentence
                assert "  " not in sentence
    assert check.question.text("fr").rstrip().endswith(("?", "."))


@EVERY
def test_answers_prove_causes_that_exist_and_one_says_that_nobody_knows(check: Check) -> None:
    for variant in (check, check.at(Level.NOTHING)):
        for answer in variant.answers:
            assert {*answer.proves, *answer.rules_out} <= set(load().checks)
        assert not variant.answers[-1].proves
        assert variant.answer("cannot_tell").rules_out == ()
        with pytest.raises(KeyError):
            variant.answer("perhaps")


# ── rules §9, sentence by sentence ──────────────────────────────────────────


def test_1_the_address_is_said_by_the_caller_and_compared() -> None:
    check = load()["address_exact"]
    assert check.answer("no").proves == ("address_exact",)
    assert check.answer("yes").rules_out == ("address_exact",)
    assert check.follow_up is FollowUp.CORRECT


def test_2_the_junk_folder_has_the_providers_own_name() -> None:
    check = load()["junk_folder"]
    orange = providers().families["orange"]
    assert "indésirables/spam" in said(check.question, check, orange, procedure(), "fr")
    assert "Pourriel" in said(check.question, check, None, procedure(), "fr")


def test_3_another_address_at_level_2_concludes_by_where_the_mail_arrives() -> None:
    check = load()["other_address"].at(Level.REINFORCED)
    assert check.answer("same_provider").proves == ("provider_block_list",)
    assert check.answer("only_elsewhere").proves == ("other_address",)
    assert check.answer("nowhere").proves == ("sender_refused",)
    assert load()["sender_refused"].follow_up is FollowUp.ESCALATE


@pytest.mark.parametrize("level", [Level.NOTHING, Level.SIMPLE])
def test_3_below_level_2_a_mail_to_oneself_proves_only_that_the_mailbox_works(level: Level) -> None:
    check = load()["other_address"].at(level)
    assert all(answer.proves == () for answer in check.answers)
    assert set(check.answer("arrives").rules_out) == {"mailbox_full", "sleeping_mailbox"}
    assert check.passage == load()["other_address"].passage


def test_4_outlook_works_without_the_access_providers_client_and_the_provider_tells() -> None:
    check = load()["outlook_without_provider_client"]
    assert "sans le client du fournisseur" in check.look_for.fr
    assert "fournisseur d'accès" in check.remedy.fr
    orange, microsoft = (providers().families[key] for key in ("orange", "microsoft"))
    assert check.applies(Evidence(family=orange)) is None
    assert check.applies(Evidence(family=microsoft)) is not None
    assert check.applies(Evidence()) is None


def test_5_oranges_red_list_is_set_before_a_second_send_else_another_address() -> None:
    check = load()["provider_block_list"]
    orange = providers().families["orange"]
    assert check.changes_first
    assert "liste rouge" in said(check.question, check, orange, procedure(), "fr")
    assert "confirm" in said(check.question, check, orange, procedure(), "fr")
    assert "supprime parfois" in said(check.look_for, check, orange, procedure(), "fr")
    assert "une autre adresse" in check.remedy.fr


def test_6_mail_or_link_may_be_blocked_by_antivirus_program_or_provider() -> None:
    check = load()["link_blocked"]
    assert check.answer("yes").proves == ("link_blocked",)
    assert "sans couper l'antivirus" in check.remedy.fr


def test_7_of_several_mails_the_newest_is_looked_for() -> None:
    check = load()["old_mail"]
    assert "plus récent" in check.question.fr
    assert "le plus récent" in check.remedy.fr


def test_8_the_search_goes_by_subject_then_by_sender_in_threads_too() -> None:
    check = load()["search_keywords"]
    sentence = said(check.question, check, None, procedure(), "fr")
    mail = procedure().mail
    assert sentence.index(mail.subject) < sentence.index(mail.sender_name)
    assert "fils de discussion" in check.look_for.fr


def test_the_gateway_is_asked_only_of_a_companys_or_an_unknown_mailbox() -> None:
    check = load()["company_gateway"]
    assert check.applies(Evidence(family=providers().families["orange"])) is not None
    assert check.applies(Evidence(family=providers().families["proofpoint"])) is None
    assert check.applies(Evidence()) is None


# ── the content folder ──────────────────────────────────────────────────────

GOOD = """
[reword.junk_folder]
question = { fr = "Le dossier {junk_folders}, s'il vous plaît ?", en = "The folder {junk_folders}, please?" }

[add.children_tablet]
place = "program"
label = { fr = "Tablette des enfants", en = "Children's tablet" }
why = { fr = "Vu deux fois en mai.", en = "Seen twice in May." }
question = { fr = "Et sur la tablette des enfants ?", en = "And on the children's tablet?" }
look_for = { fr = "Le mail.", en = "The mail." }
remedy = { fr = "Cliquez là.", en = "Click there." }
"""


def test_a_supervisor_rewords_a_check_and_adds_one(tmp_path: Path) -> None:
    (tmp_path / "checks.toml").write_text(GOOD, encoding="utf-8")
    held = load(tmp_path)
    assert held.refused is None
    assert held["junk_folder"].question.en.startswith("The folder")
    assert held["junk_folder"].remedy == load()["junk_folder"].remedy
    assert held["children_tablet"].label == Text("Tablette des enfants", "Children's tablet")
    assert held["children_tablet"].answer("yes").proves == ("children_tablet",)
    assert not held["children_tablet"].documented
    assert held.version != load().version
    assert list(held.checks)[:8] == ORDER


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[reword.junk_folder]\nquestion = 3\n", 2, "fr"),
        ("[reword.gremlins]\nquestion = { fr = 'a', en = 'b' }\n", 1, "aucune"),
        ("[reword.junk_folder]\n\nanswers = []\n", 3, "seuls"),
        ("[reword.junk_folder]\nquestion = { fr = '{name} ?', en = 'b' }\n", 2, "{name}"),
        ("[reword.junk_folder]\nquestion = { fr = '\\u0007', en = 'b' }\n".replace("'", '"'), 2, "signe"),
        ("\n[add.junk_folder]\n", 2, "pris"),
        ("[add.tablet]\nplace = 'webmail'\n", 1, "why"),
        (GOOD.replace('"program"', '"kitchen"'), 6, "agent"),
        (GOOD.replace("children_tablet", "Tablet"), 5, "minuscules"),
        (GOOD.replace("Tablette des enfants", "T" * 25), 7, "24"),
        ("[drop]\njunk_folder = true\n", 1, "reword"),
        ("[reword\n", 1, "TOML"),
        ("[reword]\njunk_folder = 3\n", 1, "table"),
        (GOOD + "answers = 3\n", 12, "inconnue"),
        ("[reword.junk_folder]\nquestion = { fr = '" + "x" * 500 + "', en = 'b' }\n", 2, "400"),
        (GOOD.replace("s'il", "{who}") + "\n", 3, "{who}"),
        ("".join(f"[add.check_{n}]\n" for n in range(60)), 1, "trop"),
        ("[add.tablet]\n[reword.junk_folder]\nremedy = { fr = 'a', en = 'b' }\n", 1, "place"),
    ],
)
def test_a_bad_file_is_refused_by_line_and_never_costs_the_built_in_checks(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    (tmp_path / "checks.toml").write_text(text, encoding="utf-8")
    held = load(tmp_path)
    assert held.checks == load().checks
    assert held.version == load().version
    assert held.refused is not None
    assert held.refused.file.name == "checks.toml"
    assert held.refused.line == line
    assert reason in held.refused.sentence


def test_bytes_that_are_no_text_are_refused_too(tmp_path: Path) -> None:
    (tmp_path / "checks.toml").write_bytes(b"\xff\xfe[add")
    assert load(tmp_path).refused is not None


def test_every_placeholder_has_a_value() -> None:
    check = load()["junk_folder"]
    for name in PLACEHOLDERS:
        from checks.check import Text

        assert "{" not in said(Text("x {" + name + "}", "x"), check, None, procedure(), "fr")
