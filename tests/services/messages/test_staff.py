"""Members of staff learn of letters that wait for them, as each of them chose, and nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.access import SYSTEM, Role
from portal.domain.letters.kinds import Kind
from portal.domain.messages.links import sign
from portal.domain.messages.occasions import Frequency, Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.models import OutgoingMessage, RoleGrant, StaffMessages, User
from portal.services.core.unit import writing
from portal.services.letters import cooperation, handling, replying
from portal.services.messages.addresses import confirm_address, set_address, stop_staff_messages
from portal.services.messages.announcing import Outlets
from portal.services.messages.composing import STOP, confirming
from portal.services.messages.receipts import take_receipt
from tests.builders import START, World, a_letter, a_person, a_walk, new_letter, send
from tests.peers import MailServer, mail_server
from tests.services.messages.post import (
    KEY,
    announce_all,
    composer,
    mail_channel,
    messages,
    send_mail,
    staff_mail,
    told,
)

SENDING = START + timedelta(days=2)


def row_of(session: Session, world: World, username: str) -> StaffMessages:
    """Return address and choice of a person as they are now."""
    session.rollback()
    query = sa.select(StaffMessages).where(StaffMessages.user_id == world.people[username])
    return session.scalars(query).one()


def test_who_has_a_letter_to_do_learns_of_it_but_not_who_sent_it_there(
    session: Session, world: World
) -> None:
    """Dispatchers of the place learn of a letter; who accepts it does not, the handlers then do."""
    for name in ("city_dispatcher", "city_handler", "police_dispatcher", "office_dispatcher"):
        staff_mail(world, name)
    walk = a_walk(session, world)
    announce_all()
    assert told(session) == [("city_dispatcher", Occasion.NEW_WORK)]
    walk.accept()
    announce_all()
    assert told(session)[1:] == [("city_handler", Occasion.NEW_WORK)]


def test_an_action_tells_only_those_whose_business_it_is(session: Session, world: World) -> None:
    """An invitation tells the invited handlers; those who have the letter anyway are left alone."""
    walk = a_walk(session, world)
    walk.accept()
    for name in ("city_handler2", "police_handler", "city_dispatcher"):
        staff_mail(world, name)
    announce_all()
    before = len(told(session))
    walk.step(cooperation.invite, "city_handler", world["police"], "请协助核实。")
    announce_all()
    assert told(session)[before:] == [("police_handler", Occasion.NEW_WORK)]


def test_a_reply_that_is_sent_back_tells_its_author(session: Session, world: World) -> None:
    """Who wrote the reply learns that it was sent back, by the occasion of its own."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    staff_mail(world, "city_handler", new_work=Frequency.NEVER)
    walk.step(replying.send_back, walk.reviewer, "请写明完成时间。")
    announce_all()
    assert told(session) == [("city_handler", Occasion.SENT_BACK)]


@pytest.mark.parametrize("often", [Frequency.DAILY, Frequency.NEVER])
def test_who_does_not_want_it_at_once_gets_nothing_at_once(
    session: Session, world: World, often: Frequency
) -> None:
    """What goes into the digest, or is not wanted, is not sent for an event."""
    staff_mail(world, "city_dispatcher", new_work=often)
    a_letter(session, world)
    announce_all()
    assert told(session) == []


def test_nothing_goes_to_an_address_that_is_not_confirmed(session: Session, world: World) -> None:
    """Nor to one that could not be reached, nor to a disabled account, nor where mail is off."""
    for name, changes in (
        ("city_dispatcher", {"confirmed_at": None}),
        ("district_dispatcher", {"unreached": MessageState.NO_SUCH_ADDRESS}),
        ("bureau_dispatcher", {}),
    ):
        staff_mail(world, name)
        with writing() as unit:
            there = StaffMessages.user_id == world.people[name]
            if changes:
                unit.execute(sa.update(StaffMessages).where(there).values(changes))
    with writing() as unit:
        unit.get_one(User, world.people["bureau_dispatcher"]).disabled = True
    for place in ("city", "district", "bureau"):
        a_letter(session, world, place=place)
    staff_mail(world, "police_dispatcher")
    announce_all()
    a_letter(session, world, place="police")
    announce_all(Outlets(frozenset({Channel.SMS})))
    assert told(session) == []


def test_who_may_no_longer_read_the_letter_gets_nothing(
    session: Session, world: World, settings: Settings
) -> None:
    """Roles and choices are looked at again when a message is sent: its owner may have lost them."""
    names = ("city_dispatcher", "police_dispatcher", "water_dispatcher")
    for name in names:
        staff_mail(world, name)
    for place in ("city", "police", "water"):
        a_letter(session, world, place=place)
    announce_all()
    assert len(told(session)) == 3
    with writing() as unit:
        gone = RoleGrant.user_id == world.people["city_dispatcher"]
        unit.execute(sa.delete(RoleGrant).where(gone))
        unit.get_one(User, world.people["police_dispatcher"]).disabled = True
    stop_staff_messages(world.people["water_dispatcher"])
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), SENDING)
        assert server.mails == []
    assert {each.state for each in messages(session)} == {MessageState.DROPPED}


def test_a_mail_to_staff_names_the_letter_and_a_way_out(
    session: Session, world: World, settings: Settings
) -> None:
    """It has the number and the page of the letter, nothing of its text or sender."""
    staff_mail(world, "city_dispatcher")
    letter = a_letter(session, world, email="zhou@mail.example")
    announce_all()
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), SENDING)
        (mail,) = server.mails
    body = mail.get_body(("plain",)).get_content()
    assert mail["To"] == "city_dispatcher@office.example"
    assert f"https://letters.example/console/letters/{letter.number}" in body
    way_out = sign(KEY, STOP, f"staff-{world.people['city_dispatcher']}")
    assert mail["List-Unsubscribe"] == f"<https://letters.example/stop/{way_out}>"
    whole = mail.as_string()
    assert letter.sender_name and letter.sender_phone
    for private in (letter.title, letter.text, letter.sender_name, letter.sender_phone, "zhou@"):
        assert private not in body
        assert private not in whole


def test_an_address_is_confirmed_only_by_the_link_that_was_sent_there(
    session: Session, world: World
) -> None:
    """A link to an earlier address, or of somebody else, confirms nothing."""
    who = world.people["city_handler"]
    set_address(who, "old@office.example", "zh_CN", SYSTEM, START)
    old = sign(KEY, confirming("old@office.example"), str(who))
    set_address(who, "new@office.example", "zh_CN", SYSTEM, START)
    new = sign(KEY, confirming("new@office.example"), str(who))
    actor = world.actor("city_handler")
    assert not confirm_address(old, KEY, actor, START)
    assert not confirm_address(new, KEY, world.actor("city_handler2"), START)
    assert row_of(session, world, "city_handler").confirmed_at is None
    assert confirm_address(new, KEY, actor, START)
    assert row_of(session, world, "city_handler").confirmed_at == START


def test_another_address_must_be_confirmed_again(session: Session, world: World) -> None:
    """An administrator who enters another address ends the messages until its owner confirms it."""
    staff_mail(world, "city_handler")
    who = world.people["city_handler"]
    assert not set_address(who, "city_handler@office.example", "zh_CN", SYSTEM, START)
    assert row_of(session, world, "city_handler").confirmed_at == START
    assert set_address(who, "other@office.example", "zh_CN", SYSTEM, START)
    assert row_of(session, world, "city_handler").confirmed_at is None
    assert told(session) == [("city_handler", Occasion.ADDRESS)]


def test_a_bounce_stops_messages_to_a_colleague(
    session: Session, world: World, settings: Settings
) -> None:
    """After a receipt says that there is no such address, no other message is written."""
    staff_mail(world, "city_dispatcher")
    a_letter(session, world)
    announce_all()
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), SENDING)
    (message,) = messages(session)
    assert take_receipt(message.key, "no_such_address", START)
    assert row_of(session, world, "city_dispatcher").unreached is MessageState.NO_SUCH_ADDRESS
    a_letter(session, world)
    announce_all()
    assert session.scalar(sa.select(sa.func.count(OutgoingMessage.id))) == 1


def test_nobody_learns_of_the_own_step(session: Session, world: World, password_hash: str) -> None:
    """Who accepts a letter that then waits for the same person gets no message; a colleague does."""
    both = ((Role.DISPATCHER, "city"), (Role.HANDLER, "city"))
    a_person(world, "zhao.min", password_hash, *both)
    walk = a_walk(session, world)
    announce_all()
    for name in ("zhao.min", "city_handler"):
        staff_mail(world, name)
    walk.step(handling.accept, "zhao.min")
    announce_all()
    assert told(session) == [("city_handler", Occasion.NEW_WORK)]


def test_a_report_is_hidden_from_whoever_has_a_role_where_it_accuses(
    session: Session, world: World, password_hash: str
) -> None:
    """A dispatcher of the office who also works for the accused organisation gets no message."""
    a_person(world, "zhao.min", password_hash, (Role.DISPATCHER, "office"), (Role.HANDLER, "city"))
    for name in ("zhao.min", "office_dispatcher"):
        staff_mail(world, name)
    send(new_letter(world["city"], kind=Kind.WRONGDOING))
    announce_all()
    assert told(session) == [("office_dispatcher", Occasion.NEW_WORK)]
