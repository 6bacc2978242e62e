"""Steps 1 to 5 on the call screen: where it stopped, what goes wrong there; FranceConnect’s codes."""

from datetime import timedelta

import pytest

from ameli_support import i18n
from ameli_support.accounts.contract import ProvisionalCode
from ameli_support.onboarding.journey import Route, Step
from tests.screens.fake_desk import NIR, NOW, FakeDesk
from tests.screens.test_colours import measure
from tests.screens.test_english import shows
from tests.screens.walk import COMPACT, SIZES, WIDE, walking


@pytest.mark.parametrize("size", SIZES)
async def test_the_call_shows_where_it_stopped_and_what_goes_wrong_there(size: tuple[int, int]) -> None:
    desk = FakeDesk("early")
    desk.early_step = Step.PERSONAL_CODE
    desk.issued = NOW - timedelta(days=3)
    async with walking(desk, size) as walk:
        await walk.to_level_1()
        await walk.sees(
            "► En cours à l’étape 4 : Code personnel",
            "depuis le 20/11, il y a 3 jours",
            "Je choisis un code personnel", "étape 2 sur 3", "RETOUR", "CONTINUER",
            "Reprenez sur assure.ameli.fr, avec FranceConnect.",
        )  # fmt: skip
        await walk.press("b")
        await walk.on("Obstacles")
        await walk.sees("Blocages : Code personnel", "1 Code personnel refusé", "À faire")
        if size == WIDE:
            await walk.sees("« comporter entre 8 et 50 caractères »")
            await measure(walk, "obstacles", whole=False)
        else:
            await walk.press("right")
            await walk.sees("« comporter entre 8 et 50 caractères »")
        await walk.press("3")
        await walk.sees("La page se ferme après un moment")
        await walk.press("escape")
        await walk.on("Call")
        desk.also = {"login_closed_until": NOW + timedelta(minutes=15)}
        await walk.sees("▲ Connexion fermée : B dit quoi faire")
        await walk.press("b")
        await walk.sees("1 Connexion fermée ▲ constaté", "Elle rouvre à 14:47, rien n’est perdu.")
        await walk.press("escape")
        # the next step shows by itself
        desk.also = {}
        desk.early_step = Step.CONTACT
        await walk.sees("étape 5 : Coordonnées", "Informations personnelles")


async def test_a_provider_that_is_away_shows_where_one_chooses_it_and_a_dead_code_in_the_band() -> None:
    desk = FakeDesk("early")
    desk.early_step, desk.away = Step.IDENTITY, frozenset({"impots"})
    async with walking(desk, COMPACT) as walk:
        await walk.to_level_1()
        await walk.sees("Indisponible pour le moment : impots.gouv")
        await walk.press("b")
        await walk.sees(
            "1 Fournisseur indisponible ▲ constaté", "La connexion via impots.gouv est indisponible"
        )
        await walk.press("escape")
        desk.also = {"route": Route.FORM, "provisional_code": ProvisionalCode.VOID}
        await walk.sees("Votre code provisoire ne fonctionne plus.")
        await walk.press("b")
        await walk.sees("1 Code provisoire périmé ▲ constaté")


@pytest.mark.parametrize("typed", ["y 01 00 04", "yà&ààà'"])
async def test_a_code_typed_on_home_is_explained_and_counted_only_when_noted(typed: str) -> None:
    desk = FakeDesk("j3")
    async with walking(desk, COMPACT) as walk:
        await walk.find(typed)
        await walk.on("RefusedCode")
        await walk.sees("√ Y010004", "FranceConnect n’a pas reconnu votre identité.", "À faire")
        await walk.press("escape")
        await walk.on("Home")
        assert {name for name, _arguments in desk.asked} == {"to_resume"}
        await walk.find(typed)
        await walk.on("RefusedCode")
        await walk.press("v")
        await walk.on("Call")
        await walk.sees("Appel sans dossier", "Code FranceConnect noté au dossier 4217.")
        asked = [name for name, _arguments in desk.asked if name != "to_resume"]
        assert asked == ["find_no_record", "explain_refusal"]
        await walk.press("b")
        await walk.sees("Blocages : conseil général", "Nom qui n’est pas reconnu")


async def test_a_code_read_out_in_a_call_is_noted_there() -> None:
    desk = FakeDesk("early")
    desk.early_step = Step.IDENTITY
    async with walking(desk) as walk:
        await walk.to_level_1()
        await walk.press("ctrl+p")
        await walk.on("Palette")
        await walk.type("erreur france")
        await walk.press("enter")
        await walk.on("RefusedCode")
        await walk.sees("× lisez le code")
        await walk.type("Y99")
        await walk.sees("Y, puis six chiffres ou lettres de A à F.")
        await walk.type("0001")
        await walk.sees("Je ne connais pas ce code.")
        await measure(walk, "code", whole=False)
        await walk.press("enter", "v")
        await walk.on("Call")
        await walk.sees("Code FranceConnect noté au dossier 4217.")
        assert desk.asked[-1] == ("explain_refusal", (4217, "Y990001"))


async def test_all_of_it_in_english() -> None:
    i18n.set_language("en")
    try:
        desk = FakeDesk("early")
        desk.early_step, desk.issued = Step.PERSONAL_CODE, NOW - timedelta(days=3)
        async with walking(desk, COMPACT, "online") as walk:
            await walk.find("y 01 00 04")
            await shows(
                walk, "FranceConnect error code", "FranceConnect did not recognise your identity.", "To do"
            )
            await walk.press("escape")
            await walk.find(f"{NIR} DUBOIS 24081962 38000")
            await walk.on("Check")
            await walk.press("1")
            await walk.on("Call")
            await shows(
                walk, "In progress at step 4: Personal code", "since 20/11, 3 days ago", "with FranceConnect."
            )
            await walk.press("b")
            await shows(walk, "Obstacles: Personal code", "Personal code refused", "To do", "read on")
            await walk.press("f1")
            await shows(walk, "What often fails here.")
    finally:
        i18n.set_language("fr")
