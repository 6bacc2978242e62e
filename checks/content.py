"""A supervisor's checks.toml: rewords a check, or adds one that only asks; refused by file, line and reason.

[reword.junk_folder]
question = { fr = "…", en = "…" }        # also look_for and remedy

[add.children_tablet]
place = "program"                        # agent, webmail or program
label = { fr = "…", en = "…" }           # its cause in a few words; without it, its name here
why = { fr = "…", en = "…" }
question = { fr = "…", en = "…" }
look_for = { fr = "…", en = "…" }
remedy = { fr = "…", en = "…" }
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ameli_support.i18n import _
from ameli_support.onboarding.wording import placeholders
from checks.check import Check, FollowUp, Place, Text, yes_no
from checks.wording import PLACEHOLDERS

LONGEST, LONGEST_LABEL = 400, 24
MOST = 50
_WORDS = ("question", "look_for", "remedy")
_ID = re.compile(r"[a-z][a-z0-9_]{2,39}")
_ANYWHERE = Text("toujours", "always")


class ContentError(Exception):
    """What is wrong with a content file; `line` counts from 1."""

    def __init__(self, file: Path, line: int, fault: str) -> None:
        super().__init__(f"{file.name}:{line}: {fault}")
        self.file, self.line, self.fault = file, line, fault

    @property
    def sentence(self) -> str:
        """For the person who wrote the file."""
        return _("{file}, ligne {line} : {fault}").format(
            file=self.file.name, line=self.line, fault=self.fault
        )


class _Wrong(Exception):
    def __init__(self, key: str, fault: str) -> None:
        self.key, self.fault = key, fault


def read_file(file: Path, built_in: Mapping[str, Check]) -> dict[str, Check]:
    """The checks with the file's words and additions. Raises `ContentError`."""
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        return _applied(tomllib.loads(text), built_in)
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(file, 1, str(error)) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else max(1, text.count("\n"))
        raise ContentError(file, line, _("TOML mal formé : {error}").format(error=error)) from None
    except _Wrong as wrong:
        raise ContentError(file, _line(text, wrong.key), f"{wrong.key} : {wrong.fault}") from None


def _applied(tree: Mapping[str, Any], built_in: Mapping[str, Check]) -> dict[str, Check]:
    held = dict(built_in)
    for section, tables in tree.items():
        if section not in ("reword", "add") or not isinstance(tables, dict):
            raise _Wrong(section, _("attendu : [reword.…] ou [add.…]"))
        if len(tables) > MOST:
            raise _Wrong(section, _("trop d’entrées"))
        for name, table in tables.items():
            key = f"{section}.{name}"
            if not isinstance(table, dict):
                raise _Wrong(key, _("une table est attendue"))
            held[name] = (
                _reworded(key, table, built_in.get(name))
                if section == "reword"
                else _added(key, name, table, held)
            )
    return held


def _reworded(key: str, table: Mapping[str, Any], check: Check | None) -> Check:
    if check is None:
        raise _Wrong(key, _("aucune vérification ne porte ce nom"))
    words: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _WORDS:
            raise _Wrong(f"{key}.{name}", _("seuls question, look_for et remedy se changent"))
        words[name] = _text(f"{key}.{name}", value)
    return replace(check, **words)


def _added(key: str, name: str, table: Mapping[str, Any], held: Mapping[str, Check]) -> Check:
    if name in held:
        raise _Wrong(key, _("ce nom est déjà pris"))
    if not _ID.fullmatch(name):
        raise _Wrong(key, _("un nom en minuscules est attendu, par exemple autre_tablette"))
    for wanted in ("place", "why", *_WORDS):
        if wanted not in table:
            raise _Wrong(key, _("{name} manque").format(name=wanted))
    for given in table:
        if given not in ("place", "label", "why", *_WORDS):
            raise _Wrong(f"{key}.{given}", _("entrée inconnue"))
    if table["place"] not in list(Place):
        raise _Wrong(f"{key}.place", _("attendu : {values}").format(values=", ".join(Place)))
    words = {word: _text(f"{key}.{word}", table[word]) for word in ("why", *_WORDS)}
    return Check(
        id=name,
        added=words["why"],
        place=Place(table["place"]),
        question=words["question"],
        look_for=words["look_for"],
        answers=yes_no(name),
        remedy=words["remedy"],
        follow_up=FollowUp.NONE,
        when=_ANYWHERE,
        label=_text(f"{key}.label", table["label"], LONGEST_LABEL) if "label" in table else None,
    )


def _text(key: str, value: Any, most: int = LONGEST) -> Text:
    if not isinstance(value, dict) or set(value) != {"fr", "en"}:
        raise _Wrong(key, _("attendu : une phrase en fr et en en"))
    for language, sentence in value.items():
        if not isinstance(sentence, str) or not sentence.strip() or len(sentence) > most:
            raise _Wrong(f"{key}.{language}", _("une phrase de {most} signes au plus").format(most=most))
        if not sentence.isprintable():
            raise _Wrong(f"{key}.{language}", _("un signe ne s’affiche pas"))
        if strange := placeholders(sentence) - PLACEHOLDERS:
            raise _Wrong(f"{key}.{language}", _("{name} n’existe pas").format(name="{" + min(strange) + "}"))
    return Text(**value)


def _line(text: str, key: str) -> int:
    """The line of a key: of its table's header, then of the name below it."""
    parts = key.split(".")
    lines = text.splitlines()
    header = next(
        (n for n, line in enumerate(lines) if line.strip().startswith(f"[{'.'.join(parts[:2])}")), None
    )
    if header is None:
        return next((n + 1 for n, line in enumerate(lines) if parts[0] in line), 1)
    name = parts[2] if len(parts) > 2 else None
    for number in range(header + 1, len(lines)):
        line = lines[number].strip()
        if line.startswith("["):
            break
        if name is not None and line.startswith(name):
            return number + 1
    return header + 1
