"""Roles that wait for the consent of a second administrator.

Revision ID: grant_requests
Revises: key_check
"""

import sqlalchemy as sa
from alembic import op

revision = "grant_requests"
down_revision = "key_check"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_KEYS = {
    "user_id": "user_account",
    "organisation_id": "organisation",
    "requested_by_id": "user_account",
    "decided_by_id": "user_account",
}


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "grant_request",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("requested_by_id", _ID, nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("decided_by_id", _ID),
        sa.Column("decided_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_grant_request"),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_grant_request_{column}_{table}"
            )
            for column, table in _KEYS.items()
        ),
    )
    op.create_index("ix_grant_request_user_id", "grant_request", ["user_id"])
    op.create_index("ix_grant_request_outcome", "grant_request", ["outcome", "id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("grant_request")
