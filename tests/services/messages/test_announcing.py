"""Who learns of what: senders by their choice, webhooks by their settings, each once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.channel_settings import Webhook
from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.models import ANNOUNCE, INDEX, MessageChoice, OutboxRow, OutgoingMessage
from portal.services.core.unit import writing
from portal.services.letters import consent, handling, submission
from portal.services.messages.announcing import Outlets, announce
from portal.services.messages.receipts import take_receipt
from portal.services.messages.reminders import DAYS_BEFORE, remind
from tests.builders import START, World, a_letter, a_walk
from tests.peers import MailServer, mail_server
from tests.services.messages.post import (
    MAIL_ONLY,
    a_message,
    announce_all,
    choose_mail,
    composer,
    mail_channel,
    messages,
    send_mail,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the example of the standard


def occasions(session: Session) -> list[Occasion]:
    """Return what messages are about, oldest first."""
    return [each.occasion for each in messages(session)]


def test_a_sender_learns_of_each_step_once(session: Session, world: World) -> None:
    """From receipt to publication each step is announced in order, and never again."""
    walk = a_walk(session, world, email="zhou@mail.example")
    choose_mail(walk.letter)
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", "请问是几号楼？")
    submission.supplement(walk.letter_id, "三号楼。", walk.now + timedelta(hours=1))
    walk.now += timedelta(hours=1)
    walk.ask_signoff()
    walk.sign()
    walk.propose()
    walk.publish()
    announce_all()
    expected = [Occasion.RECEIPT, Occasion.ASKED, Occasion.ANSWERED, Occasion.PUBLISHED]
    assert occasions(session) == expected
    announce_all()
    assert occasions(session) == expected
    left = session.scalars(sa.select(OutboxRow.queue).where(OutboxRow.queue == ANNOUNCE))
    assert left.all() == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.DECLINED, [Occasion.RECEIPT, Occasion.DECLINED]),
        (State.DISPATCHED, [Occasion.RECEIPT, Occasion.MOVED]),
        (State.WITHDRAWN, [Occasion.RECEIPT]),
    ],
)
def test_other_ways_of_a_letter_are_announced(
    session: Session, world: World, state: State, expected: list[Occasion]
) -> None:
    """A sender learns of declining and moving, not of what they did."""
    choose_mail(a_letter(session, world, state, email="zhou@mail.example"))
    announce_all()
    assert occasions(session) == expected


@pytest.mark.parametrize(
    ("kind", "agrees", "expected"),
    [
        (Kind.HELP, False, Occasion.CONSENT_NEEDED),
        (Kind.HELP, True, Occasion.ANSWERED),
        (Kind.WRONGDOING, False, Occasion.ANSWERED),
    ],
)
def test_consent_is_asked_for_where_it_alone_is_missing(
    session: Session, world: World, kind: Kind, agrees: bool, expected: Occasion
) -> None:
    """The message about a reply asks for consent, unless it was given or nothing could be published."""
    given = {"email": "zhou@mail.example", "consent": agrees, "kind": kind}
    choose_mail(a_letter(session, world, State.CLOSED, **given))  # type: ignore[arg-type]
    announce_all()
    assert occasions(session)[-1] is expected


def test_consent_given_meanwhile_is_not_asked_for(session: Session, world: World) -> None:
    """Who agrees before the message about the reply is written reads of the reply alone."""
    letter = a_letter(session, world, State.CLOSED, email="zhou@mail.example", consent=False)
    choose_mail(letter)
    consent.give_consent(letter.id, START + timedelta(days=1))
    announce_all()
    assert occasions(session)[-1] is Occasion.ANSWERED


def test_webhooks_learn_of_a_reply_whatever_the_sender_is_asked(
    session: Session, world: World
) -> None:
    """Other systems get one word for an answer."""
    hook = Webhook(name="city", url="https://city.example/hook", secret=SECRET)
    choose_mail(a_letter(session, world, State.CLOSED, email="zhou@mail.example", consent=False))
    announce_all(Outlets(MAIL_ONLY.channels, (hook,)))
    last = [each.occasion for each in messages(session) if each.webhook == "city"][-1]
    assert last is Occasion.ANSWERED


def test_who_was_asked_and_says_nothing_is_reminded_once(session: Session, world: World) -> None:
    """The reminder comes five days before the last day, once, and then the notice of closing."""
    letter = a_letter(session, world, State.AWAITING_CITIZEN, email="zhou@mail.example")
    choose_mail(letter)
    announce_all()
    assert letter.answer_by is not None
    asked = START + timedelta(hours=2)
    early = asked + (letter.answer_by - asked.date()) - timedelta(days=DAYS_BEFORE + 1)
    assert remind(MAIL_ONLY, early) == 0
    assert remind(MAIL_ONLY, early + timedelta(days=1)) == 1
    assert remind(MAIL_ONLY, early + timedelta(days=2)) == 0
    assert messages(session)[-1].limit_on == letter.answer_by
    late = early + timedelta(days=DAYS_BEFORE + 2)
    handling.close_unanswered(late)
    announce_all(now=late)
    assert occasions(session)[-2:] == [Occasion.REMINDED, Occasion.SILENT]


def test_who_could_not_be_reached_is_left_alone(session: Session, world: World) -> None:
    """After a message did not arrive no other is written."""
    letter = a_letter(session, world, State.AWAITING_CITIZEN, email="zhou@mail.example")
    choose_mail(letter)
    with writing() as unit:
        unit.get_one(MessageChoice, letter.id).unreached = MessageState.NO_SUCH_ADDRESS
    announce_all()
    remind(MAIL_ONLY, START + timedelta(days=14))
    assert messages(session) == []


def test_a_channel_that_is_not_set_gets_no_messages(session: Session, world: World) -> None:
    """A choice of mail, where mail is off meanwhile, writes nothing."""
    choose_mail(a_letter(session, world, email="zhou@mail.example"))
    announce_all(Outlets(frozenset({Channel.SMS})))
    assert messages(session) == []


def test_webhooks_get_what_they_asked_for(session: Session, world: World) -> None:
    """Each webhook gets its events, whatever the sender chose, and no staff matters."""
    a_letter(session, world, State.DECLINED)
    url = "https://hotline.example/"
    hooks = (
        Webhook(name="all", url=url, secret=SECRET),
        Webhook(name="some", url=url, secret=SECRET, events=("declined",)),
    )
    announce_all(Outlets(frozenset(), hooks))
    found = [(each.webhook, each.occasion) for each in messages(session)]
    assert found == [
        ("all", Occasion.RECEIPT),
        ("all", Occasion.DECLINED),
        ("some", Occasion.DECLINED),
    ]


def test_an_event_that_fails_stops_no_other(session: Session, world: World) -> None:
    """An event that cannot be announced is given up after five attempts; the others go on."""
    choose_mail(a_letter(session, world, email="zhou@mail.example"))
    with writing() as unit:
        unit.execute(sa.text("UPDATE event SET action = 'unknown' WHERE action = 'submit'"))
    choose_mail(a_letter(session, world, email="li@mail.example"))
    now = START
    for _ in range(6):
        now += timedelta(hours=1)
        announce(MAIL_ONLY, now)
    assert occasions(session) == [Occasion.RECEIPT]
    query = sa.select(OutboxRow).where(OutboxRow.queue == ANNOUNCE)
    (job,) = session.scalars(query).all()
    assert (str(job.status), job.attempts) == ("dead", 5)


@pytest.fixture
def handed_over(session: Session, world: World, settings: Settings) -> OutgoingMessage:
    """A message that a mail server has taken."""
    letter = a_letter(session, world, email="zhou@mail.example")
    choose_mail(letter)
    with writing() as unit:
        unit.execute(sa.delete(OutboxRow).where(OutboxRow.queue != INDEX))
    a_message(letter, "one")
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), START)
    (found,) = messages(session)
    return found


def test_a_bounce_is_marked_on_the_letter(session: Session, handed_over: OutgoingMessage) -> None:
    """A relay reports by Message-ID that a mail came back; the letter says so, a delivery changes nothing."""
    name = f"<{handed_over.key}@letters.example>"
    assert take_receipt(name, "delivered", START)
    assert messages(session)[0].state is MessageState.DELIVERED
    assert take_receipt(name, "no_such_address", START)
    assert take_receipt(handed_over.key, "delivered", START)
    assert messages(session)[0].state is MessageState.NO_SUCH_ADDRESS
    choice = session.scalars(sa.select(MessageChoice)).one()
    assert choice.unreached is MessageState.NO_SUCH_ADDRESS


def test_a_gateway_names_its_own_reference(session: Session, handed_over: OutgoingMessage) -> None:
    """A receipt may name what the gateway called the message; an unknown name changes nothing."""
    with writing() as unit:
        unit.get_one(OutgoingMessage, handed_over.id).reference = "s-7"
    assert not take_receipt("s-8", "delivered", START)
    assert take_receipt("s-7", "delivered", START)
    assert messages(session)[0].state is MessageState.DELIVERED


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "delivered"), (7, "delivered"), ("x" * 201, "delivered"), ("x", "read"), ("x", None)],
)
def test_a_receipt_that_says_nothing_is_refused(
    session: Session, name: object, said: object
) -> None:
    """A receipt without a message or with an unknown state is refused."""
    with pytest.raises(ValueError):
        take_receipt(name, said, START)


def test_a_receipt_names_the_day_although_the_clock_stands_still(
    session: Session, world: World
) -> None:
    """Where the office asks for more before the receipt is written, it still says when to expect an answer."""
    walk = a_walk(session, world, email="zhou@mail.example")
    choose_mail(walk.letter)
    promised = walk.letter.due_on
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", "请问是几号楼？")
    assert walk.letter.due_on is None
    announce_all()
    found = {each.occasion: each.limit_on for each in messages(session)}
    assert promised is not None
    assert found[Occasion.RECEIPT] == promised
    assert found[Occasion.ASKED] == walk.letter.answer_by
