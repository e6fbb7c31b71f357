"""Messages: their rows, how senders get them, and jobs of all kinds in the outbox.

Revision ID: messages
Revises: entry_vectors
"""

import sqlalchemy as sa
from alembic import op

revision = "messages"
down_revision = "entry_vectors"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, and the columns of jobs that are none of the index."""
    op.create_table(
        "outgoing_message",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("occasion", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("letter_id", Id),
        sa.Column("user_id", Id),
        sa.Column("webhook", sa.String(32)),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("limit_on", sa.Date()),
        sa.Column("facts", sa.Text()),
        sa.Column("once", sa.String(80), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(200)),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("handed_over_at", _MOMENT),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name="fk_outgoing_message_letter_id_letter"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_outgoing_message_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing_message"),
        sa.UniqueConstraint("key", name="uq_outgoing_message_key"),
        sa.UniqueConstraint("once", name="uq_outgoing_message_once"),
    )
    op.create_index("ix_outgoing_message_state", "outgoing_message", ["state", "id"])
    op.create_index("ix_outgoing_message_letter_id", "outgoing_message", ["letter_id"])
    op.create_index("ix_outgoing_message_user_id", "outgoing_message", ["user_id"])
    op.create_index("ix_outgoing_message_reference", "outgoing_message", ["reference"])
    op.create_table(
        "message_choice",
        sa.Column("letter_id", Id, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("unreached", sa.String(32)),
        sa.Column("chosen_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name="fk_message_choice_letter_id_letter"
        ),
        sa.PrimaryKeyConstraint("letter_id", name="pk_message_choice"),
    )
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("queue", sa.String(48), nullable=False, server_default="index"))
        batch.add_column(sa.Column("event_id", Id))
        batch.add_column(sa.Column("message_id", Id))
        batch.add_column(sa.Column("recipient", sa.String(80)))
        batch.alter_column("entry_id", existing_type=Id, nullable=True)
        batch.create_foreign_key(
            "fk_outbox_message_id_outgoing_message", "outgoing_message", ["message_id"], ["id"]
        )
        batch.create_unique_constraint("uq_outbox_message_id", ["message_id"])
    op.create_index("ix_outbox_waiting", "outbox", ["queue", "status", "available_at", "id"])
    op.create_index("ix_outbox_recipient", "outbox", ["recipient", "id"])


def downgrade() -> None:
    """Drop them, with the jobs of which the earlier version knows nothing."""
    op.execute("DELETE FROM outbox WHERE queue <> 'index'")
    op.drop_index("ix_outbox_recipient", table_name="outbox")
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint("uq_outbox_message_id", type_="unique")
        batch.drop_constraint("fk_outbox_message_id_outgoing_message", type_="foreignkey")
        batch.alter_column("entry_id", existing_type=Id, nullable=False)
        for column in ("queue", "event_id", "message_id", "recipient"):
            batch.drop_column(column)
    op.create_index("ix_outbox_waiting", "outbox", ["status", "available_at", "id"])
    op.drop_table("message_choice")
    op.drop_table("outgoing_message")
