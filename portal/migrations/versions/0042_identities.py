"""Who people are at an identity provider: accounts of staff, letters of citizens.

Revision ID: identities
Revises: matters_compared
"""

import sqlalchemy as sa
from alembic import op

revision = "identities"
down_revision = "matters_compared"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("identity", sa.String(64)))
        table.create_unique_constraint("uq_user_account_identity", ["identity"])
    op.add_column("letter", sa.Column("citizen_key", sa.String(64)))
    op.create_index("ix_letter_citizen_key", "letter", ["citizen_key"])


def downgrade() -> None:
    """Take the columns away."""
    with op.batch_alter_table("letter") as table:
        table.drop_index("ix_letter_citizen_key")
        table.drop_column("citizen_key")
    with op.batch_alter_table("user_account") as table:
        table.drop_constraint("uq_user_account_identity", type_="unique")
        table.drop_column("identity")
