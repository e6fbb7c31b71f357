"""What a letter goes back to if its dispatch is recalled, and an index of the recalls.

Revision ID: recall
Revises: initial
"""

import sqlalchemy as sa
from alembic import op

revision = "recall"
down_revision = "initial"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

REFERENCES = {"sent_from_before_id": "organisation", "assignee_before_id": "user_account"}
RECALLS = sa.text("action = 'recall_dispatch'")
SENDING = "('dispatch', 'transfer', 'rule')"


def upgrade() -> None:
    """Add the columns; letters that wait to be signed for get what their events say."""
    with op.batch_alter_table("letter") as batch:
        batch.add_column(sa.Column("sent_at", sa.DateTime(timezone=True)))
        for name, table in REFERENCES.items():
            key = sa.ForeignKey(f"{table}.id", name=f"fk_letter_{name}_{table}")
            batch.add_column(sa.Column(name, Id, key))
    op.create_index(
        "ix_event_recall",
        "event",
        ["letter_id", "occurred_at"],
        sqlite_where=RECALLS,
        postgresql_where=RECALLS,
    )
    for column, source in (("state_before", "from_state"), ("sent_at", "occurred_at")):
        op.execute(
            f"UPDATE letter SET {column} = (SELECT event.{source} FROM event"  # noqa: S608
            f" WHERE event.letter_id = letter.id AND event.action IN {SENDING}"
            " ORDER BY event.id DESC LIMIT 1) WHERE state = 'dispatched'"
        )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_index("ix_event_recall", "event")
    op.execute("UPDATE letter SET state_before = NULL WHERE state = 'dispatched'")
    with op.batch_alter_table("letter") as batch:
        for name in ("sent_at", *REFERENCES):
            batch.drop_column(name)
