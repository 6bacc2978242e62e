"""`mail read`, `link-target`, `bounce-text`: the objects that the issue names, from files or a pipe."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.mail import samples
from tests.mail.samples import TOKEN

CONFIRMATION = str(samples.DATA / "confirmation_safelinks.eml")
BOUNCE = str(samples.DATA / "gmail_unknown.eml")


@pytest.fixture(autouse=True)
def no_demo_beside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A demo that another test runs from the common folder would make its own sender ours."""
    monkeypatch.setenv("AMELI_HOME", str(tmp_path))


def test_a_mail_is_answered_with_the_object_that_the_issue_names(run: Run) -> None:
    result = run("mail", "read", CONFIRMATION, "--json")
    assert result.code == 0
    assert list(result.json) == [
        "kind", "genuine", "links", "authentication", "antispam", "delays", "bounce", "findings",
    ]  # fmt: skip
    assert (result.json["kind"], result.json["genuine"], result.json["bounce"]) == (
        "confirmation",
        True,
        None,
    )
    (link,) = result.json["links"]
    assert link["rewriter"] == "safelinks"
    assert link["target"] == "https://assure.ameli.fr/confirmer/[jeton]"
    assert TOKEN not in result.out


def test_a_bounce_names_its_family(run: Run) -> None:
    bounce = run("mail", "read", BOUNCE, "--json").json["bounce"]
    assert list(bounce) == ["reason", "family", "status", "smtp_reply", "recipient", "permanent"]
    assert (bounce["family"], bounce["permanent"]) == ("address_wrong", True)


def test_several_mails_give_one_object_a_line_and_a_missing_one_its_place(run: Run, tmp_path: Path) -> None:
    result = run("mail", "read", BOUNCE, str(tmp_path / "absent.eml"), CONFIRMATION, "--json")
    kinds = [item.get("kind") for item in result.json_lines]
    assert kinds == ["bounce", None, "confirmation"]
    assert result.code == 3


def test_a_mail_comes_by_a_pipe_and_is_told_in_words(run: Run) -> None:
    result = run("mail", "read", "-", given=Path(BOUNCE).read_text("utf-8"))
    assert "L’adresse n’existe pas chez ce fournisseur." in result.out
    assert "does not exist at this provider" in run("--lang", "en", "mail", "read", BOUNCE).out


def test_a_link_is_unwrapped_and_its_token_kept_back(run: Run) -> None:
    wrapped = f"https://secure-web.cisco.com/1a/https%3A%2F%2Fassure.ameli.fr%2Fconfirmer%2F{TOKEN}"
    result = run("link-target", "-", "--json", given=f"{wrapped}\nhttps://www.exemple.fr/\n")
    assert result.json_lines == [
        {
            "input": "https://secure-web.cisco.com/1a/https%3A%2F%2Fassure.ameli.fr%2Fconfirmer%2F[jeton]",
            "rewriter": "cisco",
            "target": "https://assure.ameli.fr/confirmer/[jeton]",
        },
        {"input": "https://www.exemple.fr/", "rewriter": None, "target": None},
    ]
    assert "cisco → https://assure.ameli.fr/" in run("link-target", wrapped).out
    assert run("link-target", "-", wrapped).code == 2


def test_answers_of_servers_are_sorted_into_families(run: Run) -> None:
    given = "552 5.1.1 Boite du destinataire pleine OFR_417\n\n550\n"
    result = run("bounce-text", "-", "--json", given=given)
    assert result.json_lines == [
        {
            "input": "552 5.1.1 Boite du destinataire pleine OFR_417",
            "reason": "mailbox_full",
            "family": "mailbox_full",
            "permanent": False,
        },
        {"input": "550", "reason": "unknown", "family": "unknown", "permanent": True},
    ]
    assert "La boîte de la personne est pleine." in run("bounce-text", "-", given=given).out


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_what_a_server_says_moves_no_cursor(run: Run, arguments: list[str]) -> None:
    hostile = "550 \x1b[2J\x9bH\u202e user unknown"
    result = run("bounce-text", "-", *arguments, given=hostile + "\n")
    assert all(c.isprintable() or c == "\n" for c in result.out)
    if arguments:
        assert result.json["input"] == hostile


def test_a_file_that_is_no_mail_is_said_to_be_none(run: Run, tmp_path: Path) -> None:
    picture, makefile, short = tmp_path / "a.png", tmp_path / "Makefile", tmp_path / "b.eml"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\xff")
    makefile.write_text("BIN := x\nrun: y\n")
    short.write_text("Subject: x\nAuto-Submitted: auto-generated\n\nBonjour\n")
    told = run("mail", "read", str(picture), str(makefile), str(short)).out.splitlines()
    assert ["ce n’est pas un mail" in line for line in told] == [True, True, False]
