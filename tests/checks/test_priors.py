"""The file of priors, costs and signals: sound as it is, refused by key when a fund's own is not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from checks.priors import PACKAGE_FILE, PriorsError, _priors, load


def test_the_file_as_it_stands_is_sound_and_its_shares_sum_to_one() -> None:
    priors = load()
    assert priors.causes[-1] == "unknown"
    for tables in priors.signals.values():
        for table in tables.values():
            assert sum(table.values()) == pytest.approx(1)


def test_an_unknown_family_is_the_other_one() -> None:
    priors = load()
    assert priors.times("company_gateway", "some_small_one") == priors.times("company_gateway", "other") > 1
    assert priors.times("junk_folder", None) == 1
    assert priors.times("provider_block_list", "orange") > 1


def test_a_fund_replaces_numbers_and_adds_families(tmp_path: Path) -> None:
    (tmp_path / "priors.toml").write_text(
        "[priors]\njunk_folder = 40\n[families.free]\njunk_folder = 2.5\n", encoding="utf-8"
    )
    priors = load(tmp_path)
    assert priors.weights["junk_folder"] == 40
    assert priors.times("junk_folder", "free") == 2.5
    assert priors.weights["old_mail"] == load().weights["old_mail"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("wrong_answers = 1.5\n", "wrong_answers"),
        ("[priors]\ngremlins = 3\n", "priors.gremlins"),
        ("[priors]\njunk_folder = 'often'\n", "priors.junk_folder"),
        ("[priors]\njunk_folder = -1\n", "priors.junk_folder"),
        ("[families.orange]\ngremlins = 2\n", "families.orange.gremlins"),
        ("[signals.active.usual]\nno = 0.5\n", "signals.active.usual"),
        ("[learning]\nprior_share = 1.5\n", "learning"),
        ("[learning]\nhalf_life_days = 0\n", "learning"),
        ("[hints.link_rewritten]\ngremlins = 2\n", "hints.link_rewritten.gremlins"),
        ("[costs]\nask = 3\n", "costs.ask"),
        ("[costs\n", ""),
    ],
)
def test_a_bad_file_is_refused_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "priors.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PriorsError) as refused:
        load(tmp_path)
    assert refused.value.key == key
    assert refused.value.file != PACKAGE_FILE


def test_a_fund_adds_a_family_that_the_file_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "priors.toml").write_text("[families.gmx]\njunk_folder = 3\n", encoding="utf-8")
    assert load(tmp_path).families["gmx"] == {"junk_folder": 3}


def changed(*path: str, to: object = None) -> dict[str, Any]:
    """The package's own file with one entry changed, or taken away."""
    tree = tomllib.loads(PACKAGE_FILE.read_text(encoding="utf-8"))
    table = tree
    for name in path[:-1]:
        table = table[name]
    if to is None:
        del table[path[-1]]
    else:
        table[path[-1]] = to
    return tree


@pytest.mark.parametrize(
    ("tree", "key"),
    [
        (changed("priors"), "priors"),
        (changed("priors", "junk_folder", to=0), "priors"),
        (changed("costs", "ask", "junk_folder"), "costs.ask"),
        (changed("learning", "prior_cases"), "learning"),
        (changed("signals", "links", "gremlins", to={"one": 1.0}), "signals.links.gremlins"),
        (
            changed("signals", "active", "usual", to={"no": 1.0, "yes": 0.0}),
            "signals.active.usual",
        ),
        (changed("shares", to=[1, 2]), "shares"),
    ],
)
def test_the_packages_own_file_is_held_to_the_same(tree: dict[str, Any], key: str) -> None:
    with pytest.raises(PriorsError) as refused:
        _priors(PACKAGE_FILE, tree)
    assert refused.value.key == key
