"""Requests for disclosure, a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('disclosure_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('applicant', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('open', 'awaiting_completion', 'answered', 'withdrawn', name='disclosurestate', native_enum=False, length=32), nullable=False),
    sa.Column('outcome', sa.Enum('disclosed', 'not_ours', 'nonexistent', 'unclear', name='disclosureoutcome', native_enum=False, length=32), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('completion_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extension_days', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_disclosure_request_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure_request'))
    )
    with op.batch_alter_table('disclosure_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disclosure_request_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('ix_disclosure_request_received', ['received_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('disclosure_request', schema=None) as batch_op:
        batch_op.drop_index('ix_disclosure_request_received')
        batch_op.drop_index(batch_op.f('ix_disclosure_request_organisation_id'))

    op.drop_table('disclosure_request')
