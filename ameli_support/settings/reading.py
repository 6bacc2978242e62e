"""Reads file and variables into the model; a variable wins over the file, the file over the default."""

import dataclasses
import re
import tomllib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from ameli_support.i18n import _
from ameli_support.settings.errors import SettingsError, nearest, unknown, wrong
from ameli_support.settings.model import SECTIONS

FILE_NAME = "settings.toml"
OTHER_VARIABLES = {"AMELI_HOME", "AMELI_REQUIRE_ALL"}

T = TypeVar("T")


def tables_of(path: Path) -> dict[str, Any]:
    """The file's tables, none when it does not exist; raises `SettingsError`."""
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


def section_of(
    kind: type[T],
    name: str,
    tables: Mapping[str, Any],
    path: Path,
    environment: Mapping[str, str],
    origins: dict[tuple[str, str], str],
) -> T:
    """One section from its variables, else its table, else its defaults; `origins` learns which. Raises."""
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise wrong(str(path), name, _("une section [{section}]").format(section=name))
    fields = {one.name: one for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in fields:
            raise unknown(
                str(path), f"{name}.{key}", nearest(key, fields, f"{name}."), _("la clé {key} n’existe pas")
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


def check_variables(environment: Mapping[str, str]) -> None:
    """Raises `SettingsError` for an `AMELI_` variable that sets nothing, or may not."""
    known = {
        _variable(name, one.name): one for name, kind in SECTIONS.items() for one in dataclasses.fields(kind)
    }
    for variable in sorted(environment):
        if not variable.startswith("AMELI_") or variable in OTHER_VARIABLES:
            continue
        if variable not in known:
            raise unknown(variable, variable, nearest(variable, known), _("la variable {key} n’existe pas"))
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
        raise wrong(origin, key, _("l’une des valeurs {choices}").format(choices=", ".join(choices)))
    if kind in (int, float):
        number = value if typed else _as_number(value, kind)
        if isinstance(number, bool) or not isinstance(number, (int, float) if kind is float else int):
            raise wrong(origin, key, _("un nombre"))
        if not least <= number <= most:
            raise wrong(origin, key, _("un nombre de {least} à {most}").format(least=least, most=most))
        return kind(number)
    if kind is Path:
        if not isinstance(value, str) or not value or "\0" in value:
            raise wrong(origin, key, _("un chemin de fichier"))
        return base / Path(value).expanduser()
    if kind is str:
        return _text(value, one, origin, key)
    if isinstance(value, dict) and all(isinstance(keys, str) for keys in value.values()):
        return dict(value)
    raise wrong(origin, key, _('une table « action = "touches" », dans le fichier'))


def _text(value: Any, one: "dataclasses.Field[Any]", origin: str, key: str) -> str:
    shape = one.metadata.get("shape")
    if not isinstance(value, str) or not value:
        raise wrong(origin, key, _("un texte"))
    if shape == "service" and not re.match(
        r"https://[^/?#@]+|http://(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(/|$)", value
    ):
        raise wrong(origin, key, _("une adresse https:// (ou http:// sur cette machine)"))
    if shape == "store" and not re.match(r"postgresql(\+psycopg)?://", value):
        raise wrong(origin, key, _("une adresse postgresql://"))
    return value


def _as_number(text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError:
        return None


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)
