"""The threads that announce events and hand messages over, of which a peer holds up only its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.adapters.channels.gateways import SmsChannel
from portal.adapters.channels.interface import MessageChannel
from portal.adapters.channels.mail import MailChannel
from portal.adapters.channels.mailbox import BounceMailbox
from portal.adapters.channels.webhooks import WebhookChannel
from portal.adapters.message_words import message_words
from portal.config import Settings
from portal.domain.errors import Unavailable
from portal.domain.messages.states import Channel
from portal.domain.messages.takeover import Takeover
from portal.models import WEBHOOK, db
from portal.services.messages.announcing import Outlets, announce
from portal.services.messages.bounces import BounceCollector
from portal.services.messages.composing import Composer
from portal.services.messages.delivering import deliver

THREADS = 3
"""Connections to a mail server or gateway at a time."""
IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 2.0
END_SECONDS = 2.0
"""How long threads may finish what they are at when the worker ends."""
_log = structlog.get_logger("portal.worker")


def composer_of(settings: Settings) -> Composer:
    """Return what messages are made of; faults in the operator's own words are logged by name."""
    words, faults = message_words(settings.instance)
    for fault in faults:
        _log.error("words_refused", said=fault)
    return Composer(settings.site_name, settings.public_url, words, settings.key("code"))


def channels(settings: Settings) -> Iterator[tuple[str, MessageChannel]]:
    """Yield queue and channel for each thread to be."""
    if settings.smtp_host:
        for _ in range(THREADS):
            yield str(Channel.MAIL), MailChannel(settings, settings.public_url)
    if settings.sms:
        takeover, lock = Takeover(len(settings.sms)), threading.Lock()
        for _ in range(THREADS):
            channel = SmsChannel(settings.sms, settings.send_seconds, takeover, lock)
            yield str(Channel.SMS), channel
    for webhook in settings.webhooks:
        yield WEBHOOK + webhook.name, WebhookChannel(webhook, settings.send_seconds)


def start_senders(app: Flask, settings: Settings, stop: threading.Event) -> list[threading.Thread]:
    """Start the threads of all channels that are set, and the one that announces events.

    They end soon after ``stop``. What a thread waits for from a peer then is sent again by the next
    worker.
    """
    composer, outlets = composer_of(settings), Outlets.of(settings)
    threads = [_thread("announce", app, stop, lambda: announce(outlets, _now()))]
    if settings.bounces_host:
        collector = BounceCollector(BounceMailbox(settings))
        threads.append(_thread("bounces", app, stop, lambda: collector.collect(_now())))
    for place, (queue, channel) in enumerate(channels(settings)):
        work = partial(deliver, queue, channel, composer, _now)
        threads.append(_thread(f"{queue}-{place}", app, stop, work, channel.close))
    return threads


def join_senders(threads: Sequence[threading.Thread]) -> None:
    """Wait a moment for threads that finish what they are at."""
    end = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


def _thread(
    name: str,
    app: Flask,
    stop: threading.Event,
    work: Callable[[], int],
    rest: Callable[[], None] = lambda: None,
) -> threading.Thread:
    """Start a thread that works until ``stop``, and rests where there is nothing to do."""

    def run() -> None:
        with app.app_context():
            while not stop.is_set():
                done = _guarded(work)
                if not done:
                    rest()
                    stop.wait(TROUBLE_SECONDS if done is None else IDLE_SECONDS)
            rest()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def _guarded(task: Callable[[], int]) -> int | None:
    try:
        return task()
    except (SQLAlchemyError, Unavailable) as error:
        _log.warning("sender_waits", kind=type(error).__name__)
    except Exception:
        _log.exception("sender_failed")
    finally:
        db.session.remove()
    return None


def _now() -> datetime:
    return datetime.now(UTC)
