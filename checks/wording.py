"""Fills a check's sentences with the provider's own words; an unknown provider gets the general ones."""

from collections.abc import Mapping

from ameli_support.i18n import Language, language
from ameli_support.mail.providers import Family
from ameli_support.onboarding.procedure import Procedure
from ameli_support.onboarding.wording import fill
from checks.check import Check, Text

# names that mailboxes and programs give to junk (facts/mail.md §1.4)
GENERAL_JUNK = ("Indésirables", "Spam", "Pourriel")
# which of a provider's quirks belongs to which check (providers.toml)
_QUIRKS: Mapping[str, tuple[str, ...]] = {
    "provider_block_list": ("confirm_keyword", "blocked_is_erased", "blocked_never_arrives"),
    "sleeping_mailbox": ("sleeping", "kept"),
    "link_in_junk": ("dead_links_in_junk",),
    "search_keywords": ("search_hides_spam", "no_threads_by_subject"),
    "company_gateway": ("challenge",),
}
PLACEHOLDERS = frozenset(
    {"junk_folders", "webmail", "blocked_path", "rules_path", "tabs", "quirk", "subject", "sender", "button"}
)


_OR = Text(" ou ", " or ")
_WEBMAIL = Text("le site de la messagerie", "the mailbox’s site")
_BLOCKED = Text("les expéditeurs bloqués ou indésirables", "the blocked or junk senders")
_RULES = Text("les règles, les filtres et les transferts", "the rules, the filters and the forwarding")
_TABS = Text(
    "les autres onglets, les archives, la corbeille, tous les messages",
    "the other tabs, the archive, the bin, all messages",
)
_UNSURE = Text("{way} (à vérifier)", "{way} (to be checked)")


def said(
    text: Text, check: Check, family: Family | None, procedure: Procedure, wanted: Language | None = None
) -> str:
    """The sentence for a provider, in a language, by default the one in force."""
    values = {**_of_the_mail(procedure), **_of_the_provider(check, family, wanted or language())}
    return " ".join(fill(text.text(wanted), values).split(" ")).strip()


def _of_the_mail(procedure: Procedure) -> dict[str, object]:
    mail = procedure.mail
    return {"subject": mail.subject, "sender": mail.sender_name, "button": mail.button}


def _of_the_provider(check: Check, family: Family | None, wanted: Language) -> dict[str, object]:
    folders = family.junk_folders if family is not None and family.junk_folders else GENERAL_JUNK
    tabs = family.tabs if family is not None else ()
    return {
        "junk_folders": _OR.text(wanted).join(f"« {name} »" for name in folders),
        "webmail": (family.webmail if family is not None else None) or _WEBMAIL.text(wanted),
        "blocked_path": _path(family, wanted, "blocked_senders", "junk_settings") or _BLOCKED.text(wanted),
        "rules_path": _path(family, wanted, "rules") or _RULES.text(wanted),
        "tabs": ", ".join(tabs) or _TABS.text(wanted),
        "quirk": _quirk(check, family, wanted),
    }


def _path(family: Family | None, wanted: Language, *kinds: str) -> str | None:
    """The way to a menu, as the caller sees it; one that nobody has checked says so."""
    for kind in kinds:
        if family is not None and (path := family.path(kind)) is not None:
            way = " > ".join(path.steps)
            return way if path.sure else fill(_UNSURE.text(wanted), {"way": way})
    return None


def _quirk(check: Check, family: Family | None, wanted: Language) -> str:
    wanted_ids = _QUIRKS.get(check.id, ())
    quirks = family.quirks if family is not None else ()
    return next((quirk.text(wanted) for name in wanted_ids for quirk in quirks if quirk.id == name), "")
