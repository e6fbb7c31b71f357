"""Entries that are about no known matter, to be compared again by a wider rule.

Revision ID: matters_compared
Revises: subscriptions
"""

import sqlalchemy as sa
from alembic import op

revision = "matters_compared"
down_revision = "subscriptions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Have the worker compare them; matters keep their members and addresses."""
    op.execute(sa.text("UPDATE matter_entry SET read_at = NULL WHERE matter_id IS NULL"))


def downgrade() -> None:
    """Leave matters as they are."""
