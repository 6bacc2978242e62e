"""Which addresses may go on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail.recipient import is_sendable


@pytest.mark.parametrize(
    "address",
    [
        "a.dubois@orange.fr",
        "a@b",
        "jean+ameli@sous.domaine.exemple.fr",
        "o'neill_99@exemple.fr",
        "zoé@exemple.fr",
        "a@xn--bcher-kva.example",
        "x" * 64 + "@exemple.fr",
        "a@" + ".".join(["b" * 61] * 4) + ".fr",
    ],
)
def test_ordinary_addresses_pass(address: str) -> None:
    assert is_sendable(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "a",
        "a@",
        "@b.fr",
        "a b@c.fr",
        "a@b .fr",
        "a@b@c.fr",
        "a@b.fr\r\nRCPT TO:<c@d.fr>",
        "a@b.fr\n",
        "\na@b.fr",
        "a\x00@b.fr",
        "a\x7f@b.fr",
        "a\u2028@b.fr",
        "a\u0085@b.fr",
        "a\ud800@b.fr",
        "a@b.fr> SIZE=1",
        "<a@b.fr>",
        "a@b.fr,c@d.fr",
        "a@b.fr;c@d.fr",
        '"a b"@c.fr',
        "a(comment)@b.fr",
        "a@[127.0.0.1]",
        ".a@b.fr",
        "a.@b.fr",
        "a..b@c.fr",
        "a@b..fr",
        "a@-b.fr",
        "a@bücher.fr",
        "x" * 65 + "@exemple.fr",
        "é" * 33 + "@exemple.fr",
        "a@" + ".".join(["b" * 63] * 4) + ".fr",
    ],
)
def test_whatever_could_break_out_does_not(address: str) -> None:
    assert not is_sendable(address)


@given(st.text(max_size=300))
def test_what_passes_holds_one_address_and_no_control(text: str) -> None:
    if is_sendable(text):
        assert text.count("@") == 1
        assert text.isprintable()
        assert not set(text) & set(' <>()[],;:\\"\r\n\t')
        assert len(text.encode()) <= 254
