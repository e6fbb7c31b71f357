"""Messages: how many a second, how soon, and what a kill among a thousand of them does.

A worker with the threads of the product sends to a mail server on this machine. Three figures: the
rate at which a backlog is handed over; the share handed over within ten seconds while twenty come in a
second; what arrives of a thousand messages when the server refuses every third and the
worker is killed in the middle.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from portal.app import create_app, ensure_database
from portal.config import Settings, load_settings
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.models import Letter, OutboxRow, OutgoingMessage, db
from portal.services.core.unit import writing
from portal.services.letters.submission import NewLetter, submit
from portal.services.messages.posting import post
from tests.builders import CODE_KEY, new_letter
from tests.peers import MailServer, mail_server

MANY = 1000
PER_SECOND, SECONDS = 20, 20
ROOT = Path(__file__).resolve().parents[2]


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


def start(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    """Start a worker that sends to the mail server on ``port``."""
    environment = os.environ | {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "LETTERBOX_SMTP_HOST": "127.0.0.1",
        "LETTERBOX_SMTP_PORT": str(port),
        "LETTERBOX_SMTP_SECURITY": "none",
        "LETTERBOX_MAIL_FROM": "box@letters.example",
        "LETTERBOX_LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "portal", "work"], env=environment, start_new_session=True
    )


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """End a worker."""
    os.killpg(process.pid, how)
    process.wait()


def backlog(letter_id: int, count: int, name: str) -> None:
    """Put ``count`` messages into the outbox, as if each had a recipient of its own."""
    with writing() as unit:
        letter = unit.get_one(Letter, letter_id)
        for number in range(count):
            once = f"{name}{number}"
            post(unit, Occasion.ANSWERED, Channel.MAIL, once, now(), letter=letter)
        own = sa.update(OutboxRow).where(OutboxRow.queue == str(Channel.MAIL))
        unit.execute(own.values(recipient=sa.cast(OutboxRow.id, sa.String)))


def waiting() -> int:
    """Return how many jobs wait."""
    found = db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)) or 0
    db.session.rollback()
    return found


def until_empty(seconds: float) -> float:
    """Wait until nothing waits; return the seconds taken."""
    begun = time.monotonic()
    while waiting() and time.monotonic() - begun < seconds:
        time.sleep(0.5)
    return time.monotonic() - begun


def a_letter_with_mail(token: str) -> int:
    """Send a letter whose sender gets mail."""
    new: NewLetter = new_letter(None, email="zhou@mail.example")
    new = NewLetter(
        new.kind, new.title, new.text, new.name, new.phone, new.email, False, messages=Channel.MAIL
    )
    return submit(new, token, CODE_KEY, now()).id


def main() -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        settings = load_settings(instance=folder, log_level="ERROR")
        app = create_app(settings)
        ensure_database(app, now())
        with app.app_context():
            rate(settings)
            soon(settings)
            kill(settings)


def rate(settings: Settings) -> None:
    """Measure how fast a backlog is handed over."""
    backlog(a_letter_with_mail("rate"), MANY, "rate")
    with mail_server(MailServer()) as server:
        process = start(settings, server.port)
        while not server.mails:
            time.sleep(0.05)
        begun = time.monotonic()
        until_empty(300)
        taken = time.monotonic() - begun
        end(process, signal.SIGTERM)
    print(f"backlog: {len(server.mails)} mails at {len(server.mails) / taken:.0f} a second")  # noqa: T201


def soon(settings: Settings) -> None:
    """Measure how soon messages leave while they come in at a steady rate."""
    letter_id = a_letter_with_mail("soon")
    with mail_server(MailServer()) as server:
        process = start(settings, server.port)
        while not server.mails:
            time.sleep(0.05)
        begun = time.monotonic()
        for number in range(PER_SECOND * SECONDS):
            time.sleep(max(0.0, begun + number / PER_SECOND - time.monotonic()))
            backlog(letter_id, 1, f"soon{number}/")
        came = PER_SECOND * SECONDS / (time.monotonic() - begun)
        until_empty(120)
        end(process, signal.SIGTERM)
    query = sa.select(OutgoingMessage.handed_over_at, OutgoingMessage.created_at)
    rows = db.session.execute(query.where(OutgoingMessage.once.startswith("soon"))).all()
    waits = sorted((sent - created).total_seconds() for sent, created in rows if sent)
    within = sum(wait <= 10 for wait in waits) / len(rows)
    print(  # noqa: T201
        f"{came:.0f} messages a second: {within:.1%} of {len(rows)} handed over within 10 s, "
        f"median {waits[len(waits) // 2]:.1f} s, slowest {waits[-1]:.1f} s"
    )


def kill(settings: Settings) -> None:
    """Count what arrives, and how often, when a worker is killed in the middle."""
    db.session.rollback()
    backlog(a_letter_with_mail("kill"), MANY, "kill")
    keys = set(
        db.session.scalars(
            sa.select(OutgoingMessage.key).where(OutgoingMessage.once.startswith("kill"))
        )
    )
    db.session.rollback()
    refuse = MailServer(
        data=lambda count: "451 4.3.0 later" if count % 3 == 0 and count < MANY else None
    )
    with mail_server(refuse) as server:
        process = start(settings, server.port)
        while len(server.mails) < MANY // 3:
            time.sleep(0.05)
        end(process, signal.SIGKILL)
        before = len(server.mails)
        with writing() as unit:
            # The lease of what the killed worker had is over.
            unit.execute(sa.update(OutboxRow).values(available_at=now()))
        process = start(settings, server.port)
        until_empty(300)
        end(process, signal.SIGTERM)
    ids = {name.strip("<>").partition("@")[0]: n for name, n in server.ids().items()}
    arrived = {key: ids[key] for key in keys if key in ids}
    twice = [key for key, count in arrived.items() if count > 1]
    print(  # noqa: T201
        f"killed after {before} of {MANY}: {len(arrived)} arrived, "
        f"{len(twice)} of them twice {twice if twice else ''}".rstrip()
    )


if __name__ == "__main__":
    main()
