"""The mails to insured persons, as a mail program reads them back (rules §2)."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail import letters
from ameli_support.mail.recipient import is_sendable
from ameli_support.onboarding.procedure import procedure

NOW = datetime(2026, 11, 20, 8, 14, tzinfo=UTC)
TOKEN = "abcdefghijklmnop-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
LINK = f"https://compte.exemple.fr/confirmer/{TOKEN}"
SENDER = "ne-pas-repondre@exemple.fr"


def sent(message: EmailMessage) -> EmailMessage:
    """The message after its way over the wire."""
    raw = message.as_bytes(policy=email.policy.SMTP.clone(cte_type="7bit"))
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    return email.message_from_bytes(raw, policy=email.policy.default)


def confirmation(
    expires_at: datetime = NOW + timedelta(days=7), recipient: str = "a@exemple.fr"
) -> EmailMessage:
    return sent(
        letters.confirmation(
            procedure(),
            sender=SENDER,
            recipient=recipient,
            message_id="<1@exemple.fr>",
            link=LINK,
            expires_at=expires_at,
            at=NOW,
        )
    )


def notice() -> EmailMessage:
    return sent(
        letters.address_changed(
            procedure(), sender=SENDER, recipient="a@exemple.fr", message_id="<2@exemple.fr>", at=NOW
        )
    )


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found["href"] or "")
        self.loaded += [value or "" for name, value in attrs if name in ("src", "background")]

    def handle_data(self, data: str) -> None:
        if self.cdata_elem != "style":  # nobody reads it
            self.words += data


def read_html(message: EmailMessage) -> _Reader:
    reader = _Reader()
    reader.feed(part(message, "html"))
    return reader


def flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_headers_are_the_documents_and_say_that_a_machine_wrote() -> None:
    message = confirmation()
    assert message["Subject"] == "Votre compte ameli - Confirmation de votre adresse mail"
    assert message["From"].addresses[0].display_name == "Votre Assurance Maladie"
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["To"] == "a@exemple.fr"
    assert message["Message-ID"] == "<1@exemple.fr>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message["References"] is None
    assert message["In-Reply-To"] is None
    assert not message.defects


def test_no_header_of_any_part_knows_the_link() -> None:
    for each in confirmation().walk():
        assert not any(TOKEN in value or "confirmer" in value for value in each.values())


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_both_parts_say_everything(kind: str) -> None:
    message = confirmation()
    words = flat(part(message, "plain") if kind == "plain" else read_html(message).words)
    mail = procedure().mail
    for sentence in (mail.body, mail.button, mail.page, mail.warning, mail.automatic):
        assert flat(sentence) in words
    assert LINK in words
    assert "vendredi 27 novembre 2026 à 9 h 14 (heure de Paris)" in words


def test_html_has_one_button_and_loads_nothing() -> None:
    reader = read_html(confirmation())
    assert reader.links == [LINK]
    assert reader.loaded == []
    html = part(confirmation(), "html")
    assert not re.search(r"<script|<img|url\(|@import|src=", html)


def test_html_says_that_it_has_colours_for_the_dark() -> None:
    html = part(confirmation(), "html")
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "dimanche 29 mars 2026 à 0 h 30 (heure de Paris)"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "dimanche 29 mars 2026 à 3 h (heure de Paris)"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2 h 30, heure d’été (heure de Paris)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2 h 30, heure d’hiver (heure de Paris)"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), "à 3 h 30 (heure de Paris)"),
    ],
)
def test_the_end_is_told_in_paris_time(ends: datetime, told: str) -> None:
    assert told in flat(part(confirmation(ends), "plain"))


def test_the_notice_names_nobody_and_carries_no_link() -> None:
    message = notice()
    words = flat(part(message, "plain")) + flat(read_html(message).words)
    for sentence in procedure().lines("mail.notice_sentences"):
        assert flat(sentence) in words
    assert procedure().contacts.fund_name not in words
    assert not re.search(r"https?://|@", words)
    assert read_html(message).links == []
    assert message["Auto-Submitted"] == "auto-generated"


@given(st.text(max_size=60) | st.from_regex(r"[^\n]{0,20}@[^\n]{0,20}", fullmatch=True))
def test_no_recipient_injects_a_header(recipient: str) -> None:
    if not is_sendable(recipient):
        return
    message = letters.confirmation(
        procedure(),
        sender=SENDER,
        recipient=recipient,
        message_id="<1@exemple.fr>",
        link=LINK,
        expires_at=NOW,
        at=NOW,
    )
    raw = message.as_bytes(policy=email.policy.SMTPUTF8.clone(cte_type="7bit"))
    head = raw.partition(b"\r\n\r\n")[0]
    names = re.findall(rb"(?m)^([^\s:]+):", head)
    assert names == [
        *(b"Date", b"From", b"To", b"Subject", b"Message-ID"),
        *(b"Auto-Submitted", b"MIME-Version", b"Content-Type"),
    ]
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert [address.addr_spec for address in read["To"].addresses] == [recipient]


def test_html_of_an_odd_link_is_escaped() -> None:
    message = letters.confirmation(
        procedure(),
        sender=SENDER,
        recipient="a@exemple.fr",
        message_id="<1@exemple.fr>",
        link='https://exemple.fr/?a="><script>',
        expires_at=NOW,
        at=NOW,
    )
    assert "<script" not in part(sent(message), "html")
