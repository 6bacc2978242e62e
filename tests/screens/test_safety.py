"""Nothing irreversible by one key, the safe choice has the focus, a forbidden key says why, text is kept."""

import pytest

from ameli_support.casework.errors import ActRefused, ActUnknown, Conflict
from ameli_support.casework.views import EventRow
from screens.dialogs.base import Dialog, Leave
from tests.screens.fake_desk import NOW, FakeDesk
from tests.screens.walk import COMPACT, Walk, walking

ACTS = {"resend", "reissue", "correct", "suspend"}


def done(walk: Walk) -> set[str]:
    """The acts that took place."""
    return {name for name, __ in walk.desk.asked} & ACTS


async def test_annuler_has_the_focus_and_enter_leaves_without_an_act() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("s")
        await walk.on("Suspend")
        assert isinstance(walk.app.focused, Leave)
        await walk.press("enter")
        await walk.on("Call")
        assert done(walk) == set()


async def test_v_is_deaf_just_after_opening_and_without_a_reason() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("s")
        await walk.on("Suspend")
        dialog = walk.app.screen
        assert isinstance(dialog, Dialog)
        await walk.pilot.press("1")
        dialog._opened += 1000  # as if it had opened this instant
        await walk.pilot.press("v")
        assert done(walk) == set()
        dialog._opened -= 1000
        await walk.press("v")
        await walk.sees("Demande suspendue")
        assert done(walk) == {"suspend"}


async def test_a_held_key_neither_opens_nor_validates_twice() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("s")
        await walk.on("Suspend")
        await walk.pilot.press("s", "s", "s")
        await walk.press("escape")
        await walk.on("Call")
        assert done(walk) == set()


@pytest.mark.parametrize(
    ("story", "key", "why"),
    [
        ("j11", "e", "× inutile avant le 03/12."),
        ("j3", "e", "× Le lien est encore actif : renvoyez le mail."),
        ("j25", "r", "fini depuis le 19/11"),
        ("active", "r", "× rien à envoyer."),
        ("active", "a", "× dans son compte ameli."),
        ("suspended", "s", "× La demande est déjà suspendue."),
    ],
)
async def test_a_forbidden_key_keeps_its_place_and_says_why(story: str, key: str, why: str) -> None:
    async with walking(FakeDesk(story), COMPACT) as walk:
        await walk.to_level_1()
        await walk.press(key)
        await walk.sees(why)
        assert not isinstance(walk.app.screen, Dialog)
        assert done(walk) == set()


async def test_after_three_wrong_addresses_only_a_correction_is_left() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.press("r")
        await walk.on("Resend")
        for left in ("Il reste 2 essais.", "Il reste 1 essai.", "seulement une correction"):
            await walk.type("x")
            await walk.press("enter")
            if left.startswith("Il reste 2"):
                await walk.sees("Une adresse a la forme nom@domaine.fr.")
                await walk.type("@free.fr")
                await walk.press("enter")
            await walk.sees(left)
        await walk.press("v")
        assert walk.app.screen.missing() == "adresse non reconnue"  # type: ignore[attr-defined]
        assert "a.dubois" not in walk.screen
        assert done(walk) == set()


async def test_no_i_did_not_create_it_leaves_only_suspending() -> None:
    async with walking(FakeDesk("j25")) as walk:
        await walk.to_level_1()
        await walk.press("e")
        await walk.to_level_2()
        await walk.on("Reissue")
        await walk.press("n", "1", "v")
        await walk.sees("la seule action est de suspendre", "S pour suspendre")
        await walk.press("s")
        await walk.on("Suspend")
        assert done(walk) == set()
        assert ("did_not_create", ()) in walk.desk.asked


async def test_a_no_is_told_to_the_service_even_by_who_leaves_the_dialog() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.press("a")
        await walk.to_level_2()
        await walk.on("Correct")
        await walk.type("angela@free.fr")
        await walk.press("enter", "n")
        await walk.sees("la seule action est de suspendre")
        await walk.press("escape")
        await walk.on("Call")
        assert ("did_not_create", ()) in walk.desk.asked
        assert done(walk) == set()


async def test_a_refusal_keeps_the_dialog_and_what_was_typed() -> None:
    desk = FakeDesk("j11")
    desk.refuse["correct"] = ActRefused("Cette adresse sert déjà à un autre compte ameli.")
    said = "Adresse de sa fille"
    async with walking(desk) as walk:
        await walk.to_level_1()
        await walk.press("a")
        await walk.to_level_2()
        await walk.on("Correct")
        await walk.type("angela@free.fr")
        await walk.press("enter", "o", "4")
        await walk.sees("× dites lequel")
        await walk.type(said)
        await walk.press("enter", "v")
        await walk.sees("▲ Cette adresse sert déjà à un autre compte ameli.", "angela@free.fr", said)
        await walk.press("v")
        await walk.sees("Adresse corrigée")
        notes = [note.text for note in desk.notes]
        assert notes == [f"Corriger l’adresse, autre motif\u00a0: {said}"]


async def test_a_lost_answer_is_shown_as_unknown() -> None:
    desk = FakeDesk("j3")
    desk.refuse["suspend"] = ActUnknown("La réponse du service s’est perdue : issue inconnue.", "key-1")
    async with walking(desk) as walk:
        await walk.to_level_1()
        await walk.press("s", "1", "v")
        await walk.sees("issue inconnue")
        assert "Demande suspendue" not in walk.screen


async def test_a_conflict_keeps_ones_note() -> None:
    desk = FakeDesk("j3")
    payload = {"outcome": "resent", "cause": "junk_folder"}
    other = EventRow(7, NOW, "0310", "contact.concluded", payload)
    desk.refuse["note"] = Conflict("Le dossier a changé entre-temps.", [other])
    async with walking(desk) as walk:
        await walk.to_level_1()
        await walk.press("n")
        await walk.on("Note")
        await walk.type("Rappelle demain")
        await walk.press("tab", "v")
        await walk.sees("a changé entre-temps.", "· 0310 ·", "conclu : Renvoi demandé", "Rappelle demain")
        await walk.press("v")
        await walk.sees("√ Note ajoutée")


async def test_a_note_is_saved_while_it_is_typed_and_warns_of_a_number() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("n")
        await walk.on("Note")
        await walk.type("Vu avec 2 62 08 99 999 001")
        await walk.until(
            lambda: any(name == "save_draft" for name, __ in walk.desk.asked), "the draft is saved"
        )
        await walk.sees("semble contenir un numéro de sécurité sociale :")
        await walk.press("escape")
        await walk.on("Call")
        assert ("save_draft", ("Vu avec 2 62 08 99 999 001",)) in walk.desk.asked


async def test_letters_do_nothing_while_a_field_has_the_focus() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.press("r")
        await walk.on("Resend")
        await walk.type_slowly("vcn")
        assert type(walk.app.screen).__name__ == "Resend"
        assert done(walk) == set()


async def test_leaving_a_call_says_that_it_is_to_be_resumed() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("n")
        await walk.on("Note")
        await walk.press("escape", "escape")  # one too many
        await walk.on("Call")
        await walk.sees("▲ Échap encore une fois : quitter l’appel sans conclure.")
        await walk.press("n")
        await walk.on("Note")
        await walk.press("escape", "escape")  # the dialog between forgot the first
        await walk.on("Call")
        assert ("leave", (4217,)) not in walk.desk.asked
        await walk.press("escape")
        await walk.on("Home")
        await walk.sees("Appel quitté sans conclure : dossier 4217 à reprendre.")
        assert ("leave", (4217,)) in walk.desk.asked
