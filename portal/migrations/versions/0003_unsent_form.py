"""What was typed into a public form and has not been sent yet.

Revision ID: unsent_form
Revises: recall
"""

import sqlalchemy as sa
from alembic import op

revision = "unsent_form"
down_revision = "recall"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "unsent_form",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unsent_form"),
        sa.UniqueConstraint("key", name="uq_unsent_form_key"),
    )
    op.create_index("ix_unsent_form_kept_at", "unsent_form", ["kept_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("unsent_form")
