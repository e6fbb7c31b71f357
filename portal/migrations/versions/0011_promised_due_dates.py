"""Due dates as they were told when the handling ended, and changes of the calendar to be followed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A letter that stands answered still has the due date of its answer. Of earlier endings, and of
# letters that another system answered, none is known: they go by the calendar.
TOLD = """
UPDATE event SET due_on = (SELECT letter.due_on FROM letter WHERE letter.id = event.letter_id)
WHERE axis = 'handling' AND action = 'sign' AND to_state = 'closed' AND EXISTS (
    SELECT 1 FROM letter WHERE letter.id = event.letter_id AND letter.state = 'closed'
    AND letter.source <> 'import' AND letter.closed_at = event.occurred_at
)
"""


def upgrade() -> None:
    op.add_column("event", sa.Column("due_on", sa.Date()))
    op.execute(TOLD)
    op.create_table('rate_retelling',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('last_letter_id', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('settles_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rate_retelling'))
    )


def downgrade() -> None:
    op.drop_table("rate_retelling")
    op.drop_column("event", "due_on")
