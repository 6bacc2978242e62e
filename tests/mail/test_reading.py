"""Whole mails: kind, genuine or not, bounce, filters, delays; hostile ones in bounded time."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.clock import monotonic
from ameli_support.mail import letters
from ameli_support.mail.antispam import Verdict, notes
from ameli_support.mail.authentication import read_authentication
from ameli_support.mail.delays import hops, read_date
from ameli_support.mail.families import Family
from ameli_support.mail.kinds import Kind
from ameli_support.mail.parsing import headers_in, parse
from ameli_support.mail.reading import Reading, family_sentence, read_mail
from ameli_support.onboarding.procedure import procedure
from tests.mail import samples

GENUINE = {True: "yes", False: "no", None: None}


def read(name: str) -> Reading:
    """The reading of one sample."""
    return read_mail(samples.mail(name), samples.ours())


def codes(reading: Reading) -> set[str]:
    """What was found."""
    return {finding.code for finding in reading.findings}


@pytest.mark.parametrize(("name", "expected"), samples.mails().items())
def test_each_mail(name: str, expected: dict[str, Any]) -> None:
    reading = read(name)
    bounce = reading.bounce
    found = {
        "kind": reading.kind.value,
        "genuine": GENUINE[reading.genuine],
        "family": bounce and bounce.family.value,
        "recipient": bounce and bounce.recipient,
        "status": bounce and bounce.status,
    }
    assert {key: found[key] for key in expected} == expected


# ── is it ours ──────────────────────────────────────────────────────────────


def test_the_mail_that_we_send_is_known_again() -> None:
    letter = letters.confirmation(
        procedure(),
        sender="noreply@ameli.exemple.fr",
        recipient="a@exemple.fr",
        message_id="<1@ameli.exemple.fr>",
        link=f"https://{samples.HOST}/confirmer/{samples.TOKEN}",
        expires_at=datetime(2026, 11, 9, 8, tzinfo=UTC),
        at=datetime(2026, 11, 2, 8, tzinfo=UTC),
    )
    reading = read_mail(letter.as_bytes(), samples.ours())
    assert (reading.kind, reading.genuine) == (Kind.CONFIRMATION, True)
    assert "authentication_missing" in codes(reading)
    assert {link.href for link in reading.links} == {f"https://{samples.HOST}/confirmer/[jeton]"}


def test_an_imitation_says_what_gives_it_away() -> None:
    assert {"not_genuine", "link_elsewhere"} <= codes(read("phishing_link"))
    assert {"not_genuine", "sender_address"} <= codes(read("phishing_sender"))
    assert {"not_genuine", "authentication_failed"} <= codes(read("phishing_dmarc"))


def test_pasted_headers_decide_nothing_without_the_link() -> None:
    reading = read("pasted_headers")
    assert reading.genuine is None
    assert {"undecided", "link_missing"} <= codes(reading)
    assert len(reading.delays) == 3


def test_a_mail_forwarded_in_the_text_lost_its_headers() -> None:
    assert "forwarded_inline" in codes(read("forwarded_inline"))
    assert "attached" in codes(read("forwarded_attachment"))


def test_only_the_note_of_the_receiving_provider_counts() -> None:
    forged = headers_in(b"Received: from a by b; x\nAuthentication-Results: mx.orange.fr; dmarc=pass\n")
    assert read_authentication(forged).dmarc is None
    split = headers_in(
        b"Authentication-Results: mx.free.fr; spf=fail\n"
        b"Authentication-Results: mx.free.fr; dkim=pass; dmarc=pass\n"
        b"Authentication-Results: autre.example; dmarc=fail\n"
        b"Received: from a by b; x\n"
    )
    noted = read_authentication(split)
    assert (noted.server, noted.spf, noted.dkim, noted.dmarc) == ("mx.free.fr", "fail", "pass", "pass")
    assert noted.passed
    assert not noted.failed


# ── filters ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field", "verdicts"),
    [
        ("X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:5;SFV:SPM;DIR:INB", {Verdict.SPAM}),
        ("X-Forefront-Antispam-Report: SCL:1;SFV:NSPM", {Verdict.CLEAN}),
        ("X-Forefront-Antispam-Report: SFV:BLK;SCL:6", {Verdict.OWNER_BLOCKED}),
        ("X-Forefront-Antispam-Report: SFV:SFE;SCL:-1", {Verdict.OWNER_TRUSTED}),
        ("X-Forefront-Antispam-Report: SFV:SKQ", {Verdict.RELEASED}),
        ("X-Forefront-Antispam-Report: SFV:SKI", {Verdict.ORGANISATION}),
        ("X-Forefront-Antispam-Report: SFV:DMS", {Verdict.ORGANISATION}),
        ("X-Forefront-Antispam-Report: CAT:PHSH;SFV:SPM;SCL:9", {Verdict.SPAM, Verdict.PHISHING}),
        ("X-Forefront-Antispam-Report: (null)", set()),
        ("X-Microsoft-Antispam: BCL:7;", {Verdict.BULK}),
        ("X-MS-Exchange-Organization-SCL: 9", {Verdict.SPAM}),
        ("X-MS-Exchange-Organization-SCL: -1", {Verdict.CLEAN}),
        ("X-Microsoft-Antispam-Mailbox-Delivery: ucf:1;jmr:0;dest:C;OFR:CustomRules;", {Verdict.OWNER_RULE}),
        ("X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:1;dest:J;", {Verdict.OWNER_JUNK}),
        ("X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;dest:I", set()),
        ("X-Spam-Status: Yes, score=7.2 required=5.0", {Verdict.SPAM}),
        ("X-Spam-Status: No, score=-1.2 required=5.0", {Verdict.CLEAN}),
        ("X-VR-SPAMSTATE: SPAM", {Verdict.SPAM}),
        ("X-VR-SPAMSTATE: OK", {Verdict.CLEAN}),
        ("X-Ovh-Spam-Status: COMMERCIAL", {Verdict.BULK}),
        ("X-me-spamlevel: not-spam", {Verdict.CLEAN}),
        ("X-me-spamlevel: high", {Verdict.SPAM}),
        ("X-ProXaD-SC: state=HAM score=0", {Verdict.CLEAN}),
        ("X-ProXaD-SC: state=SPAM score=400", {Verdict.SPAM}),
        ("X-Barracuda-Spam-Status: Yes, SCORE=4.0", {Verdict.SPAM}),
        ("X-GMX-Antispam: 0 (Mail was not recognized as spam);", {Verdict.CLEAN}),
        ("X-Rien: oui", set()),
    ],
)
def test_filters(field: str, verdicts: set[Verdict]) -> None:
    found = notes(headers_in(field.encode()))
    assert {note.verdict for note in found} == verdicts
    assert all(note.text for note in found)


def test_junk_by_the_filter_is_told_from_junk_by_the_owner() -> None:
    assert "spam_filter" in codes(read("confirmation_safelinks"))
    assert "owner_setting" in codes(read("confirmation_user_rule"))
    assert "owner_setting" not in codes(read("confirmation_safelinks"))


# ── delays ──────────────────────────────────────────────────────────────────


def test_the_greatest_wait_is_told_with_its_place() -> None:
    reading = read("confirmation")
    assert [hop.seconds for hop in reading.delays] == [None, 721.0, 2.0]
    (delay,) = [finding for finding in reading.findings if finding.code == "delay"]
    assert "12 min" in delay.text
    assert "mx.orange.fr" in delay.text


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 2 Nov 2026 09:12:04 +0100",
        "2 Nov 2026 09:12:04 +0100 (CET)",
        "Mon, 02 Nov 2026 08:12:04.123456 +0000 (UTC)",
        "Mon, 2 Nov 2026 08:12:04 UTC",
        "11/2/2026 8:12:04 AM",
        "11/2/2026 8:12:04 AM (UTC)",
        "2026-11-02T08:12:04Z",
        "2026-11-02 08:12:04.5 +00:00",
        "Mon Nov 2 08:12:04 2026",
        "Monday, November 2, 2026 8:12:04 AM",
    ],
)
def test_dates_as_servers_write_them(text: str) -> None:
    assert read_date(text) == datetime(2026, 11, 2, 8, 12, 4, tzinfo=UTC)


def test_clocks_that_differ_and_dates_that_are_none() -> None:
    route = hops(
        headers_in(
            b"Received: from b by c; Mon, 2 Nov 2026 09:00:00 +0100\n"
            b"Received: from a by b; never\n"
            b"Received: by a; Mon, 2 Nov 2026 09:00:02 +0100\n"
        )
    )
    assert [hop.seconds for hop in route] == [None, None, -2.0]


# ── bounces ─────────────────────────────────────────────────────────────────


def test_the_gravest_recipient_of_a_report_counts() -> None:
    raw = samples.mail("postfix_relayed").replace(
        b"\n--=_b1\nContent-Type: text/rfc822-headers",
        b"\nFinal-Recipient: rfc822; autre@exemple.fr\nAction: failed\nStatus: 5.2.2\n"
        b"Diagnostic-Code: smtp; 552 5.2.2 full\n\n--=_b1\nContent-Type: text/rfc822-headers",
    )
    bounce = read_mail(raw, samples.ours()).bounce
    assert bounce is not None
    assert (bounce.recipient, bounce.family) == ("autre@exemple.fr", Family.MAILBOX_FULL)


def test_the_copy_of_the_mail_that_came_back_is_not_read_as_the_cause() -> None:
    for name in ("exim_unknown", "qmail_unknown"):
        bounce = read(name).bounce
        assert bounce is not None
        assert bounce.family is Family.ADDRESS_WRONG


@pytest.mark.parametrize("family", Family)
def test_every_family_is_told(family: Family) -> None:
    assert family_sentence(family).endswith(".")


# ── whatever the bytes are ──────────────────────────────────────────────────


@given(st.binary(max_size=2000))
def test_no_bytes_make_the_reading_fail(raw: bytes) -> None:
    assert read_mail(raw, samples.ours()).kind in Kind


_LINE = st.sampled_from(
    b"""From: a@b.fr
From: MAILER-DAEMON@x
Subject: =?utf-8?b?4pi=?= x
Subject: failure notice

Content-Type: multipart/report; report-type=delivery-status; boundary=b
--b
--b--
 ; charset=\x80
Content-Type: message/delivery-status
Final-Recipient: rfc822; a@b
Action: failed
Status: 5.1.1
Content-Type: text/html; charset=utf-16
Content-Type: message/rfc822
<a href='https://a.fr/%zz'>
Content-Transfer-Encoding: base64
QUJD=
Received: by x; Mon, 99 Foo
550 5.1.1 said: 550
Authentication-Results: ;;=;
X-Forefront-Antispam-Report: SFV:;SCL:x
\xff\xfe\x00
Date: 1
Content-Type: multipart/mixed; boundary*0*=utf-8''%ff; boundary*1=x
Content-Type: ;=;/
Content-Type: message/feedback-report
Feedback-Type: abuse
Content-Type: text/plain; charset=idna""".split(b"\n")
)


@given(st.lists(_LINE, max_size=40))
def test_no_order_of_fields_and_parts_makes_the_reading_fail(lines: list[bytes]) -> None:
    assert read_mail(b"\n".join(lines), samples.ours()).kind in Kind


_HEAD = b"From: mailer-daemon@x.fr\nSubject: failure notice\n"
_NEST = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
_SIZE = 10_000_000
HOSTILE = {
    "lines": b"\n" * _SIZE,
    "one line": b"a" * _SIZE,
    "fields": b"A: b\n" * (_SIZE // 5),
    "nested": _HEAD + b"".join(_NEST % (level, level) for level in range(99_999)),
    "enclosed": _HEAD + b"Content-Type: message/rfc822\n\n" * (_SIZE // 30),
    "boundaries": _HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * (_SIZE // 4),
    "almost boundaries": _HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--xy\n" * (_SIZE // 5),
    "tags": _HEAD + b"Content-Type: text/html\n\n" + b"<a " * (_SIZE // 3),
    "links": _HEAD + b'Content-Type: text/html\n\n' + b'<a href="' * (_SIZE // 9),
    "answers": _HEAD + b"\n" + b"550 5.1.1 said: reason: " * (_SIZE // 24),
    "addresses": _HEAD + b"\n" + b"a@" * (_SIZE // 2),
    "words": b"From: " + b"=?utf-8?q?" * (_SIZE // 10),
    "token": _HEAD + b"\nhttps://a.fr/" + b"aB3-" * (_SIZE // 4),
    "charset": _HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"xn--a" * (_SIZE // 5),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_ten_megabytes_are_read_in_bounded_time(name: str) -> None:
    began = time.process_time()
    assert read_mail(HOSTILE[name], samples.ours()).kind in Kind
    assert time.process_time() - began < 5


def test_a_hundred_mails_take_less_than_two_seconds() -> None:
    """Thousands a minute."""
    mails = [samples.mail(name) for name in samples.mails()] * 2
    began = monotonic()
    for raw in mails[:100]:
        read_mail(raw, samples.ours())
    assert monotonic() - began < 2


def test_a_mail_is_taken_apart_as_it_is_written() -> None:
    lines = (
        b"From x@y Mon", b"From: =?iso-8859-1?q?Zo=E9?= <z@exemple.fr>", b"Content-Type: multipart/mixed;",
        b' boundary="a b"', b"", b"preamble", b"--a b", b"", b"un", b"--a b",
        b"Content-Type: text/html; charset=iso-8859-1", b"Content-Transfer-Encoding: quoted-printable", b"",
        b"<p>d=E9j=E0</p><style>x</style>", b"--a b--", b"epilogue",
    )  # fmt: skip
    mail = parse(b"\r\n".join(lines))
    assert mail.headers.decoded("from") == "Zoé <z@exemple.fr>"
    assert [(part.content_type, part.text.strip()) for part in mail.parts] == [
        ("text/plain", "un"),
        ("text/html", "déjà"),
    ]
