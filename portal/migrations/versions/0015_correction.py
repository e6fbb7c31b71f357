"""Corrections of public texts by hand, and versions that are no longer shown.

Revision ID: correction
Revises: word_group
"""

import sqlalchemy as sa
from alembic import op

revision = "correction"
down_revision = "word_group"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("proposal", sa.Column("earlier_versions", sa.String(32)))
    op.add_column("archive_version", sa.Column("hidden_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("archive_version", "hidden_at")
    op.drop_column("proposal", "earlier_versions")
