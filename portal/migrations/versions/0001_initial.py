"""The schema of the first release, a section for each table, referred tables first.

Revision ID: initial
Revises:
"""

import sqlalchemy as sa
from alembic import op

from portal.migrations.earlier import bring_over

revision = "initial"
down_revision = None
branch_labels = None
depends_on = None

# 64 bits wide; on SQLite only a column called INTEGER is the row's own number.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "calendar_day",
    "disclosure_sequence",
    "number_sequence",
    "organisation",
    "rate_change",
    "rate_month",
    "rate_recomputation",
    "rate_sum",
    "user_account",
    "deadline_rule",
    "disclosure_request",
    "letter",
    "organisation_version",
    "role_grant",
    "archive_entry",
    "co_handling",
    "event",
    "extension",
    "message",
    "proposal",
    "rate_fact",
    "rating",
    "reply",
    "state_interval",
    "archive_version",
    "deflected_letter",
    "outbox",
    "problem_notice",
    "redaction_mask",
)
"""Every table, in the order in which rows can be written."""


def upgrade() -> None:
    """Create the tables, and copy the rows of a database of the earlier line of migrations."""
    # Exceptions to the announced calendar: days off and days of work.
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("note", sa.String(100), nullable=False),
    )

    # The last number given out to a disclosure request received in a civil year.
    op.create_table(
        "disclosure_sequence",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
    )

    # The last letter number given out on a civil day.
    op.create_table(
        "number_sequence",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )

    # Organisations as they are today, with their place in the tree.
    op.create_table(
        "organisation",
        sa.Column("id", Id, primary_key=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("short_name", sa.String(50), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_id", Id, sa.ForeignKey("organisation.id"), index=True),
        sa.Column("path", sa.String(200), nullable=False, index=True),
        sa.Column("founded_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("successor_id", Id, sa.ForeignKey("organisation.id")),
    )

    # Changes of facts, by civil month (yyyymm), that are not yet part of the month's version.
    op.create_table(
        "rate_change",
        sa.Column("id", Id, primary_key=True),
        sa.Column("month", sa.Integer(), nullable=False, index=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
    )

    # Civil months (yyyymm) that facts belong to, with a number that changes with the facts.
    op.create_table(
        "rate_month",
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )

    # Changes of the calendar whose effect on ended letters is still to be computed.
    op.create_table(
        "rate_recomputation",
        sa.Column("id", Id, primary_key=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("last_letter_id", Id, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("settles_at", sa.BigInteger()),
    )

    # Sums over the facts of a month, stored for pages.
    op.create_table(
        "rate_sum",
        sa.Column("month", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("label", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )

    # Members of staff.
    op.create_table(
        "user_account",
        sa.Column("id", Id, primary_key=True),
        sa.Column("username", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("last_login_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )

    # Versions of deadline rules that administrators entered, for all organisations or for a subtree.
    op.create_table(
        "deadline_rule",
        sa.Column("id", Id, primary_key=True),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("extension_days", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
    )

    # Requests for disclosure of information, apart from letters.
    op.create_table(
        "disclosure_request",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("form_key", sa.String(64), unique=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False, index=True
        ),
        sa.Column("applicant_kind", sa.String(32), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("document_number", sa.String(60)),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("wished_form", sa.String(32), nullable=False),
        sa.Column("delivery", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completion_asked_at", sa.DateTime(timezone=True)),
        sa.Column("completion_notice", sa.Text()),
        sa.Column("complete_by", sa.Date()),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("completion", sa.Text()),
        sa.Column("extension_days", sa.Integer(), nullable=False),
        sa.Column("extension_reason", sa.Text()),
        sa.Column("due_on", sa.Date()),
        sa.Column("outcome", sa.String(32)),
        sa.Column("answer", sa.Text()),
        sa.Column("referred_to", sa.String(200)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("on_time", sa.Boolean()),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_disclosure_request_received", "disclosure_request", ["received_at"])
    op.create_index("ix_disclosure_request_state_due", "disclosure_request", ["state", "due_on"])

    # Letters: text, sender (encrypted), state, holder and dates.
    op.create_table(
        "letter",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(24), nullable=False, unique=True),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("form_key", sa.String(64), unique=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("source_key", sa.String(64), unique=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("never_public", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(32)),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text()),
        sa.Column("sender_phone", sa.Text()),
        sa.Column("sender_email", sa.Text()),
        sa.Column("consent_basis", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("publication", sa.String(32), nullable=False),
        sa.Column("state_before", sa.String(32)),
        sa.Column("close_reason", sa.String(32)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("received_organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("sent_from_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("accused_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("ruling_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("closing_organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("assignee_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("parent_id", Id, sa.ForeignKey("letter.id"), index=True),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("hop_count", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("first_response_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("deadline_organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("extension_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("answer_by", sa.Date()),
    )
    op.create_index("ix_letter_inbox", "letter", ["organisation_id", "state", "due_on"])
    op.create_index("ix_letter_publication", "letter", ["publication", "organisation_id"])
    op.create_index("ix_letter_received", "letter", ["received_at", "received_organisation_id"])
    op.create_index("ix_letter_state_due", "letter", ["state", "due_on"])

    # Names and parents that organisations had in the past.
    op.create_table(
        "organisation_version",
        sa.Column("id", Id, primary_key=True),
        sa.Column(
            "organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False, index=True
        ),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("parent_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
    )

    # Roles that members of staff hold at organisations.
    op.create_table(
        "role_grant",
        sa.Column("id", Id, primary_key=True),
        sa.Column("user_id", Id, sa.ForeignKey("user_account.id"), nullable=False, index=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column(
            "organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False, index=True
        ),
        sa.UniqueConstraint("user_id", "role", "organisation_id"),
    )

    # The redacted copies of letters and replies that the public reads.
    op.create_table(
        "archive_entry",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, unique=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("category", sa.String(32)),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column(
            "organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False, index=True
        ),
        sa.Column("organisation_name", sa.String(100), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("under_revision", sa.Boolean(), nullable=False),
        sa.Column("machine_reviewed", sa.Boolean(), nullable=False),
        sa.Column("unpublished_at", sa.DateTime(timezone=True)),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
    )
    op.create_index(
        "ix_archive_entry_newest",
        "archive_entry",
        ["answered_on", "id"],
        sqlite_where=sa.text("unpublished_at IS NULL"),
        postgresql_where=sa.text("unpublished_at IS NULL"),
    )

    # Organisations asked to contribute to a letter, and what they contributed.
    op.create_table(
        "co_handling",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, index=True),
        sa.Column(
            "organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False, index=True
        ),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contribution", sa.Text()),
        sa.Column("contributor_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("contributed_at", sa.DateTime(timezone=True)),
    )

    # Events of letters, publication and administration; only ever added to.
    op.create_table(
        "event",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id")),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("axis", sa.String(32), nullable=False),
        sa.Column("from_state", sa.String(32)),
        sa.Column("to_state", sa.String(32)),
        sa.Column("actor_kind", sa.String(32), nullable=False),
        sa.Column("actor_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("to_organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("reason_code", sa.String(32)),
        sa.Column("reason", sa.Text()),
        sa.Column("subject", sa.String(100)),
        sa.Column("due_on", sa.Date()),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_event_letter", "event", ["letter_id", "id"])
    op.create_index("ix_event_occurred", "event", ["occurred_at"])
    op.create_index(
        "ix_event_subject",
        "event",
        ["subject"],
        sqlite_where=sa.text("subject IS NOT NULL"),
        postgresql_where=sa.text("subject IS NOT NULL"),
    )

    # Requests for more time for a letter, and the decisions.
    op.create_table(
        "extension",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, index=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requester_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean()),
        sa.Column("decider_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decision_note", sa.Text()),
    )

    # Questions to the citizen, supplements and requests for a redo.
    op.create_table(
        "message",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("author_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )

    # Proposals to publish a letter or to correct its public entry.
    op.create_table(
        "proposal",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, index=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("correction", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("proposer_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_proposal_status", "proposal", ["status", "letter_id"])

    # Countable pieces of letters, derived from events; figures are sums of them.
    op.create_table(
        "rate_fact",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False),
        sa.Column("opening", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("category", sa.String(32)),
        sa.Column("received_organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("received_month", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("response_at", sa.BigInteger()),
        sa.Column("response_days", sa.Integer()),
        sa.Column("extended_at", sa.BigInteger()),
        sa.Column("returned_at", sa.BigInteger()),
        sa.Column("redone_at", sa.BigInteger()),
        sa.Column("closing_organisation_id", Id, sa.ForeignKey("organisation.id")),
        sa.Column("outcome", sa.String(32)),
        sa.Column("on_time", sa.Boolean()),
        sa.Column("closing_days", sa.Integer()),
        sa.Column("closed_from", sa.BigInteger()),
        sa.Column("closed_until", sa.BigInteger()),
        sa.Column("closed_month", sa.Integer()),
        sa.Column("published_from", sa.BigInteger()),
        sa.Column("published_until", sa.BigInteger()),
        sa.Column("published_month", sa.Integer()),
    )
    op.create_index(
        "ix_rate_fact_closed",
        "rate_fact",
        [
            "closed_month",
            "received_organisation_id",
            "kind",
            "closed_from",
            "closed_until",
            "outcome",
            "on_time",
            "closing_organisation_id",
            "category",
        ],
    )
    op.create_index(
        "ix_rate_fact_cohort",
        "rate_fact",
        [
            "received_month",
            "kind",
            "received_organisation_id",
            "received_at",
            "opening",
            "withdrawn_at",
            "closed_from",
            "closed_until",
            "outcome",
            "on_time",
            "published_from",
            "published_until",
            "extended_at",
            "returned_at",
            "redone_at",
            "closing_organisation_id",
            "response_at",
            "response_days",
            "closing_days",
            "letter_id",
            "category",
        ],
    )
    op.create_index("ix_rate_fact_letter", "rate_fact", ["letter_id"])
    op.create_index(
        "ix_rate_fact_published",
        "rate_fact",
        [
            "published_month",
            "received_organisation_id",
            "kind",
            "published_from",
            "published_until",
            "closing_organisation_id",
            "category",
        ],
    )

    # The citizen's ratings of closed letters.
    op.create_table(
        "rating",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, unique=True),
        sa.Column("attitude", sa.SmallInteger(), nullable=False),
        sa.Column("efficiency", sa.SmallInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )

    # Replies: drafts, those that wait for sign-off, and those sent.
    op.create_table(
        "reply",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False, index=True),
        sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("signer_id", Id, sa.ForeignKey("user_account.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("review_note", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_reply_status", "reply", ["status", "letter_id"])

    # When letters were in which state, derived from events.
    op.create_table(
        "state_interval",
        sa.Column("id", Id, primary_key=True),
        sa.Column("letter_id", Id, sa.ForeignKey("letter.id"), nullable=False),
        sa.Column("axis", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "ix_state_interval_letter", "state_interval", ["letter_id", "axis", "started_at"]
    )
    op.create_index(
        "ix_state_interval_state",
        "state_interval",
        ["state", "started_at", "ended_at", "letter_id"],
    )

    # What public entries said before they were corrected.
    op.create_table(
        "archive_version",
        sa.Column("id", Id, primary_key=True),
        sa.Column("entry_id", Id, sa.ForeignKey("archive_entry.id"), nullable=False, index=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text()),
    )

    # Letters not written because a published answer was found.
    op.create_table(
        "deflected_letter",
        sa.Column("id", Id, primary_key=True),
        sa.Column(
            "entry_id", Id, sa.ForeignKey("archive_entry.id", ondelete="SET NULL"), index=True
        ),
        sa.Column(
            "organisation_id", Id, sa.ForeignKey("organisation.id"), nullable=False, index=True
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(64), unique=True),
    )
    op.create_index(
        "ix_deflected_letter_count",
        "deflected_letter",
        ["occurred_at", "organisation_id", "kind", "month"],
    )

    # Archive entries whose place in the index is to be brought up to date.
    op.create_table(
        "outbox",
        sa.Column("id", Id, primary_key=True),
        sa.Column("entry_id", Id, sa.ForeignKey("archive_entry.id"), nullable=False, index=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["status", "available_at", "id"])

    # Notices of readers that something is wrong with a public entry.
    op.create_table(
        "problem_notice",
        sa.Column("id", Id, primary_key=True),
        sa.Column("entry_id", Id, sa.ForeignKey("archive_entry.id"), nullable=False, index=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
    )

    # Ranges of a proposed text that were found or marked, and the decisions.
    op.create_table(
        "redaction_mask",
        sa.Column("id", Id, primary_key=True),
        sa.Column("proposal_id", Id, sa.ForeignKey("proposal.id"), nullable=False, index=True),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("replacement", sa.String(200), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("decider_id", Id, sa.ForeignKey("user_account.id")),
    )

    bring_over(op.get_bind(), TABLES)


def downgrade() -> None:
    """Drop every table."""
    for table in reversed(TABLES):
        op.drop_table(table)
