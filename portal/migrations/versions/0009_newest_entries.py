"""The newest public entries found by an index on both databases."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PUBLIC = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_archive_entry_list", table_name="archive_entry")
    op.create_index(
        "ix_archive_entry_newest", "archive_entry", ["answered_on", "id"],
        sqlite_where=PUBLIC, postgresql_where=PUBLIC,
    )


def downgrade() -> None:
    op.drop_index("ix_archive_entry_newest", table_name="archive_entry")
    op.create_index(
        "ix_archive_entry_list", "archive_entry", ["withdrawn_at", "answered_on", "id"]
    )
