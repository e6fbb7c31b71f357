"""Check values of the keys, by which a key of another database is noticed.

Revision ID: key_check
Revises: policy_changes
"""

import sqlalchemy as sa
from alembic import op

revision = "key_check"
down_revision = "policy_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; the first start afterwards fills it."""
    op.create_table(
        "key_check",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_key_check"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("key_check")
