"""What concluded cases taught the checklist, who took it back; and kept mails, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER prior_reset_update BEFORE UPDATE ON prior_reset
    BEGIN SELECT RAISE(ABORT, 'prior_reset is append-only'); END""",
    """CREATE TRIGGER prior_reset_delete BEFORE DELETE ON prior_reset
    BEGIN SELECT RAISE(ABORT, 'prior_reset is append-only'); END""",
    """CREATE TRIGGER prior_reset_insert BEFORE INSERT ON prior_reset
    WHEN NEW.id <> -1 AND NEW.id <= coalesce((SELECT max(id) FROM prior_reset), 0)
    BEGIN SELECT RAISE(ABORT, 'prior_reset is append-only'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE TRIGGER prior_reset_change BEFORE UPDATE OR DELETE ON prior_reset
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER prior_reset_truncate BEFORE TRUNCATE ON prior_reset
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    """Three tables; the resets are append-only."""
    op.create_table(
        "prior_count",
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("cases", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("family", "cause"),
    )
    op.create_table(
        "prior_reset",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kept_mail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["support_case.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("kept_mail_case", "kept_mail", ["case", "at"], unique=False)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(sa.text(trigger))
