"""Encrypted names and contacts are read in the row for which they were written, and in no other."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.disclosure.requests import DisclosureState
from portal.domain.integrity.ring import Unreadable
from portal.domain.letters.states import State
from portal.domain.privacy.erasure import ErasureGround
from portal.models import DisclosureRequest, Letter
from portal.queries.integrity import moved_texts
from portal.services.core.unit import writing
from portal.services.letters.contacts import correct_contacts
from portal.services.letters.erasure import erase
from tests.builders import START, World, a_letter
from tests.disclosure import a_request

COPIED = (
    "UPDATE {table} SET {column} = (SELECT {source} FROM {table} WHERE id = {of}) WHERE id = {to}"
)


def copy(session: Session, table: str, columns: dict[str, str], of: int, to: int) -> None:
    """Copy columns of a row to another one, as somebody does who writes to the database."""
    for column, source in columns.items():
        words = COPIED.format(table=table, column=column, source=source, of=of, to=to)
        session.execute(sa.text(words))
    session.commit()
    session.expire_all()


@pytest.mark.parametrize(
    "columns",
    [
        {"sender_phone": "sender_phone"},
        {"sender_phone": "sender_phone", "phone_key": "phone_key"},
        {"sender_phone": "sender_phone", "sender_seal": "sender_seal"},
        {
            "sender_name": "sender_name",
            "sender_phone": "sender_phone",
            "sender_email": "sender_email",
            "sender_seal": "sender_seal",
        },
        {"sender_name": "sender_phone"},
    ],
)
def test_a_text_copied_from_another_letter_is_not_read(
    session: Session, world: World, columns: dict[str, str]
) -> None:
    """Neither its look-up hash nor its seal makes it one of the letter; the check names the letter."""
    theirs = a_letter(session, world, name="周晓兰", phone="13900000001")
    mine = a_letter(session, world, name="石磊", phone="13900000002")
    own, number, of = mine.id, mine.number, theirs.id
    copy(session, "letter", columns, of, own)
    with pytest.raises(Unreadable):
        session.get(Letter, own)
    session.rollback()
    session.expunge_all()
    assert session.get_one(Letter, of).sender_phone == "13900000001"
    assert moved_texts(session, lambda done: None) == [
        f"{number}: name and contacts do not belong to it"
    ]


def test_a_text_without_its_seal_is_not_read(session: Session, world: World) -> None:
    """Taking the seal away opens nothing."""
    letter_id = a_letter(session, world).id
    session.execute(sa.text("UPDATE letter SET sender_seal = NULL"))
    session.commit()
    session.expire_all()
    with pytest.raises(Unreadable):
        session.get(Letter, letter_id)


def test_an_identity_copied_from_another_request_is_not_read(
    session: Session, world: World
) -> None:
    """Applicants for disclosure are bound to their request as senders are to their letter."""
    theirs = a_request(session, world, DisclosureState.OPEN).id
    mine = a_request(session, world, DisclosureState.OPEN, identity="E12345678").id
    copy(session, "disclosure_request", {"identity": "identity"}, theirs, mine)
    with pytest.raises(Unreadable):
        session.get(DisclosureRequest, mine)
    session.rollback()
    assert len(moved_texts(session, lambda done: None)) == 1


def test_what_the_letterbox_changes_stays_bound(session: Session, world: World) -> None:
    """Corrected contacts, an erased sender and rows that a program adds at once are read as before."""
    corrected, erased = a_letter(session, world), a_letter(session, world, State.CLOSED)
    correct_contacts(corrected.id, "13900000003", "", START)
    with writing() as unit:
        erase(unit, unit.merge(erased), ErasureGround.PERIOD_OVER, SYSTEM, START)
    session.expire_all()
    assert corrected.sender_phone == "13900000003"
    assert (erased.sender_name, erased.sender_seal) == (None, None)
    given = {c.name: getattr(corrected, c.name) for c in Letter.__table__.columns}
    del given["id"], given["sender_seal"]
    given |= {"number": "bulk", "sender_phone": "13900000004", "form_key": None, "source_key": None}
    session.rollback()
    with writing() as unit:
        unit.execute(sa.insert(Letter), [given])
    added = session.scalars(sa.select(Letter).where(Letter.number == "bulk")).one()
    assert added.sender_phone == "13900000004"
    assert moved_texts(session, lambda done: None) == []
