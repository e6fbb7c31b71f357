"""Requests for disclosure with number, code, application and completion, as pages need them."""

from collections import Counter
from datetime import UTC, timedelta, timezone

import sqlalchemy as sa
from alembic import op
from stdnum.iso7064 import mod_11_10

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SHANGHAI = timezone(timedelta(hours=8))
_NAMED = sa.text("subject IS NOT NULL")


def upgrade() -> None:
    op.create_table('disclosure_sequence',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_disclosure_sequence'))
    )
    with op.batch_alter_table('disclosure_request', schema=None) as batch_op:
        batch_op.alter_column('subject', new_column_name='description', existing_type=sa.Text(), existing_nullable=False)
        batch_op.add_column(sa.Column('number', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('code_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('form_key', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('source', sa.Enum('web', 'counter', 'post', 'fax', 'simulation', name='requestsource', native_enum=False, length=32), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('applicant_kind', sa.Enum('citizen', 'organisation', name='applicantkind', native_enum=False, length=32), nullable=True))
        batch_op.add_column(sa.Column('identity', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('phone', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('email', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('address', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('title', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('document_number', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('wished_form', sa.Enum('electronic', 'paper', name='wishedform', native_enum=False, length=32), nullable=True))
        batch_op.add_column(sa.Column('delivery', sa.Enum('online', 'email', 'post', 'collect', name='delivery', native_enum=False, length=32), nullable=True))
        batch_op.add_column(sa.Column('completion_notice', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('complete_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('completion', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('extension_reason', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('referred_to', sa.String(length=200), nullable=True))
    # Before the events are found by it: without the index each request reads all of them.
    op.create_index('ix_event_subject', 'event', ['subject'], unique=False, sqlite_where=_NAMED, postgresql_where=_NAMED)
    _fill(op.get_bind())
    with op.batch_alter_table('disclosure_request', schema=None) as batch_op:
        for name in ('number', 'source', 'version', 'applicant_kind', 'title', 'wished_form', 'delivery'):
            batch_op.alter_column(name, nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_disclosure_request_number'), ['number'])
        batch_op.create_unique_constraint(batch_op.f('uq_disclosure_request_form_key'), ['form_key'])
        batch_op.create_index('ix_disclosure_request_state_due', ['state', 'due_on'], unique=False)


def _fill(connection: sa.Connection) -> None:
    """Number what was there, which only a simulation can have written."""
    request = sa.table(
        'disclosure_request', sa.column('id', sa.Integer), sa.column('number', sa.String),
        sa.column('received_at', sa.DateTime(timezone=True)), sa.column('source', sa.String),
        sa.column('version', sa.Integer), sa.column('applicant_kind', sa.String),
        sa.column('title', sa.String), sa.column('description', sa.Text),
        sa.column('wished_form', sa.String), sa.column('delivery', sa.String),
    )
    event = sa.table('event', sa.column('subject', sa.String))
    sequence = sa.table('disclosure_sequence', sa.column('year', sa.Integer), sa.column('last', sa.Integer))
    known = connection.execute(
        sa.select(request.c.id, request.c.received_at, request.c.description)
        .order_by(request.c.received_at, request.c.id)
    ).all()
    years = Counter()
    for row in known:
        moment = row.received_at if row.received_at.tzinfo else row.received_at.replace(tzinfo=UTC)
        year = moment.astimezone(_SHANGHAI).year
        years[year] += 1
        digits = f"{year:04d}{years[year]:06d}"
        number = f"GK{digits[:4]}-{digits[4:]}-{mod_11_10.calc_check_digit(digits)}"
        connection.execute(
            sa.update(request).where(request.c.id == row.id).values(
                number=number, source='simulation', version=1, applicant_kind='citizen',
                title=row.description[:100], wished_form='electronic', delivery='online',
            )
        )
        connection.execute(
            sa.update(event).where(event.c.subject == f"disclosure:{row.id}")
            .values(subject=f"disclosure:{number}")
        )
    if years:
        connection.execute(sa.insert(sequence), [{'year': y, 'last': n} for y, n in years.items()])


def downgrade() -> None:
    connection = op.get_bind()
    request = sa.table('disclosure_request', sa.column('id', sa.Integer), sa.column('number', sa.String))
    event = sa.table('event', sa.column('subject', sa.String))
    for row in connection.execute(sa.select(request.c.id, request.c.number)).all():
        connection.execute(
            sa.update(event).where(event.c.subject == f"disclosure:{row.number}")
            .values(subject=f"disclosure:{row.id}")
        )
    op.drop_index('ix_event_subject', table_name='event')
    with op.batch_alter_table('disclosure_request', schema=None) as batch_op:
        batch_op.drop_index('ix_disclosure_request_state_due')
        batch_op.drop_constraint(batch_op.f('uq_disclosure_request_form_key'), type_='unique')
        batch_op.drop_constraint(batch_op.f('uq_disclosure_request_number'), type_='unique')
        for name in (
            'referred_to', 'extension_reason', 'completion', 'complete_by', 'completion_notice',
            'delivery', 'wished_form', 'document_number', 'title', 'address', 'email', 'phone',
            'identity', 'applicant_kind', 'version', 'source', 'form_key', 'code_hash', 'number',
        ):
            batch_op.drop_column(name)
        batch_op.alter_column('description', new_column_name='subject', existing_type=sa.Text(), existing_nullable=False)
    op.drop_table('disclosure_sequence')
