"""The audit trail: address, session and stamp of events, what staff read, and the chain of seals.

Revision ID: audit
Revises: factor_removal
"""

import sqlalchemy as sa
from alembic import op

revision = "audit"
down_revision = "factor_removal"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PARTIAL = {
    "ix_event_actor": (["actor_id", "recorded_at"], "actor_id IS NOT NULL"),
    "ix_event_address": (["address", "recorded_at"], "address IS NOT NULL"),
    "ix_event_other": (["action", "recorded_at"], "axis IN ('record', 'administration')"),
}


def upgrade() -> None:
    """Add columns, tables and indexes; the application seals the events that are there.

    What citizens and co-handling organisations were told stands in the correspondence, where it can
    be erased; a copy in a sealed event could not.
    """
    op.execute("UPDATE event SET reason = NULL WHERE action IN ('redo', 'invite')")
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("address", sa.String(64)))
        batch.add_column(sa.Column("session_id", Id))
        batch.add_column(sa.Column("stamp", sa.LargeBinary()))
    op.create_index("ix_event_recorded", "event", ["recorded_at", "id"])
    for name, (columns, where) in _PARTIAL.items():
        given = sa.text(where)
        op.create_index(name, "event", columns, sqlite_where=given, postgresql_where=given)
    op.create_table(
        "read_event",
        sa.Column("id", Id, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("actor_id", Id, nullable=False),
        sa.Column("letter_id", Id),
        sa.Column("subject", sa.String(100)),
        sa.Column("detail", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(64)),
        sa.Column("session_id", Id),
        sa.Column("stamp", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_read_event"),
    )
    op.create_index("ix_read_event_recorded", "read_event", ["recorded_at", "id"])
    for column in ("actor_id", "letter_id", "address"):
        name = f"ix_read_event_{column.removesuffix('_id')}"
        op.create_index(name, "read_event", [column, "recorded_at"])
    op.create_table(
        "audit_block",
        sa.Column("number", Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("total", Id, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("seals", sa.LargeBinary()),
        sa.Column("sealed_with", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_block"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("number", Id, nullable=False),
        sa.Column("total", Id, nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("adopted_id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("read_id", Id, nullable=False),
        sa.Column("removed", Id, nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_with", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("audit_head")
    op.drop_table("audit_block")
    op.drop_table("read_event")
    for name in (*_PARTIAL, "ix_event_recorded"):
        op.drop_index(name, "event")
    with op.batch_alter_table("event") as batch:
        for name in ("stamp", "session_id", "address"):
            batch.drop_column(name)
