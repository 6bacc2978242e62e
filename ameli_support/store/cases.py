"""The case store: transactions, and the reading of cases, events, contacts and texts.

One engine, safe for several threads. What a case means is `casework`'s; here are rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, Row, delete, insert, select, tuple_, update
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ameli_support import sql
from ameli_support.clock import Clock, SystemClock, to_us
from ameli_support.i18n import _
from ameli_support.store.errors import KeyTrouble, StoreMissing, StoreUnusable
from ameli_support.store.journal import Journal, put
from ameli_support.store.schema import (
    access_log,
    case_event,
    contact,
    draft,
    erasable,
    intent,
    presence,
    support_case,
)

if TYPE_CHECKING:
    from ameli_support.store.sealing import Sealer

PRESENCE_SECONDS = 25

T = TypeVar("T")
AnyRow = Row[Any]


@dataclass(frozen=True, slots=True)
class Text:
    """An erasable text; `text` None once erased."""

    ref: str
    case: int
    what: str
    at: int
    text: str | None


class CaseStore:
    """Cases in one database. `roots` is the file of the daily Merkle roots, outside the database."""

    def __init__(
        self,
        engine: Engine,
        chain_key: bytes,
        *,
        business: Clock,
        system: Clock | None = None,
        roots: Path | None = None,
        load_sealer: "Callable[[bool], Sealer] | None" = None,
    ) -> None:
        self.engine = engine
        self.chain_key = chain_key
        self.business = business
        self.system = system or SystemClock()
        self.roots = roots
        self._load_sealer = load_sealer

    def close(self) -> None:
        """Closes the connections."""
        self.engine.dispose()

    def load_sealer(self, create: bool) -> "Sealer":
        """The sealer of kept mails; raises `KeyTrouble`. `create`: a missing key is made."""
        if self._load_sealer is None:
            raise KeyTrouble(_("La clé des mails gardés est introuvable : demandez-la à l’administrateur."))
        return self._load_sealer(create)

    # ── transactions ────────────────────────────────────────────────────────

    def write(self, act: Callable[[Journal], T]) -> T:
        """Runs `act` in one transaction, again when PostgreSQL ended it for another's sake.

        Raises `StoreMissing` when the database is not there: then nothing was written.
        """

        @sql.retrying
        def once() -> T:
            with sql.write(self.engine) as connection:
                return act(Journal(connection, self.chain_key, self.business))

        with _answering():
            return once()

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Runs `ask` on one consistent snapshot; raises `StoreMissing`."""
        with _answering(), sql.read(self.engine) as connection:
            return ask(connection)

    def append(
        self,
        case: int,
        expected_version: int | None,
        actor: str,
        kind: str,
        payload: Mapping[str, Any],
        key: str | None = None,
    ) -> Any:
        """One event in a transaction of its own; see `Journal.append`."""
        return self.write(lambda j: j.append(case, expected_version, actor, kind, payload, key))

    # ── cases ───────────────────────────────────────────────────────────────

    def case(self, number: int) -> AnyRow | None:
        """The row of one case."""
        return self.read(lambda c: c.execute(_CASE.where(support_case.c.number == number)).one_or_none())

    def events(self, case: int, after: int = 0) -> Sequence[AnyRow]:
        """The events of a case after `after`, oldest first."""
        statement = (
            select(
                case_event.c.seq,
                case_event.c.at,
                case_event.c.actor,
                case_event.c.kind,
                case_event.c.version,
                case_event.c.payload,
            )
            .where(case_event.c.case == case, case_event.c.seq > after)
            .order_by(case_event.c.seq)
        )
        return self.read(lambda c: list(c.execute(statement)))

    def page(
        self,
        *,
        state: str | None = None,
        owner: str | None = None,
        queue: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[AnyRow]:
        """Cases, newest contact first; `before` is the number of the last case of the page before."""
        statement = _CASE.where(support_case.c.last_contact_at >= 0).order_by(
            support_case.c.last_contact_at.desc(), support_case.c.number.desc()
        )
        for column, value in (("state", state), ("owner", owner), ("queue", queue)):
            if value is not None:
                statement = statement.where(support_case.c[column] == value)

        def ask(connection: Connection) -> Sequence[AnyRow]:
            page = statement
            if before is not None:
                last = connection.scalar(
                    select(support_case.c.last_contact_at).where(support_case.c.number == before)
                )
                if last is not None:
                    key = tuple_(support_case.c.last_contact_at, support_case.c.number)
                    page = page.where(key < (last, before))
            return list(connection.execute(page.limit(limit)))

        return self.read(ask)

    def of_record(self, record: str, limit: int) -> Sequence[AnyRow]:
        """The cases of a record, closed ones included, newest contact first."""
        statement = (
            _CASE.where(support_case.c.record == record)
            .order_by(support_case.c.last_contact_at.desc())
            .limit(limit)
        )
        return self.read(lambda c: list(c.execute(statement)))

    def ended_contacts(self, cases: Sequence[int]) -> Sequence[AnyRow]:
        """The contacts of these cases that have ended, newest first."""
        statement = (
            select(contact)
            .where(contact.c.case.in_(cases), contact.c.ended_at.is_not(None))
            .order_by(contact.c.opened_at.desc())
        )
        return self.read(lambda c: list(c.execute(statement)))

    # ── texts and drafts ────────────────────────────────────────────────────

    def texts(self, case: int) -> Mapping[str, Text]:
        """The erasable texts of a case by their reference."""
        statement = (
            select(erasable.c.id, erasable.c.case, erasable.c.what, erasable.c.at, erasable.c.text)
            .where(erasable.c.case == case)
            .order_by(erasable.c.at)
        )
        return {row.id: Text(*row) for row in self.read(lambda c: c.execute(statement).all())}

    def erase(self, refs: Sequence[str]) -> None:
        """Erases texts with their salts; events keep what can no longer be guessed."""
        at = to_us(self.business.now())
        self.write(
            lambda j: j.connection.execute(
                update(erasable).where(erasable.c.id.in_(refs)).values(salt=None, text=None, erased_at=at)
            )
        )

    def text(self, ref: str) -> str | None:
        """One erasable text, None once erased."""
        return self.read(lambda c: c.scalar(select(erasable.c.text).where(erasable.c.id == ref)))

    def save_draft(self, case: int, agent: str, text: str) -> None:
        """Keeps what is being typed; an empty text drops it."""
        at = to_us(self.business.now())

        def save(journal: Journal) -> None:
            if text:
                row = {"case": case, "agent": agent, "text": text, "saved_at": at}
                put(journal.connection, draft, row)
            else:
                drop_draft(journal, case, agent)

        self.write(save)

    def draft(self, case: int, agent: str) -> str:
        """What was being typed."""
        where = (draft.c.case == case, draft.c.agent == agent)
        return self.read(lambda c: c.scalar(select(draft.c.text).where(*where))) or ""

    # ── who is there, who looked ────────────────────────────────────────────

    def be_present(self, case: int, agent: str) -> None:
        """« Marie est dans ce dossier » for the next 25 s (system clock)."""
        at = to_us(self.system.now())

        row = {"case": case, "agent": agent, "seen_at": at}
        self.write(lambda j: put(j.connection, presence, row))

    def present(self, case: int, but: str) -> tuple[str, ...]:
        """Who else is in the case now."""
        since = to_us(self.system.now() - timedelta(seconds=PRESENCE_SECONDS))
        statement = (
            select(presence.c.agent)
            .where(presence.c.case == case, presence.c.agent != but, presence.c.seen_at > since)
            .order_by(presence.c.agent)
        )
        return tuple(self.read(lambda c: c.scalars(statement).all()))

    def leave_presence(self, journal: Journal, case: int, agent: str) -> None:
        """Gone from the case."""
        journal.connection.execute(delete(presence).where(presence.c.case == case, presence.c.agent == agent))

    def log_access(self, **columns: Any) -> None:
        """One line of who looked at what, and why."""
        at = to_us(self.business.now())
        self.write(lambda j: j.connection.execute(insert(access_log).values(at=at, **columns)))

    # ── contacts and intents ────────────────────────────────────────────────

    def contact(self, case: int, agent: str) -> AnyRow | None:
        """The agent's open contact in a case."""
        return self.read(lambda c: c.execute(open_contact(case, agent)).one_or_none())

    def open_contacts(self, agent: str) -> Sequence[AnyRow]:
        """The agent's contacts that were never ended, oldest first."""
        statement = (
            select(contact)
            .where(contact.c.agent == agent, contact.c.ended_at.is_(None))
            .order_by(contact.c.opened_at)
        )
        return self.read(lambda c: c.execute(statement).all())

    def open_intents(self, *cases: int) -> Sequence[AnyRow]:
        """Acts of these cases whose outcome is not known, oldest first."""
        statement = (
            select(intent).where(intent.c.case.in_(cases), intent.c.done.is_(None)).order_by(intent.c.at)
        )
        return self.read(lambda c: c.execute(statement).all())


_CASE = select(support_case)


@contextmanager
def _answering() -> Iterator[None]:
    """A database that is not there, as a sentence."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout):
        raise StoreMissing(
            _("La base des dossiers ne répond pas. Ce que vous avez saisi est gardé : réessayez.")
        ) from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise StoreUnusable(
            _("La base des dossiers est abîmée : appelez l’administrateur avant de continuer.")
        ) from None


def open_contact(case: int, agent: str) -> Any:
    """The statement of the agent's open contact in a case."""
    return select(contact).where(
        contact.c.agent == agent, contact.c.case == case, contact.c.ended_at.is_(None)
    )


def drop_draft(journal: Journal, case: int, agent: str) -> None:
    """Deletes a draft."""
    journal.connection.execute(delete(draft).where(draft.c.case == case, draft.c.agent == agent))
