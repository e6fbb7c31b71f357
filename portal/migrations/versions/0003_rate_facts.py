"""Facts that the rates are sums of; they are derived from events when the house is opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rate_fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('letter_id', sa.Integer(), nullable=False),
    sa.Column('opening', sa.Boolean(), nullable=False),
    sa.Column('kind', sa.Enum('consultation', 'complaint', 'help', 'suggestion', 'report', 'thanks', name='kind', native_enum=False, length=32), nullable=False),
    sa.Column('received_organisation_id', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=False),
    sa.Column('received_month', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.Column('response_at', sa.BigInteger(), nullable=True),
    sa.Column('response_days', sa.Integer(), nullable=True),
    sa.Column('extended_at', sa.BigInteger(), nullable=True),
    sa.Column('returned_at', sa.BigInteger(), nullable=True),
    sa.Column('redone_at', sa.BigInteger(), nullable=True),
    sa.Column('closing_organisation_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('answered', 'merged', 'no_supplement', 'declined', name='outcome', native_enum=False, length=32), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('closing_days', sa.Integer(), nullable=True),
    sa.Column('closed_from', sa.BigInteger(), nullable=True),
    sa.Column('closed_until', sa.BigInteger(), nullable=True),
    sa.Column('closed_month', sa.Integer(), nullable=True),
    sa.Column('published_from', sa.BigInteger(), nullable=True),
    sa.Column('published_until', sa.BigInteger(), nullable=True),
    sa.Column('published_month', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['closing_organisation_id'], ['organisation.id'], name=op.f('fk_rate_fact_closing_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_rate_fact_letter_id_letter')),
    sa.ForeignKeyConstraint(['received_organisation_id'], ['organisation.id'], name=op.f('fk_rate_fact_received_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rate_fact'))
    )
    with op.batch_alter_table('rate_fact', schema=None) as batch_op:
        batch_op.create_index('ix_rate_fact_closed', ['closed_month', 'received_organisation_id', 'kind', 'closed_from', 'closed_until', 'outcome', 'on_time', 'closing_organisation_id'], unique=False)
        batch_op.create_index('ix_rate_fact_cohort', ['received_month', 'received_organisation_id', 'kind', 'received_at', 'opening', 'withdrawn_at', 'closed_from', 'closed_until', 'outcome', 'on_time', 'published_from', 'published_until', 'extended_at', 'returned_at', 'redone_at', 'closing_organisation_id', 'response_at', 'response_days', 'closing_days', 'letter_id'], unique=False)
        batch_op.create_index('ix_rate_fact_letter', ['letter_id'], unique=False)
        batch_op.create_index('ix_rate_fact_published', ['published_month', 'received_organisation_id', 'kind', 'published_from', 'published_until', 'closing_organisation_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('rate_fact', schema=None) as batch_op:
        batch_op.drop_index('ix_rate_fact_published')
        batch_op.drop_index('ix_rate_fact_letter')
        batch_op.drop_index('ix_rate_fact_cohort')
        batch_op.drop_index('ix_rate_fact_closed')

    op.drop_table('rate_fact')
