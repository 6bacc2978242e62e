"""Home: one box; several matches list nobody, bad input gets a sentence, the connection may fail."""

import threading

from ameli_support.casework.case import Outcome
from ameli_support.onboarding.identity import Role
from screens.app import AmeliSupport, Launch
from tests.screens.fake_desk import NIR, FakeDesk, resume_rows
from tests.screens.walk import COMPACT, Walk, walking


async def test_the_caret_is_in_the_box_before_the_desk_is_there_and_typing_is_kept() -> None:
    desk, ready = FakeDesk(), threading.Event()

    def connect() -> FakeDesk:
        ready.wait(10)
        return desk

    app = AmeliSupport(Launch(connect=connect))  # type: ignore[arg-type]
    async with app.run_test(size=COMPACT) as pilot:
        walk = Walk(app, pilot, desk)
        assert app.focused is not None
        assert app.focused.id == "lookup"
        await walk.sees("connexion…")
        await walk.type(NIR)
        await walk.press("enter")
        ready.set()
        await walk.on("Check")


async def test_a_failed_connection_is_said_and_f5_tries_again() -> None:
    desk, tries = FakeDesk(), []

    class Unreachable(Exception):
        sentence = "Le service des comptes ne répond pas."

    def connect() -> FakeDesk:
        tries.append(1)
        if len(tries) == 1:
            raise Unreachable
        return desk

    app = AmeliSupport(Launch(connect=connect))  # type: ignore[arg-type]
    async with app.run_test(size=COMPACT) as pilot:
        walk = Walk(app, pilot, desk)
        await walk.sees("service coupé", "F5 réessayer", "Le service des comptes ne répond pas.")
        await walk.press("f5")
        await walk.sees("en ligne")


async def test_several_matches_list_nobody_and_ask_for_one_more_fact() -> None:
    desk = FakeDesk()
    desk.matches = 2
    async with walking(desk) as walk:
        await walk.find("dubois 24081962")
        await walk.sees("▲ nom et naissance : 2 dossiers. Ajoutez le code postal, dans la même case.")
        assert "Angela" not in walk.screen
        assert "dubois 24081962" in walk.screen
        desk.matches = 1
        await walk.type(" 38000")
        await walk.press("enter")
        await walk.on("Check")
        assert [arguments[2] for name, arguments in desk.asked if name == "find"] == [None, "call-1"]


async def test_nobody_found_names_the_next_key() -> None:
    desk = FakeDesk()
    desk.matches = 0
    async with walking(desk) as walk:
        await walk.find()
        await walk.sees("aucun dossier. Relisez la saisie, ou prenez « Appel sans dossier ».")


async def test_what_cannot_be_read_gets_a_sentence_and_changes_nothing() -> None:
    async with walking() as walk:
        await walk.press("enter")
        await walk.sees("▲")
        await walk.find("31021962 dubois")
        await walk.sees("▲", "dubois")
        assert not any(name == "find" for name, __ in walk.desk.asked)


async def test_a_provisional_number_cannot_open_an_account() -> None:
    async with walking() as walk:
        await walk.find("7620899999001")
        await walk.sees("Une personne avec un numéro provisoire ne peut pas ouvrir de compte ameli.")


async def test_a_call_without_a_record_is_still_a_case() -> None:
    async with walking(size=COMPACT) as walk:
        await walk.press("down", "enter")
        await walk.on("Call")
        await walk.sees("Appel sans dossier", "dossier 4217", "× R, E, A, S : sans dossier")
        await walk.press("c")
        await walk.on("Conclude")
        await walk.press("2", "v")  # with C, the three keys of an outcome that was not proposed
        await walk.on("Home")
        assert walk.desk.closed is not None
        assert walk.desk.closed[:2] == (Outcome.ADVICE, "none")


async def test_cases_to_resume_have_number_hour_and_reason_but_no_name() -> None:
    desk = FakeDesk()
    desk.resume_rows = resume_rows()
    async with walking(desk) as walk:
        await walk.sees("À reprendre", "4188 15:00", "4160 22/11 14:32 ▲ à rappeler")
        await walk.press("down", "enter")
        await walk.on("Check")
        assert ("resume", (4188,)) in desk.asked


async def test_a_supervisor_says_why_and_comes_to_the_record_without_a_check() -> None:
    async with walking(FakeDesk("suspended", role=Role.SUPERVISOR)) as walk:
        await walk.sees("Motif (journalisé)")
        await walk.find()
        await walk.sees("Dites pourquoi vous consultez ce dossier")
        await walk.type("contestation écrite")
        await walk.press("enter")
        await walk.on("Call")
        await walk.sees("DUBOIS", "consultation journalisée", "× hors de votre rôle")
        await walk.press("ctrl+p")
        await walk.on("Palette")
        await walk.type("lever")
        await walk.press("enter")
        await walk.sees("Lever la suspension ?", "dites pourquoi")
        await walk.type("erreur de l’assuré")
        await walk.press("enter", "v")
        await walk.sees("Suspension levée à 14:32.")
        assert ("lift", ("erreur de l’assuré",)) in walk.desk.asked
