"""The incident banner: one append-only table, so that who set and cleared what stays known."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER banner_update BEFORE UPDATE ON banner
    BEGIN SELECT RAISE(ABORT, 'banner is append-only'); END""",
    """CREATE TRIGGER banner_delete BEFORE DELETE ON banner
    BEGIN SELECT RAISE(ABORT, 'banner is append-only'); END""",
    """CREATE TRIGGER banner_insert BEFORE INSERT ON banner
    WHEN NEW.id <> -1 AND NEW.id <= coalesce((SELECT max(id) FROM banner), 0)
    BEGIN SELECT RAISE(ABORT, 'banner is append-only'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE TRIGGER banner_change BEFORE UPDATE OR DELETE ON banner
    FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER banner_truncate BEFORE TRUNCATE ON banner
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)


def upgrade() -> None:
    """The table and its triggers."""
    op.create_table(
        "banner",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=True),
        sa.Column("provider", sa.String(length=48), nullable=True),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(sa.text(trigger))
