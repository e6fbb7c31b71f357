"""Facts found by the kind of their letters: pages of one kind read no others."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_rate_fact_cohort", "rate_fact"
REST = (
    "received_at", "opening", "withdrawn_at", "closed_from", "closed_until", "outcome", "on_time",
    "published_from", "published_until", "extended_at", "returned_at", "redone_at",
    "closing_organisation_id", "response_at", "response_days", "closing_days", "letter_id",
    "category",
)


def upgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, ["received_month", "kind", "received_organisation_id", *REST])


def downgrade() -> None:
    op.drop_index(NAME, table_name=TABLE)
    op.create_index(NAME, TABLE, ["received_month", "received_organisation_id", "kind", *REST])
