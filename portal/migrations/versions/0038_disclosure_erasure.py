"""Requests for disclosure whose applicant was erased or asked for it.

Revision ID: disclosure_erasure
Revises: attachments
"""

import sqlalchemy as sa
from alembic import op

revision = "disclosure_erasure"
down_revision = "attachments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("disclosure_request", sa.Column("erasure_asked_at", sa.DateTime(timezone=True)))
    op.add_column("disclosure_request", sa.Column("erasure_refusal", sa.String(32)))
    op.add_column("disclosure_request", sa.Column("erasure_reason", sa.Text()))
    op.add_column("disclosure_request", sa.Column("erased_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop them; who was erased stays erased."""
    for column in ("erased_at", "erasure_reason", "erasure_refusal", "erasure_asked_at"):
        op.drop_column("disclosure_request", column)
