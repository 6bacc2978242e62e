"""The word lists of `notices.toml` as patterns."""

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Any of the words of one list."""
    return re.compile(alternatives(name))


@cache
def alternatives(name: str) -> str:
    """The words of one list, for a longer pattern."""
    return "|".join(f"(?:{word})" for word in _lists()[name])


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads((files("ameli_support.mail") / "notices.toml").read_text("utf-8"))
