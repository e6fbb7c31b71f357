"""The question to the citizen and the supplement in proposals and in the public copy.

Revision ID: public_correspondence
Revises: matters
"""

import sqlalchemy as sa
from alembic import op

revision = "public_correspondence"
down_revision = "matters"
branch_labels = None
depends_on = None

TABLES = ("proposal", "archive_entry", "archive_version")
TEXTS = ("question", "supplement")


def upgrade() -> None:
    """Add the texts; what is public already has none until it is proposed again."""
    for table in TABLES:
        for name in TEXTS:
            op.add_column(table, sa.Column(name, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the texts."""
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            for name in TEXTS:
                batch.drop_column(name)
