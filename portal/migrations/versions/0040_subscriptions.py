"""Subscriptions of readers to entries, searches and organisations.

Revision ID: subscriptions
Revises: code_renewals
"""

import sqlalchemy as sa
from alembic import op

revision = "subscriptions"
down_revision = "code_renewals"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_OCCASIONS = "('confirm_subscription', 'new_entries', 'entry_changed')"


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "subscription",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.String(32), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("entry_id", Id),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("wanted_key", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("looked_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["archive_entry.id"], name="fk_subscription_entry_id_archive_entry"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("key", name="uq_subscription_key"),
        sa.UniqueConstraint("address_key", "wanted_key", name="uq_subscription_address_key"),
    )
    op.create_index("ix_subscription_entry_id", "subscription", ["entry_id"])
    op.add_column("outgoing_message", sa.Column("subscription_id", Id))


def downgrade() -> None:
    """Take them away, with the messages to subscribers."""
    found = f"SELECT id FROM outgoing_message WHERE occasion IN {_OCCASIONS}"  # noqa: S608
    op.execute(f"DELETE FROM outbox WHERE message_id IN ({found})")  # noqa: S608
    op.execute(f"DELETE FROM outgoing_message WHERE occasion IN {_OCCASIONS}")  # noqa: S608
    op.drop_column("outgoing_message", "subscription_id")
    op.drop_table("subscription")
