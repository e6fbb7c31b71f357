"""Indexes of the archive by publication, withdrawal and last change.

Revision ID: feeds
Revises: hand_over
"""

import sqlalchemy as sa
from alembic import op

revision = "feeds"
down_revision = "hand_over"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_archive_entry_published": ("published_at", "unpublished_at IS NULL"),
    "ix_archive_entry_unpublished": ("unpublished_at", "unpublished_at IS NOT NULL"),
    "ix_archive_entry_changed": ("updated_at", None),
}


def upgrade() -> None:
    """Add the indexes."""
    for name, (column, condition) in INDEXES.items():
        where = sa.text(condition) if condition else None
        op.create_index(
            name,
            "archive_entry",
            [column, "id"],
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    """Drop the indexes."""
    for name in INDEXES:
        op.drop_index(name, "archive_entry")
