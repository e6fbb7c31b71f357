"""Avoided letters: somebody found the published answer and did not have to write."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('avoided_letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('consultation', 'complaint', 'help', 'suggestion', 'report', 'thanks', name='kind', native_enum=False, length=32), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('month', sa.Integer(), nullable=False),
    sa.Column('form_key', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['archive_entry.id'], name=op.f('fk_avoided_letter_entry_id_archive_entry'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_avoided_letter_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_avoided_letter')),
    sa.UniqueConstraint('form_key', name=op.f('uq_avoided_letter_form_key'))
    )
    with op.batch_alter_table('avoided_letter', schema=None) as batch_op:
        batch_op.create_index('ix_avoided_letter_count', ['occurred_at', 'organisation_id', 'kind', 'month'], unique=False)
        batch_op.create_index(batch_op.f('ix_avoided_letter_entry_id'), ['entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_avoided_letter_organisation_id'), ['organisation_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('avoided_letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_avoided_letter_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_avoided_letter_entry_id'))
        batch_op.drop_index('ix_avoided_letter_count')

    op.drop_table('avoided_letter')
