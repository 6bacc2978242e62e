"""The checks in the document's order, then those that it misses; a content folder may reword or add some."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from checks import (
    address_exact,
    already_active,
    company_gateway,
    junk_folder,
    link_blocked,
    link_in_junk,
    mailbox_full,
    not_handed_over,
    old_mail,
    other_address,
    other_device,
    other_folders,
    outlook_without_provider_client,
    provider_block_list,
    refused_or_bounced,
    search_keywords,
    sender_refused,
    sleeping_mailbox,
    too_early,
)
from checks.check import Check
from checks.content import ContentError, read_file

FILE = "checks.toml"
DOCUMENTED = (
    address_exact.CHECK,
    junk_folder.CHECK,
    other_address.CHECK,
    outlook_without_provider_client.CHECK,
    provider_block_list.CHECK,
    link_blocked.CHECK,
    old_mail.CHECK,
    search_keywords.CHECK,
)
ADDED = (
    already_active.CHECK,
    not_handed_over.CHECK,
    refused_or_bounced.CHECK,
    sender_refused.CHECK,
    too_early.CHECK,
    mailbox_full.CHECK,
    sleeping_mailbox.CHECK,
    other_folders.CHECK,
    other_device.CHECK,
    link_in_junk.CHECK,
    company_gateway.CHECK,
)


@dataclass(frozen=True)
class Checklist:
    """Every check by id, in the document's order; `version` changes with any of their words.

    `refused` says why a content folder's file is not in force; the built-in checks are then.
    """

    checks: Mapping[str, Check]
    version: str
    refused: ContentError | None = None

    def __getitem__(self, check: str) -> Check:
        return self.checks[check]


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Checklist:
    """The built-in checks with those of `<folder>/checks.toml`; a bad file never costs the built-in ones."""
    built_in = {check.id: check for check in (*DOCUMENTED, *ADDED)}
    own = folder / FILE if folder is not None else None
    if own is None or not own.exists():
        return Checklist(built_in, _version(built_in))
    try:
        held = read_file(own, built_in)
    except ContentError as error:
        return Checklist(built_in, _version(built_in), error)
    return Checklist(held, _version(held))


def _version(checks: Mapping[str, Check]) -> str:
    """Twelve hexadecimal digits of everything that the checks say."""
    text = "\n".join(_said(check) for check in checks.values())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _said(value: Any) -> str:
    if is_dataclass(value):
        return repr([_said(getattr(value, field.name)) for field in fields(value) if field.name != "applies"])
    if isinstance(value, tuple):
        return repr([_said(one) for one in value])
    return repr(value)
