"""The case store as it first stood, and the triggers that keep events append-only.

SQLite lets `INSERT OR REPLACE` past a DELETE trigger, and PostgreSQL lets TRUNCATE past row
triggers: both are refused here. Events can be deleted only of a case that has a `purge` row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER event_update BEFORE UPDATE ON case_event
    BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END""",
    """CREATE TRIGGER event_delete BEFORE DELETE ON case_event
    WHEN NOT EXISTS (SELECT 1 FROM purge WHERE purge."case" = OLD."case")
    BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END""",
    """CREATE TRIGGER event_insert BEFORE INSERT ON case_event
    WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM case_event WHERE "case" = NEW."case"), 0)
      OR EXISTS (SELECT 1 FROM case_event WHERE key = NEW.key)
      OR EXISTS (SELECT 1 FROM purge WHERE purge."case" = NEW."case")
    BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END""",
    """CREATE TRIGGER purge_update BEFORE UPDATE ON purge
    BEGIN SELECT RAISE(ABORT, 'purge is append-only'); END""",
    """CREATE TRIGGER purge_delete BEFORE DELETE ON purge
    BEGIN SELECT RAISE(ABORT, 'purge is append-only'); END""",
    """CREATE TRIGGER purge_insert BEFORE INSERT ON purge
    WHEN EXISTS (SELECT 1 FROM purge AS old WHERE old."case" = NEW."case")
    BEGIN SELECT RAISE(ABORT, 'purge is append-only'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    """CREATE FUNCTION refuse_event_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT 1 FROM purge WHERE purge."case" = OLD."case") THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'case_event is append-only';
    END $$""",
    """CREATE FUNCTION refuse_event_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.seq <> 1 + coalesce((SELECT max(seq) FROM case_event WHERE "case" = NEW."case"), 0)
        OR EXISTS (SELECT 1 FROM purge WHERE purge."case" = NEW."case")
      THEN RAISE EXCEPTION 'case_event is append-only'; END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER event_update BEFORE UPDATE ON case_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER event_delete BEFORE DELETE ON case_event
    FOR EACH ROW EXECUTE FUNCTION refuse_event_delete()""",
    """CREATE TRIGGER event_insert BEFORE INSERT ON case_event
    FOR EACH ROW EXECUTE FUNCTION refuse_event_insert()""",
    """CREATE TRIGGER event_truncate BEFORE TRUNCATE ON case_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER purge_change BEFORE UPDATE OR DELETE ON purge
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER purge_truncate BEFORE TRUNCATE ON purge
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    """Tables, indexes, triggers."""
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("case", sa.Integer(), nullable=True),
        sa.Column("record", sa.String(length=64), nullable=True),
        sa.Column("call", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.String(length=80), nullable=True),
        sa.Column("matches", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("access_actor", "access_log", ["actor", "at"], unique=False)
    op.create_index("access_at", "access_log", ["at"], unique=False)
    op.create_index("access_case", "access_log", ["case", "at"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("case", "seq"),
        sa.UniqueConstraint("key", name="event_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("event_at", "case_event", ["at", "case", "seq"], unique=False)
    op.create_table(
        "day_root",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "presence",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case", "agent"),
    )
    op.create_table(
        "purge",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=48), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("case"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "purged_leaf",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", "case"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("session_lease", "session", ["lease_until"], unique=False)
    op.create_table(
        "store_meta",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "support_case",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("record", sa.String(length=64), nullable=True),
        sa.Column("fund", sa.String(length=8), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_contact_at", sa.BigInteger(), nullable=False),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("queue", sa.String(length=24), nullable=True),
        sa.Column("callback_at", sa.BigInteger(), nullable=True),
        sa.Column("callback_ref", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index("case_contacted", "support_case", ["last_contact_at", "number"], unique=False)
    op.create_index(
        "case_open_record",
        "support_case",
        ["record"],
        unique=True,
        sqlite_where=sa.text("record IS NOT NULL AND state <> 'closed'"),
        postgresql_where=sa.text("record IS NOT NULL AND state <> 'closed'"),
    )
    op.create_index("case_owner", "support_case", ["owner", "last_contact_at", "number"], unique=False)
    op.create_index("case_queue", "support_case", ["queue", "last_contact_at", "number"], unique=False)
    op.create_index("case_resume", "support_case", ["owner", "state", "number"], unique=False)
    op.create_index("case_state", "support_case", ["state", "last_contact_at", "number"], unique=False)
    op.create_table(
        "contact",
        sa.Column("call", sa.String(length=64), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("purpose_ref", sa.String(length=32), nullable=True),
        sa.Column("direction", sa.String(length=12), nullable=True),
        sa.Column("speaker", sa.String(length=16), nullable=True),
        sa.Column("representation", sa.String(length=20), nullable=True),
        sa.Column("level_0_chosen", sa.Boolean(), nullable=False),
        sa.Column("check", sa.String(length=64), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("level_until", sa.BigInteger(), nullable=True),
        sa.Column("trying", sa.String(length=64), nullable=True),
        sa.Column("trying_level", sa.Integer(), nullable=True),
        sa.Column("comparisons_left", sa.Integer(), nullable=True),
        sa.Column("check_failed", sa.Boolean(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.String(length=32), nullable=True),
        sa.Column("said_address", sa.Boolean(), nullable=True),
        sa.Column("said_tries_left", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=12), nullable=True),
        sa.Column("last_act", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("end_told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["support_case.number"],
        ),
        sa.PrimaryKeyConstraint("call"),
    )
    op.create_index("contact_case", "contact", ["case", "agent", "opened_at"], unique=False)
    op.create_index(
        "contact_open",
        "contact",
        ["agent", "case"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "contact_untold",
        "contact",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL AND NOT end_told"),
        postgresql_where=sa.text("ended_at IS NOT NULL AND NOT end_told"),
    )
    op.create_table(
        "draft",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case"],
            ["support_case.number"],
        ),
        sa.PrimaryKeyConstraint("case", "agent"),
    )
    op.create_table(
        "erasable",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case"],
            ["support_case.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("erasable_case", "erasable", ["case", "at"], unique=False)
    op.create_table(
        "intent",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("call", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("unknown_since", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["case"],
            ["support_case.number"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("intent_case", "intent", ["case", "at"], unique=False)
    op.create_index(
        "intent_open",
        "intent",
        ["session", "case"],
        unique=False,
        sqlite_where=sa.text("done IS NULL"),
        postgresql_where=sa.text("done IS NULL"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(sa.text(trigger))
