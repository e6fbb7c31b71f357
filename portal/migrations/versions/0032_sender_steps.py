"""What senders add, how often they urge, and their appeals against declining.

Revision ID: sender_steps
Revises: audit
"""

import sqlalchemy as sa
from alembic import op

revision = "sender_steps"
down_revision = "audit"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_KEYS = {
    "letter_id": "letter",
    "organisation_id": "organisation",
    "decliner_id": "user_account",
    "decider_id": "user_account",
}


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("letter", sa.Column("added_at", _MOMENT))
    urged = sa.Column("urge_count", sa.Integer(), nullable=False, server_default="0")
    op.add_column("letter", urged)
    op.add_column("letter", sa.Column("urge_from", sa.Date()))
    op.create_table(
        "appeal",
        sa.Column("id", _ID, nullable=False),
        sa.Column("letter_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("decliner_id", _ID),
        sa.Column("appealed_at", _MOMENT, nullable=False),
        sa.Column("upheld", sa.Boolean()),
        sa.Column("decider_id", _ID),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decision_note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_appeal"),
        sa.UniqueConstraint("letter_id", name="uq_appeal_letter_id"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_appeal_{column}_{table}")
            for column, table in _KEYS.items()
        ),
    )
    op.create_index("ix_appeal_organisation_id", "appeal", ["organisation_id"])


def downgrade() -> None:
    """Drop the table and the columns; what senders wrote stays as what they were asked for."""
    op.execute("UPDATE message SET kind = 'supplement' WHERE kind IN ('addition', 'appeal')")
    op.drop_table("appeal")
    with op.batch_alter_table("letter") as batch:
        for column in ("added_at", "urge_count", "urge_from"):
            batch.drop_column(column)
