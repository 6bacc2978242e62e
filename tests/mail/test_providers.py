"""providers.toml: each statement has a source, families are found by domain and MX, a bad file is refused."""

from pathlib import Path

import pytest

from ameli_support.mail.providers import Kind, ProvidersError, Standing, load

HELD = load()


@pytest.mark.parametrize(
    ("domain", "family"),
    [("orange.fr", "orange"), ("wanadoo.fr", "orange"), ("aliceadsl.fr", "free"), ("clubinternet.fr", "sfr"),
     ("laposte.net", "laposte"), ("bbox.fr", "bouygues"), ("hotmail.co.uk", "microsoft"),
     ("googlemail.com", "google"),
     ("ymail.com", "yahoo"), ("aol.fr", "aol"), ("me.com", "apple"), ("protonmail.ch", "proton"),
     ("caramail.com", "gmx"), ("netcourrier.com", "mailo")],
)  # fmt: skip
def test_a_family_is_found_by_its_domains(domain: str, family: str) -> None:
    found = HELD.family_of(domain)
    assert found is not None
    assert found.key == family


@pytest.mark.parametrize(
    ("host", "family"),
    [("smtp-in.orange.fr", "orange"), ("MX1.Free.FR.", "free"), ("smtp-in.sfr.fr", "sfr"),
     ("smtpz4.laposte.net", "laposte"), ("outlook-com.olc.protection.outlook.com", "microsoft"),
     ("dupont-fr.mail.protection.outlook.com", "microsoft_365"), ("mx-eu.mail.am0.yahoodns.net", "yahoo"),
     ("mx-aol.mail.gm0.yahoodns.net", "aol"), ("mx01.mail.icloud.com", "apple"),
     ("mail.protonmail.ch", "proton"),
     ("alt1.aspmx.l.google.com", "google_workspace"), ("mx1.mail.ovh.net", "ovh")],
)  # fmt: skip
def test_a_family_is_found_by_the_end_of_its_mx(host: str, family: str) -> None:
    found = HELD.family_by_mx([host])
    assert found is not None
    assert found.key == family


@pytest.mark.parametrize("host", ["notorange.fr", "smtp-in.orange.fr.example", "xovh.net", "", "."])
def test_an_mx_that_only_looks_alike_is_no_family(host: str) -> None:
    assert HELD.family_by_mx([host]) is None


def test_the_preferred_target_decides() -> None:
    found = HELD.family_by_mx(["mx.example", "mx1.mailinblack.com", "mx1.mail.ovh.net"])
    assert found is not None
    assert (found.key, found.kind) == ("mailinblack", Kind.GATEWAY)


def test_every_statement_has_a_source_and_both_languages() -> None:
    for family in HELD.families.values():
        assert bool(family.junk_folders) == bool(family.junk_source), family.key
        assert bool(family.tabs) == bool(family.tabs_source), family.key
        assert bool(family.webmail) == bool(family.webmail_source), family.key
        for quirk in family.quirks:
            assert quirk.source
            assert quirk.text("fr") != quirk.text("en")
        for path in family.paths:
            assert path.source
            assert family.path(path.to) is not None
            assert path.to in ("blocked_senders", "safe_senders", "rules", "junk_settings")
        if any(word in (family.junk_source or "") for word in ("memory", "no official", "secondary")):
            assert not family.junk_sure, family.key
    for entry in HELD.standings.values():
        assert entry.source


def test_what_the_facts_say_of_the_big_ones() -> None:
    orange, microsoft = HELD.families["orange"], HELD.families["microsoft"]
    assert orange.junk_folders == ("indésirables/spam",)
    red = orange.path("blocked_senders")
    assert red is not None
    assert red.steps[0] == "orange.fr"
    assert "liste rouge" in red.steps[-1]
    assert microsoft.junk_folders == ("Courrier indésirable",)
    assert "dead_links_in_junk" in {quirk.id for quirk in microsoft.quirks}
    assert {"hotmail.fr", "hotmail.be", "live.fr", "outlook.com", "msn.com"} <= set(microsoft.domains)
    assert orange.quirks[0].text("fr").count("’") == 2, "typeset"


def test_domains_apart() -> None:
    assert HELD.standings["orange.com"].standing is Standing.STAFF
    assert HELD.standings["gmail.fr"].standing is Standing.NO_MAIL
    assert HELD.standings["voila.fr"].standing is Standing.CLOSED
    assert not HELD.standings["voila.fr"].sure
    assert "orange.fr" not in HELD.standings


def test_no_domain_or_mx_belongs_to_two_families() -> None:
    for names in ("domains", "mx"):
        listed = [name for family in HELD.families.values() for name in getattr(family, names)]
        assert len(listed) == len(set(listed))
        assert all(name == name.lower() and "." in name for name in listed)


def test_a_content_folder_adds_and_replaces_and_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "providers.toml").write_text(
        '[families.orange]\njunk_folders = ["Spam"]\njunk_source = "us"\n'
        '[families.alpes]\nname = "Alpes Net"\ndomains = ["alpes.example"]\nmx = ["mx.alpes.example"]\n'
        '[[standings]]\nstanding = "closed"\nsource = "us"\ndomains = { "ferme.example" = "" }\n',
        encoding="utf-8",
    )
    own = load(tmp_path)
    assert own.families["orange"].junk_folders == ("Spam",)
    assert own.families["orange"].domains == HELD.families["orange"].domains
    assert own.family_of("alpes.example") == own.family_by_mx(["a.mx.alpes.example"])
    assert own.standings["ferme.example"].standing is Standing.CLOSED
    assert own.standings["orange.com"] == HELD.standings["orange.com"]
    assert load(tmp_path / "none").families == HELD.families


QUIRK = "[families.x]\nname = 'X'\n[[families.x.quirks]]\n"
PATH = "[families.x]\nname = 'X'\n[[families.x.paths]]\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[families.x", ""),
        ("families = 1", "families"),
        ("surprise = 1", "surprise"),
        ("[frequency]\ndomains = []", "frequency"),
        ("[families]\nx = 1", "families.x"),
        ("[families.x]\nmx = ['a.b']", "families.x"),
        ("[families.x]\nname = 'X'\nmx = 'a.b'", "families.x.mx"),
        ("[families.x]\nname = 'X'\nkind = 'bank'", "families.x.kind"),
        ("[families.x]\nname = 'X'\ncolour = 'red'", "families.x.colour"),
        ("[families.x]\nname = 'X'\nmx_sure = 'yes'", "families.x.mx_sure"),
        ("[families.x]\nname = 'X'\nquirks = [1]", "families.x.quirks"),
        (QUIRK + "id = 'a'\nfr = 'b'\nen = 'c'", "families.x.quirks"),
        (PATH + "to = 'a'\nsteps = 'b'\nsource = 'c'", "families.x.paths.steps"),
        (PATH + "to = 'a'\nsteps = [1]\nsource = 'c'", "families.x.paths.steps"),
        ("[[standings]]\nstanding = 'closed'\ndomains = {}", "standings"),
        ("[[standings]]\nstanding = 'rich'\nsource = 'x'\ndomains = {}", "standings.standing"),
        ("[[standings]]\nstanding = 'closed'\nsource = 'x'\ndomains = { 'a.b' = 1 }", "standings.a.b"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    file = tmp_path / "providers.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProvidersError) as refused:
        load(tmp_path)
    assert (refused.value.file, refused.value.key) == (file, key)
    assert load().families == HELD.families
