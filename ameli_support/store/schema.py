"""The case store's tables; instants are integer microseconds since the epoch, UTC.

A case row and its contacts are projections; `case_event` is the record, append-only by triggers
(in the migrations). No row but those that can be erased (`erasable`, `draft`) holds free text or
anything a person said.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
)  # oldest first; the last is what this version of the program needs

metadata = MetaData()


def _instant(name: str, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


store_meta = Table(
    "store_meta",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

support_case = Table(
    "support_case",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("record", String(64)),
    Column("fund", String(8)),
    Column("channel", String(8), nullable=False),
    Column("state", String(24), nullable=False),
    Column("owner", String(32), nullable=False),
    _instant("opened_at", nullable=False),
    _instant("last_contact_at", nullable=False),
    _instant("handed_over_at"),
    _instant("resolved_at"),
    Column("outcome", String(24)),
    Column("cause", String(40)),
    Column("queue", String(24)),
    _instant("callback_at"),
    Column("callback_ref", String(32)),
    Column("version", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    _instant("last_at", nullable=False),
    Column("last_hash", LargeBinary(32), nullable=False),
    Index("case_contacted", "last_contact_at", "number"),
    Index("case_state", "state", "last_contact_at", "number"),
    Index("case_owner", "owner", "last_contact_at", "number"),
    Index("case_resume", "owner", "state", "number"),
    Index("case_queue", "queue", "last_contact_at", "number"),
    Index("case_record", "record", "last_contact_at"),
    sqlite_autoincrement=True,
)
# one case that is not closed per record: two look-ups at once meet in one case
OPEN_RECORD = text("record IS NOT NULL AND state <> 'closed'")
Index(
    "case_open_record",
    support_case.c.record,
    unique=True,
    sqlite_where=OPEN_RECORD,
    postgresql_where=OPEN_RECORD,
)

contact = Table(
    "contact",
    metadata,
    Column("call", String(64), primary_key=True),
    Column("case", ForeignKey("support_case.number"), nullable=False),
    Column("agent", String(32), nullable=False),
    _instant("opened_at", nullable=False),
    Column("purpose_ref", String(32)),
    Column("direction", String(12)),
    Column("speaker", String(16)),
    Column("representation", String(20)),
    Column("level_0_chosen", Boolean, nullable=False),
    # the check that acts carry, and the one whose comparisons go on
    Column("check", String(64)),
    Column("level", Integer, nullable=False),
    _instant("level_until"),
    Column("trying", String(64)),
    Column("trying_level", Integer),
    Column("comparisons_left", Integer),
    Column("check_failed", Boolean, nullable=False),
    _instant("locked_until"),
    # why the service would not compare at all: a reason or problem type
    Column("refused", String(32)),
    Column("said_address", Boolean),
    Column("said_tries_left", Integer),
    Column("phase", String(12)),
    Column("last_act", String(16)),
    _instant("ended_at"),
    Column("ended", String(16)),
    # whether the service knows that the call is over
    Column("end_told", Boolean, nullable=False),
    Index("contact_case", "case", "agent", "opened_at"),
)
OPEN_CONTACT = text("ended_at IS NULL")
Index(
    "contact_open",
    contact.c.agent,
    contact.c.case,
    unique=True,
    sqlite_where=OPEN_CONTACT,
    postgresql_where=OPEN_CONTACT,
)
UNTOLD_END = text("ended_at IS NOT NULL AND NOT end_told")
Index(
    "contact_untold",
    contact.c.ended_at,
    sqlite_where=UNTOLD_END,
    postgresql_where=UNTOLD_END,
)

case_event = Table(
    "case_event",
    metadata,
    Column("case", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    _instant("at", nullable=False),
    Column("actor", String(48), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("key", String(80)),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    UniqueConstraint("key", name="event_key"),
    Index("event_at", "at", "case", "seq"),
    # without a hidden rowid, INSERT OR REPLACE has no other row to replace than those the triggers watch
    sqlite_with_rowid=False,
)

# the other half of a purged case: why its events are gone, and the hash that they ended with
purge = Table(
    "purge",
    metadata,
    Column("case", Integer, primary_key=True, autoincrement=False),
    _instant("at", nullable=False),
    Column("actor", String(48), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_hash", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

# the last hash of each day of a purged case, so that the daily roots can still be recomputed
purged_leaf = Table(
    "purged_leaf",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("case", Integer, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
)

# names, addresses, free text, inputs of acts: a row that can be erased with its salt
erasable = Table(
    "erasable",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case", ForeignKey("support_case.number"), nullable=False),
    Column("what", String(16), nullable=False),
    _instant("at", nullable=False),
    Column("salt", LargeBinary(32)),
    Column("text", Text),
    _instant("erased_at"),
    Index("erasable_case", "case", "at"),
)

draft = Table(
    "draft",
    metadata,
    Column("case", ForeignKey("support_case.number"), primary_key=True),
    Column("agent", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    _instant("saved_at", nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("case", Integer, primary_key=True),
    Column("agent", String(32), primary_key=True),
    _instant("seen_at", nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _instant("at", nullable=False),
    Column("actor", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("what", String(24), nullable=False),
    Column("case", Integer),
    Column("record", String(64)),
    Column("call", String(64)),
    Column("facts", String(80)),
    Column("matches", Integer),
    Column("purpose", Text),
    Index("access_at", "at"),
    Index("access_case", "case", "at"),
    Index("access_actor", "actor", "at"),
    sqlite_autoincrement=True,
)

# a running program: system clock, renewed every 10 s for 30 s
session = Table(
    "session",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agent", String(32), nullable=False),
    _instant("lease_until", nullable=False),
    Index("session_lease", "lease_until"),
)

intent = Table(
    "intent",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("case", ForeignKey("support_case.number"), nullable=False),
    Column("call", String(64), nullable=False),
    Column("actor", String(32), nullable=False),
    Column("session", String(32), nullable=False),
    Column("act", String(16), nullable=False),
    _instant("at", nullable=False),
    _instant("unknown_since"),
    Column("done", String(8)),
    Index("intent_case", "case", "at"),
)
OPEN_INTENT = text("done IS NULL")
Index(
    "intent_open",
    intent.c.session,
    intent.c.case,
    sqlite_where=OPEN_INTENT,
    postgresql_where=OPEN_INTENT,
)

day_root = Table(
    "day_root",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("root", LargeBinary(32), nullable=False),
    _instant("ends_at", nullable=False),
)

# a supervisor's incident banner: each setting and each end is a row; the last one is in force
banner = Table(
    "banner",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _instant("at", nullable=False),
    Column("actor", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    # None: the banner was cleared
    Column("text", String(80)),
    Column("provider", String(48)),
    _instant("starts_at"),
    _instant("ends_at"),
    sqlite_autoincrement=True,
)

# what concluded cases taught the checklist: a count per provider family and cause, as it was `at`
prior_count = Table(
    "prior_count",
    metadata,
    Column("family", String(32), primary_key=True),
    Column("cause", String(40), primary_key=True),
    Column("cases", Float, nullable=False),
    _instant("at", nullable=False),
)

# who took back what was learned, and why; `family` None: everything
prior_reset = Table(
    "prior_reset",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _instant("at", nullable=False),
    Column("actor", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("family", String(32)),
    sqlite_autoincrement=True,
)

# a mail that the caller or a colleague kept, under a key of its own; erased: the row without its bytes
kept_mail = Table(
    "kept_mail",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case", ForeignKey("support_case.number"), nullable=False),
    Column("agent", String(32), nullable=False),
    _instant("at", nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary),
    _instant("erased_at"),
    Index("kept_mail_case", "case", "at"),
)
