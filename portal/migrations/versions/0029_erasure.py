"""Letters whose person was erased, and requests for it.

Revision ID: erasure
Revises: key_ring
"""

import sqlalchemy as sa
from alembic import op

revision = "erasure"
down_revision = "key_ring"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("letter", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_table(
        "erasure_request",
        sa.Column("id", Id, nullable=False),
        sa.Column("letter_id", Id, nullable=False),
        sa.Column("unpublish", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("refusal", sa.String(32)),
        sa.Column("reason", sa.Text()),
        sa.Column("decided_by_id", Id),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name="fk_erasure_request_letter_id_letter"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name="fk_erasure_request_decided_by_id_user_account",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_erasure_request"),
    )
    op.create_index("ix_erasure_request_letter_id", "erasure_request", ["letter_id"])
    op.create_index("ix_erasure_request_outcome", "erasure_request", ["outcome", "id"])


def downgrade() -> None:
    """Drop the table and the column; what was erased stays erased."""
    op.drop_table("erasure_request")
    op.drop_column("letter", "erased_at")
