"""Files released for publication, and their public copies.

Revision ID: public_files
Revises: verified_contacts
"""

import sqlalchemy as sa
from alembic import op

revision = "public_files"
down_revision = "verified_contacts"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "file_release",
        sa.Column("id", Id, nullable=False),
        sa.Column("proposal_id", Id, nullable=False),
        sa.Column("attachment_id", Id, nullable=False),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored", sa.String(64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("decider_id", Id),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name="fk_file_release_proposal_id_proposal"
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_file_release_attachment_id_attachment"
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["user_account.id"], name="fk_file_release_decider_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_file_release"),
    )
    op.create_index("ix_file_release_proposal_id", "file_release", ["proposal_id"])
    op.create_index("ix_file_release_attachment_id", "file_release", ["attachment_id"])
    op.create_index("ix_file_release_stored", "file_release", ["stored"])
    op.create_table(
        "public_file",
        sa.Column("id", Id, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("stored", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["archive_entry.id"], name="fk_public_file_entry_id_archive_entry"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_public_file"),
    )
    op.create_index("ix_public_file_entry_id", "public_file", ["entry_id"])
    op.create_index("ix_public_file_stored", "public_file", ["stored"])


def downgrade() -> None:
    """Drop them; the files stay in the store."""
    op.drop_table("public_file")
    op.drop_table("file_release")
