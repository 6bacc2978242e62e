"""What SMTP answers mean: real servers' words, and what must never be read into them (facts/mail.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail.families import Family
from ameli_support.mail.smtp_answers import Trouble, enhanced_code, read, strip

ANSWERS = [
    # code, text, family
    (250, "2.0.0 OK queued as 4ZbX", Family.DELIVERED),
    (550, "5.1.1 User unknown", Family.ADDRESS_WRONG),
    (
        550,
        "5.1.1 Adresse d'au moins un destinataire invalide. Invalid recipient. OFR204_416",
        Family.ADDRESS_WRONG,
    ),
    (552, "5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417", Family.MAILBOX_FULL),
    (550, "5.5.0 Boite du destinataire archivee. LPN007_420", Family.MAILBOX_INACTIVE),
    (550, "5.7.0 Mail rejete. Mail rejected. OFR_506", Family.REFUSED_CONTENT),
    (550, "5.7.1 SPF check failed. OFR_515", Family.REFUSED_SENDER),
    (421, "4.1.1 Service refuse. Veuillez essayer plus tard. OFR005_411", Family.REFUSED_SENDER),
    (421, "mwinf5c04 ME Trop de connexions, veuillez verifier. OFR_104", Family.TEMPORARY_OR_TECHNICAL),
    (550, "5.7.26 This mail is unauthenticated, DMARC", Family.REFUSED_SENDER),
    (550, "5.7.515 Access denied, sending domain does not meet", Family.REFUSED_SENDER),
    (452, "4.2.2 The recipient's inbox is out of storage space", Family.MAILBOX_FULL),
    (552, "5.2.2 Over quota", Family.MAILBOX_FULL),
    (550, "5.1.1 The email account that you tried to reach does not exist. NoSuchUser", Family.ADDRESS_WRONG),
    (550, "Requested action not taken: mailbox unavailable", Family.ADDRESS_WRONG),
    (550, "5.2.1 The account is disabled", Family.MAILBOX_INACTIVE),
    (554, "delivery error: dd Sorry, this user's mailbox has been disabled", Family.MAILBOX_INACTIVE),
    (550, "spam detected", Family.REFUSED_CONTENT),
    (421, "Too many spams from your IP (91.195.1.10), please visit", Family.REFUSED_SENDER),
    (451, "too many errors from your ip (91.195.1.10)", Family.REFUSED_SENDER),
    (451, "4.7.1 Greylisted, please try again in 300 seconds", Family.TEMPORARY_OR_TECHNICAL),
    (450, "4.2.0 Postgrey: Recipient address rejected: Greylisted", Family.TEMPORARY_OR_TECHNICAL),
    (450, "4.1.1 User unknown in virtual mailbox table", Family.TEMPORARY_OR_TECHNICAL),
    (451, "4.3.0 Mail server temporarily rejected message", Family.TEMPORARY_OR_TECHNICAL),
    (421, "Service not available", Family.TEMPORARY_OR_TECHNICAL),
    (552, "5.3.4 Message size exceeds fixed limit", Family.REFUSED_CONTENT),
    (554, "5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org", Family.REFUSED_SENDER),
    (554, "5.7.1 <x>: Relay access denied", Family.REFUSED_SENDER),
    (550, "5.1.2 Host or domain name not found", Family.ADDRESS_WRONG),
    (550, "", Family.UNKNOWN),
    (500, "what", Family.TEMPORARY_OR_TECHNICAL),
]


@pytest.mark.parametrize(("code", "text", "family"), ANSWERS, ids=lambda value: str(value)[:30])
def test_families(code: int, text: str, family: Family) -> None:
    reading = read(code, enhanced_code(code, text), text)
    assert reading.family is family
    assert reading.temporary is (400 <= code <= 499)
    assert reading.sentence
    assert ("nouvel essai prévu" in reading.sentence) is reading.temporary


def test_the_agents_words() -> None:
    assert read(552, "5.2.2", "").sentence == "boîte pleine"
    assert read(550, "5.1.1", "").sentence == "adresse inconnue chez le fournisseur"
    assert read(451, "4.3.0", "").sentence == "refus temporaire, nouvel essai prévu"
    assert "reçu" not in read(250, None, "OK").sentence.replace("réception", "")


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_sentence(trouble: Trouble) -> None:
    assert read(None, None, None, trouble).sentence
    assert read(None, None, None, trouble.value).family is not Family.DELIVERED


def test_trouble_comes_before_a_code() -> None:
    """A 535 to our login says nothing about the address."""
    assert read(535, "5.7.8", "Authentication failed", Trouble.LOGIN).family is None


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (550, "5.1.1 no", "5.1.1"),
        (550, "#5.1.1 no", None),
        (550, "4.1.1 of another class", None),
        (421, "91.195.1.10 blocked", None),
        (550, "5.195.1.10 blocked", None),
        (550, "5.7.26 no", "5.7.26"),
        (250, "2.0.0", "2.0.0"),
        (550, "", None),
    ],
)
def test_an_ip_address_is_no_enhanced_code(code: int, text: str, expected: str | None) -> None:
    assert enhanced_code(code, text) == expected


TOKEN = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("5.1.1 <a.dubois@orange.fr>: unknown", "5.1.1 <[adresse]>: unknown"),
        ("5.1.1 zoé@exemple.fr unknown", "5.1.1 [adresse] unknown"),
        (f"see https://exemple.fr/confirmer/{TOKEN} now", "see [lien] now"),
        (f"token {TOKEN}.", "token [jeton]."),
        ("nir 2 62 08 99 999 001 44 ?", "nir [numéro] ?"),
        ("nir 1850 52A 999 001", "nir [numéro]"),
        ("one\r\ntwo\x00\x1b[31mthree", "one two [31mthree"),
        ("S2017062302 451", "S2017062302 451"),
    ],
)
def test_stripping(text: str, stripped: str) -> None:
    assert strip(text) == stripped


@given(
    st.text(max_size=400),
    st.sampled_from(["a.dubois@orange.fr", TOKEN, "2620899999001"]),
    st.text(max_size=400),
)
def test_no_secret_survives_stripping(before: str, secret: str, after: str) -> None:
    stripped = strip(f"{before} {secret} {after}")
    assert secret not in stripped
    assert len(stripped) <= 300
    assert stripped.isprintable()


def test_stripping_a_hostile_answer_is_quick() -> None:
    assert len(strip("a" * 30_000)) <= 300
    assert len(strip("a@" * 15_000)) <= 300
    assert len(strip("1 " * 15_000)) <= 300


@given(st.integers(0, 999), st.none() | st.text(max_size=12), st.text(max_size=300))
def test_nothing_makes_reading_fail(code: int, enhanced: str | None, text: str) -> None:
    reading = read(code, enhanced, text)
    assert (reading.family is Family.DELIVERED) is (200 <= code <= 299)
    if reading.temporary:
        assert reading.family not in (Family.ADDRESS_WRONG, Family.MAILBOX_INACTIVE)
