"""The same person calling again, and two agents in one case: seen at one glance, from level 1 on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ameli_support.casework.case import Outcome
from ameli_support.casework.views import Earlier, EarlierContact, NoteRow
from tests.screens.fake_desk import NOW, FakeDesk
from tests.screens.walk import SIZES, WIDE, walking

BEFORE = Earlier(
    (
        EarlierContact(4217, NOW - timedelta(days=1), "0310", ("resend",), Outcome.RESENT, "junk_folder"),
        EarlierContact(4102, NOW - timedelta(days=9), "0427", ("reissue",)),
    ),
    (NoteRow(4, NOW - timedelta(days=1), "0310", "Boîte pleine, va la vider"),),
)


@pytest.mark.parametrize("size", SIZES)
async def test_a_repeat_contact_is_flagged_and_another_agent_is_seen(size: tuple[int, int]) -> None:
    desk = FakeDesk("j11")
    desk.before = BEFORE
    async with walking(desk, size) as walk:
        await walk.find()
        await walk.sees("Qui parle")
        for hidden in ("Boîte pleine", "contact n°", "Indésirables"):
            assert hidden not in walk.screen
        await walk.press("escape")
        await walk.to_level_1()
        await walk.sees("Rappelle : contact n° 3.", "Dernier 22/11 14:32 : Renvoi demandé", "▲ contact n° 3")
        if size == WIDE:
            await walk.sees("22/11 14:32 Renvoi demandé, cause : Indésirables", "agent 0310", "Boîte pleine")
        await walk.press("h")
        await walk.on("History")
        await walk.sees("Contacts d’avant", "14/11 14:32 Non conclu, fait : Réémettre un lien")
        await walk.sees("Notes : aucune. Échap, puis N, en ajoute une.")
        await walk.press("y")
        await walk.sees("√ Résumé copié")
        assert "appelant contrôlé au niveau 1\n23/11/2026 14:32" in walk.app.clipboard
        await walk.press("escape")
        assert desk.state is not None
        desk.state = replace(desk.state, others=("0555",), version=2)
        await walk.sees("L’agent 0555 est aussi dans ce dossier.", "Mme DUBOIS Angela")
        await walk.sees("▲ aussi ici : 0555, contact n° 3" if size == WIDE else "▲ aussi 0555, n° 3")
        desk.sentences = ("23/11/2026 14:33 · 0555 · note ajoutée",)
        desk.state = replace(desk.state, version=3)
        await walk.sees("▲ L’agent 0555 : note ajoutée")
