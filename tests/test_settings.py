"""The settings: file, variables, origins, masked secrets, and errors that name file, key and nearest key."""

from pathlib import Path

import pytest

from ameli_support import settings
from ameli_support.settings import SettingsError, load_screen, load_settings

NBSP = "\u00a0"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refused(file: Path, text: str, environment: dict[str, str] | None = None) -> SettingsError:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, environment or {})
    assert caught.value.sentence.endswith(".")
    assert f" {NBSP}" not in caught.value.sentence
    return caught.value


def test_without_a_file_everything_has_its_default(file: Path) -> None:
    read = load_settings(file, {})
    assert read.screen == settings.ScreenSettings(language="fr", theme="nuit", keymap={})
    assert read.service.url is None
    assert all(line.origin == "" for line in read.explain())


def test_a_full_file_is_read(file: Path, tmp_path: Path) -> None:
    file.write_text(
        """
        [screen]
        language = "en"
        theme = "daltonien-jour"
        keymap = {resend = "r,f9"}
        [service]
        url = "https://service.example/api"
        read_seconds = 4
        [store]
        url = "postgresql://desk:secret@db.example/cases"
        [machine]
        agents_file = "agents.toml"
        lock_minutes = 5
        [smtp]
        host = "smtp.example"
        port = 465
        security = "tls"
        user = "desk"
        password = "secret"
        """
    )
    read = load_settings(file, {})
    assert read.screen.language == "en"
    assert read.screen.keymap == {"resend": "r,f9"}
    assert read.service.read_seconds == 4.0
    assert read.machine.agents_file == tmp_path / "agents.toml"
    assert read.smtp.security == "tls"


def test_a_variable_wins_over_the_file_and_says_so(file: Path) -> None:
    file.write_text('[smtp]\nhost = "file.example"\nport = 25\n')
    read = load_settings(file, {"AMELI_SMTP_HOST": "variable.example"})
    assert (read.smtp.host, read.smtp.port) == ("variable.example", 25)
    origin = {(line.section, line.key): line.origin for line in read.explain()}
    assert origin["smtp", "host"] == "AMELI_SMTP_HOST"
    assert origin["smtp", "port"] == str(file)
    assert origin["smtp", "user"] == ""


def test_secrets_are_masked_wherever_they_are(file: Path) -> None:
    file.write_text('[smtp]\npassword = "pA55"\n[store]\nurl = "postgresql://desk:pA55@db/cases"\n')
    shown = {(line.section, line.key): line.value for line in load_settings(file, {}).explain()}
    assert "pA55" not in str(shown)
    assert shown["smtp", "password"] == settings.MASK
    assert shown["store", "url"] == f"postgresql://desk:{settings.MASK}@db/cases"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db/cases?user=desk&password=pA55&sslmode=require",
        "postgresql://db/cases?sslpassword=pA55",
        "postgresql+psycopg://desk:pA55@db,other/cases",
    ],
)
def test_a_password_anywhere_in_an_address_is_masked(file: Path, url: str) -> None:
    file.write_text(f'[store]\nurl = "{url}"\n')
    assert "pA55" not in str(load_settings(file, {}).explain())


def test_every_setting_is_explained_once(file: Path) -> None:
    lines = load_settings(file, {}).explain()
    assert len({(line.section, line.key) for line in lines}) == len(lines) > 12


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('[service]\nulr = "https://x.example"', "service.ulr", "service.url"),
        ("[smtp]\nprot = 25", "smtp.prot", "smtp.port"),
        ('[screen]\nthem = "nuit"', "screen.them", "screen.theme"),
        ("[servcie]", "[servcie]", "service"),
        ("[zzz]", "[zzz]", None),
        ("[smtp]\nqqqqqq = 1", "smtp.qqqqqq", None),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(
    file: Path, text: str, key: str, nearest: str | None
) -> None:
    error = refused(file, text)
    assert (error.file, error.key, error.nearest) == (str(file), key, nearest)
    assert str(file) in error.sentence
    assert (nearest or key) in error.sentence


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('[screen]\ntheme = "rose"', "screen.theme", "nuit, jour"),
        ("[screen]\nlanguage = 3", "screen.language", "fr, en"),
        ('[screen]\nkeymap = "r"', "screen.keymap", "table"),
        ("[screen.keymap]\nresend = 3", "screen.keymap", "table"),
        ("[smtp]\nport = 70000", "smtp.port", "1 à 65535"),
        ("[smtp]\nport = true", "smtp.port", "nombre"),
        ('[smtp]\nport = "25"', "smtp.port", "nombre"),
        ("[smtp]\nport = 2.5", "smtp.port", "nombre"),
        ("[service]\nread_seconds = nan", "service.read_seconds", "0.1 à 120"),
        ("[smtp]\nhost = 3", "smtp.host", "texte"),
        ('[service]\nurl = "http://service.example"', "service.url", "https://"),
        ('[service]\nurl = "http://127.0.0.1.evil.example"', "service.url", "https://"),
        ('[service]\nurl = "ftp://x"', "service.url", "https://"),
        ('[store]\nurl = "sqlite:///x"', "store.url", "postgresql://"),
        ('[machine]\nagents_file = ""', "machine.agents_file", "chemin"),
        ("screen = 3", "screen", "[screen]"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_expected(file: Path, text: str, key: str, expected: str) -> None:
    error = refused(file, text)
    assert error.key == key
    assert expected in error.sentence
    assert str(file) in error.sentence


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost/", "http://[::1]:8080/v1", "https://x.example"]
)
def test_plain_http_stays_on_this_machine(file: Path, url: str) -> None:
    file.write_text(f'[service]\nurl = "{url}"')
    assert load_settings(file, {}).service.url == url


def test_a_secret_is_not_repeated_in_an_error(file: Path) -> None:
    assert "pA55" not in refused(file, '[store]\nurl = "postgres://desk:pA55@db/cases"').sentence


def test_a_misspelt_variable_is_told_with_the_nearest(file: Path) -> None:
    error = refused(file, "", {"AMELI_SERVICE_ULR": "https://x.example"})
    assert (error.key, error.nearest) == ("AMELI_SERVICE_ULR", "AMELI_SERVICE_URL")


def test_a_wrong_variable_is_told(file: Path) -> None:
    error = refused(file, "", {"AMELI_SMTP_PORT": "many"})
    assert (error.file, error.key) == ("AMELI_SMTP_PORT", "AMELI_SMTP_PORT")


def test_who_the_agent_is_never_comes_from_a_variable(file: Path) -> None:
    error = refused(file, "", {"AMELI_MACHINE_AGENTS_FILE": "mine.toml"})
    assert error.nearest == "machine.agents_file"


def test_a_file_that_is_no_toml_says_the_line(file: Path) -> None:
    assert "ligne 2" in refused(file, '[screen]\ntheme = = "nuit"').sentence


@pytest.mark.parametrize("text", ["[screen]\ntheme = '''", "[screen"])
def test_a_file_cut_short_is_told(file: Path, text: str) -> None:
    assert "TOML" in refused(file, text).sentence


def test_a_file_in_another_encoding_is_told(file: Path) -> None:
    file.write_bytes("[machine]\ncontent_folder = 'été'".encode("latin-1"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings(file, {})


def test_a_byte_order_mark_is_no_matter(file: Path) -> None:
    file.write_text('\ufeff[screen]\ntheme = "jour"')
    assert load_settings(file, {}).screen.theme == "jour"


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert caught.value.file == str(tmp_path)


def test_the_first_paint_reads_its_own_section_alone(file: Path) -> None:
    file.write_text('[screen]\ntheme = "jour"\n[smtp]\nport = "wrong"\n')
    assert load_screen(file, {"AMELI_SCREEN_LANGUAGE": "en"}) == settings.ScreenSettings("en", "jour", {})


def test_one_variable_moves_every_folder(tmp_path: Path) -> None:
    there = settings.folders({"AMELI_HOME": str(tmp_path)})
    assert there == settings.Folders(tmp_path / "settings.toml", tmp_path)
    assert settings.folders({}).settings.name == "settings.toml"
