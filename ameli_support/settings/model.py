"""What can be set: one dataclass a section of the file; each setting told with where it came from."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ameli_support.i18n import Language

Theme = Literal["nuit", "jour", "contraste", "daltonien", "daltonien-jour"]
MASK = "••••••"


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
class MailSettings:
    """[mail]: what our confirmation mail is known by beside its words: its sender's address, and the domains
    that vouch for it, comma-separated."""

    sender: str | None = None
    domains: str | None = None


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
    mail: MailSettings = field(default_factory=MailSettings)
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
    "mail": MailSettings,
}


def _shown(one: "dataclasses.Field[Any]", value: Any) -> str:
    if value is None:
        return ""
    if one.metadata.get("secret"):
        return MASK
    if isinstance(value, Mapping):
        return ", ".join(f"{action}={keys}" for action, keys in value.items())
    text = re.sub(r"(?<=://)([^/@:]*):[^/@]*@", rf"\1:{MASK}@", str(value))
    return re.sub(r"(?i)(?<=password=)[^&\s]*", MASK, text)
