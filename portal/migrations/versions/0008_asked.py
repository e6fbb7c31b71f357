"""An index of the archive by the day on which a letter was written.

Revision ID: asked
Revises: office
"""

import sqlalchemy as sa
from alembic import op

revision = "asked"
down_revision = "office"
branch_labels = None
depends_on = None

PUBLIC = sa.text("unpublished_at IS NULL")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_archive_entry_asked",
        "archive_entry",
        ["asked_on", "id"],
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_archive_entry_asked", "archive_entry")
