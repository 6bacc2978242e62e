"""The settings: one TOML file and `AMELI_<SECTION>_<KEY>` variables, read by the standard library alone.

A variable wins over the file, the file over the default. Who the agent is comes from the
agents file of the machine, never from a variable. Every error names file, key and the
nearest valid key.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ameli_support.i18n import _
from ameli_support.settings.errors import SettingsError, nearest, unknown
from ameli_support.settings.model import (
    MASK,
    SECTIONS,
    InForce,
    MachineSettings,
    MailSettings,
    ScreenSettings,
    ServiceSettings,
    Settings,
    SmtpSettings,
    StoreSettings,
    Theme,
)
from ameli_support.settings.reading import FILE_NAME, check_variables, section_of, tables_of

__all__ = [
    "FILE_NAME",
    "MASK",
    "SECTIONS",
    "Folders",
    "InForce",
    "MachineSettings",
    "MailSettings",
    "ScreenSettings",
    "ServiceSettings",
    "Settings",
    "SettingsError",
    "SmtpSettings",
    "StoreSettings",
    "Theme",
    "folders",
    "load_screen",
    "load_settings",
]


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
    tables = tables_of(path)
    for section in tables:
        if section not in SECTIONS:
            raise unknown(
                str(path), f"[{section}]", nearest(section, SECTIONS), _("la section {key} n’existe pas")
            )
    check_variables(environment)
    origins: dict[tuple[str, str], str] = {}
    sections: dict[str, Any] = {
        name: section_of(kind, name, tables, path, environment, origins) for name, kind in SECTIONS.items()
    }
    return Settings(file=path, origins=origins, **sections)


def load_screen(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> ScreenSettings:
    """[screen] alone, for the first paint; raises `SettingsError`."""
    path = path or folders(environment).settings
    return section_of(ScreenSettings, "screen", tables_of(path), path, environment, {})
