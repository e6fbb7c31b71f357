"""The category in the facts of the rates, and a stamp for each month of facts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_rate_fact_closed": [
        "closed_month", "received_organisation_id", "kind", "closed_from", "closed_until",
        "outcome", "on_time", "closing_organisation_id",
    ],
    "ix_rate_fact_cohort": [
        "received_month", "received_organisation_id", "kind", "received_at", "opening",
        "withdrawn_at", "closed_from", "closed_until", "outcome", "on_time", "published_from",
        "published_until", "extended_at", "returned_at", "redone_at", "closing_organisation_id",
        "response_at", "response_days", "closing_days", "letter_id",
    ],
    "ix_rate_fact_published": [
        "published_month", "received_organisation_id", "kind", "published_from",
        "published_until", "closing_organisation_id",
    ],
}
MONTHS = ("received_month", "closed_month", "published_month")


def upgrade() -> None:
    op.create_table('rate_month',
    sa.Column('month', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('stamp', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_rate_month'))
    )
    for name in INDEXES:
        op.drop_index(name, table_name="rate_fact")
    op.add_column("rate_fact", sa.Column("category", sa.String(length=32), nullable=True))
    op.execute(
        "UPDATE rate_fact SET category ="
        " (SELECT category FROM letter WHERE letter.id = rate_fact.letter_id)"
    )
    months = " UNION ".join(
        f"SELECT {column} AS month FROM rate_fact WHERE {column} IS NOT NULL" for column in MONTHS
    )
    op.execute(f"INSERT INTO rate_month (month, stamp) SELECT month, 'first' FROM ({months}) AS m")
    for name, columns in INDEXES.items():
        op.create_index(name, "rate_fact", [*columns, "category"])


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="rate_fact")
    op.drop_column("rate_fact", "category")
    for name, columns in INDEXES.items():
        op.create_index(name, "rate_fact", columns)
    op.drop_table("rate_month")
