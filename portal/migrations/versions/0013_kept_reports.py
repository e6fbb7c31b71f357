"""Annual reports that were kept as of a day, with their files.

Revision ID: kept_reports
Revises: unpublish_reason
"""

import sqlalchemy as sa
from alembic import op

revision = "kept_reports"
down_revision = "unpublish_reason"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "kept_report",
        sa.Column("id", Id, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keeper_id", Id),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("closed", sa.Integer, nullable=False),
        sa.Column("published", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["keeper_id"], ["user_account.id"], name="fk_kept_report_keeper_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_kept_report"),
    )
    op.create_index("ix_kept_report_year", "kept_report", ["year"])
    op.create_table(
        "kept_report_file",
        sa.Column("report_id", Id, nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["kept_report.id"], name="fk_kept_report_file_report_id_kept_report"
        ),
        sa.PrimaryKeyConstraint("report_id", "form", name="pk_kept_report_file"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("kept_report_file")
    op.drop_index("ix_kept_report_year", "kept_report")
    op.drop_table("kept_report")
