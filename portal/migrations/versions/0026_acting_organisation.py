"""The superior whose person acted in the name of another organisation.

Revision ID: acting_organisation
Revises: grant_requests
"""

import sqlalchemy as sa
from alembic import op

revision = "acting_organisation"
down_revision = "grant_requests"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column."""
    key = sa.ForeignKey("organisation.id", name="fk_event_acting_organisation_id_organisation")
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("acting_organisation_id", _ID, key))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("event") as batch:
        batch.drop_column("acting_organisation_id")
