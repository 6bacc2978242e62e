"""Whether a confirmation mail is ours: the name it shows, its address, and who vouches for it (RFC 8601)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.casework.ours import ours as known_by
from ameli_support.mail.authentication import read_authentication
from ameli_support.mail.parsing import parse
from ameli_support.mail.reading import Ours, Reading, read_mail
from ameli_support.onboarding.procedure import procedure
from ameli_support.settings import MailSettings
from tests.mail.samples import HOST, TOKEN

SENDER, DOMAIN = "ne-pas-repondre@mail.ameli.exemple.fr", "ameli.exemple.fr"
IN = "Received: from out.ameli.exemple.fr (out.ameli.exemple.fr [192.0.2.1]) by mx3.orange.fr; x"
WITHIN = "Received: from mx3.orange.fr (mx3.orange.fr [10.0.0.1]) by store.orange.fr; x"
OURS = known_by(procedure(), MailSettings(domains=f" {DOMAIN.upper()}, autre.exemple.fr"))


def mail(*fields: str, sender: str = SENDER, name: str | None = None) -> bytes:
    shown = procedure().mail.sender_name if name is None else name
    head = [*fields, f"From: {shown} <{sender}>", f"Subject: {procedure().mail.subject}", "To: x@orange.fr"]
    return ("\r\n".join(head) + f"\r\n\r\nhttps://{HOST}/confirmer/{TOKEN}\r\n").encode()


def noted(by: str | None, result: str) -> str:
    return f"Authentication-Results: {f'{by}; ' if by else ''}{result}"


PASS = noted("mx3.orange.fr", "dmarc=pass header.from=mail.ameli.exemple.fr")


def reading(*fields: str, ours: Ours = OURS, **how: str) -> Reading:
    return read_mail(mail(*fields, **how), ours)


def codes(found: Reading) -> set[str]:
    return {finding.code for finding in found.findings}


def test_the_name_alone_proves_nothing_once_the_domains_are_set() -> None:
    assert reading(PASS, IN).genuine is True
    wrong = reading(PASS, IN, sender="ne-pas-repondre@ameli-fr.example")
    assert wrong.genuine is False
    assert "sender_address" in codes(wrong)
    assert reading(PASS, IN, sender=f"x@{DOMAIN}.example").genuine is False
    assert reading(PASS, IN, sender="x@autre.exemple.fr").genuine is True


def test_a_set_address_is_compared_whole() -> None:
    ours = known_by(procedure(), MailSettings(sender=SENDER))
    assert reading(PASS, IN, ours=ours).genuine is True
    assert reading(PASS, IN, ours=ours, sender=SENDER.upper()).genuine is True
    assert reading(PASS, IN, ours=ours, sender="autre@mail.ameli.exemple.fr").genuine is False


def test_without_settings_only_the_name_is_compared() -> None:
    ours = known_by(procedure(), MailSettings())
    assert reading(PASS, IN, ours=ours, sender="x@anywhere.example").genuine is True
    assert reading(PASS, IN, ours=ours, name="Service clients Ameli").genuine is False


@pytest.mark.parametrize(
    ("fields", "dmarc"),
    [
        # above the hop by which the mail came in: the provider's own (Orange, Microsoft)
        ((PASS, IN), "pass"),
        ((PASS, WITHIN, IN), "pass"),
        ((WITHIN, PASS, IN), "pass"),
        ((WITHIN, noted(None, "spf=pass; dmarc=pass action=none"), IN), "pass"),
        # right below it, naming the server of that hop (Gmail)
        ((WITHIN, IN, PASS, "Received: from a.b.c by out.ameli.exemple.fr; x"), "pass"),
        # below it in another's name, or below a hop that the sender wrote: came with the mail
        ((IN, noted("mx.evil.example", "dmarc=pass"), "Received: from a by b.c; x"), None),
        ((IN, "Received: from a.b.c by mx3.orange.fr; x", PASS, "Received: from d.e.f by g.h.i; x"), None),
        ((IN, noted(None, "dmarc=pass"), "Received: from a by b.c; x"), None),
        ((IN, PASS), None),
        # a forged one below the provider's own
        (
            (noted("mx3.orange.fr", "dmarc=fail"), IN, noted("mx3.orange.fr", "dmarc=pass"), "Received: x"),
            "fail",
        ),
    ],
)
def test_only_the_receiving_providers_own_note_counts(fields: tuple[str, ...], dmarc: str | None) -> None:
    assert read_authentication(parse(mail(*fields)).headers).dmarc == dmarc


@pytest.mark.parametrize(
    ("result", "vouched"),
    [
        (f"dkim=pass header.d={DOMAIN}", True),
        (f"dkim=pass (2048-bit key) header.i=@mail.{DOMAIN} header.s=s1", True),
        ("dkim=pass header.d=evil.example", False),
        ("dkim=pass", True),
        (f"dkim=fail header.d={DOMAIN}", False),
        ("dmarc=pass; dkim=pass header.d=list.example", True),
        ("spf=pass smtp.mailfrom=evil.example", False),
    ],
)
def test_a_signature_of_somebody_else_vouches_for_nothing(result: str, vouched: bool) -> None:
    found = reading(noted("mx3.orange.fr", result), IN)
    assert ("authentication_missing" not in codes(found)) is vouched


def test_what_the_provider_calls_forged_is_an_imitation() -> None:
    found = reading(noted("mx3.orange.fr", "spf=fail; dmarc=fail"), IN)
    assert found.genuine is False
    assert "authentication_failed" in codes(found)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n"), max_size=80), max_size=6))
def test_no_header_breaks_it(values: list[str]) -> None:
    fields = [f"{name}: {value}" for value in values for name in ("Received", "Authentication-Results")]
    read_mail(mail(*fields), OURS)
