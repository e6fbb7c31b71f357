"""Files that come with letters and requests for disclosure.

Revision ID: attachments
Revises: site_notices
"""

import sqlalchemy as sa
from alembic import op

revision = "attachments"
down_revision = "site_notices"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_OWNERS = {
    "letter_id": "letter",
    "message_id": "message",
    "reply_id": "reply",
    "request_id": "disclosure_request",
}


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "attachment",
        sa.Column("id", Id, nullable=False),
        *(sa.Column(name, Id) for name in _OWNERS),
        sa.Column("draft_key", sa.String(64)),
        sa.Column("author_id", Id),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("pages", sa.Integer()),
        sa.Column("stored", sa.String(64), nullable=False),
        sa.Column("thumbnail", sa.String(64)),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_attachment_{name}_{table}")
            for name, table in _OWNERS.items()
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name="fk_attachment_author_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("stored", name="uq_attachment_stored"),
        sa.UniqueConstraint("thumbnail", name="uq_attachment_thumbnail"),
    )
    for name in (*_OWNERS, "draft_key"):
        op.create_index(f"ix_attachment_{name}", "attachment", [name])
    op.create_table(
        "discarded_file",
        sa.Column("id", Id, nullable=False),
        sa.Column("area", sa.String(16), nullable=False),
        sa.Column("stored", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_discarded_file"),
    )


def downgrade() -> None:
    """Drop them; the files stay in the store."""
    op.drop_table("discarded_file")
    op.drop_table("attachment")
