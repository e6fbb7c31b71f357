"""The organisation in the sender's words, where none was found.

Revision ID: organisation_words
Revises: asked
"""

import sqlalchemy as sa
from alembic import op

revision = "organisation_words"
down_revision = "asked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("letter", sa.Column("organisation_words", sa.String(60)))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("letter") as batch:
        batch.drop_column("organisation_words")
