"""The registry: every action has its words, keys and handler; bar, help and palette derive from it."""

import re

import pytest

from ameli_support.onboarding.identity import Fact, Role
from screens.actions import ACTIONS, BY_ID, COLUMN, Scope
from screens.app import AmeliSupport
from screens.call import Call
from screens.check import Check
from screens.diagnosis.screen import Diagnosis
from screens.dialogs.base import Dialog
from screens.dialogs.explaining import about, explain
from screens.dialogs.history import History
from screens.dialogs.palette import SUPERVISORS, matching
from screens.home import Home
from screens.idle import Due
from screens.widgets.field import Field
from tests.architecture.tree import ROOT
from tests.screens import cheat_sheet
from tests.screens.fake_desk import FakeDesk
from tests.screens.walk import walking

OWNERS = {
    Scope.APP: AmeliSupport,
    Scope.HOME: Home,
    Scope.CHECK: Check,
    Scope.CALL: Call,
    Scope.DIALOG: Dialog,
    Scope.HISTORY: History,
    Scope.DIAGNOSIS: Diagnosis,
}
FORBIDDEN = re.compile(r"^(f6|f7|f1[0-2]|ctrl\+enter|.*bracket.*|backslash|.*brace.*|tilde|vertical_line)$")


def test_ids_are_unique_and_every_handler_exists() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for action in ACTIONS:
        assert hasattr(OWNERS[action.scope], f"action_{action.handler}"), action.id
        assert action.label
        assert action.tooltip.endswith(".")


def test_no_key_that_azerty_or_a_terminal_lacks() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert not FORBIDDEN.match(key), (action.id, key)


def test_no_two_actions_of_a_screen_share_a_key() -> None:
    for scope in Scope:
        keys = [key for action in ACTIONS if action.scope in (scope, Scope.APP) for key in action.keys]
        if scope is not Scope.APP:
            assert len(keys) == len(set(keys)), scope


def test_the_cheat_sheets_are_the_registrys_and_every_call_keeps_its_aim() -> None:
    for language, file in cheat_sheet.FILES.items():
        assert file.read_text(encoding="utf-8") == cheat_sheet.text(language), "run make keys"
    for call, aim in cheat_sheet.AIMS.items():
        keys = cheat_sheet.keys_of(call)
        assert len(keys) <= aim, call
        assert keys[-2:] == ["c", "v"], "a usual wrap-up takes at most three keys"


def test_f1_explains_every_field_and_every_screen() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "screens").rglob("*.py")}
    fields = {
        name
        for text in sources.values()
        for name in re.findall(r'(?:Field\(|Input\(id=|TextArea\(.*id=)"(\w+)"', text)
    }
    fields |= {fact.value for fact in Fact}
    assert {name for name in fields if not explain(name)} == set()
    titled = {
        name
        for text in sources.values()
        for name in re.findall(
            r"^class (\w+)\((?:\w*Dialog|KeptReason|Resend|Reissue|Framed|WhoSpeaks|CallActs"
            r"|DiagnosisActs|DiagnosisLive)\b",
            text,
            re.MULTILINE,
        )
    }
    titled -= {"ActDialog", "WhoSpeaks", "PaletteActs", "KeptReason", "DiagnosisActs", "DiagnosisLive"}
    assert len(titled) > 10
    assert {name for name in titled if not about(type(name, (), {})())} == set()


def test_the_column_has_one_order() -> None:
    assert [BY_ID[name].key_label for name in COLUMN] == list("REASDNC")


@pytest.mark.parametrize("query", ["reemettre", "RÉÉMETTRE un", "lien reemettre"])
def test_the_palette_ignores_accents_case_and_order(query: str) -> None:
    assert matching(list(ACTIONS), query)[0].id == "call.reissue"


def test_the_palette_levels_apostrophes() -> None:
    assert matching(list(ACTIONS), "l'adresse entière")[0].id == "call.unmask"


async def test_the_palette_runs_an_action_and_names_an_empty_result() -> None:
    async with walking(FakeDesk("j11")) as walk:
        await walk.to_level_1()
        await walk.press("ctrl+p")
        await walk.on("Palette")
        await walk.sees("Chercher une commande", "Renvoyer le mail")
        for name in SUPERVISORS:
            assert BY_ID[name].label not in walk.screen
        await walk.type("zzzz")
        await walk.sees("Aucune commande ne correspond.")
        await walk.press("ctrl+u")
        await walk.type("noter")
        await walk.press("enter")
        await walk.on("Note")


async def test_help_explains_the_focused_field_and_the_keys() -> None:
    async with walking() as walk:
        await walk.press("f1")
        await walk.on("Help")
        await walk.sees("Les chiffres se tapent aussi sans Maj.", "Ctrl+P", "Toutes les commandes")
        await walk.press("escape")
        await walk.on("Home")


async def test_a_keymap_moves_a_key_and_the_column_shows_it() -> None:
    async with walking(FakeDesk("j3"), keymap={"call.suspend": "x"}) as walk:
        await walk.to_level_1()
        await walk.sees("X Suspendre")
        await walk.press("x")
        await walk.on("Suspend")


async def test_a_lock_hides_everything_keeps_the_place_and_wants_the_pin() -> None:
    async with walking(FakeDesk("j3"), check_pin=lambda pin: pin == "493817") as walk:
        await walk.to_level_1()
        await walk.press("r")
        await walk.on("Resend")
        await walk.type("secret@free.fr")
        walk.app.action_lock()
        await walk.on("Lock")
        await walk.sees("Écran verrouillé")
        for secret in ("DUBOIS", "secret"):
            assert secret not in walk.screen
        await walk.press("escape", "ctrl+p")
        await walk.type("000000")
        await walk.press("enter")
        await walk.sees("Ce n’est pas le bon code PIN.")
        await walk.type("493817")
        await walk.press("enter")
        await walk.on("Resend")
        assert walk.app.focused is not None
        assert walk.app.focused.id == "field-said"
        assert "secret" not in walk.screen
        await walk.press("escape", "n")
        await walk.on("Note")
        await walk.type("Rappelle demain")
        walk.app.action_lock()
        await walk.on("Lock")
        await walk.type("493817")
        await walk.press("enter")
        await walk.on("Note")
        await walk.sees("Rappelle demain")
        await walk.press("escape", "i")
        await walk.on("Check")
        await walk.type("1234")
        walk.app.action_lock()
        await walk.on("Lock")
        await walk.type("493817")
        await walk.press("enter")
        await walk.on("Check")
        assert [field.value for field in walk.app.screen.query(Field)] == [""] * len(Fact)


async def test_an_idle_desk_is_warned_then_locked() -> None:
    async with walking(FakeDesk("j3"), check_pin=lambda pin: True, lock_minutes=5) as walk:
        walk.app.idle.touched_at -= 5 * 60 - 20
        await walk.sees("L’écran se verrouille dans 30 s.")
        await walk.to_level_1()
        assert "se verrouille" not in walk.screen, "a key is enough"
        walk.app.idle.touched_at -= 5 * 60
        assert walk.app.idle.due(in_call=True) is Due.NOTHING, "a call open: three times as long"
        walk.app.idle.touched_at -= 10 * 60 - 20
        await walk.sees("L’écran se verrouille dans 30 s.")
        walk.app.idle.touched_at -= 60
        await walk.on("Lock")


async def test_a_supervisor_has_no_caller_check_in_the_palette() -> None:
    async with walking(FakeDesk("j3", role=Role.SUPERVISOR)) as walk:
        await walk.find()
        await walk.type("enquête")
        await walk.press("enter")
        await walk.on("Call")
        await walk.press("ctrl+p")
        await walk.sees("Déverrouiller le dossier", "Lever la suspension", "Annuler la demande")
        assert "Identité" not in walk.screen.split("Chercher")[1].split("F1 Aide")[0]


async def test_ctrl_c_says_how_to_quit_in_french() -> None:
    async with walking(FakeDesk("j3")) as walk:
        await walk.to_level_1()
        await walk.press("ctrl+c")
        await walk.sees("Ctrl+Q quitte l’application ; Ctrl+C copie.")
