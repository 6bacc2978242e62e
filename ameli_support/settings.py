"""The settings: one TOML file and `AMELI_<SECTION>_<KEY>` variables, read by the standard library alone.

A variable wins over the file, the file over the default. Who the agent is comes from the
agents file of the machine, never from a variable. Every error names file, key and the
nearest valid key.
"""

import dataclasses
import os
import re
import tomllib
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ameli_support.i18n import Language, _

Theme = Literal["nuit", "jour", "contraste", "daltonien", "daltonien-jour"]
OTHER_VARIABLES = {"AMELI_HOME", "AMELI_REQUIRE_ALL"}
FILE_NAME = "settings.toml"
MASK = "••••••"

T = TypeVar("T")


def _number(default: float, least: float, most: float) -> Any:
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """[screen]: what the first paint needs; `keymap` maps an action's id to its keys, comma-separated."""

    language: Language = "fr"
    theme: Theme = "nuit"
    keymap: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """[service]: where the account service answers; plain http on this machine only."""

    url: str | None = field(default=None, metadata={"shape": "service"})
    ca_file: Path | None = None
    connect_seconds: float = _number(3.0, 0.1, 60)
    read_seconds: float = _number(10.0, 0.1, 120)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """[store]: where cases live: `url` of a shared PostgreSQL, else the encrypted file at `path`."""

    url: str | None = field(default=None, metadata={"shape": "store"})
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """[machine]: what the administrator of this machine decides; minutes without a key before it locks."""

    agents_file: Path | None = field(default=None, metadata={"file_only": True})
    content_folder: Path | None = None
    lock_minutes: int = _number(5, 1, 120)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """[smtp]: the server that mails are handed to."""

    host: str | None = None
    port: int = _number(587, 1, 65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, metadata={"secret": True})


@dataclass(frozen=True, slots=True)
class InForce:
    """One setting: its value as text, secrets masked, and where it came from (file, variable or "")."""

    section: str
    key: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything in force. `file` is where it was looked for; it need not exist."""

    file: Path
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    machine: MachineSettings = field(default_factory=MachineSettings)
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    origins: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def explain(self) -> tuple[InForce, ...]:
        """Every setting in force and where it came from, secrets masked."""
        return tuple(
            InForce(
                name,
                one.name,
                _shown(one, getattr(section, one.name)),
                self.origins.get((name, one.name), ""),
            )
            for name in SECTIONS
            for section in (getattr(self, name),)
            for one in dataclasses.fields(section)
        )


SECTIONS: dict[str, type] = {
    "screen": ScreenSettings,
    "service": ServiceSettings,
    "store": StoreSettings,
    "machine": MachineSettings,
    "smtp": SmtpSettings,
}


class SettingsError(Exception):
    """A setting that cannot be used; `sentence` is for the person, `nearest` a valid key or None."""

    def __init__(self, file: str, key: str, sentence: str, nearest: str | None = None) -> None:
        self.file = file
        self.key = key
        self.nearest = nearest
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the settings file and the program's own data are."""

    settings: Path
    data: Path


def folders(environment: Mapping[str, str] = os.environ) -> Folders:
    """The folders of this user; `AMELI_HOME` replaces them all (tests, demo)."""
    home = environment.get("AMELI_HOME")
    if home:
        return Folders(Path(home) / FILE_NAME, Path(home))
    import platformdirs

    return Folders(
        platformdirs.user_config_path("ameli-support", appauthor=False) / FILE_NAME,
        platformdirs.user_data_path("ameli-support", appauthor=False),
    )


def load_settings(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Everything, from the file (of this user when `path` is None) and the environment.

    Raises `SettingsError` at the first setting that cannot be used.
    """
    path = path or folders(environment).settings
    tables = _tables(path)
    for section in tables:
        if section not in SECTIONS:
            raise _unknown(
                str(path), f"[{section}]", _nearest(section, SECTIONS), _("la section {key} n’existe pas")
            )
    _check_variables(environment)
    origins: dict[tuple[str, str], str] = {}
    sections: dict[str, Any] = {
        name: _section(kind, name, tables, path, environment, origins) for name, kind in SECTIONS.items()
    }
    return Settings(file=path, origins=origins, **sections)


def load_screen(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> ScreenSettings:
    """[screen] alone, for the first paint; raises `SettingsError`."""
    path = path or folders(environment).settings
    return _section(ScreenSettings, "screen", _tables(path), path, environment, {})


# ── reading ─────────────────────────────────────────────────────────────────


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        why = _("le fichier n’est pas en UTF-8")
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        why = (
            _("ligne {line}, colonne {column} : ce n’est pas du TOML").format(line=where[1], column=where[2])
            if where
            else _("le fichier n’est pas du TOML complet")
        )
    except OSError as error:
        why = _("le fichier ne peut pas être lu ({why})").format(why=error.strerror)
    raise SettingsError(str(path), "", f"{path} : {why}.")


def _section(
    kind: type[T],
    name: str,
    tables: Mapping[str, Any],
    path: Path,
    environment: Mapping[str, str],
    origins: dict[tuple[str, str], str],
) -> T:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(str(path), name, _("une section [{section}]").format(section=name))
    fields = {one.name: one for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in fields:
            raise _unknown(
                str(path), f"{name}.{key}", _nearest(key, fields, f"{name}."), _("la clé {key} n’existe pas")
            )
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, one in fields.items():
        variable = _variable(name, key)
        if variable in environment and not one.metadata.get("file_only"):
            values[key] = _value(
                environment[variable], hints[key], one, variable, key=variable, typed=False, base=Path.cwd()
            )
            origins[name, key] = variable
        elif key in table:
            values[key] = _value(
                table[key], hints[key], one, str(path), key=f"{name}.{key}", typed=True, base=path.parent
            )
            origins[name, key] = str(path)
    return kind(**values)


def _variable(section: str, key: str) -> str:
    return f"AMELI_{section}_{key}".upper()


def _check_variables(environment: Mapping[str, str]) -> None:
    known = {
        _variable(name, one.name): one for name, kind in SECTIONS.items() for one in dataclasses.fields(kind)
    }
    for variable in sorted(environment):
        if not variable.startswith("AMELI_") or variable in OTHER_VARIABLES:
            continue
        if variable not in known:
            raise _unknown(variable, variable, _nearest(variable, known), _("la variable {key} n’existe pas"))
        if known[variable].metadata.get("file_only"):
            raise SettingsError(
                variable,
                variable,
                _("{key} : l’identité ne vient jamais d’une variable ; elle se règle dans {file}.").format(
                    key=variable, file=FILE_NAME
                ),
                nearest="machine.agents_file",
            )


def _value(
    value: Any, hint: Any, one: "dataclasses.Field[Any]", origin: str, *, key: str, typed: bool, base: Path
) -> Any:
    """The value in its type; `typed` when TOML already gave it one, else it is a variable's text."""
    kinds = [kind for kind in get_args(hint) if kind is not types.NoneType] if _is_union(hint) else [hint]
    kind = kinds[0]
    least, most = one.metadata.get("least", 0), one.metadata.get("most", 0)
    if get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
        choices = [str(choice) for choice in get_args(kind)]
        raise _wrong(origin, key, _("l’une des valeurs {choices}").format(choices=", ".join(choices)))
    if kind in (int, float):
        number = value if typed else _as_number(value, kind)
        if isinstance(number, bool) or not isinstance(number, (int, float) if kind is float else int):
            raise _wrong(origin, key, _("un nombre"))
        if not least <= number <= most:
            raise _wrong(origin, key, _("un nombre de {least} à {most}").format(least=least, most=most))
        return kind(number)
    if kind is Path:
        if not isinstance(value, str) or not value or "\0" in value:
            raise _wrong(origin, key, _("un chemin de fichier"))
        return base / Path(value).expanduser()
    if kind is str:
        return _text(value, one, origin, key)
    if isinstance(value, dict) and all(isinstance(keys, str) for keys in value.values()):
        return dict(value)
    raise _wrong(origin, key, _('une table « action = "touches" », dans le fichier'))


def _text(value: Any, one: "dataclasses.Field[Any]", origin: str, key: str) -> str:
    shape = one.metadata.get("shape")
    if not isinstance(value, str) or not value:
        raise _wrong(origin, key, _("un texte"))
    if shape == "service" and not re.match(
        r"https://[^/?#@]+|http://(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(/|$)", value
    ):
        raise _wrong(origin, key, _("une adresse https:// (ou http:// sur cette machine)"))
    if shape == "store" and not re.match(r"postgresql(\+psycopg)?://", value):
        raise _wrong(origin, key, _("une adresse postgresql://"))
    return value


def _as_number(text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError:
        return None


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


# ── telling ─────────────────────────────────────────────────────────────────


def _nearest(word: str, known: Iterable[str], prefix: str = "") -> str | None:
    import difflib

    close = difflib.get_close_matches(word.lower(), {name.lower(): name for name in known}, n=1, cutoff=0.5)
    if not close:
        return None
    name = next(name for name in known if name.lower() == close[0])
    return prefix + name


def _unknown(file: str, key: str, nearest: str | None, what: str) -> SettingsError:
    sentence = f"{file} : " + what.format(key=key)
    if nearest:
        sentence += _(" ; la plus proche est {nearest}").format(nearest=nearest)
    return SettingsError(file, key, sentence + ".", nearest)


def _wrong(file: str, key: str, expected: str) -> SettingsError:
    """The value itself is not repeated: it may be a secret."""
    sentence = _("{file} : {key} doit être {expected}.").format(file=file, key=key, expected=expected)
    return SettingsError(file, key, sentence, key)


def _shown(one: "dataclasses.Field[Any]", value: Any) -> str:
    if value is None:
        return ""
    if one.metadata.get("secret"):
        return MASK
    if isinstance(value, Mapping):
        return ", ".join(f"{action}={keys}" for action, keys in value.items())
    text = re.sub(r"(?<=://)([^/@:]*):[^/@]*@", rf"\1:{MASK}@", str(value))
    return re.sub(r"(?i)(?<=password=)[^&\s]*", MASK, text)
