"""What the Diagnostic screen leads to: compared addresses, settings first, another address, the leaflet."""

from pathlib import Path

import pytest

from screens.diagnosis.screen import Diagnosis
from screens.dialogs.correct import Correct
from screens.dialogs.leaflet import Leaflet, paragraphs
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from tests.screens.diagnosing_desk import DiagnosingDesk
from tests.screens.diagnosing_walk import asks, opens
from tests.screens.walk import COMPACT, SIZES, Walk, walking


async def test_the_said_address_is_compared_by_the_service_not_ticked() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        screen = await opens(walk)
        await asks(walk, screen, "address_exact")
        assert "Exacte" not in [reply.label for reply in screen.shown.replies]  # type: ignore[union-attr]
        await walk.press("1")
        await walk.on("SaidAddress")
        await walk.type("quelqu.un@free.fr")
        await walk.press("enter")
        await walk.sees("Il reste 2 essais.")
        await walk.press("escape")
        await walk.sees("Cause trouvée : Adresse inexacte", "constaté par le programme")
        await asks(walk, screen, "address_exact")
        await walk.press("1")
        await walk.on("SaidAddress")
        await walk.type("A.Dubois@orange.fr")
        await walk.press("enter")
        await walk.on("Diagnosis")
        await walk.sees("question 1 sur", "× Adresse inexacte")


async def test_a_setting_that_erases_comes_before_any_second_send() -> None:
    desk = DiagnosingDesk("j11")
    async with walking(desk) as walk:
        screen = await opens(walk)
        await asks(walk, screen, "provider_block_list")
        await walk.sees("liste rouge", "roue dentée >")
        await walk.press("1")
        await walk.sees("Rien n’est renvoyé à cette adresse avant que ce soit fait.")
        await walk.press("r")
        await walk.sees("R Renvoyer le mail : × D’abord le réglage")
        await walk.press("2")  # not possible for them: another address, at level 2
        await walk.on("Check")
        assert desk.told("conclude_checks") == [(False,)]
        await walk.press("escape")
        await walk.on("Diagnosis")
        await walk.press("r")
        await walk.sees("× D’abord le réglage")
        await walk.press("1")  # changed after all
        await walk.until(lambda: desk.told("setting_changed") == [()], "recorded")
        await walk.say_address()
        await walk.sees("√ la même")
        await walk.press("v")
        await walk.on("Diagnosis")
        await walk.sees("√ Renvoi demandé", "Diagnostic conclu : Réglages, filtres")
        assert desk.told("resend") == [()]


@pytest.mark.parametrize("size", SIZES)
async def test_after_a_crash_the_column_says_in_advance_why_nothing_is_sent(size: tuple[int, int]) -> None:
    desk = DiagnosingDesk("j11")
    desk.held = "provider_block_list"  # found in a run before this app was started
    async with walking(desk, size) as walk:
        await walk.to_level_1()
        await walk.sees("réglage d’abord (D)")
        await walk.press("r")
        await walk.sees(
            "R Renvoyer le mail : × réglage d’abord (D)." if size == COMPACT else "× D’abord le réglage"
        )


async def test_another_address_is_a_correction_and_the_program_concludes() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        screen = await opens(walk)
        await asks(walk, screen, "other_address")
        await walk.sees("vous envoyer un mail à vous-même", "4 Essai avec une autre adresse (niveau 2")
        await walk.press("4")
        await walk.to_level_2()
        await _corrects(walk, "b@wanadoo.fr")
        await walk.sees("chez wanadoo.fr", "1 Il arrive", "2 Il n’arrive pas : essayer chez un autre")
        assert screen.at == "other_address"
        await walk.press("1")
        await walk.sees("Cause trouvée : Réglages, filtres")  # the same provider: the old mailbox's settings
        await asks(walk, screen, "other_address")
        await walk.press("2")
        await _corrects(walk, "b@gmail.com")
        await walk.sees("chez gmail.com")
        await walk.press("2")
        await walk.sees("Cause trouvée : Expéditeur refusé")  # nowhere: our side
        await asks(walk, screen, "other_address")
        await walk.press("1")
        await walk.sees("Cause trouvée : Autre adresse")  # only elsewhere: the provider
        assert [given[1] for given in desk.told("correct")] == ["test_other_address"] * 2


async def _corrects(walk: Walk, address: str) -> None:
    """The reason is chosen already: the address, « oui », V."""
    await walk.on("Correct")
    dialog = walk.app.screen
    assert isinstance(dialog, Correct)
    await walk.until(lambda: dialog.query_one(Choices).value == "test_other_address", "the reason")
    await walk.type(address)
    await walk.press("enter", "o", "v")
    await walk.on("Diagnosis")


async def test_the_leaflet_is_shown_copied_and_saved_never_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    async with walking(DiagnosingDesk("j3"), COMPACT) as walk:
        monkeypatch.setattr(walk.app, "copy_to_clipboard", copied.append)
        await opens(walk)
        await walk.press("f")
        await walk.on("Leaflet")
        await walk.sees("RETROUVER LE MAIL DE CONFIRMATION")
        leaflet = walk.app.screen
        assert isinstance(leaflet, Leaflet)
        for secret in ("DUBOIS", "a.dubois", "2 62 08", "4217"):
            assert secret not in leaflet.text
        await walk.press("y")
        assert copied == [leaflet.text]
        file = tmp_path / "fiche.txt"
        await walk.press("e")
        await walk.type(str(file))
        await walk.press("enter", "v")
        await walk.sees("√ Fiche enregistrée")
        assert file.read_text(encoding="utf-8") == leaflet.text
        await walk.press("v")
        await walk.sees("Ce fichier existe déjà")
        leaflet.query_one(Field).input.value = str(tmp_path / "absent" / "x")
        await walk.press("v")
        await walk.sees("Le fichier ne peut pas être écrit")
        await walk.press("escape")
        await walk.on("Diagnosis")


def test_the_leaflets_lines_are_joined_as_they_were() -> None:
    text = "TITRE\n\n  1. " + "mot " * 17 + "fin\n     suite de la phrase\n  2. court\n  - tiret\n"
    assert paragraphs(text) == [
        "TITRE",
        "",
        "1. " + "mot " * 17 + "fin suite de la phrase",
        "2. court",
        "- tiret",
    ]


async def test_a_call_without_a_record_gets_general_advice_and_no_act() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        await walk.press("ctrl+p")
        await walk.type("sans dossier")
        await walk.press("enter")
        await walk.on("Call")
        await walk.sees("conseil général")
        await walk.press("d")
        await walk.on("Diagnosis")
        await walk.sees("question 1 sur 19", "Appel sans dossier", "○ Le dossier ne peut pas être lu")
        screen = walk.app.screen
        assert isinstance(screen, Diagnosis)
        await asks(walk, screen, "address_exact")
        await walk.sees("1 Exacte", "2 Inexacte")
        await walk.press("2")
        await walk.sees("Cause trouvée : Adresse inexacte", "1 Remède dit à l’appelant")
        await walk.press("1")
        await walk.sees("√ Diagnostic conclu")
        await walk.until(lambda: desk.mode is None, "recorded")
        assert isinstance(walk.app.screen, Diagnosis)
