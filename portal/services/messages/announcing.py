"""From an event to the messages about it: to the sender, to staff, to webhooks.

What is announced to whom stands in the table of :mod:`portal.domain.messages.occasions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from portal.channel_settings import ChannelSettings, Webhook
from portal.domain.letters.states import Action
from portal.domain.messages.occasions import AFTER, DUE, LIMITED, Occasion, for_sender
from portal.domain.messages.states import Channel
from portal.models import ANNOUNCE, Event, Letter, MessageChoice, OutboxRow
from portal.services.core.deadlines import promised_due
from portal.services.core.outbox import give_up, insist, take_jobs
from portal.services.core.unit import writing
from portal.services.messages.posting import post
from portal.services.messages.staff import post_to_staff

BATCH = 50
ATTEMPTS = 5
_log = structlog.get_logger("portal.messages")


@dataclass(frozen=True, slots=True)
class Outlets:
    """The channels that are set, and the webhooks."""

    channels: frozenset[Channel]
    webhooks: tuple[Webhook, ...] = ()

    @classmethod
    def of(cls, settings: ChannelSettings) -> Outlets:
        """Return those of ``settings``."""
        on = {Channel.MAIL: settings.smtp_host, Channel.SMS: settings.sms}
        return cls(
            frozenset(channel for channel, is_set in on.items() if is_set), settings.webhooks
        )


def announce(outlets: Outlets, now: datetime) -> int:
    """Write the messages about a batch of events into the outbox; return how many events are done.

    An event that fails is tried again later and given up after five attempts; the others go on.
    """
    done = 0
    for job in take_jobs(ANNOUNCE, BATCH, now):
        try:
            insist(partial(_announce_job, job, outlets, now))
            done += 1
        except Exception as error:
            _log.exception("event_not_announced", job=job)
            insist(partial(_failed, job, type(error).__name__, now))
    return done


def _announce_job(job: int, outlets: Outlets, now: datetime) -> None:
    with writing() as session:
        row = session.get_one(OutboxRow, job)
        event = session.get(Event, row.event_id)
        if event is not None:
            _announce(session, event, outlets, now)
        session.delete(row)


def _failed(job: int, said: str, now: datetime) -> None:
    with writing() as session:
        row = session.get(OutboxRow, job)
        if row is not None:
            row.last_error, row.available_at = said, now + timedelta(seconds=2**row.attempts)
            if row.attempts >= ATTEMPTS:
                give_up(row, said)


def _announce(session: Session, event: Event, outlets: Outlets, now: datetime) -> None:
    letter = session.get(Letter, event.letter_id) if event.letter_id else None
    action = Action(event.action)
    announced = AFTER.get(action)
    if letter is None or announced is None:
        return
    if announced.staff is not None and Channel.MAIL in outlets.channels:
        post_to_staff(session, letter, event, announced.staff, now)
    if announced.sender is not None:
        to_sender = for_sender(action, letter) or announced.sender
        post_to_sender(session, letter, to_sender, f"event/{event.id}/sender", outlets, now)
        for webhook in outlets.webhooks:
            if not webhook.events or announced.sender in webhook.events:
                post(
                    session,
                    announced.sender,
                    Channel.WEBHOOK,
                    f"event/{event.id}/{webhook.name}",
                    now,
                    letter=letter,
                    webhook=webhook.name,
                    limit_on=limit_of(session, letter, announced.sender),
                )


def post_to_sender(
    session: Session, letter: Letter, occasion: Occasion, once: str, outlets: Outlets, now: datetime
) -> None:
    """Post a message to the sender of a letter, if they chose a channel that is set and reaches them."""
    choice = session.get(MessageChoice, letter.id)
    if choice is None or choice.unreached or choice.channel not in outlets.channels:
        return
    post(
        session,
        occasion,
        choice.channel,
        once,
        now,
        letter=letter,
        language=choice.language,
        limit_on=limit_of(session, letter, occasion),
    )


def limit_of(session: Session, letter: Letter, occasion: Occasion) -> date | None:
    """Return the day that a message of ``occasion`` names: until when the sender may answer, or shall be."""
    if occasion in LIMITED:
        return letter.answer_by
    if occasion not in DUE:
        return None
    # The office may have asked for more before the message about what happened earlier is written.
    return letter.due_on or promised_due(session, letter)
