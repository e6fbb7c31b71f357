"""Tokens of programs, and by which a letter was handed in.

Revision ID: tokens
Revises: feeds
"""

import sqlalchemy as sa
from alembic import op

revision = "tokens"
down_revision = "feeds"
branch_labels = None
depends_on = None

# 64 bits wide; see the first migration.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "api_token",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("creator_id", Id),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["user_account.id"], name="fk_api_token_creator_id_user_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("hash", name="uq_api_token_hash"),
    )
    with op.batch_alter_table("letter") as batch:
        key = sa.ForeignKey("api_token.id", name="fk_letter_token_id_api_token")
        batch.add_column(sa.Column("token_id", Id, key))


def downgrade() -> None:
    """Drop what was added."""
    with op.batch_alter_table("letter") as batch:
        batch.drop_column("token_id")
    op.drop_table("api_token")
