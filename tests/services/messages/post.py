"""Letters whose senders get mail, and what the worker does with it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.channels.mail import MailChannel
from portal.adapters.message_words import message_words
from portal.channel_settings import ChannelSettings
from portal.config import Settings
from portal.domain.messages.occasions import TO_STAFF, Frequency, Occasion
from portal.domain.messages.states import Channel
from portal.models import Letter, MessageChoice, OutgoingMessage, StaffMessages
from portal.services.core.unit import writing
from portal.services.messages.announcing import Outlets, announce
from portal.services.messages.composing import Composer
from portal.services.messages.delivering import deliver
from portal.services.messages.posting import post
from tests.builders import START, World

KEY = b"k" * 32
MAIL_ONLY = Outlets(frozenset({Channel.MAIL}))


def composer(settings: Settings) -> Composer:
    """Return what messages are made of."""
    words, faults = message_words(settings.instance)
    assert faults == []
    return Composer("山城市公开信箱", "https://letters.example", words, KEY)


def mail_channel(port: int, seconds: float = 5) -> MailChannel:
    """Return a channel to a mail server on this machine."""
    given = ChannelSettings(
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        mail_from="box@letters.example",
        send_seconds=seconds,
    )
    return MailChannel(given, "https://letters.example")


def choose_mail(letter: Letter, language: str = "zh_CN") -> None:
    """Let the sender of ``letter`` get mail about it."""
    with writing() as unit:
        choice = MessageChoice(letter_id=letter.id, channel=Channel.MAIL, language=language)
        choice.chosen_at = START
        unit.add(choice)


def a_message(letter: Letter, once: str, now: datetime = START) -> None:
    """Put a message to the sender of ``letter`` into the outbox."""
    with writing() as unit:
        found = unit.get_one(Letter, letter.id)
        post(unit, Occasion.ANSWERED, Channel.MAIL, once, now, letter=found)


def announce_all(outlets: Outlets = MAIL_ONLY, now: datetime = START) -> None:
    """Announce every event that waits."""
    while announce(outlets, now + timedelta(days=1)):
        pass


def send_mail(channel: MailChannel, composer: Composer, now: datetime) -> int:
    """Hand over what waits at ``now``, batch by batch; return the number of attempts."""
    done, clock = 0, _clock(now)
    while count := deliver(str(Channel.MAIL), channel, composer, clock):
        done += count
    return done


def _clock(now: datetime) -> Callable[[], datetime]:
    return lambda: now


def messages(session: Session) -> list[OutgoingMessage]:
    """Return every message, oldest first."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(sa.select(OutgoingMessage).order_by(OutgoingMessage.id)))


def staff_mail(world: World, username: str, **often: Frequency) -> StaffMessages:
    """Give ``username`` a confirmed address, with the usual choice but for ``often``."""
    with writing() as unit:
        row = StaffMessages(
            user_id=world.people[username],
            address=f"{username}@office.example",
            language="zh_CN",
            confirmed_at=START,
            **{str(each): Frequency.AT_ONCE for each in TO_STAFF} | often,
        )
        unit.add(row)
    return row


def told(session: Session) -> list[tuple[str, Occasion]]:
    """Return which members of staff messages go to, and about what, oldest first."""
    return [(each.user.username, each.occasion) for each in messages(session) if each.user]
