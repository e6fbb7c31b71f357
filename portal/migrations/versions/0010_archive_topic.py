"""An index of the archive by topic, for the counts on the home page.

Revision ID: archive_topic
Revises: organisation_words
"""

import sqlalchemy as sa
from alembic import op

revision = "archive_topic"
down_revision = "organisation_words"
branch_labels = None
depends_on = None

PUBLIC = sa.text("unpublished_at IS NULL")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_archive_entry_topic",
        "archive_entry",
        ["category", "id"],
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_archive_entry_topic", "archive_entry")
