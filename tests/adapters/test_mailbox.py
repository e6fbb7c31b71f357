"""The mailbox of bounces, read from a real IMAP server (pymap), and one that is away or hangs."""

import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket

import pytest
from sqlalchemy.orm import Session

from portal.adapters.channels.mailbox import BounceMailbox, MailboxAway
from portal.channel_settings import ChannelSettings
from portal.config import Settings
from portal.domain.messages.states import MessageState
from portal.models import MessageChoice
from portal.services.messages.bounces import AFTER_FAULT, EVERY, BounceCollector
from tests.builders import START, World, a_letter
from tests.domain.messages.test_bounces import KEY, sample
from tests.peers import MailServer, mail_server
from tests.servers import free_port
from tests.services.messages.post import (
    a_message,
    choose_mail,
    composer,
    mail_channel,
    messages,
    send_mail,
)

STARTING_SECONDS = 20


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of an IMAP server with one empty mailbox, of ``bounces`` with ``secret``."""
    number = free_port()
    command = [
        *(str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1"),
        *("--port", str(number), "--no-tls", "--no-service", "managesieve"),
        *("dict", "--demo-user", "bounces", "--demo-password", "secret"),
    ]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        end = time.monotonic() + STARTING_SECONDS
        while not answers(number):
            assert time.monotonic() < end, (tmp_path / "log").read_text()
            time.sleep(0.1)
        yield number
    finally:
        server.kill()
        server.wait()


def answers(port: int) -> bool:
    """Return whether something listens."""
    with socket(AF_INET, SOCK_STREAM) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def mailbox(port: int, **changes: object) -> BounceMailbox:
    """Return the mailbox at ``port``."""
    given = {"bounces_security": "none", "bounces_user": "bounces", "bounces_password": "secret"}
    where = {"bounces_host": "127.0.0.1", "bounces_port": port, "send_seconds": 1.0}
    return BounceMailbox(ChannelSettings(**{**given, **where, **changes}))  # type: ignore[arg-type]


def put(port: int, *contents: bytes) -> None:
    """Put mails into the mailbox."""
    server = imaplib.IMAP4("127.0.0.1", port)
    server.login("bounces", "secret")
    for content in contents:
        server.append("INBOX", "", imaplib.Time2Internaldate(time.time()), content)
    server.logout()


def test_a_bounce_is_marked_on_the_letter_and_read_once(
    session: Session, settings: Settings, world: World, port: int
) -> None:
    """What a mail server returned marks the sender as not reached; other mails change nothing."""
    letter = a_letter(session, world, email="nobody@mail.example")
    choose_mail(letter)
    a_message(letter, "once")
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), START)
    key = messages(session)[0].key.encode()
    put(port, sample("away"), b"no mail at all", sample("postfix").replace(KEY.encode(), key))
    collector = BounceCollector(mailbox(port))
    assert collector.collect(START) == 1
    assert messages(session)[0].state is MessageState.NO_SUCH_ADDRESS
    assert session.get_one(MessageChoice, letter.id).unreached is MessageState.NO_SUCH_ADDRESS
    assert collector.collect(START) == 0
    with mailbox(port).unseen() as mails:
        assert list(mails) == []


def test_what_was_not_marked_is_read_again(port: int) -> None:
    """Looking alone leaves a mail unseen: a worker that is killed loses nothing."""
    put(port, sample("postfix"))
    for _ in range(2):
        with mailbox(port).unseen() as mails:
            assert [content for _name, content in mails] == [sample("postfix")]


@pytest.mark.parametrize("changes", [{"bounces_password": "wrong"}, {"bounces_folder": "gone"}])
def test_a_mailbox_that_refuses_is_away(port: int, changes: dict[str, object]) -> None:
    """A wrong password and a folder that is not there are named as such, without the password."""
    with pytest.raises(MailboxAway) as raised, mailbox(port, **changes).unseen():
        pass
    assert "secret" not in str(raised.value) and "wrong" not in str(raised.value)


def test_a_mailbox_that_hangs_is_left(session: Session, world: World) -> None:
    """A server that accepts and says nothing holds the thread for its time, and is then left alone."""
    with socket(AF_INET, SOCK_STREAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hanging = silent.getsockname()[1]
        collector = BounceCollector(mailbox(hanging))
        assert collector.collect(START) == 0
        assert collector.collect(START + EVERY) == 0
    with suppress(OSError):
        assert collector.collect(START + AFTER_FAULT) == 0
