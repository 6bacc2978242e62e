"""The providers of providers.toml: families by domain and by MX, and what their mailboxes do.

A content folder's `providers.toml` may add families and replace keys of the package's, never remove them.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from ameli_support.i18n import Language, typeset

PACKAGE_FILE = Path(__file__).parent / "providers.toml"
# what a family's table may hold beside its texts; all are optional but the name
_TEXTS = ("name", "kind", "webmail", "webmail_source", "junk_source", "tabs_source")
_LISTS = ("domains", "mx", "junk_folders", "tabs")
_FLAGS = ("mx_sure", "junk_sure")


class ProvidersError(Exception):
    """An entry is missing, unknown or malformed; `key` says where in `file`."""

    def __init__(self, file: Path, key: str, fault: str) -> None:
        super().__init__(f"{file.name}: {key}: {fault}")
        self.file, self.key, self.fault = file, key, fault


class Kind(StrEnum):
    """Whose mailboxes: a provider of people, a hoster of others' domains, or a filter before them."""

    PROVIDER = "provider"
    HOSTER = "hoster"
    GATEWAY = "gateway"


class Standing(StrEnum):
    """Why a real domain's mailboxes are not the ordinary ones."""

    STAFF = "staff"
    CLOSED = "closed"
    NO_MAIL = "no_mail"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class MenuPath:
    """Where a list or rule is set, in the words of the caller's screen."""

    to: str
    steps: tuple[str, ...]
    source: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Quirk:
    """What a provider does to mail that its users do not expect."""

    id: str
    fr: str
    en: str
    source: str
    sure: bool = True

    def text(self, language: Language) -> str:
        """The sentence, typeset."""
        return typeset(self.fr) if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Family:
    """One provider: its domains, its MX suffixes, its folders, menus, quirks and names of causes."""

    key: str
    name: str
    kind: Kind = Kind.PROVIDER
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    mx_sure: bool = True
    webmail: str | None = None
    webmail_source: str | None = None
    junk_folders: tuple[str, ...] = ()
    junk_source: str | None = None
    junk_sure: bool = True
    tabs: tuple[str, ...] = ()
    tabs_source: str | None = None
    paths: tuple[MenuPath, ...] = ()
    quirks: tuple[Quirk, ...] = ()
    causes: tuple[Quirk, ...] = ()

    def cause(self, check: str, language: Language) -> str | None:
        """What a cause of the checklist is called here; None where it has no name of its own."""
        return next((one.text(language) for one in self.causes if one.id == check), None)

    def path(self, to: str) -> MenuPath | None:
        """The way to one menu: blocked_senders, safe_senders, rules, junk_settings."""
        return next((path for path in self.paths if path.to == to), None)


@dataclass(frozen=True, slots=True)
class DomainStanding:
    """A domain apart, and the one that people mean when they say it."""

    standing: Standing
    instead: str | None
    source: str
    sure: bool = True


@dataclass(frozen=True)
class Providers:
    """Every family, the domains apart, and the order in which people write their providers."""

    families: Mapping[str, Family]
    standings: Mapping[str, DomainStanding]
    frequent: tuple[str, ...]
    by_domain: Mapping[str, Family]
    by_mx: Mapping[str, Family]

    def family_of(self, domain: str) -> Family | None:
        """The family whose domain this is (lower case, IDNA form), subdomains excluded."""
        return self.by_domain.get(domain)

    def family_by_mx(self, hosts: Iterable[str]) -> Family | None:
        """The family of the first MX target (preferred first) that ends with a known suffix, the longest."""
        for host in hosts:
            labels = host.lower().rstrip(".").split(".")
            for start in range(len(labels)):
                if family := self.by_mx.get(".".join(labels[start:])):
                    return family
        return None


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Providers:
    """The package's providers with those of `<folder>/providers.toml`. Raises `ProvidersError`."""
    tree = _parse(PACKAGE_FILE)
    own = folder / "providers.toml" if folder is not None else None
    if own is not None and own.exists():
        _merge(tree, _parse(own), own)
    file = own if own is not None and own.exists() else PACKAGE_FILE
    families = {key: _family(file, key, table) for key, table in tree["families"].items()}
    return Providers(
        families,
        dict(_standings(file, tree["standings"])),
        _texts(file, "frequency.domains", tree["frequency"].get("domains")),
        {domain: family for family in families.values() for domain in family.domains},
        {suffix: family for family in families.values() for suffix in family.mx},
    )


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProvidersError(file, "", str(error)) from None


def _merge(tree: dict[str, Any], own: dict[str, Any], file: Path) -> None:
    for section, content in own.items():
        if section == "standings" and isinstance(content, list):
            tree["standings"] = [*tree["standings"], *content]
        elif section == "families" and isinstance(content, dict):
            for key, table in content.items():
                if not isinstance(table, dict):
                    raise ProvidersError(file, f"families.{key}", "a table is expected")
                tree["families"][key] = {**tree["families"].get(key, {}), **table}
        else:
            raise ProvidersError(file, section, "unknown, or cannot be changed here")


def _family(file: Path, key: str, table: Any) -> Family:
    where = f"families.{key}"
    if not isinstance(table, dict) or "name" not in table:
        raise ProvidersError(file, where, "a table with a name is expected")
    held: dict[str, Any] = {"key": key}
    for name, value in table.items():
        place = f"{where}.{name}"
        if name in _LISTS:
            held[name] = _texts(file, place, value)
        elif name in _TEXTS and isinstance(value, str) and value:
            held[name] = _one_of(file, place, value, Kind) if name == "kind" else value
        elif name in _FLAGS and isinstance(value, bool):
            held[name] = value
        elif name == "paths":
            held[name] = tuple(
                MenuPath(**{**entry, "steps": _texts(file, f"{place}.steps", entry["steps"])})
                for entry in _entries(file, place, value, MenuPath)
            )
        elif name in ("quirks", "causes"):
            held[name] = tuple(Quirk(**entry) for entry in _entries(file, place, value, Quirk))
        else:
            raise ProvidersError(file, place, "unknown, or of another type")
    return Family(**held)


def _standings(file: Path, entries: Any) -> Iterable[tuple[str, DomainStanding]]:
    for entry in entries:
        place = "standings"
        domains = entry.get("domains") if isinstance(entry, dict) else None
        if not isinstance(domains, dict) or not isinstance(entry.get("source"), str):
            raise ProvidersError(file, place, "domains and source are expected")
        standing = _one_of(file, f"{place}.standing", entry.get("standing"), Standing)
        for domain, instead in domains.items():
            if not isinstance(instead, str):
                raise ProvidersError(file, f"{place}.{domain}", "a domain, or an empty text, is expected")
            yield domain, DomainStanding(standing, instead or None, entry["source"], entry.get("sure", True))


def _texts(file: Path, place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise ProvidersError(file, place, "a list of texts is expected")
    return tuple(value)


def _one_of(file: Path, place: str, value: Any, values: type[StrEnum]) -> Any:
    try:
        return values(value)
    except ValueError:
        raise ProvidersError(file, place, f"one of {', '.join(values)} is expected") from None


def _entries(file: Path, place: str, value: Any, kind: type[MenuPath] | type[Quirk]) -> list[dict[str, Any]]:
    names = {field.name for field in fields(kind)}
    for entry in value if isinstance(value, list) else [None]:
        if not isinstance(entry, dict) or not names - {"sure"} <= set(entry) <= names:
            raise ProvidersError(file, place, f"tables with {', '.join(sorted(names))} are expected")
        for name, text in entry.items():
            fits = isinstance(text, {"sure": bool, "steps": list}.get(name, str))
            if not fits or text in ("", []):
                raise ProvidersError(file, f"{place}.{name}", "empty, or of another type")
    return list(value)
