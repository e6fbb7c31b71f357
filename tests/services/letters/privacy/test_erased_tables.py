"""Every table that may hold something of a sender is erased, or named here with why it is kept."""

import re
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.letters.states import State
from portal.domain.privacy.erasure import ErasureGround
from portal.models import MessageChoice, Model, OutboxRow, OutgoingMessage
from portal.models.base import EncryptedText
from portal.services.core.unit import writing
from portal.services.letters.erasure import erase
from tests.builders import START, World, a_letter
from tests.services.messages.post import a_message, choose_mail

KEPT = {
    "archive_entry": "the public copy, which is redacted",
    "archive_version": "earlier public copies",
    "code_renewal": "belongs to no letter; an hour at most",
    "deflected_letter": "that an answer was read instead of writing",
    "disclosure_request": "has an erasure of its own, in the tests of requests",
    "entry_vectors": "made of the public copy",
    "event": "what happened, without words of the sender",
    "matter": "made of public copies",
    "matter_entry": "made of public copies",
    "policy_citation": "made of public copies",
    "problem_notice": "what readers say about public copies",
    "public_file": "the public copy of files, which is covered",
    "rate_fact": "figures",
    "read_event": "what staff did; encrypted, for auditors, until its time is over",
    "record_leaf": "the public record",
    "subscription": "readers, who are no senders; erased when it ends",
    "staff_messages": "members of staff",
    "state_interval": "figures",
    "unsent_form": "belongs to no letter; a day at most",
    "user_account": "members of staff",
}
KEPT_COLUMNS = {"outgoing_message.facts": "figures of a digest to staff"}
_WRITTEN = re.compile(r"(UPDATE|DELETE FROM) (\w+)(?: SET (.+?) WHERE)?", re.DOTALL)


def written(session: Session, world: World) -> dict[str, set[str]]:
    """Return the columns that an erasure updates by table, none for tables that it only deletes from."""
    letter = a_letter(session, world, State.CLOSED)
    found: dict[str, set[str]] = defaultdict(set)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if match := _WRITTEN.match(statement):
            found[match[2]].update(
                each.split("=")[0].strip() for each in (match[3] or "").split(",") if each
            )

    engine = session.get_bind()
    with writing() as unit:
        loaded = unit.merge(letter)
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            erase(unit, loaded, ErasureGround.PERIOD_OVER, SYSTEM, START)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
    return found


def holding() -> dict[str, sa.Table]:
    """Return the tables with an encrypted column, a letter's id, or a reference to one of a letter's tables."""
    tables = Model.metadata.tables
    found = {"letter"}
    while True:
        more = found | {
            name
            for name, table in tables.items()
            if any(key.column.table.name in found for key in table.foreign_keys)
            or "letter_id" in table.c
        }
        if more == found:
            break
        found = more
    found |= {
        name
        for name, table in tables.items()
        if any(isinstance(column.type, EncryptedText) for column in table.c)
    }
    return {name: tables[name] for name in found}


def test_every_table_of_a_letter_is_erased_or_kept_with_a_reason(
    session: Session, world: World
) -> None:
    """A table that is neither fails here, and one that is both."""
    erased = set(written(session, world))
    assert erased | set(KEPT) == set(holding())
    assert erased & set(KEPT) == set()


def test_every_text_of_an_erased_table_is_cleared(session: Session, world: World) -> None:
    """Columns of free or encrypted text in these tables are overwritten, or named with a reason."""
    left = {
        f"{name}.{column.name}"
        for name, columns in written(session, world).items()
        if columns
        for column in Model.metadata.tables[name].c
        if isinstance(column.type, (sa.Text, EncryptedText)) and column.name not in columns
    }
    assert left == set(KEPT_COLUMNS)


def test_messages_keep_no_way_to_the_sender(session: Session, world: World) -> None:
    """The choice goes, and with it what a gateway calls a message and an error that names the address."""
    letter = a_letter(session, world, State.CLOSED)
    choose_mail(letter)
    a_message(letter, "once")
    with writing() as unit:
        unit.execute(sa.update(OutgoingMessage).values(reference="gateway-7"))
        failed = sa.update(OutboxRow).where(OutboxRow.message_id.is_not(None))
        unit.execute(failed.values(last_error="550 moon@example.org unknown"))
        erase(unit, unit.merge(letter), ErasureGround.PERIOD_OVER, SYSTEM, START)
    session.rollback()
    assert session.scalars(sa.select(MessageChoice)).all() == []
    assert session.scalars(sa.select(OutgoingMessage.reference)).all() == [None]
    assert set(session.scalars(sa.select(OutboxRow.last_error))) == {None}
