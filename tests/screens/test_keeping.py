"""A kept mail from the screen: by its file or pasted, told before, then evidence (issue 4, §2)."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from textual import events

from ameli_support.casework.errors import ServiceCut
from ameli_support.mail.letters import confirmation
from ameli_support.mail.tokens import LENGTH
from ameli_support.onboarding.procedure import procedure
from screens.diagnosis.screen import Diagnosis
from screens.dialogs.keep_mail import KeepMail, path_of
from tests.screens.diagnosing_desk import SITE, DiagnosingDesk
from tests.screens.diagnosing_walk import opens
from tests.screens.drawing import cells
from tests.screens.fake_desk import ADDRESS, NOW
from tests.screens.test_hostile import HOSTILE
from tests.screens.walk import COMPACT, SIZES, Walk, walking

TOKEN = ("aB3" * LENGTH)[:LENGTH]
HEADERS = """Return-Path: <ne-pas-repondre@ameli.test>
Authentication-Results: mx.orange.fr;
  spf=pass smtp.mailfrom=ameli.test
X-Spam-Flag: YES
From: Votre Assurance Maladie <ne-pas-repondre@ameli.test>
Subject: {subject}
Date: Fri, 20 Nov 2026 09:14:02 +0100
"""


def letter() -> EmailMessage:
    """Our mail with a link that works."""
    return confirmation(
        procedure(),
        sender="ne-pas-repondre@ameli.test",
        recipient=ADDRESS,
        message_id="<one@ameli.test>",
        link=f"{SITE}/confirmer/{TOKEN}",
        expires_at=NOW + timedelta(days=4),
        at=NOW - timedelta(days=3),
    )


async def keeps(walk: Walk, file: object) -> KeepMail:
    """J, the path, Entrée."""
    await walk.press("j")
    await walk.on("KeepMail")
    dialog = walk.app.screen
    assert isinstance(dialog, KeepMail)
    await walk.type(str(file))
    await walk.press("enter")
    return dialog


@pytest.mark.parametrize("size", SIZES)
async def test_a_live_link_is_told_before_and_the_mail_becomes_evidence(
    size: tuple[int, int], tmp_path: Path
) -> None:
    desk = DiagnosingDesk("j3")
    file = tmp_path / "le mail.eml"
    file.write_bytes(letter().as_bytes())
    async with walking(desk, size) as walk:
        screen = await opens(walk)
        await keeps(walk, f"'{file}'")
        await walk.sees("Mail de confirmation", "▲ Ce mail porte un lien de confirmation", "V Joindre")
        assert not desk.told("attach_mail"), "nothing is kept before V"
        assert TOKEN not in walk.screen
        await walk.press("v")
        await walk.on("Resend")  # the new link is proposed at once
        assert desk.told("attach_mail") == [(True,)]
        await walk.press("escape")
        await walk.on("Diagnosis")
        await walk.sees("▲ Le lien du mail gardé marchait")
        assert isinstance(screen, Diagnosis)
        assert screen.run is not None
        assert screen.run.evidence.answers["not_handed_over"] == "no"


async def test_pasted_headers_are_read_whole_and_never_shown() -> None:
    desk = DiagnosingDesk("j3")
    async with walking(desk, COMPACT) as walk:
        await opens(walk)
        await walk.press("j")
        await walk.on("KeepMail")
        walk.app.post_message(events.Paste(HEADERS.format(subject=procedure().mail.subject)))
        await walk.sees("√ collé", "Un filtre l’a pris pour du courrier indésirable.")
        assert "Return-Path" not in walk.screen
        dialog = walk.app.screen
        assert isinstance(dialog, KeepMail)
        assert dialog.raw is not None
        assert b"\n  spf=pass" in dialog.raw, "a folded header stays folded"
        await walk.press("v")
        await walk.on("Diagnosis")
        await walk.sees(
            "√ Mail joint au dossier 4217.", "Un filtre a mis le mail gardé dans les indésirables"
        )
        assert desk.told("attach_mail") == [(False,)]


async def test_what_goes_wrong_is_a_sentence_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    desk = DiagnosingDesk("j3")
    file = tmp_path / "mail.eml"
    async with walking(desk, check_pin=lambda pin: True) as walk:
        await walk.to_level_1()
        dialog = await keeps(walk, file)
        await walk.sees("Ce fichier n’existe pas", "V Joindre × Entrée lit le mail")
        assert dialog.query_one("#field-mail").value == str(file)  # type: ignore[attr-defined]
        file.mkdir()
        await walk.press("enter")
        await walk.sees("Ce fichier n’existe pas")
        file.rmdir()
        file.write_bytes(letter().as_bytes())
        await walk.press("enter")
        await walk.sees("Mail de confirmation")
        desk.refuse["attach_mail"] = ServiceCut("Service des comptes injoignable.", "down")
        await walk.press("v")
        await walk.sees("Service des comptes injoignable. Le mail est gardé ; V reprend pour son lien.")
        await walk.press("v")
        await walk.on("Resend")
        await walk.press("escape")
        await walk.on("Call")
        dialog = await keeps(walk, file)
        await walk.sees("Mail de confirmation")
        walk.app.action_lock()
        await walk.on("Lock")
        assert dialog.raw is None, "a lock leaves nothing of the mail"


@pytest.mark.parametrize("size", SIZES)
async def test_a_hostile_mail_is_shown_verbatim(size: tuple[int, int], tmp_path: Path) -> None:
    desk = DiagnosingDesk("j3")
    file = tmp_path / "[bold]x[i].eml"
    received = "".join(
        f"Received: from {text.encode('ascii', 'replace').decode()[:80]!r} by [/]mx{at} ; "
        f"Fri, 20 Nov 2026 {9 + at}:14:02 +0100\n"
        for at, text in reversed(list(enumerate(HOSTILE)))
    )
    file.write_bytes((received + HEADERS.format(subject="[/] [@click=app.quit]")).encode() + b"\n\x1b[31m")
    async with walking(desk, size) as walk:
        await walk.to_level_1()
        await keeps(walk, file)
        await walk.sees("V Joindre", "avant [/]mx")
        assert all(len(row) == size[0] for row in cells(walk.app))
        await walk.press("v")
        await walk.sees("√ Mail joint au dossier 4217.")


def test_a_path_is_read_as_terminals_paste_a_dropped_file(tmp_path: Path) -> None:
    file = tmp_path / "mon mail.eml"
    file.touch()
    for pasted in (str(file), f"'{file}'", f'"{file}"', str(file).replace(" ", "\\ "), file.as_uri()):
        assert path_of(pasted) == file
    assert path_of("~/absent.eml") == Path.home() / "absent.eml"
