"""A lost query code is replaced through a contact of the letter, once, and for nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.events import RecordAction
from portal.domain.messages.links import digits, sign
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.models import CodeRenewal, Event, Letter
from portal.queries.codes import opened_by
from portal.queries.messages.renewals import TRIES, VALID
from portal.queries.record.receipts import receipt_commitment
from portal.services.core.handing_in import Receipt
from portal.services.letters.my_letters import keep_letter
from portal.services.messages.announcing import Outlets
from portal.services.messages.composing import LOST
from portal.services.messages.renewals import Renewed, ask_for_code, renew_code, sweep_renewals
from tests.builders import CODE_KEY, START, World, new_letter, send
from tests.peers import MailServer, mail_server
from tests.services.messages.post import (
    KEY,
    choose_mail,
    composer,
    mail_channel,
    messages,
    send_mail,
)

MAIL, PHONE = "zhou@mail.example", "13900000001"
LATER = START + timedelta(hours=2)
BOTH = Outlets(frozenset(Channel))


@pytest.fixture
def sent(world: World) -> Receipt:
    """A letter with both contacts."""
    return send(new_letter(world["city"], email=MAIL, phone=PHONE))


def ask(contact: str = MAIL, number: str | None = None, channel: Channel = Channel.MAIL) -> str:
    """Ask for another code two hours after the letter came; return the key of the request."""
    return ask_for_code(number, contact, channel, "zh_CN", LATER)


def renew(key: str, typed: str | None = None, minutes: int = 5) -> Renewed | None:
    """Follow the link, or type the digits, some minutes later."""
    return renew_code(key, typed, CODE_KEY, BOTH, LATER + timedelta(minutes=minutes))


def opens(session: Session, number: str, code: str) -> bool:
    """Return whether ``code`` opens the letter."""
    session.rollback()
    return opened_by(session, Letter, number, code, CODE_KEY) is not None


@pytest.mark.parametrize("number", ["with", "without"])
def test_the_earlier_code_ends_when_the_other_one_is_shown(
    session: Session, sent: Receipt, number: str
) -> None:
    """Until then it opens the letter; afterwards only the other one does."""
    key = ask(number=sent.number if number == "with" else None)
    assert opens(session, sent.number, sent.code)
    renewed = renew(key)
    assert renewed is not None
    assert (renewed.letter_id, renewed.number) == (sent.id, sent.number)
    assert not opens(session, sent.number, sent.code)
    assert opens(session, sent.number, renewed.code)


def test_another_code_takes_the_letter_from_who_kept_it(session: Session, sent: Receipt) -> None:
    """Whoever kept it under an identity may have had the lost code."""
    keep_letter(sent.id, "7" * 64, START)
    assert session.query(Letter.citizen_key).scalar() == "7" * 64
    renew(ask())
    session.rollback()
    assert session.query(Letter.citizen_key).scalar() is None


def test_a_request_is_used_once_and_for_an_hour(session: Session, sent: Receipt) -> None:
    """A second use and one after an hour bring nothing."""
    key = ask()
    assert renew(key) is not None
    assert renew(key) is None
    assert renew(ask(), minutes=60) is None
    assert sweep_renewals(LATER + VALID) == 2
    assert session.scalars(sa.select(CodeRenewal)).all() == []


@pytest.mark.parametrize(
    ("contact", "number", "channel"),
    [
        ("other@mail.example", None, Channel.MAIL),
        (MAIL, "20160601-00009-9", Channel.MAIL),
        ("13900000002", None, Channel.SMS),
        (MAIL, None, Channel.SMS),
    ],
)
def test_a_contact_of_no_letter_gets_nothing(
    session: Session,
    settings: Settings,
    sent: Receipt,
    contact: str,
    number: str | None,
    channel: Channel,
) -> None:
    """The request writes the same rows; the worker finds nobody to send to, and no code is renewed."""
    key = ask(contact, number, channel)
    (message,) = messages(session)
    assert (message.occasion, message.letter_id) == (Occasion.LOST_CODE, None)
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), LATER)
        assert server.mails == []
    assert renew(key, digits(CODE_KEY, LOST, key)) is None
    assert opens(session, sent.number, sent.code)


def test_the_link_goes_to_the_address_as_the_letter_has_it(
    session: Session, settings: Settings, sent: Receipt
) -> None:
    """Who spells the address otherwise does not have it sent elsewhere; the mail has no code."""
    key = ask("ZHOU@Mail.example")
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), LATER)
        (mail,) = server.mails
    assert mail["To"] == MAIL
    part = mail.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert f"https://letters.example/track/renew/{sign(KEY, LOST, key)}" in text
    assert sent.number in text
    assert digits(KEY, LOST, key) not in text


def test_a_link_that_is_too_late_is_not_sent(
    session: Session, settings: Settings, sent: Receipt
) -> None:
    """A message that waited for an hour in the outbox is dropped."""
    ask()
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), LATER + VALID)
        assert server.mails == []
    assert messages(session)[0].state is MessageState.DROPPED


def test_digits_can_be_guessed_five_times(session: Session, sent: Receipt) -> None:
    """The right digits open after four wrong tries, and no longer after five."""
    for wrong, works in ((TRIES - 1, True), (TRIES, False)):
        key = ask(PHONE, channel=Channel.SMS)
        right = digits(CODE_KEY, LOST, key)
        for _ in range(wrong):
            assert renew(key, "000000" if right != "000000" else "111111") is None
        assert (renew(key, right) is not None) is works


def test_the_sender_is_told_and_the_history_has_it(session: Session, sent: Receipt) -> None:
    """The change is an event of the letter, and a message on the channel that the sender chose."""
    choose_mail(session.get_one(Letter, sent.id))
    key = ask(PHONE, channel=Channel.SMS)
    renew(key, digits(CODE_KEY, LOST, key))
    event = session.scalars(sa.select(Event).where(Event.action == RecordAction.RENEW_CODE)).one()
    assert (event.letter_id, event.reason, event.subject) == (sent.id, None, None)
    found = [(each.occasion, each.letter_id) for each in messages(session)]
    assert found == [(Occasion.LOST_CODE, None), (Occasion.CODE_RENEWED, sent.id)]


def test_the_public_record_still_proves_the_letter(session: Session, sent: Receipt) -> None:
    """What the receipt commits to does not change with the code."""
    before = receipt_commitment(session.get_one(Letter, sent.id), CODE_KEY)
    renew(ask())
    session.rollback()
    assert receipt_commitment(session.get_one(Letter, sent.id), CODE_KEY) == before
