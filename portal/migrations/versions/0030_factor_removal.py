"""Requests of administrators to remove somebody's second factor.

Revision ID: factor_removal
Revises: erasure
"""

import sqlalchemy as sa
from alembic import op

revision = "factor_removal"
down_revision = "erasure"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "fk_user_account_factor_removal_by_id_user_account"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("factor_removal_by_id", Id))
        table.add_column(sa.Column("factor_removal_at", sa.DateTime(timezone=True)))
        table.create_foreign_key(KEY, "user_account", ["factor_removal_by_id"], ["id"])


def downgrade() -> None:
    """Drop the columns; what waits is asked for again."""
    with op.batch_alter_table("user_account") as table:
        table.drop_constraint(KEY, type_="foreignkey")
        table.drop_column("factor_removal_at")
        table.drop_column("factor_removal_by_id")
