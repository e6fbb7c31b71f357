"""Groups of words that staff added or changed.

Revision ID: word_group
Revises: kept_reports
"""

import sqlalchemy as sa
from alembic import op

revision = "word_group"
down_revision = "kept_reports"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "word_group",
        sa.Column("id", Id, nullable=False),
        sa.Column("topic", sa.String(24), nullable=False),
        sa.Column("shipped_key", sa.String(12)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_word_group"),
        sa.UniqueConstraint("shipped_key", name="uq_word_group_shipped_key"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("word_group")
