"""Duties, address, telephones and opening hours of organisations.

Revision ID: office
Revises: tokens
"""

import sqlalchemy as sa
from alembic import op

revision = "office"
down_revision = "tokens"
branch_labels = None
depends_on = None

TYPES = {
    "duties": sa.Text(),
    "address": sa.String(200),
    "telephone": sa.String(200),
    "hours": sa.String(200),
}


def upgrade() -> None:
    """Add the columns, empty."""
    with op.batch_alter_table("organisation") as batch:
        for name, kind in TYPES.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("organisation") as batch:
        for name in TYPES:
            batch.drop_column(name)
