"""Taking from the mailbox what mail servers return, and marking whom messages did not reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog

from portal.adapters.channels.mailbox import BounceMailbox, MailboxAway
from portal.domain.messages.bounces import read_bounce
from portal.services.core.outbox import insist
from portal.services.messages.receipts import take_receipt

EVERY = timedelta(minutes=1)
"""How often the mailbox is looked at."""
AFTER_FAULT = timedelta(minutes=5)
_log = structlog.get_logger("portal.messages")


class BounceCollector:
    """What looks at ``mailbox`` now and then."""

    def __init__(self, mailbox: BounceMailbox) -> None:
        self._mailbox = mailbox
        self._next: datetime | None = None

    def collect(self, now: datetime) -> int:
        """Take what is there, if it is time; return how many messages are known not to have arrived.

        A mail is marked as seen once what it says is recorded: a worker that is killed in between
        takes it once more, which changes nothing.
        """
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        taken = 0
        try:
            with self._mailbox.unseen() as mails:
                for name, content in mails:
                    bounce = read_bounce(content)
                    if bounce is not None:
                        taken += insist(partial(take_receipt, bounce.key, str(bounce.state), now))
                    self._mailbox.mark_seen(name)
        except MailboxAway as error:
            self._next = now + AFTER_FAULT
            _log.warning("bounces_not_read", said=str(error))
        return taken
