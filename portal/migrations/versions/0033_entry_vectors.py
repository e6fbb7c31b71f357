"""Vectors of public entries, by which they are compared in meaning.

Revision ID: entry_vectors
Revises: sender_steps
"""

import sqlalchemy as sa
from alembic import op

revision = "entry_vectors"
down_revision = "sender_steps"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "entry_vectors",
        sa.Column("entry_id", Id, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["archive_entry.id"], name="fk_entry_vectors_entry_id_archive_entry"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entry_vectors"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("entry_vectors")
