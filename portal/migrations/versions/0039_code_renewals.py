"""Lost query codes: who asks for another one, and the codes that took the place of others.

Revision ID: code_renewals
Revises: disclosure_erasure
"""

import sqlalchemy as sa
from alembic import op

revision = "code_renewals"
down_revision = "disclosure_erasure"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "code_renewal",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("number", sa.String(24)),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_code_renewal"),
        sa.UniqueConstraint("key", name="uq_code_renewal_key"),
    )
    op.create_index("ix_code_renewal_asked_at", "code_renewal", ["asked_at"])
    op.add_column("letter", sa.Column("renewed_hash", sa.String(64)))
    op.add_column("outgoing_message", sa.Column("renewal_id", Id))


def downgrade() -> None:
    """Take them away; a letter is opened by its first code again, and what waits is not sent."""
    op.execute(
        "DELETE FROM outbox WHERE message_id IN"
        " (SELECT id FROM outgoing_message WHERE occasion IN ('lost_code', 'code_renewed'))"
    )
    op.execute("DELETE FROM outgoing_message WHERE occasion IN ('lost_code', 'code_renewed')")
    op.drop_column("outgoing_message", "renewal_id")
    op.drop_column("letter", "renewed_hash")
    op.drop_table("code_renewal")
