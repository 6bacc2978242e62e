"""Which mailbox an address has and what it does, as data (`mailboxes.toml`); checked when it is loaded."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from ameli_support.mail import providers
from ameli_support.sandbox.mailworld.carrying import Erases, Files, Loses, Returns, Waits
from ameli_support.sandbox.mailworld.parcel import Attempt, Behaviour, Parcel, Provider
from ameli_support.sandbox.mailworld.refusing import Greylists, Refuses, Rejects
from ameli_support.sandbox.mailworld.rewriting import FORMS, Rewrites
from ameli_support.sandbox.mailworld.scanning import Opens

_METHODS = {"HEAD", "GET"}


class MailboxesError(ValueError):
    """An entry of mailboxes.toml that nothing understands."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One kind of mailbox: its name, one French sentence of what it does, its behaviours in their order."""

    name: str
    what: str
    behaviours: tuple[Behaviour, ...] = ()

    @property
    def greylists(self) -> bool:
        """Whether the first try of a sender has to be remembered."""
        return any(isinstance(behaviour, Greylists) for behaviour in self.behaviours)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Addresses by the word that begins their local part, or by their domain."""

    mailbox: str
    local: frozenset[str]
    domains: frozenset[str]

    def holds(self, local: str, domain: str) -> bool:
        return (domain in self.domains) or any(
            re.match(rf"{re.escape(word)}(?:[^a-z]|$)", local) for word in self.local
        )


@dataclass(frozen=True)
class Mailboxes:
    """Every kind of mailbox, and who has which.

    `own`: the name of a mailbox by canonical address, before every rule.
    """

    kinds: Mapping[str, Mailbox]
    rules: tuple[_Rule, ...]
    families: Mapping[str, str]
    words: Mapping[str, Mapping[str, Any]]
    own: Mapping[str, str]

    def of(self, address: str) -> Mailbox:
        """The mailbox of an address: its own, that of a rule, that of its family, the ordinary one."""
        address = address.strip().lower()
        if (name := self.own.get(address)) is not None:
            return self.kinds[name]
        local, _, domain = address.rpartition("@")
        for rule in self.rules:
            if rule.holds(local, domain):
                return self.kinds[rule.mailbox]
        family = providers.load().family_of(domain)
        return self.kinds[self.families.get(family.key if family else "", "prompt")]

    def answer(self, address: str, at: datetime) -> str | None:
        """Why a mail first sent at `at` is not taken, or comes back; None if it stays."""
        provider = self.provider(address)
        for behaviour in self.of(address).behaviours:
            attempt = Attempt(address, at, at)
            parcel = Parcel(address, "", b"", at)
            answer = behaviour.refusal(provider, attempt) or behaviour.rejection(provider, parcel)
            if answer or (answer := behaviour.carry(provider, parcel).answer):
                return answer
        return None

    def provider(self, address: str) -> Provider:
        """Whose mailbox it is; a domain of nobody's answers in common words under its own name."""
        domain = address.strip().lower().rpartition("@")[2]
        family = providers.load().family_of(domain)
        words = self.words.get(family.key, {}) if family else {}
        return Provider(
            host=family.mx[0] if family and family.mx else f"mx.{domain or 'invalid'}",
            answers={**self.words["common"]["answers"], **words.get("answers", {})},
            junk=words.get("junk") or (family.junk_folders[0] if family and family.junk_folders else None),
            junk_notes=dict(words.get("junk_notes", {})),
            dead_links_in_junk=bool(words.get("dead_links_in_junk")),
        )


def load(own: Mapping[str, str] | None = None) -> Mailboxes:
    """The mailboxes of the package, with those of some addresses. Raises MailboxesError."""
    kinds, rules, families, words = _read()
    for name in (own or {}).values():
        if name not in kinds:
            raise MailboxesError(f"no mailbox is called {name}")
    return Mailboxes(kinds, rules, families, words, {key.lower(): name for key, name in (own or {}).items()})


@cache
def _read() -> tuple[dict[str, Mailbox], tuple[_Rule, ...], dict[str, str], dict[str, Mapping[str, Any]]]:
    return read(tomllib.loads((files(__package__) / "mailboxes.toml").read_text(encoding="utf-8")))


def read(
    tree: Mapping[str, Any],
) -> tuple[dict[str, Mailbox], tuple[_Rule, ...], dict[str, str], dict[str, Mapping[str, Any]]]:
    """What the file says, or MailboxesError with the place."""
    known = providers.load().families
    words: dict[str, Mapping[str, Any]] = tree["providers"]
    for name in words:
        if name != "common" and name not in known:
            raise MailboxesError(f"providers.{name}: no such family")
    answers = set(words["common"]["answers"])
    kinds = {
        name: Mailbox(
            name, one["fr"], tuple(_behaviour(f"mailboxes.{name}", step, answers) for step in one["does"])
        )
        for name, one in tree["mailboxes"].items()
    }
    rules = tuple(
        _Rule(rule["mailbox"], frozenset(rule.get("local", ())), frozenset(rule.get("domains", ())))
        for rule in tree["rules"]
    )
    families: dict[str, str] = tree["families"]
    for place, name in (*families.items(), *(("rules", rule.mailbox) for rule in rules)):
        if name not in kinds:
            raise MailboxesError(f"{place}: no mailbox is called {name}")
    for family in families:
        if family not in known:
            raise MailboxesError(f"families.{family}: no such family")
    return kinds, rules, families, words


def _behaviour(place: str, step: Mapping[str, Any], answers: set[str]) -> Behaviour:
    """`{ waits = 40 }` and the like: one name, one value."""
    if len(step) != 1:
        raise MailboxesError(f"{place}: one behaviour a table is expected")
    ((name, value),) = step.items()
    match name, value:
        case "refuses", str() if value in answers:
            return Refuses(value)
        case "rejects", str() if value in answers:
            return Rejects(value)
        case "greylists", int() if value > 0:
            return Greylists(value)
        case "waits", int() if value > 0:
            return Waits(value)
        case "files", str() if value:
            return Files(value)
        case "erases", str() if value == value.casefold() != "":
            return Erases(value)
        case "loses", True:
            return Loses()
        case "returns", str() if value in answers:
            return Returns(value)
        case "rewrites", str() if value in FORMS:
            return Rewrites(value)
        case "opens", list() if value and set(value) <= _METHODS:
            return Opens(tuple(value))
    raise MailboxesError(f"{place}: {name}: unknown, or of another value")
