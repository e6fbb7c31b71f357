"""The public record: its leaves, the hashes of its subtrees, its signed heads.

Revision ID: record
Revises: acting_organisation
"""

import sqlalchemy as sa
from alembic import op

revision = "record"
down_revision = "acting_organisation"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "record_leaf",
        sa.Column("position", Id, autoincrement=False, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_record_leaf"),
        sa.UniqueConstraint("event_id", name="uq_record_leaf_event_id"),
    )
    op.create_index("ix_record_leaf_letter_id", "record_leaf", ["letter_id"])
    op.create_table(
        "record_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", Id, autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_record_node"),
    )
    op.create_table(
        "record_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_record_head"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("record_head")
    op.drop_table("record_node")
    op.drop_table("record_leaf")
