"""What the worker last found of the index.

Revision ID: index_verdict
Revises: sessions
"""

import sqlalchemy as sa
from alembic import op

revision = "index_verdict"
down_revision = "sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "index_verdict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("difference", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_index_verdict"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("index_verdict")
