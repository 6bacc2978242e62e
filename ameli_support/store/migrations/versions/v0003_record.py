"""An index of a record's cases, closed ones included: the same person calling again is seen at once."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index."""
    op.create_index("case_record", "support_case", ["record", "last_contact_at"])
