"""Messages to staff: where each person gets them, and which.

Revision ID: staff_messages
Revises: messages
"""

import sqlalchemy as sa
from alembic import op

revision = "staff_messages"
down_revision = "messages"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "staff_messages",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("confirmed_at", _MOMENT),
        sa.Column("unreached", sa.String(32)),
        sa.Column("new_work", sa.String(32), nullable=False),
        sa.Column("sent_back", sa.String(32), nullable=False),
        sa.Column("urged", sa.String(32), nullable=False),
        sa.Column("due_soon", sa.String(32), nullable=False),
        sa.Column("overdue", sa.String(32), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("notified_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_staff_messages_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staff_messages"),
        sa.UniqueConstraint("user_id", name="uq_staff_messages_user_id"),
    )


def downgrade() -> None:
    """Drop it, with the messages to staff that wait."""
    op.execute(
        "DELETE FROM outbox WHERE message_id IN"
        " (SELECT id FROM outgoing_message WHERE user_id IS NOT NULL)"
    )
    op.drop_table("staff_messages")
