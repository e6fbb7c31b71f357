"""Matters: public entries about the same matter.

Revision ID: matters
Revises: passkeys
"""

import sqlalchemy as sa
from alembic import op

revision = "matters"
down_revision = "passkeys"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "matter",
        sa.Column("id", Id, nullable=False),
        sa.Column("centre_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["archive_entry.id"], name="fk_matter_centre_id_archive_entry"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_matter"),
        sa.UniqueConstraint("centre_id", name="uq_matter_centre_id"),
    )
    op.create_table(
        "matter_entry",
        sa.Column("entry_id", Id, autoincrement=False, nullable=False),
        sa.Column("matter_id", Id),
        sa.Column("similarity", sa.Double()),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["archive_entry.id"], name="fk_matter_entry_entry_id_archive_entry"
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name="fk_matter_entry_matter_id_matter"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_matter_entry"),
    )
    op.create_index("ix_matter_entry_matter_id", "matter_entry", ["matter_id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("matter_entry")
    op.drop_table("matter")
