"""Handing messages over: once, in order, at last, whatever the mail server does."""

import multiprocessing
import os
import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings, load_settings
from portal.domain.access import SYSTEM
from portal.domain.errors import NotFound, Unavailable
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.models import Letter, MessageChoice, OutboxRow, OutboxStatus
from portal.services.core.outbox import LEASE, insist, take_jobs
from portal.services.core.unit import writing
from portal.services.messages.dead_letters import drop_job, retry_all, retry_job
from portal.services.messages.delivering import BATCH, PAUSE, deliver
from portal.services.messages.posting import post
from portal.web.core.settings import settings_of
from tests.builders import START, World, a_letter
from tests.peers import MailServer, mail_server
from tests.servers import wait_for
from tests.services.messages.post import (
    a_message,
    choose_mail,
    composer,
    mail_channel,
    messages,
    send_mail,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAIL = str(Channel.MAIL)
MANY = int(os.environ.get("LETTERBOX_TEST_MESSAGES", "150"))
"""Messages of the test in which a worker is killed."""


@pytest.fixture
def letter(session: Session, world: World) -> Letter:
    """A letter whose sender gets mail; nothing of it waits."""
    found = a_letter(session, world, email="zhou@mail.example")
    choose_mail(found)
    with writing() as unit:
        unit.execute(sa.delete(OutboxRow))
    return found


def jobs(session: Session) -> list[OutboxRow]:
    """Return what is in the outbox."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id)))


def test_messages_arrive_once_and_in_order(
    session: Session, settings: Settings, letter: Letter
) -> None:
    """Each message is handed over once, oldest first, and leaves the outbox."""
    for name in ("first", "second", "third"):
        a_message(letter, name)
    with mail_server(MailServer()) as server:
        assert send_mail(mail_channel(server.port), composer(settings), START) == 3
    keys = [each.key for each in messages(session)]
    assert [str(m["Message-ID"]) for m in server.mails] == [
        f"<{key}@letters.example>" for key in keys
    ]
    assert {each.state for each in messages(session)} == {MessageState.HANDED_OVER}
    assert jobs(session) == []


def test_a_message_names_number_and_link_and_no_text(
    session: Session, settings: Settings, letter: Letter
) -> None:
    """The mail has the number of the letter and where to read it, and no word of the letter."""
    a_message(letter, "one")
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), START)
    whole = "".join(str(part.get_content()) for part in server.mails[0].iter_parts())
    assert f"https://letters.example/letters/{letter.number}" in whole
    for private in (letter.title, letter.text, letter.sender_name, letter.sender_phone):
        assert str(private) not in whole


def test_a_later_message_waits_for_an_earlier_one_to_the_same_person(
    session: Session, world: World, settings: Settings, letter: Letter
) -> None:
    """While a person's first message waits, the second does too; those of others go on."""
    other = a_letter(session, world, email="li@mail.example")
    choose_mail(other)
    for name, each in (("first", letter), ("second", letter), ("other", other)):
        a_message(each, name)
    server = MailServer(rcpt=lambda address: "451 later" if "zhou" in address else None)
    with mail_server(server):
        assert send_mail(mail_channel(server.port), composer(settings), START) == 2
        server.rcpt = lambda address: None
        send_mail(mail_channel(server.port), composer(settings), START + HOUR)
    assert [str(mail["To"]) for mail in server.mails] == [
        "li@mail.example",
        "zhou@mail.example",
        "zhou@mail.example",
    ]


def test_an_unknown_address_is_marked_on_the_letter(
    session: Session, settings: Settings, letter: Letter
) -> None:
    """A message to an address that does not exist is not tried again, and the letter says so."""
    a_message(letter, "one")
    with mail_server(MailServer(rcpt=lambda address: "550 5.1.1 unknown")) as server:
        send_mail(mail_channel(server.port), composer(settings), START)
    assert [each.state for each in messages(session)] == [MessageState.NO_SUCH_ADDRESS]
    choice = session.get_one(MessageChoice, letter.id)
    assert choice.unreached is MessageState.NO_SUCH_ADDRESS
    assert jobs(session) == []


def test_a_full_mailbox_is_tried_for_three_days(
    session: Session, settings: Settings, letter: Letter
) -> None:
    """A mailbox that takes nothing is tried again for 72 hours; then the letter says so."""
    a_message(letter, "one")
    with mail_server(MailServer(rcpt=lambda address: "452 4.2.2 full")) as server:
        channel, words = mail_channel(server.port), composer(settings)
        for hours in (0, 71):
            assert send_mail(channel, words, START + hours * HOUR) == 1
            assert messages(session)[0].state is MessageState.NOT_ACCEPTING
            assert session.get_one(MessageChoice, letter.id).unreached is None
        assert deliver(MAIL, channel, words, lambda: START + 72 * HOUR) == 1
    assert jobs(session) == []
    assert messages(session)[0].state is MessageState.NOT_ACCEPTING
    assert session.get_one(MessageChoice, letter.id).unreached is MessageState.NOT_ACCEPTING


def test_a_server_that_is_away_for_a_day_leaves_dead_letters(
    session: Session, settings: Settings, letter: Letter
) -> None:
    """After 24 hours without a mail server a message is given up; an administrator revives it."""
    a_message(letter, "one")
    with mail_server(MailServer()) as server:
        pass
    channel, words = mail_channel(server.port), composer(settings)
    assert deliver(MAIL, channel, words, lambda: START) == 1
    assert jobs(session)[0].status is OutboxStatus.WAITING
    assert deliver(MAIL, channel, words, lambda: START + DAY) == 1
    (job,) = jobs(session)
    assert (job.status, messages(session)[0].state) == (OutboxStatus.DEAD, MessageState.FAILED)
    retry_job(job.id, SYSTEM, START + DAY)
    with mail_server(MailServer()) as server:
        assert send_mail(mail_channel(server.port), words, START + DAY) == 1
    assert messages(session)[0].state is MessageState.HANDED_OVER


def test_a_dropped_job_is_gone(session: Session, letter: Letter) -> None:
    """What was dropped is tried no more; what was not given up can be neither revived nor dropped."""
    a_message(letter, "one")
    (job,) = jobs(session)
    for change in (retry_job, drop_job):
        with pytest.raises(NotFound):
            change(job.id, SYSTEM, START)
    with writing() as unit:
        unit.get_one(OutboxRow, job.id).status = OutboxStatus.DEAD
    drop_job(job.id, SYSTEM, START)
    assert jobs(session) == []
    assert messages(session)[0].state is MessageState.DROPPED
    assert retry_all(SYSTEM, START) == 0


def test_a_channel_that_is_down_costs_one_attempt(
    session: Session, settings: Settings, letter: Letter, world: World
) -> None:
    """Where the server is away, one message has an attempt and the others wait a moment."""
    for name in ("li", "wang", "zhao"):
        other = a_letter(session, world, email=f"{name}@mail.example")
        choose_mail(other)
        a_message(other, name)
    with mail_server(MailServer()) as server:
        pass
    assert deliver(MAIL, mail_channel(server.port), composer(settings), lambda: START) == 1
    mails = [job for job in jobs(session) if job.queue == MAIL]
    assert sorted(job.attempts for job in mails) == [0, 0, 1]
    assert [job.available_at for job in mails[1:]] == [START + PAUSE] * 2


def test_a_message_whose_sender_has_chosen_otherwise_is_not_sent(
    session: Session, settings: Settings, letter: Letter
) -> None:
    """What waits when a person stops messages is dropped."""
    a_message(letter, "one")
    with writing() as unit:
        unit.execute(sa.delete(MessageChoice))
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), START)
    assert server.tried == 0
    assert [each.state for each in messages(session)] == [MessageState.DROPPED]


def test_a_taken_job_is_left_alone_until_its_lease_is_over(letter: Letter) -> None:
    """Nobody else takes a job that was taken, until whoever took it must have died."""
    a_message(letter, "one")
    (job,) = take_jobs(MAIL, BATCH, START)
    assert take_jobs(MAIL, BATCH, START + LEASE - timedelta(seconds=1)) == []
    assert take_jobs(MAIL, BATCH, START + LEASE) == [job]


def test_a_hanging_server_holds_up_no_other_queue(
    app: Flask, session: Session, settings: Settings, letter: Letter
) -> None:
    """While a mail server hangs, jobs of other queues are taken and letters change."""
    a_message(letter, "one")
    with mail_server(MailServer(hang=threading.Event())) as server:

        def send() -> None:
            with app.app_context():
                channel = mail_channel(server.port, seconds=30)
                deliver(MAIL, channel, composer(settings), lambda: START)

        thread = threading.Thread(target=send)
        thread.start()
        wait_for(lambda: server.tried, "the server to hang")
        with writing() as unit:
            unit.get_one(Letter, letter.id).version += 1
        assert thread.is_alive()
        assert server.hang is not None
        server.hang.set()
        thread.join(30)
    assert messages(session)[0].state is MessageState.HANDED_OVER


def _work(instance: str, database: str, port: int) -> None:
    """Hand over mail in a process of its own until it is killed."""
    app = create_app(load_settings(instance=instance, database_url=database))
    settings = settings_of(app)
    with app.app_context():
        send_mail(mail_channel(port), composer(settings), START)


def test_a_kill_in_the_middle_loses_nothing(
    session: Session, settings: Settings, letter: Letter, world: World
) -> None:
    """Many messages, a server that refuses every third, a worker killed: each arrives.

    Only the message under way at the kill may arrive twice, and then with the same Message-ID.
    """
    with writing() as unit:
        found = unit.get_one(Letter, letter.id)
        for number in range(MANY):
            post(unit, Occasion.ANSWERED, Channel.MAIL, f"m{number}", START, letter=found)
        # As many persons: what waits for one holds up no other.
        unit.execute(sa.update(OutboxRow).values(recipient=sa.cast(OutboxRow.id, sa.String)))
    server = MailServer(data=lambda count: "451 4.3.0 later" if count % 3 == 0 else None)
    with mail_server(server):
        process = multiprocessing.get_context("spawn").Process(
            target=_work,
            args=(str(settings.instance), settings.database_uri, server.port),
        )
        process.start()
        wait_for(lambda: len(server.mails) > MANY // 3, "mails to arrive", 120)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        before, now = len(server.mails), START + LEASE
        while jobs(session):
            send_mail(mail_channel(server.port), composer(settings), now)
            now += HOUR
    assert before < MANY
    arrived = server.ids()
    assert len(arrived) == MANY
    twice = {name: count for name, count in arrived.items() if count > 1}
    assert Counter(twice.values()) in (Counter(), Counter({2: 1})), twice
    assert {each.state for each in messages(session)} == {MessageState.HANDED_OVER}


def test_what_has_happened_is_recorded_once_the_database_takes_it() -> None:
    """A result that the database does not take at first is recorded at the next try, not lost."""
    refusals = [Unavailable("busy"), Unavailable("busy")]

    def write() -> str:
        if refusals:
            raise refusals.pop()
        return "recorded"

    assert insist(write) == "recorded"
