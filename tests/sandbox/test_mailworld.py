"""The invented people's mailboxes: a real SMTP server in front of Maildirs."""

import stat
import tempfile
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.sandbox.maildirs import deliver, folder_of, list_mails, move_to_inbox, show
from ameli_support.sandbox.mailworld import MailWorld, mailboxes

SENDER = "ne-pas-repondre@exemple.fr"
LINK = "https://exemple.fr/confirmer/abc"


TEXT = f"Confirmez :\n{LINK}\nMerci."


def letter(recipient: str, subject: str = "Bonjour", text: str = TEXT) -> EmailMessage:
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = recipient
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject}@exemple.fr>" if subject.isascii() and " " not in subject else "<1@x>"
    message.set_content(text)
    if text == TEXT:
        message.add_alternative(f'<a href="{LINK}">Confirmer</a>', subtype="html")
    return message


async def send(
    world: MailWorld, recipient: str, subject: str = "Bonjour", text: str = TEXT, sender: str = SENDER
) -> tuple[int, str]:
    """The answer of the world to one mail."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=world.port, start_tls=False) as client:
        try:
            await client.mail(sender, options=["SMTPUTF8"], encoding="utf-8")
            await client.rcpt(recipient, encoding="utf-8")
            answer = await client.data(letter(recipient, subject, text).as_bytes())
            return answer.code, answer.message
        except aiosmtplib.SMTPResponseException as refusal:
            return refusal.code, refusal.message


async def test_mails_are_filed_by_address_and_read_in_order_with_their_link(tmp_path: Path) -> None:
    async with MailWorld(tmp_path / "mail") as world:
        for subject in ("un", "deux", "trois"):
            assert (await send(world, "A.Dubois@orange.fr", subject))[0] == 250
        await send(world, "b@orange.fr", "autre")
    mails = list_mails(tmp_path / "mail", "a.dubois@orange.fr")
    assert [(mail.number, mail.subject) for mail in mails] == [(1, "un"), (2, "deux"), (3, "trois")]
    assert {mail.links for mail in mails} == {(LINK,)}
    assert mails[0].message_id == "<un@exemple.fr>"
    assert "Merci." in mails[0].text
    second = show(tmp_path / "mail", " A.DUBOIS@orange.fr", 2)
    assert second is not None
    assert second.subject == "deux"
    assert second.raw.startswith(b"Return-Path: <ne-pas-repondre@exemple.fr>\r\nDelivered-To: ")
    assert show(tmp_path / "mail", "a.dubois@orange.fr", 4) is None
    assert list_mails(tmp_path / "mail", "personne@orange.fr") == []


async def test_only_its_owner_can_read_a_mailbox(tmp_path: Path) -> None:
    async with MailWorld(tmp_path / "mail") as world:
        await send(world, "a@orange.fr")
    assert folder_of(tmp_path / "mail", "a@orange.fr").is_dir()
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("refuse@orange.fr", 550),
        ("refuse.2@orange.fr", 550),
        ("refusee@orange.fr", 250),
        ("inconnu+x@orange.fr", 550),
        ("plein@bbox.fr", 452),
        ("lent@orange.fr", 451),
        ("ferme@orange.fr", 550),
        ("bloque@orange.fr", 550),
        ("bloque@exemple.fr", 554),
        ("rebond@orange.fr", 250),
        ("elodie@gamil.com", 550),
        ("elodie@gmail.com", 250),
    ],
)
async def test_the_word_that_begins_an_address_chooses_its_mailbox(
    tmp_path: Path, address: str, code: int
) -> None:
    async with MailWorld(tmp_path) as world:
        assert (await send(world, address))[0] == code
    assert bool(list_mails(tmp_path, address)) is (code == 250 and not address.startswith("rebond"))


async def test_a_persons_own_mailbox_comes_before_every_rule(tmp_path: Path) -> None:
    people = mailboxes.load({"Refuse@orange.fr": "full_for_now"})
    async with MailWorld(tmp_path, people=people) as world:
        assert (await send(world, "refuse@orange.fr"))[0] == 452
        assert (await send(world, "refuse@free.fr"))[0] == 550


async def test_a_move_to_the_inbox_keeps_the_mail_and_its_number(tmp_path: Path) -> None:
    raw = letter("a@orange.fr").as_bytes()
    deliver(tmp_path, "a@orange.fr", SENDER, raw, folder="indésirables/spam")
    deliver(tmp_path, "a@orange.fr", SENDER, raw)
    before = list_mails(tmp_path, "a@orange.fr")
    assert [mail.folder for mail in before] == ["indésirables/spam", ""]
    mailbox = folder_of(tmp_path, "a@orange.fr")
    assert not move_to_inbox(mailbox, "../" + before[0].name)
    assert move_to_inbox(mailbox, before[0].name)
    after = list_mails(tmp_path, "a@orange.fr")
    assert [(mail.number, mail.name, mail.folder) for mail in after] == [
        (mail.number, mail.name, "") for mail in before
    ]


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_a_folders_name_is_read_back_as_it_was_given(folder: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        deliver(Path(root), "a@orange.fr", SENDER, b"\r\n", folder=folder)
        (mail,) = list_mails(Path(root), "a@orange.fr")
        assert mail.folder == folder


async def test_a_mail_that_is_being_written_is_not_listed(tmp_path: Path) -> None:
    deliver(tmp_path, "a@orange.fr", SENDER, letter("a@orange.fr").as_bytes())
    (folder_of(tmp_path, "a@orange.fr") / "tmp" / "half").write_bytes(b"From: x")
    assert len(list_mails(tmp_path, "a@orange.fr")) == 1


async def test_accents_in_the_local_part(tmp_path: Path) -> None:
    async with MailWorld(tmp_path) as world:
        assert (await send(world, "zoé@exemple.fr"))[0] == 250
    assert len(list_mails(tmp_path, "zoé@exemple.fr")) == 1


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_every_address_has_a_folder_of_its_own_inside_the_root(one: str, other: str) -> None:
    root = Path("/mail")
    folder = folder_of(root, one)
    assert folder.parent == root
    assert folder.name not in ("", ".", "..")
    assert len(folder.name.encode("utf-8", "surrogatepass")) <= 255
    assert "/" not in folder.name
    assert "\x00" not in folder.name
    same = one.strip().lower() == other.strip().lower()
    assert (folder_of(root, other) == folder) is same
