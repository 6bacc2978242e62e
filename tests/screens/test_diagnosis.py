"""The Diagnostic screen: asked, changed, left out, ended; never blocked, nothing lost (issue 4, §4)."""

import pytest
from textual.widgets import Input

from ameli_support.casework.case import Outcome as Ended
from ameli_support.casework.errors import DeskError
from ameli_support.casework.views import Proposal, Service
from ameli_support.onboarding.identity import Level
from checks.check import Check as OneCheck
from checks.check import FollowUp, Place, Text, yes_no
from checks.checklist import Checklist
from checks.evidence import Finding, Outcome
from checks.run import Mode
from screens.diagnosis.screen import Diagnosis
from tests.screens.diagnosing_desk import DiagnosingDesk
from tests.screens.diagnosing_walk import asks, opens, recorded
from tests.screens.drawing import cells
from tests.screens.test_colours import measure
from tests.screens.test_hostile import HOSTILE
from tests.screens.walk import COMPACT, SIZES, WIDE, walking


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_first_question_to_the_wrap_up(size: tuple[int, int]) -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk, size) as walk:
        screen = await opens(walk)
        first = screen.at
        assert first == "junk_folder", "the cheapest expected order"
        await walk.sees("indésirables/spam", "1 Oui", "2 Non", "●●○ Indésirables")
        await walk.press("quotation_mark")  # 3 on an unshifted AZERTY row: cannot tell
        await recorded(walk, desk, ("answer", "junk_folder", "cannot_tell"))
        await walk.sees("question 2 sur")
        # the answer is changed; what was answered after it is kept
        await asks(walk, screen, "old_mail")
        await walk.press("2")
        await asks(walk, screen, "junk_folder")
        await walk.sees("3 Ne sait pas √")
        await walk.press("1")
        await recorded(
            walk,
            desk,
            ("answer", "junk_folder", "cannot_tell"),
            ("answer", "old_mail", "no"),
            ("answer", "junk_folder", "yes"),
        )
        await walk.sees("Cause trouvée : Indésirables", "Signalez-le comme légitime")
        await walk.press("2")  # the remedy did not help: the run goes on
        await walk.sees("Mail introuvable : question 3 sur")
        assert desk.steps[-1] == ("did_not_help", "junk_folder")
        await asks(walk, screen, "link_blocked")
        await walk.press("1", "1")
        await walk.on("Conclude")
        await walk.press("escape")
        await walk.on("Diagnosis")
        await walk.sees("√ Diagnostic conclu : Antivirus, blocage")
        await walk.press("2")
        await walk.on("Call")


async def test_keys_in_one_burst_answer_one_question_after_the_other() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        screen = await opens(walk)
        asked = []
        desk.dns.clear()  # the desk answers nothing meanwhile: the screen goes on
        for _number in range(4):
            asked.append(screen.at)
            await walk.press("3" if screen.at != "address_exact" else "2")
        assert len(set(asked)) == 4
        desk.dns.set()
        await recorded(walk, desk, *(("answer", check, "cannot_tell") for check in asked))
        await walk.press("escape")
        await walk.on("Call")


async def test_evidence_shows_as_it_arrives_and_never_moves_the_question() -> None:
    desk = DiagnosingDesk("j11")
    desk.dns.clear()
    async with walking(desk) as walk:
        screen = await opens(walk)
        assert desk.told("explore"), "looked for as soon as level 1 was reached"
        await walk.sees(
            "▲ Le lien n’est plus actif", "√ Rien d’anormal dans le domaine", "Liste rouge d’Orange"
        )
        assert "Le domaine orange.fr reçoit des mails." not in walk.squeezed
        asked = screen.at
        desk.extra = (Finding("domain", Outcome.UNKNOWN, "timeout", "DNS : pas de réponse."),)
        desk.dns.set()
        await walk.sees("(et 2 de plus)")
        assert [row.sign for row in screen.shown.findings] == ["▲", "√", "√", "√", "○"]  # type: ignore[union-attr]
        assert screen.at == asked


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_not_asked_is_listed_before_giving_up_and_can_still_be_asked(
    size: tuple[int, int],
) -> None:
    desk = DiagnosingDesk("j3")
    desk.leaves_out("pas devant sa messagerie", but={"junk_folder", "other_address"})
    async with walking(desk, size) as walk:
        await walk.to_level_1()
        await walk.press("d")
        await walk.sees("question 12 sur 13")
        screen = walk.app.screen
        assert isinstance(screen, Diagnosis)
        await walk.press("p")
        await walk.on("LeaveOut")
        await walk.press("v")  # no reason, nothing happens
        await walk.sees("choisissez un motif")
        await walk.press("4")
        await walk.type("sa fille a l’ordinateur")
        await walk.press("enter", "v")
        await walk.on("Diagnosis")
        await walk.until(
            lambda: desk.steps[-1] == ("skip", "junk_folder", "sa fille a l’ordinateur"), "noted"
        )
        await walk.press("p")
        await walk.on("LeaveOut")
        await walk.press("1", "v")
        await walk.on("Diagnosis")
        await walk.sees(
            "■ Cause introuvable",
            "Sa fille a l’ordinateur : Indésirables",
            "Pas devant sa messagerie : Adresse exacte",
            "Le service a déjà répondu : Déjà activé",
            "Filtre d’entreprise",
        )
        await walk.press("2")  # ask one more
        await walk.sees("question 13 sur 13")
        await walk.press("right")
        assert screen.at not in dict(screen.run.skipped)  # type: ignore[union-attr]
        await walk.press("left", "left")
        await asks(walk, screen, "junk_folder")
        await walk.sees("Passée : sa fille a l’ordinateur")
        await walk.press("1")
        await walk.sees("Cause trouvée : Indésirables")
        assert "junk_folder" not in dict(screen.run.skipped)  # type: ignore[union-attr]


async def test_the_documents_order_is_always_there_and_a_refused_answer_is_read_anew() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        screen = await opens(walk)
        await walk.press("o")
        await walk.sees("Ordre du document", "► 1 Adresse exacte", "· 2 Indésirables", "· 8 Recherche")
        await walk.until(lambda: desk.mode is Mode.DOCUMENT, "recorded")
        await walk.press("o")
        await walk.sees("Ordre le plus court.", "► 1 Indésirables")
        desk.refuse["checks.answer"] = DeskError("Le dossier est fermé.")
        await walk.press("2")
        await walk.sees("■ Le dossier est fermé.")
        await walk.until(lambda: not screen.run.answers, "the screen shows what is recorded")  # type: ignore[union-attr]


async def test_a_pause_is_told_to_whoever_goes_on_and_an_end_wants_a_reason_too() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk, COMPACT) as walk:
        await opens(walk)
        await walk.press("2", "m")
        await walk.on("Halt")
        await walk.type("rappelle [/] ce soir")
        await walk.until(lambda: desk.told("save_draft") == [("rappelle [/] ce soir",)], "kept while typed")
        await walk.press("enter", "v")
        await walk.on("Call")
        assert desk.told("save_draft")[-1] == ("",), "the draft is what it was"
        assert desk.told("pause_checks") == [("rappelle [/] ce soir",)]
        await walk.press("d")
        await walk.on("Diagnosis")
        await walk.sees("question 2 sur", "Repris après la pause de l’agent 10043", "rappelle [/]")
        await walk.press("x")
        await walk.on("Halt")
        await walk.press("escape")
        await walk.on("Diagnosis")
        await walk.press("x")
        await walk.type("autre demande")
        await walk.press("enter", "v")
        await walk.on("Call")
        assert desk.told("abandon_checks") == [("autre demande",)]


async def test_after_a_crash_the_run_stands_where_it_was_and_the_typed_reason_is_in_the_note() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        await opens(walk)
        await walk.press("2", "m")
        await walk.on("Halt")
        await walk.type("cherche son mot de passe")
        await walk.until(lambda: desk.told("save_draft"), "kept while typed")
    assert not desk.told("pause_checks"), "the app ended before V"
    (draft,) = desk.told("save_draft")[-1]
    async with walking(desk) as walk:
        await walk.to_level_1()
        desk._set(draft=draft)
        await walk.press("d")
        await walk.on("Diagnosis")
        await walk.sees("question 2 sur", "√ 1 Indésirables non")
        await walk.press("escape")
        await walk.on("Call")
        await walk.until(lambda: walk.app.screen.state.draft == draft, "read")  # type: ignore[attr-defined]
        await walk.press("n")
        await walk.sees("cherche son mot de passe")


async def test_where_there_is_nothing_to_look_for_the_key_says_why() -> None:
    desk = DiagnosingDesk("active")
    async with walking(desk) as walk:
        await walk.to_level_1()
        for story, why in (
            ("active", "× Le compte est déjà activé : il n’y a pas de mail à chercher."),
            ("not_sent", "× Aucune adresse n’est encore donnée"),
            ("suspended", "× La demande est suspendue"),
            ("stranger", "× Aucune inscription n’est en cours"),
            ("deceased", "× "),
        ):
            desk.become(story)
            await walk.press("f5", "d")
            await walk.sees(f"D Diagnostic : {why}")
            await walk.on("Call")
        assert not desk.told("diagnose")


async def test_the_service_is_cut_during_a_run_and_the_run_goes_on() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        await opens(walk)
        desk.service, desk.since = Service.DOWN, desk.business_clock.now()
        await walk.sees("■ Service des comptes injoignable")
        await walk.press("2")
        await walk.sees("question 2 sur")
        await recorded(walk, desk, ("answer", "junk_folder", "no"))
        await walk.press("r")
        await walk.sees("× service injoignable")


async def test_a_lock_comes_back_to_the_same_question_with_what_was_typed() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk, check_pin=lambda pin: pin == "493817") as walk:
        screen = await opens(walk)
        await walk.press("2", "p")
        await walk.on("LeaveOut")
        await walk.press("4")
        await walk.type("attend son fils")
        walk.app.action_lock()
        await walk.on("Lock")
        assert "Indésirables" not in walk.screen
        await walk.type("493817")
        await walk.press("enter")
        await walk.on("LeaveOut")
        assert walk.app.screen.query_one("#field-why", Input).value == "attend son fils"
        await walk.press("escape")
        await walk.on("Diagnosis")
        assert screen.at == screen.run.current  # type: ignore[union-attr]
        await walk.sees("question 2 sur")


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_texts_are_shown_verbatim(size: tuple[int, int]) -> None:
    desk = DiagnosingDesk("j3")
    desk.extra = tuple(Finding("domain", Outcome.FINDING, "x", text) for text in HOSTILE)
    evil = OneCheck(
        "evil_check", Place.WEBMAIL, Text("[/] Question {0} ?", "?"), Text("[bold]Voir[/bold]", "?"),
        yes_no("evil_check", "[@click=app.quit]Oui"), Text("[/] Remède", "?"), FollowUp.NONE,
        Text("toujours", "always"), added=Text("\\[x] $ink", "?"), label=Text("Tablette [/]", "?"),
    )  # fmt: skip
    desk.checks = Checklist({**desk.checks.checks, evil.id: evil}, "evil")
    async with walking(desk, size) as walk:
        screen = await opens(walk)
        await asks(walk, screen, "evil_check")
        await walk.sees("[/] Question {0} ?", "[bold]Voir[/bold]", "[@click=app.quit]Oui", "\\[x] $ink")
        await walk.press("1")
        await walk.sees("Cause trouvée : Tablette [/]", "[/] Remède")
        assert all(len(row) == size[0] for row in cells(walk.app))
        assert not {"\x1b", "\u202e"} & set(walk.screen)
        desk.proposed = Proposal(Ended.ADVICE, evil.id)
        await walk.press("1")
        await walk.on("Conclude")
        await walk.sees("Cause Tablette [/]")


async def test_every_pair_of_colours_can_be_read() -> None:
    desk = DiagnosingDesk("j11")
    async with walking(desk, WIDE) as walk:
        screen = await opens(walk)
        await walk.press("3")
        await measure(walk, "asking")
        await asks(walk, screen, "provider_block_list")
        await walk.press("1")
        await walk.sees("Cause trouvée")
        await measure(walk, "found")


async def test_a_level_that_rises_or_ends_takes_only_the_other_forms_answer_back() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk) as walk:
        screen = await opens(walk)
        await walk.press("2")
        await asks(walk, screen, "other_address")
        await walk.press("1")  # a mail to oneself arrives
        await walk.until(lambda: "other_address" in screen.run.given, "answered")  # type: ignore[union-attr]
        desk._set(level=Level.REINFORCED)
        await asks(walk, screen, "other_address")
        await walk.sees("Avez-vous une autre adresse mail ?", "1 Essayer avec une autre adresse")
        assert set(screen.run.given) >= {"junk_folder"}  # type: ignore[union-attr]
        desk._set(level=Level.NOTHING)
        await walk.sees("Appelant non identifié", "○ Le dossier ne peut pas être lu")
        await walk.sees("√ 1 Indésirables non")
