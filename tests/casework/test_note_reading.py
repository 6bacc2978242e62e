"""A note that seems to hold a number, a code or a link is noticed; ordinary notes are left alone."""

import pytest

from ameli_support.casework.note_reading import Secret, secrets_in

TOKEN = "Ab3" * 21 + "x"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Vu avec 2 62 08 99 999 001", {Secret.NIR}),
        ("NIR 2620838185001, rappelle demain", {Secret.NIR}),
        ("n°262.08.38.185.001", {Secret.NIR}),
        ("1 55 02 2A 123 456 attend", {Secret.NIR}),
        ("numéro provisoire 7620899999001", {Secret.NIR}),
        ("code provisoire reçu : 4821", {Secret.CODE}),
        ("son code est MotdePasse1", {Secret.CODE}),
        ("mot de passe : soleil2026", {Secret.CODE}),
        ("a choisi Grenoble38!", {Secret.CODE}),
        ("lien https://assure.ameli.fr/x", {Secret.LINK}),
        ("lit www.orange.fr/liste", {Secret.LINK}),
        (f"a dicté {TOKEN}", {Secret.LINK}),
        ("ameli.fr/confirmer/abcdefgh", {Secret.LINK}),
        ("2620838185001 et code 1234", {Secret.NIR, Secret.CODE}),
    ],
)
def test_what_a_note_must_not_hold_is_noticed(text: str, found: set[Secret]) -> None:
    assert set(secrets_in(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rappelle demain à 15:00 au 06 12 34 56 78",
        "code postal 38000, née le 24/08/1962",
        "a oublié son code, renvoi demandé",
        "Le code personnel n’est pas accepté",
        "mail reçu le 12/11/2026 à 09:14 chez orange.fr",
        "voir dossier 4217, agent 0310",
        "règle « confirm » d’Orange, liste rouge",
        "écrire à a.dubois@orange.fr",
        "FranceConnect indisponible, impots.gouv aussi",
        "33 6 12 34 56 78 puis 04 76 12 34 56",
        "IBAN demandé par erreur, rien noté",
        "x" * 5000,
    ],
)
def test_ordinary_notes_are_left_alone(text: str) -> None:
    assert secrets_in(text) == ()
