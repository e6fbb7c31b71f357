"""Sums of months put by for pages."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rate_sum',
    sa.Column('month', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('label', sa.String(length=64), nullable=False),
    sa.Column('stamp', sa.String(length=32), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'label', name=op.f('pk_rate_sum'))
    )


def downgrade() -> None:
    op.drop_table("rate_sum")
