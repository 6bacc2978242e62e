"""Typos: right, wrong and silent on the data written before the code; no alarm on a real domain."""

import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ameli_support.mail.addresses import read_address
from ameli_support.mail.domains import cannot_exist, is_disposable, is_known, real_domains
from ameli_support.mail.keyboard import heard, slip
from ameli_support.mail.providers import load
from ameli_support.mail.typos import suggest
from tests.mail import address_data

TOP = load().frequent[:12]


def share(pairs: list[tuple[str, str]]) -> tuple[float, float, list[str]]:
    """Right, wrong, and what was not right."""
    verdicts: Counter[str] = Counter()
    told = []
    for typed, meant in pairs:
        given = suggest(typed)
        verdict = "right" if given == meant else "silent" if given is None else "wrong"
        verdicts[verdict] += 1
        if verdict != "right":
            told.append(f"{typed}: {given} instead of {meant}")
    return verdicts["right"] / len(pairs), verdicts["wrong"] / len(pairs), told


def test_at_least_95_in_100_typos_are_right_and_less_than_1_wrong() -> None:
    pairs = address_data.typos()
    assert len(pairs) > 500
    right, wrong, told = share(pairs)
    assert right >= 0.95, told
    assert wrong < 0.01, told


def test_no_real_domain_raises_an_alarm_but_staff_domains_that_are_confused() -> None:
    assert {domain: suggest(domain) for domain in address_data.real_domains() if suggest(domain)} == {}
    held = load()
    named = {*held.by_domain, *held.frequent, *real_domains()}
    apart = {domain for domain, entry in held.standings.items() if entry.instead}
    assert len(named) > 1_000
    assert {domain for domain in named if suggest(domain)} <= apart
    assert apart == {"orange.com", "sfr.com", "laposte.fr", "gmail.fr"}


def test_addresses_and_domains_held_out_from_the_program_stay_in_the_aim() -> None:
    pairs = address_data.unseen()
    verdicts: Counter[str] = Counter()
    for typed, meant in pairs:
        reading = read_address(typed)
        found = reading.suggestion or reading.cleaned
        verdicts["right" if found == meant else "wrong" if reading.suggestion else "silent"] += 1
    assert verdicts["right"] >= 0.95 * len(pairs), verdicts
    assert verdicts["wrong"] < 0.01 * len(pairs), verdicts
    # the first two are staff's; the others a list of words cannot tell from a slip
    alarms = {domain for domain in address_data.unseen_domains() if suggest(domain)}
    assert alarms <= {"orange.com", "laposte.fr", "gail.com", "liver.fr", "freese.fr"}


def one_edit(domain: str) -> dict[str, list[str]]:
    """Every slip of one key in the name of a domain, by kind."""
    name, _dot, tld = domain.partition(".")
    at = range(len(name))
    kinds = {
        "missing": [name[:i] + name[i + 1 :] for i in at],
        "doubled": [name[:i] + name[i] + name[i:] for i in at],
        "swapped": [name[: i - 1] + name[i] + name[i - 1] + name[i + 1 :] for i in at if i],
        "neighbour": [
            name[:i] + c + name[i + 1 :]
            for i in at
            for c in string.ascii_lowercase
            if slip(c, name[i]) == 0.6
        ],
        "hyphen": [f"{name[:i]}-{name[i:]}" for i in at if i],
    }
    wrong = {kind: [f"{typed}.{tld}" for typed in names if typed != name] for kind, names in kinds.items()}
    wrong["no dot"] = [name + tld]
    return {kind: [typed for typed in typed_ if not is_known(typed)] for kind, typed_ in wrong.items()}


@pytest.mark.parametrize("kind", ["missing", "doubled", "swapped", "neighbour", "hyphen", "no dot"])
def test_every_slip_of_one_key_in_the_twelve_commonest_providers(kind: str) -> None:
    right, wrong, told = share([(typed, domain) for domain in TOP for typed in one_edit(domain)[kind]])
    assert right >= 0.95, told
    assert wrong < 0.01, told


@pytest.mark.parametrize("domain", TOP)
def test_slips_of_the_top_level(domain: str) -> None:
    name, _dot, tld = domain.partition(".")
    slips = {
        "fr": "fe ft f r rf frr ffr gr dr fre",
        "com": "con cm co cmo ocm om comm coom vom xom cpm cim c",
        "net": "ner nt ne ent nte nett bet met",
    }[tld]
    wrong = [top for top in slips.split() if not is_known(f"{name}.{top}")]
    assert len(wrong) > 7
    assert {top: suggest(f"{name}.{top}") for top in wrong} == dict.fromkeys(wrong, domain)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("www.orange.fr", "orange.fr"),
        ("gmail.com.fr", "gmail.com"),
        ("orangé.fr", "orange.fr"),
        ("xn--orang-fsa.fr", "orange.fr"),
        ("dupont-sa.con", "dupont-sa.com"),
        ("mairie-voiron.fe", "mairie-voiron.fr"),
        ("gmail.fr", "gmail.com"),
        ("orange.com", "orange.fr"),
        ("hotmail", "hotmail.fr"),
        ("gmail.de", "gmail.com"),
    ],
)
def test_other_ways_to_be_wrong(typed: str, meant: str) -> None:
    assert suggest(typed) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "dupont.fr", "societe-martin.com", "gite-des-alpes.eu", "yopmail.com", "mailinator.com", "orange.es",
        "ac-toulouse.fr", "me.co", "xn--bcher-kva.example", "mail.example", "fr", "com", ".", "..", "",
    ],
)  # fmt: skip
def test_silence_is_the_default(domain: str) -> None:
    assert suggest(domain) is None


def test_typos_come_before_throw_away_domains() -> None:
    assert is_disposable("yopmail.com")
    assert is_disposable("x.yopmail.com")
    assert is_disposable("gmial.com"), "the list holds typos: this is why the order matters"
    assert not any(is_disposable(domain) for domain in load().by_domain)
    assert not is_disposable("lilo.org")


@pytest.mark.parametrize(
    ("tld", "verdict"),
    [("con", True), ("fe", True), ("f", True), ("c0m", True), ("com", False), ("fr", False), ("co", False),
     ("cam", False), ("paris", False), ("bzh", False), ("xn--p1ai", False), ("12", True)],
)  # fmt: skip
def test_what_cannot_be_a_top_level(tld: str, verdict: bool) -> None:
    assert cannot_exist(tld) is verdict


def test_slips_of_the_hand_cost_less_than_others() -> None:
    assert slip("orange", "orange") == 0
    assert slip("orznge", "orange") < slip("orxnge", "orange")
    assert slip("ornage", "orange") < slip("onrxge", "orange")
    assert slip("orangge", "orange") < slip("orangxe", "orange")
    assert slip("grange", "orange") > slip("irange", "orange")
    assert heard("gmel") == heard("gmail")


@given(st.text(max_size=200))
def test_nothing_that_is_typed_raises(text: str) -> None:
    given_domain = suggest(text)
    assert given_domain is None or given_domain != text


@given(st.sampled_from(load().frequent), st.integers(0, 20), st.text(".-_@" + string.printable, max_size=3))
def test_a_suggestion_is_never_suggested_away(domain: str, at: int, noise: str) -> None:
    if suggested := suggest(domain[:at] + noise + domain[at:]):
        assert suggest(suggested) is None
