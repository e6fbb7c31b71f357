"""A second factor for members of staff: codes of a device, and codes for emergencies.

Revision ID: second_factor
Revises: index_verdict
"""

import sqlalchemy as sa
from alembic import op

revision = "second_factor"
down_revision = "index_verdict"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("user_account", sa.Column("totp_secret", sa.Text()))
    op.add_column("user_account", sa.Column("totp_step", sa.BigInteger()))
    op.create_table(
        "recovery_code",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_recovery_code_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_id"),
    )


def downgrade() -> None:
    """Drop the table and the columns."""
    op.drop_table("recovery_code")
    with op.batch_alter_table("user_account") as batch:
        batch.drop_column("totp_step")
        batch.drop_column("totp_secret")
