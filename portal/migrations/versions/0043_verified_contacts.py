"""When the sender of a letter proved that a contact is theirs.

Revision ID: verified_contacts
Revises: identities
"""

import sqlalchemy as sa
from alembic import op

revision = "verified_contacts"
down_revision = "identities"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns."""
    op.add_column("letter", sa.Column("phone_verified_at", _MOMENT))
    op.add_column("letter", sa.Column("email_verified_at", _MOMENT))


def downgrade() -> None:
    """Drop them, with the messages that ask for the proof."""
    found = "SELECT id FROM outgoing_message WHERE occasion = 'verify_contact'"
    op.execute(f"DELETE FROM outbox WHERE message_id IN ({found})")  # noqa: S608
    op.execute("DELETE FROM outgoing_message WHERE occasion = 'verify_contact'")
    op.drop_column("letter", "email_verified_at")
    op.drop_column("letter", "phone_verified_at")
