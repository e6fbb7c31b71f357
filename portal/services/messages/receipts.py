"""What peers report of messages that they have taken: delivered, bounced, failed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.messages.states import RECEIPTS, after_receipt
from portal.models import OutgoingMessage
from portal.services.core.unit import writing
from portal.services.messages.delivering import mark_unreached
from portal.services.messages.posting import change_state

NAME_MAX = 200


def take_receipt(name: object, said: object, now: datetime) -> bool:
    """Change the state of the message ``name``; return whether there is one that was handed over.

    ``name`` is a Message-ID (with or without brackets and host), the id of a webhook, or what the
    gateway calls the message. Raises ``ValueError`` for a name that is none and for a state that no receipt has.
    """
    if not isinstance(name, str) or not 1 <= len(name) <= NAME_MAX:
        raise ValueError("message")
    if not isinstance(said, str) or said not in RECEIPTS:
        raise ValueError("state")
    key = name.strip("<>").partition("@")[0].removeprefix("msg_")
    with writing() as session:
        query = sa.select(OutgoingMessage).where(
            sa.or_(OutgoingMessage.key == key, OutgoingMessage.reference == name),
            OutgoingMessage.handed_over_at.is_not(None),
        )
        message = session.scalar(query.order_by(OutgoingMessage.id.desc()).limit(1))
        if message is None:
            return False
        state = after_receipt(message.state, RECEIPTS[said])
        if state is not message.state:
            change_state(message, state, now)
            mark_unreached(session, message)
    return True
