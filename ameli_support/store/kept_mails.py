"""Kept mails, sealed: added in a case's own transaction, opened by name, erased without losing the row."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from ameli_support.i18n import _
from ameli_support.store.cases import AnyRow, CaseStore
from ameli_support.store.errors import KeyTrouble
from ameli_support.store.journal import Journal, insert_or_nothing
from ameli_support.store.schema import kept_mail, store_meta
from ameli_support.store.sealing import NotOpened, Sealer

MAIL_KEY = "mail_key"


def sealer(store: CaseStore, *, create: bool = False) -> Sealer:
    """The sealer of this store, whose key is the one that its first mail was sealed with.

    With `create` the first program makes the key. Raises `KeyTrouble`.
    """
    kept = select(store_meta.c.value).where(store_meta.c.name == MAIL_KEY)
    known = store.read(lambda c: c.scalar(kept))
    held = store.load_sealer(create and known is None)
    mine = hashlib.sha256(b"mail key\x00" + held.key).hexdigest()
    if known is None and create:

        def note(journal: Journal) -> str | None:
            row = {"name": MAIL_KEY, "value": mine}
            journal.connection.execute(insert_or_nothing(journal.connection, store_meta, row))
            value: str | None = journal.connection.scalar(kept)
            return value

        known = store.write(note)
    if known != mine:
        raise KeyTrouble(
            _("La clé des mails gardés n’est pas celle de la base : demandez-la à l’administrateur.")
        )
    return held


def add(journal: Journal, held: Sealer, name: str, case: int, agent: str, raw: bytes) -> None:
    """Keeps one mail."""
    row = {
        "id": name,
        "case": case,
        "agent": agent,
        "at": journal.now(),
        "size": len(raw),
        "sealed": held.seal(raw, _bound(case, name)),
    }
    journal.connection.execute(insert(kept_mail).values(row))


def of_case(store: CaseStore, case: int) -> Sequence[AnyRow]:
    """The kept mails of a case without their bytes, oldest first."""
    columns = (kept_mail.c.id, kept_mail.c.agent, kept_mail.c.at, kept_mail.c.size, kept_mail.c.erased_at)
    statement: Any = select(*columns).where(kept_mail.c.case == case).order_by(kept_mail.c.at)
    return store.read(lambda c: c.execute(statement).all())


def open_mail(store: CaseStore, case: int, name: str) -> bytes | None:
    """The mail as it came; None when there is none of that name in the case, or it was erased.

    Raises `KeyTrouble` without the key, or when the bytes do not open.
    """
    statement = select(kept_mail.c.sealed).where(kept_mail.c.id == name, kept_mail.c.case == case)
    sealed = store.read(lambda c: c.scalar(statement))
    if sealed is None:
        return None
    try:
        return sealer(store).open(sealed, _bound(case, name))
    except NotOpened:
        raise KeyTrouble(_("Ce mail gardé a été altéré : il ne s’ouvre pas.")) from None


def erase(journal: Journal, case: int, name: str) -> bool:
    """Erases a mail's bytes; whether there were any."""
    statement = (
        update(kept_mail)
        .where(kept_mail.c.id == name, kept_mail.c.case == case, kept_mail.c.sealed.is_not(None))
        .values(sealed=None, erased_at=journal.now())
    )
    return bool(journal.connection.execute(statement).rowcount)


def _bound(case: int, name: str) -> str:
    return f"{case}:{name}"
