"""An index of the events that move a letter without a hop: recalls and hand-overs.

Revision ID: hand_over
Revises: unsent_form
"""

import sqlalchemy as sa
from alembic import op

revision = "hand_over"
down_revision = "unsent_form"
branch_labels = None
depends_on = None

BEFORE, AFTER = "action = 'recall_dispatch'", "action IN ('recall_dispatch', 'hand_over')"


def upgrade() -> None:
    """Replace the index of recalls."""
    _replace("ix_event_recall", "ix_event_no_hop", AFTER)


def downgrade() -> None:
    """Restore the index of recalls."""
    _replace("ix_event_no_hop", "ix_event_recall", BEFORE)


def _replace(old: str, new: str, condition: str) -> None:
    where = sa.text(condition)
    op.drop_index(old, "event")
    op.create_index(
        new, "event", ["letter_id", "occurred_at"], sqlite_where=where, postgresql_where=where
    )
