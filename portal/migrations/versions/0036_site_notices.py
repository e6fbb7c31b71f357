"""Notices of readers that something on the site is wrong, with their answers.

Revision ID: site_notices
Revises: staff_messages
"""

import sqlalchemy as sa
from alembic import op

revision = "site_notices"
down_revision = "staff_messages"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "site_notice",
        sa.Column("id", Id, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("page", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_site_notice"),
        sa.UniqueConstraint("code_hash", name="uq_site_notice_code_hash"),
    )
    op.create_index("ix_site_notice_answered_at", "site_notice", ["answered_at"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("site_notice")
