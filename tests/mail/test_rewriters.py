"""Rewritten links: every form that can be decoded is, nothing else is claimed, nothing is opened."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail.rewriters import host_of, read_link
from tests.mail import samples

TARGET = "https://www.exemple.fr/compte?id=1#haut"


def safelink(url: str) -> str:
    """`url` as Microsoft rewrites it."""
    return f"https://eur01.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data=05&reserved=0"


@pytest.mark.parametrize(
    ("rewriter", "target", "link"), [*samples.rows("links.tsv", 3), *samples.rows("unseen_links.tsv", 3)]
)
def test_each_form(rewriter: str, target: str, link: str) -> None:
    found = read_link(link)
    assert (found.rewriter or "-", found.target or "-") == (rewriter, target)


def test_every_rewriter_of_the_facts_has_samples() -> None:
    named = {row[0] for row in samples.rows("links.tsv", 3)}
    assert named >= {
        "safelinks", "proofpoint", "mimecast", "barracuda", "sophos", "cisco", "fireeye", "trendmicro",
        "vade", "mailinblack", "hornetsecurity", "symantec", "checkpoint", "titanhq", "gmx", "edgepilot",
        "fortimail", "trustwave", "topsec", "esva", "mcas", "owa", "horde",
    }  # fmt: skip


@given(st.text("abcXYZ019-_.~%/?&=#+é€ *", max_size=80))
def test_a_decoded_link_is_the_one_that_was_rewritten(rest: str) -> None:
    url = "https://www.exemple.fr/" + rest.strip()
    assert read_link(safelink(url)).target == url
    assert read_link(safelink(safelink(url))).target == url


def test_links_rewritten_without_end_are_given_up() -> None:
    link = TARGET
    for _round in range(6):
        link = safelink(link)
    assert read_link(link).target == TARGET
    for _round in range(3):
        link = safelink(link)
    assert read_link(link).target is None


@given(st.text(max_size=300))
def test_no_text_makes_the_reading_fail(text: str) -> None:
    for link in (text, f"https://{text}", safelink(text), f"https://urldefense.com/v3/__{text}__;{text}!!a$"):
        found = read_link(link)
        assert found.target is None or host_of(found.target)


def test_a_target_is_a_whole_web_address() -> None:
    for target in ("javascript:alert(1)", "https://", "//exemple.fr", "file:///etc", "https://a.fr/\n", ""):
        assert read_link(safelink(target)).target in (None, target.strip())
        assert not (read_link(safelink(target)).target or "https").startswith(("javascript", "file"))


def test_hosts() -> None:
    assert host_of("HTTPS://Assure.Ameli.FR.:443/x") == "assure.ameli.fr"
    assert host_of("https://assure.ameli.fr@autre.example/") == "autre.example"
    assert host_of("https://[bad") is None
    assert host_of("mailto:a@b.fr") is None
