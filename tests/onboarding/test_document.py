"""What procedure.toml quotes stands in the document, word for word; what the document says is quoted."""

import re
from pathlib import Path

import pytest

from tests.onboarding.model import P

DOCUMENT = Path(__file__).parent.parent / "data" / "document.txt"
QUOTED = [key for key, cell in P.cells.items() if cell.quoted]


def bare(text: str) -> str:
    """Without white space, marks of layout and the form of apostrophes."""
    return re.sub(r"[\s\u00a0*]|\[redacted\]", "", text.replace("’", "'"))


TEXT = bare(re.sub(r"\[([^\]]*)\]\(#\)", r"\1", DOCUMENT.read_text(encoding="utf-8")))


@pytest.mark.parametrize("key", QUOTED)
def test_each_quotation_stands_in_the_document(key: str) -> None:
    for line in P.cells[key].fr:
        assert bare(line) in TEXT, line


# drawn form fields, the service's name above a picture, and what surrounds subject and sender of the mail
LAYOUT = {
    *('<inputtype="text"/>?', '<inputtype="text"value="', "FranceConnect"),
    *('»(libellédumailreçu)et"', "»(expéditeurdumail)."),
}


def test_every_sentence_of_the_document_is_quoted() -> None:
    """What is left of the document once all quotations are struck out is layout."""
    rest = TEXT
    lines = {bare(line) for key in QUOTED for line in P.cells[key].fr}
    for line in sorted(lines, key=len, reverse=True):
        rest = rest.replace(line, "|")
    left = {part for part in rest.split("|") if re.search(r"[^\W\d_]{4}", part)}
    assert left <= LAYOUT, left - LAYOUT


def test_the_mail_is_the_documents() -> None:
    assert P.mail.subject == "Votre compte ameli - Confirmation de votre adresse mail"
    assert P.mail.sender_name == "Votre Assurance Maladie"
    assert P.mail.button == "Confirmer mon email"
    for part in ("subject", "sender_name", "body", "button", "warning", "automatic"):
        assert P.cells[f"mail.{part}"].quoted


def test_the_durations_are_the_documents() -> None:
    assert f"{P.numbers.link_days} jours" in P.text("document.seven_days")
    assert f"{P.numbers.window_days} jours" in P.text("document.after_21_days")
    assert f"{P.numbers.code_min} et {P.numbers.code_max}" in P.text("code_rules.length")
