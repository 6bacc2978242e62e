"""The five commonest calls, from home to home, on a desk in memory, wide and narrow."""

import pytest

from ameli_support.accounts.contract import CorrectReason, ReissueReason
from ameli_support.casework.case import Outcome
from screens.widgets.facts import Facts
from screens.widgets.field import Field
from tests.screens.cheat_sheet import keys_of
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import SIZES, walking

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["120x36", "80x24"])


@pytest.mark.parametrize("story", ["j3", "j11"])
async def test_a_resend_asks_for_the_said_address_and_takes_ten_keys_at_most(
    size: tuple[int, int], story: str
) -> None:
    async with walking(FakeDesk(story), size) as walk:
        await walk.dictates_to_level_1()
        await walk.press("r")
        await walk.on("Resend")
        await walk.sees("adresse à comparer")
        await walk.type("k")
        await walk.sees("Entrée compare l’adresse")
        walk.app.screen.query_one(Field).input.value = ""
        await walk.say_address()
        await walk.sees("√ la même")
        await walk.press("v")
        await walk.sees("√ Renvoi demandé à 14:32.", "Le mail est en file d’attente.")
        assert "envoyé à" not in walk.screen
        queued, walk.desk.sent_at = walk.desk.sent_at, None  # the provider has taken it
        walk.app.action_retry()
        await walk.sees("√ Renvoi demandé à 14:32. Remis à orange.fr")
        walk.desk.sent_at = queued
        await walk.conclude()
        await walk.sees("Appel conclu")
        assert walk.desk.closed is not None
        assert walk.desk.closed[0] is Outcome.RESENT
        assert walk.commands == keys_of(f"resend_{story}")


async def test_wrong_answers_of_level_2_are_read_again_where_they_were_typed(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j25"), size) as walk:
        await walk.dictates_to_level_1()
        await walk.press("e")
        await walk.on("Check")
        await walk.type("9999")
        await walk.press("tab")
        await walk.type("0")
        await walk.press("enter")
        await walk.sees("Ces réponses ne suffisent pas")
        first = walk.app.screen.query_one(Facts).open_fields[0].input
        await walk.until(lambda: walk.app.screen.focused is first, "the first answer has the focus")
        await walk.sees("« Sur quel compte êtes-vous remboursé ?")


async def test_a_reissue_at_day_25_opens_level_2_and_comes_back(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j25"), size) as walk:
        await walk.dictates_to_level_1()
        await walk.sees("délai de 21 jours dépassé")
        await walk.press("e")
        await walk.to_level_2()
        await walk.on("Reissue")
        await walk.press("o", "1", "v")
        await walk.sees("√ Lien réémis à 14:32.")
        await walk.conclude()
        assert ("reissue", (ReissueReason.MAIL_NOT_FOUND, True)) in walk.desk.asked
        assert walk.commands == keys_of("reissue")


async def test_an_address_is_corrected_at_level_2(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await walk.dictates_to_level_1()
        await walk.press("a")
        await walk.to_level_2()
        await walk.on("Correct")
        await walk.type("angela@ornage.fr")
        await walk.sees("orange.fr ?", "arobase, o r n a g e")
        await walk.press("down")
        await walk.sees("Un lien neuf part à angela@orange.fr")
        await walk.press("enter", "o", "1")
        kept = walk.commands.copy()
        await walk.press("enter")  # a second Entrée cancels nothing
        await walk.on("Correct")
        await walk.press("escape")
        await walk.on("Call")
        await walk.press("a")
        await walk.sees("Un lien neuf part à angela@orange.fr")
        await walk.press("enter", "o", "1")
        walk.commands[:] = kept
        await walk.sees("L’ancienne adresse n’est pas prévenue.")
        await walk.press("v")
        await walk.sees("√ Adresse corrigée à 14:32.")
        await walk.conclude()
        assert ("correct", ("angela@orange.fr", CorrectReason.TYPO, True)) in walk.desk.asked
        assert [key for key in walk.commands if key != "down"] == keys_of("correct")


async def test_an_active_account_takes_six_keys(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("active"), size) as walk:
        await walk.dictates_to_level_1()
        await walk.sees("Parcours terminé : compte activé", "rien à envoyer", "dans son compte ameli")
        await walk.conclude()
        assert walk.desk.closed is not None
        assert walk.desk.closed[:2] == (Outcome.ALREADY_ACTIVE, "none")
        assert walk.commands == keys_of("already_active")


async def test_it_was_not_me_suspends(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j3"), size) as walk:
        await walk.dictates_to_level_1()
        await walk.press("s")
        await walk.sees("Seul un superviseur peut lever la suspension.", "choisissez un motif")
        await walk.press("1", "v")
        await walk.sees("Demande suspendue à 14:32.", "déjà suspendue" if size[0] > 100 else "S :")


async def test_four_facts_typed_in_one_go_are_level_1(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await walk.find("2620838185001 DUBOIS 24081962 38000")
        await walk.on("Check")
        await walk.sees("Qui parle")
        await walk.press("1")
        await walk.on("Call")
        await walk.sees("DUBOIS Angela")
        assert walk.commands == ["enter", "1"]
