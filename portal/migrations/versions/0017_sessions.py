"""Sessions are rows; failed logins are counted with the limits.

Revision ID: sessions
Revises: archive_place
"""

import sqlalchemy as sa
from alembic import op

revision = "sessions"
down_revision = "archive_place"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; drop what locked accounts and ended sessions."""
    op.create_table(
        "staff_session",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("new_network", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_staff_session_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staff_session"),
        sa.UniqueConstraint("key_hash", name="uq_staff_session_key_hash"),
    )
    op.create_index("ix_staff_session_user_id", "staff_session", ["user_id"])
    op.create_index("ix_staff_session_began_at", "staff_session", ["began_at"])
    op.create_table(
        "citizen_session",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_citizen_session"),
        sa.UniqueConstraint("key_hash", name="uq_citizen_session_key_hash"),
    )
    op.create_index("ix_citizen_session_began_at", "citizen_session", ["began_at"])
    with op.batch_alter_table("user_account") as batch:
        batch.drop_column("session_epoch")
        batch.drop_column("failures")
        batch.drop_column("locked_until")


def downgrade() -> None:
    """Drop the tables; nobody is locked."""
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("locked_until", _MOMENT))
        batch.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(
            sa.Column("session_epoch", sa.Integer(), server_default="0", nullable=False)
        )
    op.drop_table("citizen_session")
    op.drop_table("staff_session")
