"""Why an entry was unpublished, for those whose reason of refusal means the same.

Revision ID: unpublish_reason
Revises: sender_keys
"""

import sqlalchemy as sa
from alembic import op

revision = "unpublish_reason"
down_revision = "sender_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and take over the reasons."""
    op.add_column("archive_entry", sa.Column("unpublish_reason", sa.String(32)))
    op.execute(
        "UPDATE archive_entry SET unpublish_reason = (SELECT CASE event.reason_code"
        " WHEN 'privacy' THEN 'privacy' WHEN 'senders_choice' THEN 'sender_asked'"
        " END FROM event WHERE event.letter_id = archive_entry.letter_id"
        " AND event.action IN ('unpublish', 'revoke_consent') ORDER BY event.id DESC LIMIT 1)"
        " WHERE unpublished_at IS NOT NULL"
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("archive_entry", "unpublish_reason")
