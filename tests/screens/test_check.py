"""The caller check: who speaks first, nothing told before its level, never which answer was wrong."""

from datetime import timedelta

import pytest
from textual import events

from ameli_support.casework.errors import ActRefused
from ameli_support.casework.views import Service
from ameli_support.onboarding.identity import Direction, Fact, Level, Representation, Speaker
from ameli_support.onboarding.procedure import procedure
from screens.check import Check
from screens.widgets.facts import Facts
from tests.screens.fake_desk import ADDRESS, NIR, NOW, FakeDesk
from tests.screens.walk import COMPACT, SIZES, WIDE, Walk, walking


@pytest.mark.parametrize("size", [WIDE, COMPACT])
async def test_before_level_1_only_what_was_typed_is_shown(size: tuple[int, int]) -> None:
    async with walking(FakeDesk("j11"), size) as walk:
        await walk.find()
        await walk.sees("Appelant à identifier", "dossier fermé avant le niveau 1", "Ne demandez jamais")
        await walk.press("1")
        await walk.sees("2 62 08 •• ••• •••", "√ déjà donné")
        for secret in ("DUBOIS", "Angela", "orange", "inactif", NIR):
            assert secret not in walk.screen


async def test_a_mismatch_never_says_which_answer_was_wrong() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.press("1")
        await walk.sees("niveau 1 à vérifier", "3 essais pour ce contrôle")
        await walk.type("durand")
        await walk.press("tab")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await walk.sees("Ces réponses ne suffisent pas.", "Il reste 2 essais", "2 essais pour ce contrôle")
        assert "durand" in walk.screen


async def test_a_full_date_moves_on_and_unshifted_digits_are_read() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.press("1")
        await walk.sees("Quel est votre nom")
        await walk.type("dubois")
        await walk.press("tab")
        await walk.type("é'àè&ç-é")
        await walk.sees("24/07/1962")
        await walk.press("tab")  # out of habit: the caret has moved on already
        await walk.type("(çààà")
        await walk.sees("59000")
        assert walk.app.screen.query_one(Facts).typed[Fact.POSTCODE] == "59000"


async def test_a_service_that_comes_back_during_the_check_is_noticed_without_a_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("screens.check.PULSE_SECONDS", 0.2)
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.press("1")
        await walk.sees("Quel est votre nom")
        walk.desk.since, walk.desk.service = NOW - timedelta(minutes=4), Service.DOWN
        await walk.sees("service coupé")
        walk.desk.since, walk.desk.service = None, Service.OK
        await walk.sees("en ligne")


async def test_an_impossible_date_is_said_and_nothing_is_compared() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.press("1")
        await walk.sees("Quel est votre nom")
        await walk.type("dubois")
        await walk.press("tab")
        await walk.type("31021962")
        await walk.press("tab")
        await walk.type("38000")
        await walk.press("enter")
        await walk.sees("Cette date n’existe pas")
        assert not any(name == "verify" for name, __ in walk.desk.asked)


async def test_three_failed_checks_lock_and_only_one_sentence_is_said() -> None:
    async with walking(FakeDesk("locked")) as walk:
        await walk.find()
        await walk.press("1")
        await walk.sees("Quel est votre nom")
        await walk.type("durand")
        await walk.press("tab")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await walk.sees("Dossier verrouillé", "« Je ne peux pas poursuivre. »")
        await walk.press("escape")
        await walk.on("Call")
        await walk.sees("■ Dossier verrouillé", "« Je ne peux pas poursuivre. »", "× dossier verrouillé")


async def test_a_third_party_stays_at_level_0() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.sees("Qui parle")
        await walk.press("4")
        await walk.on("Call")
        await walk.sees("Niveau 0", "Peut-elle venir en ligne et répondre seule")
        assert ("speak", (Direction.INCOMING, Speaker.THIRD_PARTY, None)) in walk.desk.asked
        assert "DUBOIS" not in walk.screen


async def test_nobody_is_asked_for_a_number_on_an_outgoing_call() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.sees("Appel entrant")
        await walk.press("right")
        await walk.sees("Appel sortant")
        await walk.press("1")
        await walk.on("Call")
        await walk.sees("Je ne vous demande aucun numéro")


async def test_a_mail_is_checked_by_what_it_gives_and_never_asked_for_a_number() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find(ADDRESS)
        await walk.sees("Appel entrant")
        await walk.press("right", "right")
        await walk.sees("Mail ← →")
        await walk.press("1")
        await walk.sees("Ne demandez jamais un numéro par mail.", "N° de sécurité sociale")
        assert "Quel est votre numéro" not in walk.squeezed
        await walk.type(NIR)
        await walk.press("enter")
        await walk.type("dubois")
        await walk.press("enter")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await walk.on("Call")
        await walk.sees("identité niveau 1")
        await walk.press("i")
        await walk.sees("Le niveau 2 s’atteint par téléphone")
        await walk.press("r")
        await walk.on("Resend")
        await walk.sees("De quelle adresse ce mail a-t-il été écrit ?", "Expéditeur")


async def test_a_representative_says_with_what_right() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.press("2")
        await walk.sees("représentez-vous cette personne", "Tutelle")
        await walk.press("2")
        await walk.sees("niveau 1 à vérifier")
        assert (
            "speak",
            (Direction.INCOMING, Speaker.REPRESENTATIVE, Representation.TUTELLE),
        ) in walk.desk.asked


async def test_unshifted_azerty_digits_answer_too() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.sees("Qui parle")
        await walk.press("ampersand")
        await walk.sees("niveau 1 à vérifier")


async def test_level_2_takes_two_right_answers_and_leaves_the_others_empty() -> None:
    async with walking(FakeDesk("j25")) as walk:
        await walk.to_level_1()
        await walk.press("i")
        await walk.on("Check")
        await walk.sees("Deux réponses justes suffisent", "Mme DUBOIS")
        await walk.type("12")
        await walk.press("tab")
        await walk.type("0042")
        await walk.press("enter")
        await walk.sees("Il faut les 4 derniers chiffres.")
        await walk.type("34")
        await walk.press("enter")
        await walk.on("Call")
        await walk.sees("identité niveau 2")
        assert (
            "verify",
            (Level.REINFORCED, {Fact.BANK_LAST4: "1234", Fact.CARD_SERIAL: "0042"}),
        ) in walk.desk.asked


async def test_escape_goes_home_before_anybody_spoke_and_to_advice_afterwards() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.on("Check")
        await walk.press("escape")
        await walk.on("Home")
        assert ("leave", (4217,)) in walk.desk.asked
        await walk.find()
        await walk.press("1")
        await walk.sees("niveau 1 à vérifier")
        await walk.press("escape")
        await walk.on("Call")
        await walk.sees("Niveau 0", "niveau 1 d’abord", "niveau 2 d’abord")
        assert ("level_0", ()) in walk.desk.asked


async def test_the_person_checked_alone_lets_a_third_party_take_part() -> None:
    desk = FakeDesk("j11")
    async with walking(desk) as walk:
        await walk.find()
        await walk.sees("Qui parle")
        await walk.press("4")
        await walk.on("Call")
        await _agree(walk)
        await walk.sees("la personne vient d’abord en ligne")
        assert "agree" not in [name for name, __ in desk.asked]
    async with walking(desk) as walk:
        await walk.to_level_1()
        await _agree(walk)
        await walk.on("Confirm")
        await walk.sees("accord à voix haute", "Acceptez-vous que cette personne participe")
        await walk.press("v")
        await walk.on("Call")
        await walk.sees("Accord noté", "pour cet appel seulement")
        assert "agree" in [name for name, __ in desk.asked]


async def _agree(walk: Walk) -> None:
    await walk.press("ctrl+p")
    await walk.on("Palette")
    await walk.type("tiers")
    await walk.press("enter")


async def test_a_third_party_hands_the_telephone_to_the_person() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.sees("Qui parle")
        await walk.press("4")
        await walk.on("Call")
        await walk.press("i")
        await walk.on("Check")
        await walk.sees("Qui parle")
        await walk.press("1")
        await walk.sees("niveau 1 à vérifier")
        await walk.type(NIR)
        await walk.press("enter")
        await walk.type("dubois")
        await walk.press("enter")
        await walk.type("24081962")
        await walk.type("38000")
        await walk.press("enter")
        await walk.on("Call")
        await walk.sees("DUBOIS", "identité niveau 1")


async def test_a_number_begun_where_one_digit_is_expected_chooses_nobody_and_is_kept() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find("angela@orange.fr")
        await walk.sees("Qui parle")
        for key in "26208":
            walk.app.post_message(events.Key(key, key))
        await walk.sees("Un chiffre dit d’abord qui parle", "Appelez-vous pour vous-même")
        assert not [name for name, __ in walk.desk.asked if name == "speak"]
        screen = walk.app.screen
        assert isinstance(screen, Check)
        screen._digit_at = float("-inf")  # the person has read the sentence
        await walk.press("1")
        await walk.sees("Quel est votre numéro")
        field = screen.query_one(Facts).field(Fact.NIR)
        await walk.until(lambda: field.value == "26208", "the digits stand in their field")


async def test_several_facts_in_the_first_field_go_to_their_own() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.find()
        await walk.sees("Qui parle")
        await walk.press("1")
        await walk.sees("Quel est votre nom")
        await walk.type("dubois 24/08/1962 38000")
        await walk.press("enter")
        await walk.on("Call")
        await walk.sees("DUBOIS", "identité niveau 1")


async def test_a_refused_comparison_keeps_what_was_typed_and_can_be_tried_again() -> None:
    desk = FakeDesk("j11")
    desk.refuse["verify"] = ActRefused("Personne de ce nom ne représente l’assuré.")
    async with walking(desk) as walk:
        await walk.find("2620838185001 DUBOIS 24081962 38000")
        await walk.sees("Qui parle")
        await walk.press("2", "2")
        await walk.sees("Personne de ce nom ne représente l’assuré.", "DUBOIS")
        await walk.until(lambda: walk.app.focused is not None, "a field has the focus")


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_never_asked_for_is_whole_on_every_screen(size: tuple[int, int]) -> None:
    reminder = procedure().lines("reminders.never_ask")
    async with walking(FakeDesk("j25"), size) as walk:
        await walk.find()
        await walk.sees("Qui parle", *reminder)
        await walk.press("escape")
        await walk.to_level_1()
        await walk.press("i")
        await walk.sees("niveau 2 à vérifier", "3 essais pour ce contrôle", *reminder)
        await walk.type("9999")
        await walk.press("tab")
        await walk.type("0001")
        await walk.press("enter")
        await walk.sees("Ces réponses ne suffisent pas.", "2 essais pour ce contrôle", *reminder)
