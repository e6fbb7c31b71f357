"""Policies that changed, and the answers that may no longer hold.

Revision ID: policy_changes
Revises: public_correspondence
"""

import sqlalchemy as sa
from alembic import op

revision = "policy_changes"
down_revision = "public_correspondence"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OUTDATED = sa.text("policy_change_id IS NOT NULL")


def upgrade() -> None:
    """Add the tables and the column."""
    op.create_table(
        "policy_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("cited", sa.Text(), nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("creator_id", Id),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_policy_change_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["user_account.id"], name="fk_policy_change_creator_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy_change"),
    )
    op.create_table(
        "policy_citation",
        sa.Column("change_id", Id, autoincrement=False, nullable=False),
        sa.Column("entry_id", Id, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("outdated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["policy_change.id"], name="fk_policy_citation_change_id_policy_change"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["archive_entry.id"], name="fk_policy_citation_entry_id_archive_entry"
        ),
        sa.PrimaryKeyConstraint("change_id", "entry_id", name="pk_policy_citation"),
    )
    op.create_index("ix_policy_citation_entry_id", "policy_citation", ["entry_id"])
    with op.batch_alter_table("archive_entry") as batch:
        key = sa.ForeignKey(
            "policy_change.id", name="fk_archive_entry_policy_change_id_policy_change"
        )
        batch.add_column(sa.Column("policy_change_id", Id, key))
    op.create_index(
        "ix_archive_entry_outdated",
        "archive_entry",
        ["policy_change_id"],
        sqlite_where=OUTDATED,
        postgresql_where=OUTDATED,
    )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_index("ix_archive_entry_outdated", "archive_entry")
    with op.batch_alter_table("archive_entry") as batch:
        batch.drop_column("policy_change_id")
    op.drop_table("policy_citation")
    op.drop_table("policy_change")
