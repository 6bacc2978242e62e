"""French is the source, English is complete, and both catalogues are what the code says."""

import io
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ameli_support import i18n
from tests.architecture.tree import ROOT

FOLDER = i18n.CATALOGUES / "en" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.fixture(autouse=True)
def _french_afterwards() -> Iterator[None]:
    yield
    i18n.set_language("fr")


def sources() -> set[tuple[str, ...]]:
    """Every msgid in the code, as (singular,) or (singular, plural)."""
    found = set()
    for package in ("ameli_support", "screens", "checks"):
        for entry in extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")], keywords=DEFAULT_KEYWORDS
        ):
            texts = entry[2]
            found.add((texts,) if isinstance(texts, str) else tuple(map(str, texts)))
    return found


def english() -> Catalog:
    with open(FOLDER / "ameli.po", "rb") as file:
        return read_po(file, locale="en")


def parts(message: Message) -> tuple[str, ...]:
    texts: object = message.id
    return (texts,) if isinstance(texts, str) else tuple(map(str, message.id))


def translations(message: Message) -> tuple[str, ...]:
    texts = message.string or ""
    return (texts,) if isinstance(texts, str) else tuple(map(str, texts))


def test_every_text_of_the_code_is_in_the_english_catalogue() -> None:
    known = {parts(message) for message in english() if message.id}
    assert sources() - known == set(), "run make i18n and translate"


def test_the_english_catalogue_has_no_text_that_the_code_lost() -> None:
    known = {parts(message) for message in english() if message.id}
    assert known - sources() == set(), "run make i18n"


def test_every_text_is_translated_with_the_same_placeholders() -> None:
    for message in english():
        if not message.id:
            continue
        assert all(translations(message)), f"not translated: {message.id}"
        wanted = {place for text in parts(message) for place in PLACEHOLDER.findall(text)}
        given = {place for text in translations(message) for place in PLACEHOLDER.findall(text)}
        assert given == wanted, message.id
        assert not message.fuzzy, message.id


def test_the_compiled_catalogue_is_the_one_that_is_read() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, english())
    assert (FOLDER / "ameli.mo").read_bytes() == compiled.getvalue(), "run make i18n"


def test_french_is_typeset_as_french() -> None:
    wrong = re.compile(r" [:;!?»]|« |[\w»)][;!?](?:\s|$)|\w'\w")
    shown = {i18n._(text) for texts in sources() for text in texts}
    assert [text for text in shown if wrong.search(PLACEHOLDER.sub("x", text))] == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Qui appelle ?", "Qui appelle\u00a0?"),
        ("« Ce n'est pas moi » : suspendre", "«\u00a0Ce n’est pas moi\u00a0»\u00a0: suspendre"),
        (" : ", "\u00a0: "),
        ("à 08:30, https://ameli.fr", "à 08:30, https://ameli.fr"),
        ("{number} : {said} ; {why} !", "{number}\u00a0: {said}\u00a0; {why}\u00a0!"),
        ("« déjà\u00a0» :\u00a0bien", "«\u00a0déjà\u00a0»\u00a0:\u00a0bien"),
        ("ligne 1\nligne 2 ?", "ligne 1\nligne 2\u00a0?"),
    ],
)
def test_ordinary_spaces_become_those_of_french_typography(written: str, shown: str) -> None:
    assert i18n.typeset(written) == shown
    assert i18n.typeset(shown) == shown


def test_in_french_nought_and_one_are_singular() -> None:
    forms = [i18n.ngettext("{n} dossier", "{n} dossiers", n) for n in (0, 1, 2)]
    assert forms == ["{n} dossier", "{n} dossier", "{n} dossiers"]
    assert i18n.language() == "fr"


def test_an_unknown_text_stays_french_in_english() -> None:
    i18n.set_language("en")
    assert i18n.language() == "en"
    assert i18n._("texte que personne n’a traduit") == "texte que personne n’a traduit"
    assert i18n.ngettext("xa", "xb", 0) == "xb"
