"""Advice given about FranceConnect in a contact: the code that the caller read out, and nothing else."""

from ameli_support.casework.bench import Bench, contact_in
from ameli_support.casework.errors import DeskError
from ameli_support.casework.permissions import Action
from ameli_support.i18n import _, language
from ameli_support.onboarding.franceconnect import Refusal, read_code, refusal
from ameli_support.store.journal import Journal

EXPLAINED = "refusal.explained"


def explain_refusal(bench: Bench, number: int, typed: str) -> Refusal:
    """See `Desk.explain_refusal`."""
    bench.allow(Action.NOTE, number)
    code = read_code(typed)
    if code is None:
        raise DeskError(_("Ce n’est pas un code de FranceConnect : Y, puis six caractères."))
    bench.contact(number)
    found = refusal(code, bench.procedure, language())

    def write(journal: Journal) -> None:
        row = contact_in(journal, number, bench.me.agent)
        payload = {"refusal": code, "known": found.known, "call": row.call if row else None}
        journal.append(number, None, bench.me.agent, EXPLAINED, payload)

    bench.write(number, write)
    return found
