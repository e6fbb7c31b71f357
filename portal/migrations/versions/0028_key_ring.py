"""Data keys with ids, and their rotations.

Revision ID: key_ring
Revises: record
"""

import sqlalchemy as sa
from alembic import op

revision = "key_ring"
down_revision = "record"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Call the data key by its id, the first digits of its check value; add the table."""
    op.execute("UPDATE key_check SET name = 'data-' || substr(value, 1, 8) WHERE name = 'data'")
    op.create_table(
        "key_rotation",
        sa.Column("id", Id, nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("table_name", sa.String(64), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("unreadable", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_key_rotation"),
    )


def downgrade() -> None:
    """Drop the table; the version before has one data key and decrypts nothing that names another."""
    op.drop_table("key_rotation")
    op.execute("DELETE FROM key_check WHERE name LIKE 'data-%' OR name IN ('lookup', 'record')")
