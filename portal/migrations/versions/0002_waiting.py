"""Indexes on what waits: replies in review and open proposals.

The inbox counts them on every page; without an index that reads every text.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reply_status", "reply", ["status", "letter_id"])
    op.create_index("ix_proposal_status", "proposal", ["status", "letter_id"])


def downgrade() -> None:
    op.drop_index("ix_proposal_status", table_name="proposal")
    op.drop_index("ix_reply_status", table_name="reply")
